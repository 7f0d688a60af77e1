using System.Runtime.CompilerServices;
using Wizer.Pipeline;
using Wizer.Text;

namespace Wizer.Cli;

/// <summary>Modules may be given in the text format wherever they may be given in the binary one.</summary>
internal static class ModuleText
{
    /// <summary>The module in the binary format: the input itself, or what its text says.</summary>
    /// <param name="input">The bytes of the file.</param>
    /// <param name="fileName">For the errors.</param>
    /// <exception cref="CommandException">It is a text, and malformed.</exception>
    public static ReadOnlyMemory<byte> ToBinary(ReadOnlyMemory<byte> input, string fileName)
    {
        return IsText(input.Span) ? Parse(input.Span, fileName) : input;
    }

    // By itself, so that a binary input does not load the assembly of the parser.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlyMemory<byte> Parse(ReadOnlySpan<byte> input, string fileName)
    {
        try
        {
            return WatParser.ToBinary(input, fileName);
        }
        catch (WatException error)
        {
            throw new CommandException(DiagnosticCode.MalformedText, error.Message, error) { Hint = InputHint.Of(input) };
        }
    }

    /// <summary>Whether an input is to be read as text.</summary>
    /// <remarks>
    /// A text begins with a parenthesis, a comment or a space (perhaps after a byte order mark); no binary module does, however
    /// broken it is, and it is as a binary one that a broken module is reported.
    /// </remarks>
    public static bool IsText(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> start = input.StartsWith("\uFEFF"u8) ? input[3..] : input;
        return !start.IsEmpty && start[0] is (byte)'(' or (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
    }
}
