using Wizer.Engine;
using Wizer.TestSupport.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace Wizer.SpecTests;

/// <summary>The official test scripts of the component model, a case for each file, held to the checked-in expectations.</summary>
public sealed class ComponentSpecTests(ComponentSpecReport report, ITestOutputHelper output) : IClassFixture<ComponentSpecReport>
{
    public static TheoryData<string> Files() => new(ComponentTestSuite.Scripts);

    [ComponentSuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected(string file)
    {
        FileResult result = ComponentScriptRunner.Run(file, EngineOptions.Default);
        report.Add(result);
        report.Check(result, output);
    }

    [ComponentSuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_AsMachineCode(string file) =>
        report.Check(ComponentScriptRunner.Run(file, new EngineOptions { Tier = TierMode.CompileEverything }), output);

    // What a script finds after a snapshot was taken is what it would have found without; and of which states there is none, is listed.
    [ComponentSuiteTheory]
    [MemberData(nameof(Files))]
    public void File_PassesAsExpected_FromSnapshots(string file)
    {
        FileResult result = ComponentScriptRunner.Run(file, EngineOptions.Default, fromSnapshots: true);
        report.AddSnapshots(result);
        report.Check(result, output);
        report.Snapshots.Check(result);
    }
}

/// <summary>Gathers what the scripts of the component model did.</summary>
public sealed class ComponentSpecReport() : SpecReport(Expectations.Components, "component-spec-tests.tsv")
{
    internal SnapshotExpectations Snapshots { get; } = new();

    public override void Dispose()
    {
        GC.SuppressFinalize(this);
        Snapshots.WriteWhenBlessing();
        base.Dispose();
    }
}
