using System.Buffers.Binary;
using System.Globalization;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>Answers to questions about a place, in words that are the same on every system.</summary>
internal static class Answers
{
    public const string Absent = "absent";
    public const string File = "file";
    public const string Directory = "directory";
    public const string Link = "link";
    public const string Other = "other";

    private const int BlockByteLength = 1 << 16;

    /// <summary>What something is.</summary>
    public static string OfType(FileType type) => type switch
    {
        FileType.RegularFile => File,
        FileType.Directory => Directory,
        FileType.SymbolicLink => Link,
        _ => Other,
    };

    /// <summary>Why something could not be seen.</summary>
    public static string OfError(Errno errno) => errno == Errno.Noent ? Absent : $"error {errno}";

    public static string OfNumber(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    public static string OfHash(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash);

    /// <summary>What a directory's entries are.</summary>
    public static string OfEntries(HostEntry[] entries)
    {
        using var hash = new ContentHash();
        Span<byte> header = stackalloc byte[sizeof(int) + 1];
        foreach (HostEntry entry in entries)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, entry.Name.Length);
            header[sizeof(int)] = (byte)entry.Type;
            hash.Append(header);
            hash.Append(entry.Name);
        }

        return OfHash(hash.Finish());
    }

    /// <summary>Goes on with the hash of a file to its end.</summary>
    /// <param name="file">Open for reading; its position stays.</param>
    /// <param name="hash">Of what is before the offset.</param>
    /// <param name="offset">Then the length of the file.</param>
    public static Errno Append(HostFile file, ContentHash hash, ref ulong offset)
    {
        byte[] block = new byte[BlockByteLength];
        while (true)
        {
            Errno errno = file.ReadAt(block, offset, out int count);
            if (errno != Errno.Success || count == 0)
            {
                return errno;
            }

            hash.Append(block.AsSpan(0, count));
            offset += (ulong)count;
        }
    }
}
