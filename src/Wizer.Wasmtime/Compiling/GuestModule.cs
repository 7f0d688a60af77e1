using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Symbols;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>A module, and the copy of it that Wasmtime gets: without exports that it must not see, and perhaps with others.</summary>
internal sealed class GuestModule
{
    private NameSection? _names;
    private DebugInfo? _debugInfo;
    private long? _codeMove;

    private GuestModule(ModuleInfo module, ReadOnlyMemory<byte> copy)
    {
        Module = module;
        Copy = copy;
    }

    /// <summary>The module.</summary>
    internal ModuleInfo Module { get; }

    /// <summary>What Wasmtime gets.</summary>
    internal ReadOnlyMemory<byte> Copy { get; }

    /// <summary>Whether it has debug information.</summary>
    internal bool HasDebugSections => DwarfSections.AreIn(Module);

    /// <summary>What the module calls itself and its functions.</summary>
    internal NameSection Names => _names ??= NameSection.Read(Module);

    /// <summary>The one whose state is read afterwards: its copy exports that.</summary>
    internal static GuestModule Instrument(ModuleContext context)
    {
        ModuleInfo module = context.Module;
        using var assembler = new ModuleAssembler(module.Bytes);
        Instrumenter.Write(context, assembler, export => Capabilities.CanShow(module, export));
        return new GuestModule(module, Join(assembler));
    }

    /// <summary>One whose state is nobody's business.</summary>
    internal static GuestModule Preload(ModuleInfo module)
    {
        if (Array.TrueForAll(module.Exports, export => Capabilities.CanShow(module, export)))
        {
            return new GuestModule(module, module.Bytes);
        }

        using var assembler = new ModuleAssembler(module.Bytes);
        Instrumenter.WriteFiltered(module, assembler, export => Capabilities.CanShow(module, export));
        return new GuestModule(module, Join(assembler));
    }

    /// <summary>The function that has an instruction of the copy, with its place in the module; null when none has.</summary>
    internal WasmFrame? FindFrame(long copyOffset)
    {
        // Bodies are copied as they are, all by the same distance.
        long offset = copyOffset - (_codeMove ??= FindCodeMove());
        ByteRange[] bodies = Module.Bodies;
        int low = 0;
        int high = bodies.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (offset < bodies[middle].Offset)
            {
                high = middle - 1;
            }
            else if (offset >= bodies[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                uint index = (uint)(Module.ImportedFuncCount + middle);
                offset = Math.Max(offset, FindCode(bodies[middle]));
                return new WasmFrame(index, Names.FindFunc(index), offset, Names.Module);
            }
        }

        return null;
    }

    /// <summary>What the debug information says about an instruction of the module.</summary>
    internal IReadOnlyList<FrameSymbol> FindSymbols(long offset) => (_debugInfo ??= new DebugInfo(Module)).Find(offset);

    // Of a function that does nothing else, Wasmtime says that it was at the start of its body, where its locals are declared.
    private long FindCode(ByteRange body)
    {
        var reader = new WasmReader(body.Of(Module.Bytes.Span));
        for (uint count = reader.ReadU32(); count != 0; count--)
        {
            reader.ReadU32();
            TypeReader.ReadValType(ref reader);
        }

        return body.Offset + reader.Position;
    }

    private long FindCodeMove()
    {
        if (Copy.Equals(Module.Bytes))
        {
            return 0;
        }

        ModuleInfo copy = ModuleReader.Parse(Copy);
        return copy.Bodies.Length == 0 ? 0 : copy.Bodies[0].Offset - Module.Bodies[0].Offset;
    }

    private static byte[] Join(ModuleAssembler assembler)
    {
        ModuleSlices slices = assembler.Finish();
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)slices.ByteLength);
        int at = 0;
        for (int i = 0; i < slices.Count; i++)
        {
            slices[i].CopyTo(bytes.AsMemory(at));
            at += slices[i].Length;
        }

        return bytes;
    }
}
