using Wizer.Engine;
using Wizer.TestSupport.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace Wizer.SpecTests;

/// <summary>
/// The official test scripts, a case for each file, held to the checked-in expectations; and all of them again on what the
/// engine falls back to where it cannot be precompiled and address space cannot be reserved.
/// </summary>
public sealed class SpecTests(SpecReport report, ITestOutputHelper output) : IClassFixture<SpecReport>
{
    public static TheoryData<string> Files() => new(SpecTestSuite.Scripts);

    public static TheoryData<string> RelaxedFiles() =>
        new(SpecTestSuite.Scripts.Where(static file => file.Contains("relaxed", StringComparison.Ordinal)));

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected(string file)
    {
        FileResult result = ScriptRunner.Run(file, EngineOptions.Default);
        report.Add(result);
        Check(result);
    }

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_OnTheFallbacks(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { ReserveAddressSpace = false, UsePlainLoop = true }));

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_Compiled(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { Tier = TierMode.CompileEverything, UsesMachineCode = false }));

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_WhenLoopsAreReplaced(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { TierThreshold = 0, UsesMachineCode = false }));

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_AsMachineCode(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { Tier = TierMode.CompileEverything }));

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_AsMachineCodeFromLoops(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { TierThreshold = 0, GuardsMemories = false }));

    // The scripts allow several results, and those of the processor are among them.
    [SuiteTheory]
    [MemberData(nameof(RelaxedFiles))]
    public void RelaxedFile_Passes_WithTheHostsResults(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { IsRelaxedSimdDeterministic = false }));

    private void Check(FileResult result)
    {
        string file = result.File;
        output.WriteLine($"{file}: {result.Passed} of {result.Total} commands passed; "
            + $"{result.MessagesMatched} of {result.Messages} errors have the script's wording");
        foreach (string failure in result.Failures)
        {
            output.WriteLine(failure);
        }

        Assert.True(result.Total > 0, $"{file} has no commands");
        if (Expectations.IsBlessing)
        {
            return;
        }

        Assert.True(report.Expected.TryGetValue(file, out (int Passed, int Total) expected), $"{file} is new: run with WIZER_BLESS=1");
        Assert.True(
            result.Passed >= expected.Passed && result.Total == expected.Total,
            $"{result.Passed} of {result.Total} pass, and {expected.Passed} of {expected.Total} used to:\n{string.Join('\n', result.Failures.Take(10))}");
        Assert.True(
            result.Passed == expected.Passed,
            $"{result.Passed} pass, and only {expected.Passed} used to: run with WIZER_BLESS=1 to keep it that way");
    }
}
