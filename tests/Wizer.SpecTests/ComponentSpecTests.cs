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
}

/// <summary>Gathers what the scripts of the component model did.</summary>
public sealed class ComponentSpecReport() : SpecReport(Expectations.Components, "component-spec-tests.tsv");
