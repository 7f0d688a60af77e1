namespace Wizer.Binary;

/// <summary>
/// The <c>metadata.code.branch_hint</c> custom section: which conditional branches are likely. Engines ignore one that is
/// malformed or invalid, as they do with every custom section. Core 3.0, Appendix: Custom Sections, Branch Hints.
/// </summary>
public static class BranchHintSection
{
    /// <summary>The section's name.</summary>
    public static ReadOnlySpan<byte> Name => "metadata.code.branch_hint"u8;

    /// <summary>Reads the hints of a module.</summary>
    /// <param name="module">The module; it need not be valid.</param>
    /// <param name="section">A custom section of it with this name.</param>
    /// <returns>The hints by ascending function and offset, each of them at a conditional branch.</returns>
    /// <exception cref="WasmFormatException">The section is malformed.</exception>
    /// <exception cref="WasmValidationException">A hint is not for a conditional branch, or the hints are not in order.</exception>
    public static BranchHint[] Read(ModuleInfo module, in SectionInfo section)
    {
        ArgumentNullException.ThrowIfNull(module);
        ByteRange contents = new(section.Name.End, section.Contents.End - section.Name.End);
        var reader = new WasmReader(contents.Of(module.Bytes.Span), contents.Offset);
        var hints = new List<BranchHint>();
        long nextFunc = 0;
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            long offset = reader.Offset;
            uint func = reader.ReadU32();
            if (func < nextFunc)
            {
                Throw.Invalid("@metadata.code.branch_hint annotation: functions out of order", offset);
            }

            if (func < (uint)module.ImportedFuncCount || func >= (uint)module.FuncTypeIndices.Length)
            {
                Throw.Unknown("function", func, module.FuncTypeIndices.Length, offset);
            }

            nextFunc = func + 1L;
            ReadFunc(ref reader, module, func, hints);
        }

        if (!reader.IsAtEnd)
        {
            Throw.Malformed("section size mismatch", reader.Offset);
        }

        return [.. hints];
    }

    private static void ReadFunc(ref WasmReader reader, ModuleInfo module, uint func, List<BranchHint> hints)
    {
        ByteRange body = module.BodyOf(func);
        var code = new WasmReader(body.Of(module.Bytes.Span), body.Offset);
        SkipLocals(ref code);
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            long offset = reader.Offset;
            uint target = reader.ReadU32();
            ByteRange value = reader.ReadByteVector();
            if (value.Length != 1 || value.Of(module.Bytes.Span)[0] > 1)
            {
                Throw.Malformed("@metadata.code.branch_hint annotation: malformed hint", offset);
            }

            // Hints ascend, so one walk over the body meets them all; what it has passed, or never meets, is no target.
            while (!code.IsAtEnd && code.Position < target)
            {
                InstructionReader.Skip(ref code);
            }

            if (code.IsAtEnd || code.Position != target || InstructionReader.Skip(ref code) is not (Opcode.If or Opcode.BrIf))
            {
                Throw.Invalid("@metadata.code.branch_hint annotation: invalid target", offset);
            }

            hints.Add(new BranchHint(func, target, IsLikely: value.Of(module.Bytes.Span)[0] == 1));
        }
    }

    private static void SkipLocals(ref WasmReader code)
    {
        for (int count = code.ReadCount(); count > 0; count--)
        {
            code.ReadU32();
            TypeReader.ReadValType(ref code);
        }
    }
}

/// <summary>A hint for one branch.</summary>
/// <param name="FuncIndex">The function it is in.</param>
/// <param name="Offset">Where the branch's opcode stands, from the start of the function's body.</param>
/// <param name="IsLikely">Whether it is likely to be taken; unlikely otherwise.</param>
public readonly record struct BranchHint(uint FuncIndex, uint Offset, bool IsLikely);
