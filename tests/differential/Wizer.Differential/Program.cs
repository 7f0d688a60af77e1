using System.Globalization;
using Wizer.Binary;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;

namespace Wizer.Differential;

/// <summary>
/// <c>generate</c> writes modules to a directory; <c>run</c> executes them and writes what it observed to its output, for the
/// harness to compare; <c>forms</c> executes them in every form of the engine, and compares. <c>run</c> in this project's parent
/// directory joins them.
/// </summary>
internal static class Program
{
    private const string Usage = """
        usage: Wizer.Differential generate --seed S --count N [--newer] --out DIR
               Wizer.Differential run|forms --seed S (--count N | --minutes M) [--newer]
        """;

    private static int Main(string[] arguments)
    {
        if (!TryParse(arguments, out Dictionary<string, string> options))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        ulong seed = ulong.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
        ulong count = ulong.Parse(options.GetValueOrDefault("--count", "1"), CultureInfo.InvariantCulture);
        bool newer = options.ContainsKey("--newer");
        if (arguments[0] == "generate")
        {
            Generate(seed, count, newer, options.GetValueOrDefault("--out", "."));
            return 0;
        }

        long end = long.MaxValue;
        if (options.TryGetValue("--minutes", out string? minutes))
        {
            end = Environment.TickCount64 + (long)(double.Parse(minutes, CultureInfo.InvariantCulture) * 60_000);
            count = ulong.MaxValue;
        }

        return arguments[0] == "run" ? Run(seed, count, newer, end) : Compare(seed, count, newer, end);
    }

    private static bool TryParse(string[] arguments, out Dictionary<string, string> options)
    {
        options = [];
        if (arguments is not ["generate" or "run" or "forms", ..])
        {
            return false;
        }

        for (int i = 1; i < arguments.Length; i++)
        {
            if (arguments[i] == "--newer")
            {
                options["--newer"] = "";
            }
            else if (arguments[i] is "--seed" or "--count" or "--minutes" or "--out" && i + 1 < arguments.Length)
            {
                options[arguments[i]] = arguments[i + 1];
                i++;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static void Generate(ulong seed, ulong count, bool newer, string directory)
    {
        Directory.CreateDirectory(directory);
        for (ulong i = 0; i < count; i++)
        {
            string path = Path.Combine(directory, $"{seed + i}.wasm");
            File.WriteAllBytes(path, ModuleGenerator.Generate(seed + i, newer).Bytes);
            Console.WriteLine(path);
        }
    }

    private static int Run(ulong seed, ulong count, bool newer, long end)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        var run = new EngineRun(output);
        for (ulong i = 0; i < count && Environment.TickCount64 < end; i++)
        {
            try
            {
                run.Run(ModuleGenerator.Generate(seed + i, newer));
            }
            catch (WasmException invalid)
            {
                output.Write($"invalid\t{seed + i}\t{invalid.Message}\n");
            }
        }

        return 0;
    }

    private static int Compare(ulong seed, ulong count, bool newer, long end)
    {
        var comparison = new FormComparison(Console.Out);
        for (ulong i = 0; i < count && Environment.TickCount64 < end; i++)
        {
            comparison.Run(ModuleGenerator.Generate(seed + i, newer));
        }

        return comparison.Conclude() ? 0 : 1;
    }
}
