using System.Runtime.CompilerServices;

namespace Wizer.Pipeline.Tests;

/// <summary>Every test validates what the pipeline writes, and shows it as text when it is invalid.</summary>
internal static class TestSetup
{
    [ModuleInitializer]
    internal static void CheckEveryOutput()
    {
        OutputCheck.IsEnabled = true;
        OutputCheck.Printer = Modules.Print;
    }
}
