using System.Buffers;
using System.Text;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// What an input may be that is no module: people hand over archives, pages that a server sent instead of a file, and other files of
/// their build.
/// </summary>
internal static class InputHint
{
    internal const string Component = "pre-initialize the core module, and make the component from the result";

    private const string LinkFirst = "compile and link it to a module first";

    // How scripts begin. What a module in the text format begins with is none of these, however malformed it is.
    private static readonly string[] s_scriptStarts =
    [
        "//", "/*", "#!", "import ", "import{", "export ", "export{", "var ", "let ", "const ", "function ", "function(", "async ",
        "\"use strict\"", "'use strict'", "require(", "module.exports", "(function", "((", "(async", "(this", "(self",
        "!function", ";(", ";function",
    ];

    /// <summary>What to say of it, or null: it begins like a module, or like nothing known.</summary>
    internal static string? Of(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return "the input is empty";
        }

        return ModuleReader.IsBinary(input) ? null : OfBytes(input) ?? OfText(input);
    }

    private static string? OfBytes(ReadOnlySpan<byte> input)
    {
        (byte first, byte second) = (input[0], input.Length > 1 ? input[1] : (byte)0);
        return (first, second) switch
        {
            (0x1f, 0x8b) => "the input is compressed with gzip; decompress it first",
            (0x28, 0xb5) => "the input is compressed with zstd; decompress it first",
            (0xfd, (byte)'7') => "the input is compressed with xz; decompress it first",
            ((byte)'B', (byte)'Z') when input.StartsWith("BZh"u8) => "the input is compressed with bzip2; decompress it first",
            ((byte)'P', (byte)'K') when input.Length > 3 && input[2] < 8 => "the input is a zip archive; extract the module first",
            (0x7f, (byte)'E') => "the input is a program or an object file for another machine (ELF); compile for a wasm32 target",
            (0xcf or 0xce, 0xfa) => "the input is a program or an object file for another machine (Mach-O); compile for a wasm32 target",
            ((byte)'M', (byte)'Z') when input.Length > 2 && !IsPrintable(input[2]) =>
                "the input is a program for another machine (Windows); compile for a wasm32 target",
            ((byte)'B', (byte)'C') when input.Length > 2 && input[2] == 0xc0 => $"the input is LLVM bitcode; {LinkFirst}",
            (0xde, 0xc0) => $"the input is LLVM bitcode; {LinkFirst}",
            ((byte)'!', (byte)'<') => "the input is a library of object files (ar); link it to a module first",
            (0xff, 0xfe) or (0xfe, 0xff) => "the input is a text in UTF-16; save it in UTF-8",
            ( > 0, 0) when input.Length > 3 && IsPrintable(first) && IsPrintable(input[2]) && input[3] == 0 =>
                "the input is a text in UTF-16; save it in UTF-8",
            (0, > 0) when input.Length > 3 && IsPrintable(second) && input[2] == 0 && IsPrintable(input[3]) =>
                "the input is a text in UTF-16; save it in UTF-8",
            _ => null,
        };
    }

    private static string? OfText(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> start = (input.StartsWith("\uFEFF"u8) ? input[3..] : input).TrimStart(" \t\r\n"u8);
        start = start[..Math.Min(start.Length, 256)];
        if (start.IsEmpty || start.ContainsAnyInRange((byte)0, (byte)8))
        {
            return null;
        }

        // Not what the end cut in two.
        start = Rune.DecodeLastFromUtf8(start, out _, out int tail) == OperationStatus.Done ? start : start[..^tail];
        string text = Encoding.UTF8.GetString(start);
        if (Begins(text, "<!doctype html") || Begins(text, "<html"))
        {
            return "the input is an HTML page, perhaps the answer of a server that does not have the module";
        }

        if (Begins(text, "version https://git-lfs"))
        {
            return "the input is a pointer of Git LFS; fetch the file itself with `git lfs pull`";
        }

        if (Begins(text, "AGFzbQ") || Begins(text, "data:application/wasm"))
        {
            return "the input is a module in base64; decode it first";
        }

        if (Begins(text, "; ModuleID") || Begins(text, "source_filename"))
        {
            return $"the input is LLVM's assembly language; {LinkFirst}";
        }

        if (Begins(text, "(component"))
        {
            return Component;
        }

        foreach (string script in s_scriptStarts)
        {
            if (text.StartsWith(script, StringComparison.Ordinal))
            {
                return "the input looks like a script; the module is the .wasm file that comes with it";
            }
        }

        return start[0] is (byte)'(' or (byte)';' || text.Contains('\uFFFD')
            ? null
            : "the input is a text, but not WebAssembly's, which begins with a parenthesis";
    }

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private static bool IsPrintable(byte value) => value is >= 0x20 and < 0x7f or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
