namespace Wizer.Engine.Symbols;

/// <summary>How a unit writes what can be written in several ways.</summary>
/// <param name="Version">2 to 5.</param>
/// <param name="AddressSize">In bytes.</param>
/// <param name="Is64Bit">Whether offsets take eight bytes.</param>
internal readonly record struct DwarfEncoding(int Version, int AddressSize, bool Is64Bit)
{
    internal const int OldestVersion = 2;
    internal const int NewestVersion = 5;

    internal int OffsetSize => Is64Bit ? 8 : 4;

    /// <summary>The highest address.</summary>
    internal ulong AddressMask => ulong.MaxValue >> (64 - (AddressSize * 8));

    internal bool IsSupported => Version is >= OldestVersion and <= NewestVersion && AddressSize is 4 or 8;

    /// <summary>
    /// Whether code that was linked away is said to be there. Linkers write -1 where its address would be, and -2 into the lists in
    /// which -1 means something else.
    /// </summary>
    internal bool IsTombstone(ulong address) => address >= AddressMask - 1;
}
