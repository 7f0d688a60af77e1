using System.Globalization;
using Wizer.Binary;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;

namespace Wizer.Differential;

/// <summary>
/// <c>generate</c> writes modules to a directory; <c>run</c> executes them and writes what it observed to its output, for the
/// harness to compare. <c>run</c> in this project's parent directory joins them.
/// </summary>
internal static class Program
{
    private const string Usage = """
        usage: Wizer.Differential generate --seed S --count N --out DIR
               Wizer.Differential run --seed S (--count N | --minutes M)
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
        if (arguments[0] == "generate")
        {
            Generate(seed, count, options.GetValueOrDefault("--out", "."));
        }
        else if (options.TryGetValue("--minutes", out string? minutes))
        {
            long end = Environment.TickCount64 + (long)(double.Parse(minutes, CultureInfo.InvariantCulture) * 60_000);
            Run(seed, ulong.MaxValue, () => Environment.TickCount64 < end);
        }
        else
        {
            Run(seed, count, static () => true);
        }

        return 0;
    }

    private static bool TryParse(string[] arguments, out Dictionary<string, string> options)
    {
        options = [];
        if (arguments is not ["generate" or "run", ..] || arguments.Length % 2 == 0)
        {
            return false;
        }

        for (int i = 1; i < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--seed" or "--count" or "--minutes" or "--out"))
            {
                return false;
            }

            options[arguments[i]] = arguments[i + 1];
        }

        return true;
    }

    private static void Generate(ulong seed, ulong count, string directory)
    {
        Directory.CreateDirectory(directory);
        for (ulong i = 0; i < count; i++)
        {
            string path = Path.Combine(directory, $"{seed + i}.wasm");
            File.WriteAllBytes(path, ModuleGenerator.Generate(seed + i).Bytes);
            Console.WriteLine(path);
        }
    }

    private static void Run(ulong seed, ulong count, Func<bool> goOn)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        var run = new EngineRun(output);
        for (ulong i = 0; i < count && goOn(); i++)
        {
            try
            {
                run.Run(ModuleGenerator.Generate(seed + i));
            }
            catch (WasmException invalid)
            {
                output.Write($"invalid\t{seed + i}\t{invalid.Message}\n");
            }
        }
    }
}
