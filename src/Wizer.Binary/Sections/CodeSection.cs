namespace Wizer.Binary;

/// <summary>
/// The code section. Only the extent of each body is read here; what is inside, the validator decodes.
/// Core 3.0, Binary Format: Code Section.
/// </summary>
internal static class CodeSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxFunctions, "functions");
        var bodies = new ItemList<ByteRange>(count);
        for (int i = 0; i < count; i++)
        {
            bodies.Add(reader.ReadByteVector());
        }

        info.Bodies = bodies.ToArray();
    }

    /// <summary>Looks for the first malformed body, without the bounds that its size sets, like the scripts.</summary>
    /// <exception cref="WasmFormatException">There is one.</exception>
    internal static void CheckBodies(ModuleInfo info)
    {
        foreach (ByteRange body in info.Bodies)
        {
            var reader = new WasmReader(info.Bytes.Span[body.Offset..], body.Offset);
            int declarationCount = reader.ReadCount();
            for (int i = 0; i < declarationCount; i++)
            {
                reader.ReadU32();
                TypeReader.ReadValType(ref reader);
            }

            InstructionReader.SkipExpression(ref reader);
            if (reader.Offset != body.End)
            {
                Throw.Malformed("section size mismatch", body.End);
            }
        }
    }
}
