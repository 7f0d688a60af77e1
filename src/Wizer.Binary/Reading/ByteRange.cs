namespace Wizer.Binary;

/// <summary>Where something stands in a module: what a pass remembers instead of the bytes themselves.</summary>
/// <param name="Offset">Bytes from the start of the module.</param>
/// <param name="Length">In bytes.</param>
public readonly record struct ByteRange(int Offset, int Length)
{
    /// <summary>The offset of the first byte after the range.</summary>
    public int End => Offset + Length;

    /// <summary>The bytes themselves, as a slice of <paramref name="module"/>.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> module) => module.Slice(Offset, Length);

    /// <summary>The bytes themselves, as a slice of <paramref name="module"/>.</summary>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> module) => module.Slice(Offset, Length);
}
