using Wizer.Binary;
using Wizer.Differential.Generation;
using Wizer.Engine;

namespace Wizer.Differential.Execution;

/// <summary>Runs modules in every form of the engine and prints where one observes what the first does not, places of traps included.</summary>
internal sealed class FormComparison(TextWriter output)
{
    private long _modules;
    private long _calls;
    private long _differences;

    internal void Run(GeneratedModule module)
    {
        _modules++;
        string[]? expected = null;
        foreach ((string name, EngineOptions options) in EngineForms.All)
        {
            string[] observed = Observe(module, options);
            expected ??= observed;
            int line = FirstDifference(expected, observed);
            if (line >= 0)
            {
                _differences++;
                output.WriteLine($"DIFFERENCE seed {module.Seed}, line {line}: {name}");
                output.WriteLine($"  {EngineForms.All[0].Name}: {At(expected, line)}");
                output.WriteLine($"  {name}: {At(observed, line)}");
                output.Flush();
            }
        }
    }

    /// <summary>The last line, as the comparison with V8 ends.</summary>
    /// <returns>Whether there was no difference.</returns>
    internal bool Conclude()
    {
        output.WriteLine($"{(_differences == 0 ? "ok" : "FAIL")} {_modules} modules, {_calls} calls, {_differences} differences");
        return _differences == 0;
    }

    private static string At(string[] lines, int line) => line < lines.Length ? lines[line] : "(nothing)";

    private static int FirstDifference(string[] expected, string[] observed)
    {
        for (int i = 0; i < Math.Max(expected.Length, observed.Length); i++)
        {
            if (At(expected, i) != At(observed, i))
            {
                return i;
            }
        }

        return -1;
    }

    private string[] Observe(GeneratedModule module, EngineOptions options)
    {
        using var text = new StringWriter();
        var run = new EngineRun(text, tellsPlaces: true);
        try
        {
            run.Run(module, options);
        }
        catch (WasmException invalid)
        {
            text.Write($"invalid {invalid.Message}");
        }

        _calls += run.CallCount;
        return text.ToString().Split('\n');
    }
}
