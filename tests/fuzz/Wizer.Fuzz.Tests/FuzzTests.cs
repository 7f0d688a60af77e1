using System.Runtime.CompilerServices;
using Xunit;

namespace Wizer.Fuzz.Tests;

public sealed class FuzzTests
{
    public static TheoryData<string> Names() => [.. Targets.All.Keys];

    /// <summary>What fuzzing found once stays found: the inputs lie beside the program, a directory for each target.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void KeptInputs_Hold(string target)
    {
        string directory = Path.Combine(Source(), "..", "kept", target);
        foreach (string file in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            Targets.Check(Targets.All[target], File.ReadAllBytes(file));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ModulesOfTheOfficialScripts_Hold(string target)
    {
        List<string> failures = [];
        foreach (string script in Seeds.ScriptsOf(target))
        {
            int number = 0;
            foreach (byte[] seed in Seeds.Of(target, script))
            {
                number++;
                try
                {
                    Targets.Check(Targets.All[target], seed);
                }
                catch (Exception fault)
                {
                    failures.Add($"{script}, module {number}: {fault.GetType().Name}: {fault.Message}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(20)));
    }

    [Fact]
    public void AnyOtherException_IsAFault() =>
        Assert.Throws<IndexOutOfRangeException>(static () => Targets.Check(static _ => throw new IndexOutOfRangeException(), []));

    private static string Source([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
