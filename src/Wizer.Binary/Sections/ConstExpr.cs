namespace Wizer.Binary;

/// <summary>Constant expressions, as far as their extent goes. Core 3.0, Binary Format: Expressions.</summary>
internal static class ConstExpr
{
    /// <summary>Moves past an expression, whether its instructions are constant or not: that is for the validator.</summary>
    /// <returns>Where it stands, <c>end</c> included.</returns>
    internal static ByteRange Skip(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        int depth = 0;
        while (depth >= 0)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            switch (instruction.Opcode)
            {
                case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                    depth++;
                    break;
                case Opcode.End:
                    depth--;
                    break;
            }
        }

        return new ByteRange(start, (int)reader.Offset - start);
    }
}
