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
        _ = file;
        _ = line;
        if (!SpecTestSuite.IsPresent)
        {
            DisplayName = Skip = $"the official test scripts are not at {SpecTestSuite.Directory}; WASM_TESTSUITE names another place";
        }
    }
}
