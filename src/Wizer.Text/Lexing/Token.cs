namespace Wizer.Text;

/// <summary>A token: where it stands in the source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Bytes from the start of the source.</param>
/// <param name="Length">In bytes.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    /// <summary>Its text, quotes and <c>$</c> included.</summary>
    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> source) => source.Slice(Start, Length);
}
