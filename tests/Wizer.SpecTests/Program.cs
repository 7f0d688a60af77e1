using System.Globalization;
using Wizer.Engine;
using Wizer.Engine.Compiler.X64;

namespace Wizer.SpecTests;

/// <summary>
/// Runs scripts in a process of its own, for what the runtime decides once for each process:
/// <c>dotnet Wizer.SpecTests.dll TIER SCRIPT...</c> says whether there is machine code of ours, and then what each script came to;
/// those of relaxed instructions with the results of every processor and then with those of this one.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var options = new EngineOptions { Tier = Enum.Parse<TierMode>(arguments[0]) };
        Console.WriteLine(MachineCode.IsSupported);
        foreach (string file in arguments.AsSpan(1))
        {
            Report(ScriptRunner.Run(file, options));
            if (file.Contains("relaxed", StringComparison.Ordinal))
            {
                Report(ScriptRunner.Run(file, options with { IsRelaxedSimdDeterministic = false }));
            }
        }

        return 0;
    }

    private static void Report(FileResult result)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.File}\t{result.Passed}\t{result.Total}"));
        foreach (string failure in result.Failures)
        {
            Console.Error.WriteLine(failure);
        }
    }
}
