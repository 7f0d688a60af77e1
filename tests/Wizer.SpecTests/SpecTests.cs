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

    // What a script finds after a snapshot was taken is what it would have found without.
    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_FromSnapshots(string file)
    {
        FileResult result = ScriptRunner.Run(file, EngineOptions.Default, static (store, linker) => new SnapshotSubstitution(store, linker));
        output.WriteLine($"{file}: {result.Snapshots} snapshots, {result.RefusedSnapshots} refused");
        report.AddSnapshots(result);
        Check(result);
    }

    // The scripts allow several results, and those of the processor are among them.
    [SuiteTheory]
    [MemberData(nameof(RelaxedFiles))]
    public void RelaxedFile_Passes_WithTheHostsResults(string file) =>
        Check(ScriptRunner.Run(file, new EngineOptions { IsRelaxedSimdDeterministic = false }));

    private void Check(FileResult result) => report.Check(result, output);
}
