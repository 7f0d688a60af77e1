using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wizer.Engine;

/// <summary>
/// Paths as the bytes that they are on Linux. A byte that is no UTF-8 stands in a string as a surrogate without a partner, U+DC00
/// plus the byte, which no text has: such a string goes from the command line to the kernel through everything that takes a path.
/// </summary>
internal static class PathBytes
{
    private const char FirstEscape = '\udc80';
    private const char LastEscape = '\udcff';

    /// <summary>Whether the system takes such paths, and a command line has to be read as bytes for them.</summary>
    public static bool AreTaken => Platform.LinuxLibC.IsSupported;

    /// <summary>The bytes of a path with a terminator, as the kernel takes them.</summary>
    /// <exception cref="ArgumentException">There is a terminator in it.</exception>
    public static byte[] Terminated(string path) => path.Contains('\0')
        ? throw new ArgumentException("a path with a null character in it", nameof(path))
        : Encode(path, terminatorLength: 1);

    /// <summary>A path from its bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var path = new StringBuilder(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                path.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                foreach (byte b in bytes[..length])
                {
                    path.Append((char)(0xdc00 + b));
                }
            }

            bytes = bytes[length..];
        }

        return path.ToString();
    }

    /// <summary>Whether a path has bytes that are no UTF-8.</summary>
    public static bool HasEscapes([NotNullWhen(true)] string? path)
    {
        for (int i = 0; path is not null && i < path.Length; i++)
        {
            if (char.IsHighSurrogate(path[i]))
            {
                i++;
            }
            else if (path[i] is >= FirstEscape and <= LastEscape)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text to be read by people, with U+FFFD for what is no UTF-8.</summary>
    public static string ToText(string text) => HasEscapes(text) ? Encoding.UTF8.GetString(Encode(text, terminatorLength: 0)) : text;

    private static byte[] Encode(string path, int terminatorLength)
    {
        if (!HasEscapes(path))
        {
            byte[] plain = new byte[Encoding.UTF8.GetByteCount(path) + terminatorLength];
            Encoding.UTF8.GetBytes(path, plain);
            return plain;
        }

        // Three bytes for each unit are enough: a pair takes four.
        byte[] bytes = new byte[(path.Length * 3) + terminatorLength];
        int length = 0;
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] is >= FirstEscape and <= LastEscape)
            {
                bytes[length++] = (byte)path[i];
            }
            else
            {
                int count = char.IsHighSurrogate(path[i]) && i + 1 < path.Length ? 2 : 1;
                length += Encoding.UTF8.GetBytes(path.AsSpan(i, count), bytes.AsSpan(length));
                i += count - 1;
            }
        }

        return bytes.AsSpan(0, length + terminatorLength).ToArray();
    }
}
