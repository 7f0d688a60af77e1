using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Globals by the names that the linker gave them, in the exports or in the name section.</summary>
/// <param name="module">A valid module.</param>
internal sealed class LinkerSymbols(ModuleInfo module)
{
    internal const int None = -1;
    internal const int Several = -2;

    private const byte GlobalNames = 7;

    private readonly NameSection _names = NameSection.Read(module);
    private readonly GlobalValue[] _values = InitialGlobals.Evaluate(module, imported: null);

    /// <summary>The index of the global of a name, or <see cref="None"/>, or <see cref="Several"/>.</summary>
    internal int Find(ReadOnlySpan<byte> name)
    {
        int found = None;
        foreach (ExportInfo export in module.Exports)
        {
            if (export.Kind == ExternKind.Global && export.Name.Of(module.Bytes.Span).SequenceEqual(name))
            {
                found = (int)export.Index;
            }
        }

        foreach (NameSubsection subsection in _names.Subsections)
        {
            if (subsection.Id == GlobalNames)
            {
                found = FindName(subsection.Contents, name, found);
            }
        }

        return found;
    }

    /// <summary>What a global has before initialization, as an address.</summary>
    internal ulong ValueOf(int globalIndex) => _values[globalIndex].LowBits;

    /// <summary>The address that an immutable global stands for.</summary>
    internal bool TryFindValue(ReadOnlySpan<byte> name, out ulong value)
    {
        int index = Find(name);
        bool isSymbol = index >= 0
            && module.Globals[index].Type is { IsMutable: false } type
            && type.Value == module.Memories[0].Type.Limits.AddressType;
        value = isSymbol ? ValueOf(index) : 0;
        return isSymbol;
    }

    /// <summary>The address of an active segment, when it is a plain constant.</summary>
    internal static ulong? TryReadAddress(ModuleInfo module, ByteRange expression)
    {
        var reader = new WasmReader(expression.Of(module.Bytes.Span), expression.Offset);
        InstructionReader.Read(ref reader, out Instruction constant);
        ulong? address = constant.Opcode switch
        {
            Opcode.I32Const => (uint)constant.I32,
            Opcode.I64Const => (ulong)constant.I64,
            _ => null,
        };
        InstructionReader.Read(ref reader, out Instruction end);
        return end.Opcode == Opcode.End ? address : null;
    }

    private int FindName(ByteRange contents, ReadOnlySpan<byte> name, int found)
    {
        var reader = new WasmReader(contents.Of(module.Bytes.Span), contents.Offset);
        try
        {
            for (int count = reader.ReadCount(); count > 0; count--)
            {
                uint index = reader.ReadU32();
                if (reader.ReadName().Of(module.Bytes.Span).SequenceEqual(name) && index < module.Globals.Length)
                {
                    found = found == None || found == (int)index ? (int)index : Several;
                }
            }
        }
        catch (WasmFormatException)
        {
            // The names before it are good.
        }

        return found;
    }
}
