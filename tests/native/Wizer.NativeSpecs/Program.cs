using Wizer.Engine;
using Wizer.TestSupport.Scripts;

namespace Wizer.SpecTests;

/// <summary>Runs every official script and compares with the checked-in expectations; the exit code says whether all agree.</summary>
internal static class Program
{
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(60);

    private static int Main()
    {
        Dictionary<string, (int Passed, int Total)> expectations = Expectations.Read();
        int commands = 0;
        int differences = SpecTestSuite.Scripts.Count == 0 ? 1 : 0;
        foreach (string file in SpecTestSuite.Scripts)
        {
            FileResult result = Run(file);
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

    private static FileResult Run(string file)
    {
        var result = new FileResult(file);
        using var timeout = new CancellationTokenSource(s_timeLimit);
        var thread = new Thread(
            () =>
            {
                try
                {
                    using var runner = new ScriptRunner(result, EngineOptions.Default, timeout.Token);
                    runner.Run(Script.Load(file));
                }
                catch (Exception error)
                {
                    result.Fail(0, "script", error.ToString());
                }
            },
            maxStackSize: 16 << 20);
        thread.Start();
        thread.Join();
        return result;
    }
}
