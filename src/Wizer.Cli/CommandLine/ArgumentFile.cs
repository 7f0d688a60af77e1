using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Arguments from a file, for command lines that get too long: <c>@FILE</c>.</summary>
internal static class ArgumentFile
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>One argument a line, taken as it stands; empty lines are none.</summary>
    /// <param name="word">The file's path behind an at sign.</param>
    /// <param name="arguments">Know where relative paths begin.</param>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static string[] Read(string word, Arguments arguments)
    {
        string path = arguments.Place(word[1..]);
        try
        {
            using var stream = new FileStream(HostFiles.OpenToRead(path), FileAccess.Read);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            ReadOnlySpan<byte> bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            string text = s_strictUtf8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            return text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (DecoderFallbackException)
        {
            throw UsageException.UnreadableFile(word, "it is no text in UTF-8");
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw UsageException.UnreadableFile(word, FileError.Describe(error, path));
        }
    }
}
