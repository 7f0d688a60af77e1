namespace Wizer.Cli;

/// <summary>The bytes of a memory as hexadecimal digits.</summary>
internal static class HexText
{
    /// <summary>For people: <c>00 0a ff</c>.</summary>
    public static string Spaced(MemoryImage memory, ulong address, int length) => BitConverter.ToString(Read(memory, address, length))
        .Replace('-', ' ').ToLowerInvariant();

    /// <summary>For programs: <c>000aff</c>.</summary>
    public static string Plain(MemoryImage memory, ulong address, int length) => Convert.ToHexStringLower(Read(memory, address, length));

    private static byte[] Read(MemoryImage memory, ulong address, int length)
    {
        var bytes = new byte[length];
        memory.CopyTo(bytes, address);
        return bytes;
    }
}
