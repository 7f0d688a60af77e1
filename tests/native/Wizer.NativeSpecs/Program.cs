using Wizer.Engine;
using Wizer.TestSupport.Scripts;

namespace Wizer.SpecTests;

/// <summary>Runs every official script and compares with the checked-in expectations; the exit code says whether all agree.</summary>
internal static class Program
{
    private static int Main()
    {
        Dictionary<string, (int Passed, int Total)> expectations = Expectations.Core.Read();
        int commands = 0;
        int differences = SpecTestSuite.Scripts.Count == 0 ? 1 : 0;
        foreach (string file in SpecTestSuite.Scripts)
        {
            FileResult result = ScriptRunner.Run(file, EngineOptions.Default);
            commands += result.Passed;
            if (!expectations.TryGetValue(file, out (int Passed, int Total) expected) || expected != (result.Passed, result.Total))
            {
                differences++;
                Console.WriteLine($"{file}: {result.Passed} of {result.Total} passed, not {expected.Passed} of {expected.Total}");
                foreach (string failure in result.Failures.Take(5))
                {
                    Console.WriteLine("  " + failure);
                }
            }
        }

        Console.WriteLine($"{SpecTestSuite.Scripts.Count} scripts, {commands} commands passed, {differences} differences");
        return differences == 0 ? 0 : 1;
    }
}
