using System.Text;
using System.Text.Json;
using Wizer.Engine;

namespace Wizer.Cli;

/// <summary><c>wizer diff</c>: what is different in two modules or components.</summary>
internal static class DiffCommand
{
    // As those of `diff`.
    private const int AreEqual = 0;
    private const int AreDifferent = 1;

    /// <summary>The exit code after an error.</summary>
    public const int Failed = 2;

    // How many differences of a kind are shown.
    private const int DefaultLimit = 20;

    /// <summary>Compares, and says what is different on stdout.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">A file cannot be read, is malformed, or what is different cannot be written.</exception>
    public static int Run(Arguments arguments)
    {
        if (arguments is { Input: null, SecondInput: null })
        {
            throw new CommandException(DiagnosticCode.ConflictingOptions, "stdin holds one module, and it would have to be both");
        }

        using InspectedModule before = InspectedModule.Read(arguments.Input);
        using InspectedModule after = InspectedModule.Read(arguments.SecondInput);
        int limit = arguments.ShowsAll ? int.MaxValue : DefaultLimit;
        var comparison = Comparison.Of(before, NameOf(arguments.Input), after, NameOf(arguments.SecondInput), limit);
        OutputFile.At(null).Write(stream => Write(comparison, arguments, stream));
        return comparison.AreEqual ? AreEqual : AreDifferent;
    }

    private static void Write(Comparison comparison, Arguments arguments, Stream stream)
    {
        if (arguments.Json)
        {
            using (var json = new Utf8JsonWriter(stream, JsonStyle.Options))
            {
                new DifferenceJson(json, arguments.ShowsAll).Write(comparison);
            }

            stream.Write("\n"u8);
        }
        else if (!comparison.AreEqual)
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 65536, leaveOpen: true);
            new DifferenceText(writer, arguments.ShowsAll).Write(comparison);
        }
    }

    private static string? NameOf(string? path) => path is null ? null : PathBytes.ToText(path);
}
