using System.Globalization;
using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Listing;

/// <summary>What a function of a module becomes: the interpreter's register code, and machine code.</summary>
/// <remarks>Nothing of the module runs. Imported memories, tables and globals are not provided.</remarks>
internal sealed unsafe class FunctionListing
{
    private readonly Store _store;
    private readonly FuncData* _func;
    private readonly ModuleInfo _module;

    internal FunctionListing(Store store, Linker linker, ModuleInfo module, uint index)
    {
        Instance instance = store.Prepare(module, linker.Resolve(store, module));
        _store = store;
        _func = instance.Data->Funcs[index];
        _module = module;
        Calls.HostOf(store.Context).TranslatorFor(store.Context).Translate(_func);
    }

    /// <summary>
    /// A line for each operation: its first unit, counted from the header, its name, and its other units, of which addresses take
    /// four.
    /// </summary>
    internal string RegisterCode()
    {
        var text = new StringBuilder();
        CodeArena.Piece piece = Calls.HostOf(_store.Context).Code.FindPiece(_func->Translated)!;
        text.Append(CultureInfo.InvariantCulture, $"frame of {*(uint*)piece.Start} slots, {_func->ParameterSlots} of parameters\n");
        int at = FrameHeader.Units;
        while (at < piece.Length)
        {
            int next = at + OpTable.LengthOf(new ReadOnlySpan<ushort>(piece.Start + at, piece.Length - at));
            text.Append(CultureInfo.InvariantCulture, $"{at,6}  {(Op)piece.Start[at]}");
            for (int i = at + 1; i < next; i++)
            {
                text.Append(' ').Append(piece.Start[i].ToString(CultureInfo.InvariantCulture));
            }

            text.Append('\n');
            at = next;
        }

        return text.ToString();
    }

    /// <summary>The machine code as it would run; empty where there is none for the function, or for this machine.</summary>
    internal byte[] MachineCode()
    {
        MachineArena? machine = _store.Machine;
        if (machine == null || !machine.TryCompile(new HotFunction(_func, _module)))
        {
            return [];
        }

        MachineFunction function = machine.Find(_func->MachineEntry + 1)!;
        return new ReadOnlySpan<byte>((void*)function.Start, function.Length).ToArray();
    }
}
