using System.Text.RegularExpressions;
using Wizer.Binary;
using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>The chapter of <c>CONTRIBUTING.md</c> that adds three instructions names every place that has them, and no other.</summary>
public sealed partial class AddInstructionTests
{
    private static readonly string[] s_extensions = [".cs", ".tsv", ".handlers"];

    private static readonly string s_chapter = Chapter();

    public static TheoryData<string> Mnemonics() => [.. Sections().Select(section => section.Mnemonic)];

    [Fact]
    public void Chapter_HasANumberAVectorAndAnAccess()
    {
        OpcodeFamily[] families = [.. Sections().Select(section => OpcodeTable.Family(Parse(section.Mnemonic)))];
        Assert.Equal([OpcodeFamily.Unary, OpcodeFamily.Vector, OpcodeFamily.Load], families);
    }

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void Places_AreAllThereAre(string mnemonic)
    {
        string[] listed = [.. RowsOf(mnemonic).Select(row => row.Place).Order(StringComparer.Ordinal)];
        var name = new Regex($@"\b{Parse(mnemonic)}\b", RegexOptions.CultureInvariant);
        string[] found =
        [
            .. SourceFiles()
                .Where(file => name.IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(SourceProject.Root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(listed, found);
    }

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void Places_SayWhatIsQuoted(string mnemonic)
    {
        foreach ((string place, string quoted) in RowsOf(mnemonic))
        {
            string text = File.ReadAllText(Path.Combine(SourceProject.Root, place));
            Assert.Contains(Space().Replace(quoted, " "), Space().Replace(text, " "), StringComparison.Ordinal);
        }
    }

    private static Opcode Parse(string mnemonic)
    {
        Assert.True(OpcodeTable.TryParse(System.Text.Encoding.ASCII.GetBytes(mnemonic), out Opcode opcode), mnemonic);
        return opcode;
    }

    private static string Chapter()
    {
        string text = File.ReadAllText(Path.Combine(SourceProject.Root, "CONTRIBUTING.md"));
        string chapter = text[text.IndexOf("\n## Add an instruction\n", StringComparison.Ordinal)..];
        int next = chapter.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return next < 0 ? chapter : chapter[..next];
    }

    private static IEnumerable<(string Mnemonic, string Text)> Sections() =>
        from section in s_chapter.Split("\n### ").Skip(1)
        select (Code().Match(section).Groups[1].Value, section);

    private static IEnumerable<(string Place, string Quoted)> RowsOf(string mnemonic) =>
        from line in Sections().Single(section => section.Mnemonic == mnemonic).Text.Split('\n')
        where line.StartsWith("| `", StringComparison.Ordinal)
        let quoted = Code().Matches(line)
        select (quoted[0].Groups[1].Value, quoted[1].Groups[1].Value);

    private static IEnumerable<string> SourceFiles() =>
        from file in Directory.EnumerateFiles(Path.Combine(SourceProject.Root, "src"), "*", SearchOption.AllDirectories)
        where s_extensions.Contains(Path.GetExtension(file))
            && !Path.GetRelativePath(SourceProject.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
        select file;

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Space();
}
