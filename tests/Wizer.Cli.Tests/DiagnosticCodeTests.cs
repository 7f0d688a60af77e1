using System.Text.RegularExpressions;
using System.Xml.Linq;
using Wizer.Pipeline;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Every error and warning has a number of its own, which stays what it is and is explained.</summary>
public sealed class DiagnosticCodeTests
{
    [Fact]
    public void Numbers_AreUnique()
    {
        DiagnosticCode[] codes = Enum.GetValues<DiagnosticCode>();
        Assert.Equal(Enum.GetNames<DiagnosticCode>().Length, codes.Distinct().Count());
        Assert.All(codes, static code => Assert.InRange((int)code, 1, 1999));
    }

    [Fact]
    public void Numbers_StayWhatTheyAre() => Snapshot.Verify(
        string.Concat(Enum.GetValues<DiagnosticCode>().Select(static code => $"{DiagnosticCodes.Format(code)} {code}\n")));

    [Fact]
    public void EachKindOfFailure_HasItsOwn()
    {
        DiagnosticCode[] codes = [.. Enum.GetValues<WizerError>().Select(DiagnosticCodes.Of)];
        Assert.DoesNotContain(DiagnosticCode.InternalError, codes);
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public void Documentation_HasALineForEach_AndNoOther()
    {
        string text = File.ReadAllText(TestFiles.InProject("../../docs/errors.md"));
        IEnumerable<string> lines = Regex.Matches(text, @"^\| (WZ\d{4}) \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)
            .Select(static match => match.Groups[1].Value);
        Assert.Equal([.. Enum.GetValues<DiagnosticCode>().Select(DiagnosticCodes.Format), .. NumbersOfTargets()], lines);
    }

    // Beyond those of the command.
    [Fact]
    public void ErrorsOfTargets_HaveNumbersOfTheirOwn()
    {
        string[] numbers = [.. NumbersOfTargets()];
        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(2001, numbers.Length).Select(static number => $"WZ{number}"), numbers);
    }

    private static IEnumerable<string> NumbersOfTargets() => XDocument.Load(TestFiles.InProject("../../build/msbuild/Wizer.MSBuild.targets"))
        .Descendants()
        .Where(static element => element.Name.LocalName is "Error" or "Warning")
        .Select(static element => element.Attribute("Code")?.Value ?? $"{element.Name.LocalName} without a number");
}
