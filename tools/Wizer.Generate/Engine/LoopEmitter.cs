using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>
/// The dispatch loop. Threaded: every hot handler ends in its own copy of the dispatch over the hot operations; for the
/// precompiled engine. Otherwise: one dispatch and no superinstructions, small enough for the JIT to optimize.
/// </summary>
internal sealed class LoopEmitter(bool isThreaded) : IEmitter
{
    private static readonly string[] s_traps =
    [
        "IntegerDivideByZero:DivideByZero",
        "IntegerOverflow:Overflow",
        "MemoryOutOfBounds:OutOfBounds",
        "UndefinedElement:UndefinedElement",
        "UninitializedElement:UninitializedElement",
        "IndirectCallMismatch:IndirectCallMismatch",
        "NullFunctionReference:NullFunctionReference",
        "NullStructureReference:NullStructure",
        "NullArrayReference:NullArray",
        "ArrayOutOfBounds:ArrayOutOfBounds",
    ];

    private string Name => isThreaded ? "ThreadedLoop" : "PlainLoop";

    public string FileName => Name + ".g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        OperationTable operations = new(table);
        List<Operation> all = isThreaded
            ? operations.Operations
            : [.. operations.Operations.Where(operation => operations.BaseNames.Contains(operation.Name))];
        code.Line("using System;");
        code.Line("using System.Numerics;");
        code.Line("using System.Runtime.CompilerServices;");
        code.Line("using System.Runtime.InteropServices;");
        code.Line("using Wizer.Engine.Code;");
        code.Line("using Wizer.Engine.Layout;");
        code.Line("using Wizer.Engine.Native;");
        code.Line();
        code.Line("namespace Wizer.Engine.Interpreter;");
        code.Line();
        code.Open($"internal static unsafe class {Name}");
        if (isThreaded)
        {
            // A method that only unmanaged code may call keeps its precompiled code: the runtime counts no calls of it.
            code.Line("[UnmanagedCallersOnly]");
        }
        else
        {
            code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        }

        code.Open("internal static int Run(GuestContext* context)");
        code.Line("ushort* ip = context->Code;");
        code.Line("ulong* fp = context->Frame;");
        code.Line("byte* memory = context->Memory;");
        code.Line("ulong memoryLength = context->MemoryLength;");
        code.Line("TrapKind trap;");
        code.Line();
        code.Line("Dispatch:");
        code.Line("#if COUNT_OPERATIONS");
        code.Line("OperationCounts.Count(ip);");
        code.Line("#endif");
        code.Open("switch (*ip)");
        foreach (Operation operation in all)
        {
            code.Line($"case {operations.NumberOf(operation.Name)}: goto {operation.Name};");
        }

        code.Line("default: goto Corrupt;");
        code.Close();
        string threaded = "switch (*ip) { "
            + string.Concat(operations.Operations.Take(operations.HotCount).Select((hot, i) => $"case {i}: goto {hot.Name}; "))
            + "default: goto Dispatch; }";
        for (int i = 0; i < all.Count; i++)
        {
            bool isHot = isThreaded && i < operations.HotCount;
            code.Line();
            code.Line(all[i].Name + ":");
            code.Open("");
            foreach (string statement in HandlerWriter.Statements(all[i]))
            {
                if (statement.Trim() != HandlerWriter.Dispatch)
                {
                    code.Line(statement);
                }
                else if (isHot)
                {
                    // The counter sits at the one dispatch.
                    code.Line("#if COUNT_OPERATIONS");
                    code.Line("goto Dispatch;");
                    code.Line("#else");
                    code.Line(threaded);
                    code.Line("#endif");
                }
                else
                {
                    code.Line("goto Dispatch;");
                }
            }

            code.Close();
        }

        foreach (string pair in s_traps)
        {
            string[] names = pair.Split(':');
            code.Line();
            code.Line(names[1] + ":");
            code.Line($"trap = TrapKind.{names[0]};");
            code.Line("goto Trapped;");
        }

        code.Line();
        code.Line("Poll:");
        code.Line("trap = Polling.Poll(context, ip, fp);");
        code.Line("if (trap != 0) goto Trapped;");
        code.Line("ip = context->Code;");
        code.Line("fp = context->Frame;");
        code.Line("memory = context->Memory;");
        code.Line("memoryLength = context->MemoryLength;");
        code.Line("goto Dispatch;");
        code.Line();
        code.Line("StackLimit:");
        code.Line("trap = context->InterruptRequested != 0 ? TrapKind.Interrupted : TrapKind.CallStackExhausted;");
        code.Line();
        code.Line("Trapped:");
        code.Line("context->TrapCode = ip;");
        code.Line("context->TrapFrame = fp;");
        code.Line("return (int)trap;");
        code.Line();
        code.Line("Corrupt:");
        code.Line("return Calls.Corrupt(ip);");
        code.Close();
        code.Close();
    }
}
