using System.Globalization;
using Wizer.Differential.Comparing;
using Wizer.Differential.Components;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;

namespace Wizer.Differential;

/// <summary>
/// <c>run</c> has random modules executed by several engines, <c>forms</c> in every form of ours, and <c>components</c> random components
/// by two engines; each compares. <c>generate</c> writes modules to a directory. The script of that name in this project's parent directory says what the options are.
/// </summary>
internal static class Program
{
    private const string Usage = """
        usage: Wizer.Differential generate --seed S --count N [--newer] --out DIR
               Wizer.Differential run|forms --seed S (--count N | --minutes M) [--newer] --out DIR
               Wizer.Differential components --seed S (--count N | --minutes M) --out DIR
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
        string directory = options.GetValueOrDefault("--out", ".");
        if (arguments[0] == "generate")
        {
            Generate(seed, count, newer, directory);
            return 0;
        }

        long end = long.MaxValue;
        if (options.TryGetValue("--minutes", out string? minutes))
        {
            end = Environment.TickCount64 + (long)(double.Parse(minutes, CultureInfo.InvariantCulture) * 60_000);
            count = ulong.MaxValue;
        }

        if (arguments[0] == "components")
        {
            using var components = new ComponentComparison(Console.Out, directory);
            for (ulong i = 0; i < count && Environment.TickCount64 < end; i++)
            {
                components.Run(ComponentGenerator.Generate(seed + i));
            }

            return components.Conclude() ? 0 : 1;
        }

        IReadOnlyList<IOpinion> opinions = arguments[0] == "run" ? Opinions.Engines() : Opinions.Forms();
        var comparison = new Comparison(opinions, Console.Out, directory);
        for (ulong i = 0; i < count && Environment.TickCount64 < end; i++)
        {
            comparison.Run(ModuleGenerator.Generate(seed + i, newer));
        }

        foreach (IOpinion opinion in opinions)
        {
            opinion.Dispose();
        }

        return comparison.Conclude() ? 0 : 1;
    }

    private static bool TryParse(string[] arguments, out Dictionary<string, string> options)
    {
        options = [];
        if (arguments is not ["generate" or "run" or "forms" or "components", ..])
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
}
