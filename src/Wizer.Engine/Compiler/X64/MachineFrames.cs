using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// The frames of machine code on the native stack, of one activation. A handler is in one of these or none: those further out are
/// behind frames of .NET, which a status leaves.
/// </summary>
internal static unsafe class MachineFrames
{
    /// <summary>Looks for a handler of the exception at hand. On success the context says where machine code goes on.</summary>
    /// <param name="context">Who threw.</param>
    /// <param name="host">The managed half of it.</param>
    /// <param name="stack">Where the innermost frame's place in its code is, and above it that frame.</param>
    /// <param name="fp">The slots of the innermost frame, or of what it called.</param>
    /// <param name="isCallee">Whether they are those of what it called.</param>
    internal static bool TryCatch(GuestContext* context, InterpreterHost host, nint* stack, ulong* fp, bool isCallee)
    {
        var machine = (MachineArena)host.Machine!;
        TagData* tag = context->Exception->Tag;
        while (*stack != MachineCode.EnterReturn)
        {
            MachineFunction function = FunctionAt(machine, *stack);
            if (isCallee)
            {
                fp = (ulong*)((byte*)fp + StepBack((byte*)*stack));
            }

            isCallee = true;
            MachineHandler? handler = function.Guards?.Find((int)(*stack - function.Start))?.Find(tag);
            if (handler != null)
            {
                Exceptions.Deliver(context, fp, handler.Tag != null, handler.PayloadSlot, handler.ExceptionSlot);
                context->HandlerCode = function.Start + handler.Offset;
                context->HandlerStack = stack + 1;
                context->HandlerFrame = fp;
                context->Instance = function.Func->Instance;
                Calls.LoadMemory(context);
                return true;
            }

            stack = Above(stack, function);
        }

        return false;
    }

    /// <summary>The function that a return address is of.</summary>
    internal static MachineFunction FunctionAt(MachineArena machine, nint at)
    {
        MachineFunction? function = machine.Find(at);
        if (function == null)
        {
            Environment.FailFast("machine code returns to where there is none");
        }

        return function;
    }

    /// <summary>Where the place of the next frame is.</summary>
    internal static nint* Above(nint* stack, MachineFunction function) => (nint*)((byte*)(stack + 1) + function.FrameByteLength);

    // What the code behind a call adds to rbx: lea rbx, [rbx - distance]. A call that is no such leaves rbx.
    private static int StepBack(byte* code)
    {
        if (code[0] != 0x48 || code[1] != 0x8d)
        {
            return 0;
        }

        return code[2] switch
        {
            0x5b => (sbyte)code[3],
            0x9b => *(int*)(code + 3),
            _ => 0,
        };
    }
}
