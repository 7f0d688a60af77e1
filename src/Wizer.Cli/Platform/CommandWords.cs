using System.Runtime.CompilerServices;
using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The words of the command line as the process got them: a file's name need not be UTF-8.</summary>
internal static class CommandWords
{
    private const char Replacement = '\ufffd';

    /// <summary>
    /// The words, with bytes that are no UTF-8 as <see cref="PathBytes"/> writes them, where .NET has put U+FFFD in their place.
    /// </summary>
    public static ReadOnlySpan<string> Restore(ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (word.Contains(Replacement))
            {
                return RestoreAll(words);
            }
        }

        return words;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<string> RestoreAll(ReadOnlySpan<string> words)
    {
        try
        {
            return PathBytes.AreTaken ? FromBytes(words, File.ReadAllBytes("/proc/self/cmdline")) : words;
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            return words;
        }
    }

    /// <summary>The last words of a command line of the kernel's, where they are the ones that .NET has.</summary>
    internal static ReadOnlySpan<string> FromBytes(ReadOnlySpan<string> words, ReadOnlySpan<byte> commandLine)
    {
        // Every word is followed by a zero; those before are the runtime's.
        string[] restored = new string[words.Length];
        ReadOnlySpan<byte> rest = commandLine;
        for (int i = words.Length - 1; i >= 0; i--)
        {
            if (rest.IsEmpty || rest[^1] != 0)
            {
                return words;
            }

            rest = rest[..^1];
            ReadOnlySpan<byte> word = rest[(rest.LastIndexOf((byte)0) + 1)..];
            rest = rest[..^word.Length];
            restored[i] = PathBytes.Decode(word);
            if (!words[i].Contains(Replacement) && words[i] != restored[i])
            {
                return words;
            }
        }

        return restored;
    }
}
