using System.Runtime.CompilerServices;
using Wizer.Generate;
using Wizer.Generate.Engine;
using Xunit;

namespace Wizer.Binary.Tests.Generate;

/// <summary>How superinstructions and hot operations follow from the profile.</summary>
public sealed class ChoiceTests : IDisposable
{
    private const string Instructions =
        "I32Add\ti32.add\t0x6a\t-\ti32 i32\ti32\tbinary\t-\tmvp\t-\tNumeric Instructions\n"
        + "I32Eq\ti32.eq\t0x46\t-\ti32 i32\ti32\tcompare\t-\tmvp\t-\tNumeric Instructions\n";

    private const string Operations =
        "I32Add\t-\t*\t*\t-\t$0 + $1\tk commutes\n"
        + "I32Eq\t-\t*\tbool\t-\t$0 == $1\t-\n"
        + "Store\t-\tu32\t-\t-\t*(uint*)memory = $0\t-\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wizer-choice-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Tables_AreWhatTheProfileSays()
    {
        string source = SourceDirectory();
        foreach ((string name, string text) in Choice.Choose(InstructionTable.Load(Path.Combine(source, InstructionTable.PathInSource), source)))
        {
            string file = Path.Combine(source, "Wizer.Engine/Code", name);
            Assert.True(
                File.ReadAllText(file).ReplaceLineEndings("\n") == text,
                $"{name} is not what follows from profile.tsv: run `bench/profile --choose`");
        }
    }

    [Theory]
    [InlineData("1000\tI32AddK Store.0-1\n", "I32AddK Store 0", "")]
    [InlineData("1000\tI32AddK Store.0-1T\n", "I32AddK Store 0T", "")]
    [InlineData("1000\tI32AddK | Store\n", "", "I32AddK Store")]
    [InlineData("1000\tI32AddK I32Eq.0-1 BrNez\n", "", "I32AddK I32Eq|I32AddK__I32Eq BrNez")]
    [InlineData("1000\tBrNez Store\n", "", "")]
    [InlineData("100000\tI32Add\n10\tI32AddK Store.0-1\n", "", "")]
    public void Superinstruction_IsChosen_WhenPossibleAndWorthIt(string profile, string fusions, string sequences)
    {
        Dictionary<string, string> tables = Choose(profile);
        Assert.Equal(fusions, Rows(tables["fusions.tsv"]));
        Assert.Equal(sequences, Rows(tables["sequences.tsv"]));
    }

    [Fact]
    public void HotOperations_AreWhatIsLeft_MostFrequentFirst() =>
        Assert.Equal("I32AddK_Store0|I32Add", Rows(Choose("1000\tI32AddK Store.0-1\n900\tI32Add\n")["hot.tsv"]));

    [Theory]
    [InlineData("1\tNothing\n", "profile.tsv(1): error : `Nothing` is no base operation")]
    [InlineData("1\tI32AddK Store.0-2\n", "profile.tsv(1): error : `0-2` is no input that is an earlier result")]
    [InlineData("x\tI32Add\n", "profile.tsv(1): error : expected a count and a run")]
    public void BadRow_NamesFileAndLine(string profile, string message)
    {
        TableException error = Assert.Throws<TableException>(() => Choose(profile));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static string Rows(string text) =>
        string.Join('|', text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')).Replace('\t', ' ');

    private static string SourceDirectory([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../src/"));

    private Dictionary<string, string> Choose(string profile)
    {
        Write("Wizer.Binary/Instructions/instructions.tsv", Instructions);
        Write("Wizer.Engine/Code/operations.tsv", Operations);
        Write("Wizer.Engine/Code/irregular.handlers", "");
        Write("Wizer.Engine/Code/profile.tsv", profile);
        return Choice.Choose(InstructionTable.Load(Path.Combine(_directory.FullName, InstructionTable.PathInSource), _directory.FullName));
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_directory.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
