namespace Wizer.Engine.Wasi;

/// <summary>
/// Inode numbers for deterministic runs: the hash (FNV-1a) of the way to a file from the directory the guest was given. The host's
/// would differ between machines, even in which of them are used again.
/// </summary>
internal static class FileIdentity
{
    // JavaScript reads inode numbers as doubles.
    private const ulong Mask = (1UL << 53) - 1;
    private const ulong Basis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>That of a directory the guest finds open.</summary>
    /// <param name="number">Counts them, since two may have one name.</param>
    /// <param name="guestPath">In UTF-8.</param>
    public static ulong OfPreopen(int number, ReadOnlySpan<byte> guestPath) => Mix((Basis ^ (ulong)number) * Prime, guestPath);

    /// <summary>That of an entry of a directory, or the directory's own for <c>.</c>.</summary>
    public static ulong Of(ulong directory, ReadOnlySpan<byte> name) =>
        name.SequenceEqual("."u8) ? directory : Mix((directory ^ '/') * Prime, name);

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        return hash & Mask;
    }
}
