using System.Runtime.CompilerServices;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.SpecTests;

/// <summary>A theory over the official scripts: where they are not, the run says so, naming where they were looked for.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
    {
        _ = (file, line);
        if (SuiteAbsence.Message is { } message)
        {
            DisplayName = Skip = message;
        }
    }
}

/// <summary>A fact about the official scripts; see <see cref="SuiteTheoryAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SuiteFactAttribute : FactAttribute
{
    public SuiteFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
    {
        _ = (file, line);
        if (SuiteAbsence.Message is { } message)
        {
            DisplayName = Skip = message;
        }
    }
}

/// <summary>A theory over the official scripts of the component model; see <see cref="SuiteTheoryAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComponentSuiteTheoryAttribute : TheoryAttribute
{
    public ComponentSuiteTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
    {
        _ = (file, line);
        if (SuiteAbsence.ComponentMessage is { } message)
        {
            DisplayName = Skip = message;
        }
    }
}

/// <summary>A fact about the official scripts of the component model; see <see cref="SuiteTheoryAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComponentSuiteFactAttribute : FactAttribute
{
    public ComponentSuiteFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
    {
        _ = (file, line);
        if (SuiteAbsence.ComponentMessage is { } message)
        {
            DisplayName = Skip = message;
        }
    }
}

internal static class SuiteAbsence
{
    /// <summary>Null when the scripts are there.</summary>
    internal static string? Message { get; } = SpecTestSuite.IsPresent
        ? null
        : $"the official test scripts are not at {SpecTestSuite.Directory}; WASM_TESTSUITE names another place";

    /// <summary>Null when the scripts of the component model are there.</summary>
    internal static string? ComponentMessage { get; } = ComponentTestSuite.IsPresent
        ? null
        : $"the test scripts of the component model are not at {ComponentTestSuite.Directory}; COMPONENT_TESTSUITE names another place";
}
