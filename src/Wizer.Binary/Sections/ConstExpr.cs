namespace Wizer.Binary;

/// <summary>Constant expressions, as far as their extent goes. Core 3.0, Binary Format: Expressions.</summary>
internal static class ConstExpr
{
    /// <summary>Moves past an expression, whether its instructions are constant or not: that is for the validator.</summary>
    /// <returns>Where it stands, <c>end</c> included.</returns>
    internal static ByteRange Skip(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        InstructionReader.SkipExpression(ref reader);
        return new ByteRange(start, (int)reader.Offset - start);
    }
}
