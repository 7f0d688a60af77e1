using System.Security.Cryptography;
using SharpFuzz;
using Wizer.Fuzz;

const string Usage = """
    usage: Wizer.Fuzz instrument ASSEMBLY...    changes assemblies so that they tell afl-fuzz what was reached
           Wizer.Fuzz seeds TARGET DIR          writes inputs to begin with
           Wizer.Fuzz fuzz TARGET               what afl-fuzz runs
           Wizer.Fuzz check TARGET FILE...      runs the target on files
    """;

// Small ones, and few of each script: afl-fuzz makes the rest.
const int LargestSeed = 1024;
const int SeedsOfScript = 4;

if (args is ["instrument", _, ..])
{
    foreach (string assembly in args[1..])
    {
        int count = Fuzzer.Instrument(assembly, static _ => true, Options.Value).Count();
        Console.WriteLine($"{assembly}: {count} types");
    }

    return 0;
}

if (args is not [_, var name, ..] || !Targets.All.TryGetValue(name, out Action<byte[]>? target))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

switch (args)
{
    case ["seeds", _, var directory]:
        Directory.CreateDirectory(directory);
        foreach (string script in Seeds.ScriptsOf(name))
        {
            foreach (byte[] seed in Seeds.Of(name, script).Where(static seed => seed.Length <= LargestSeed).Take(SeedsOfScript))
            {
                File.WriteAllBytes(Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(seed))[..16]), seed);
            }
        }

        return 0;
    case ["fuzz", _]:
        Fuzzer.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            Targets.Check(target, input.ToArray());
        });
        return 0;
    case ["check", _, .. var files]:
        foreach (string file in files)
        {
            Targets.Check(target, File.ReadAllBytes(file));
            Console.WriteLine($"{file}: holds");
        }

        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
