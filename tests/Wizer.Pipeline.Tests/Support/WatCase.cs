using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Wizer.TestSupport;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// A module of the <c>Cases</c> folder: a <c>.wat</c> whose comment <c>;; wizer: ...</c> holds the options, and beside it the
/// bytes the original made of it, in hexadecimal or, when they are many, as their hash; none where its engine cannot run the module.
/// </summary>
internal sealed class WatCase
{
    private readonly string? _expected;

    private WatCase(string path)
    {
        Text = File.ReadAllText(path);
        string expected = Path.ChangeExtension(path, ".expected.hex");
        _expected = File.Exists(expected) ? string.Concat(File.ReadAllText(expected).Split('\n')) : null;
        Options = ParseOptions(Text);
    }

    public string Text { get; }

    public WizerOptions Options { get; }

    /// <summary>Whether the result is small enough to be shown as text.</summary>
    public bool IsSmall => _expected?.StartsWith("sha256", StringComparison.Ordinal) != true;

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder(), "*.wat").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    /// <summary>Whether a test can afford a copy of the module's memory.</summary>
    public bool IsCopyable => !Text.Contains(";; embedded only", StringComparison.Ordinal);

    public static WatCase Load(string name) => new(Path.Combine(Folder(), name + ".wat"));

    /// <summary>The module with the names of its identifiers, as the original was given it.</summary>
    public byte[] Compile() => Wat.Compile(Text, names: true);

    /// <summary>What was written, in the form of the expectation.</summary>
    public string Describe(byte[] output) =>
        IsSmall ? Convert.ToHexStringLower(output) : "sha256 " + Convert.ToHexStringLower(SHA256.HashData(output));

    public string? Expected => _expected;

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(file))!, "Cases");

    private static WizerOptions ParseOptions(string wat)
    {
        const string Mark = ";; wizer:";
        WizerOptions options = WizerOptions.Default with { Layout = ModuleLayout.Compatible };
        string? line = wat.Split('\n').FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal));
        var words = new Queue<string>((line ?? Mark)[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        while (words.TryDequeue(out string? word))
        {
            options = word switch
            {
                "-f" => options with { InitFunc = words.Dequeue() },
                "-r" => options with { FuncRenames = [.. options.FuncRenames, FuncRename.Parse(words.Dequeue())] },
                "--keep-init-func" => options with { KeepInitFunc = true },
                _ => throw new InvalidDataException($"unknown option {word}"),
            };
        }

        return options;
    }
}
