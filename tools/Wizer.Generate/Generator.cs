using System.Text;
using Wizer.Generate.Emitters;

namespace Wizer.Generate;

/// <summary>Runs the emitters registered under one name over the instruction table.</summary>
internal static class Generator
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int BadUsage = 2;

    private const string Choose = "choose";

    internal static int Run(
        string[] args,
        IReadOnlyDictionary<string, IEmitter[]> emitterSets,
        Func<InstructionTable, Dictionary<string, string>>? choose = null)
    {
        IEmitter[]? emitters = null;
        bool isChoice = choose is not null && args is [Choose, ..];
        if (args.Length != 3 || (!isChoice && !emitterSets.TryGetValue(args[0], out emitters)))
        {
            Console.Error.WriteLine($"Wizer.Generate : error : usage: Wizer.Generate <{string.Join('|', emitterSets.Keys.Concat(choose is null ? [] : [Choose]))}> <path of src/> <output directory>");
            return BadUsage;
        }

        string sourceDirectory = args[1];
        string outputDirectory = args[2];
        try
        {
            InstructionTable table = InstructionTable.Load(Path.Combine(sourceDirectory, InstructionTable.PathInSource), sourceDirectory);
            Directory.CreateDirectory(outputDirectory);
            if (isChoice)
            {
                foreach ((string name, string text) in choose!(table))
                {
                    WriteIfChanged(Path.Combine(outputDirectory, name), text);
                }

                return Success;
            }

            HashSet<string> written = [];
            foreach (IEmitter emitter in emitters!)
            {
                CodeWriter code = new(InstructionTable.PathInSource, emitter.GetType().Name);
                emitter.Emit(table, code);
                WriteIfChanged(Path.Combine(outputDirectory, emitter.FileName), code.ToString());
                written.Add(emitter.FileName);
            }

            DeleteStale(outputDirectory, written);
            return Success;
        }
        catch (TableException error)
        {
            // The compiler's own format, so that the build log and editors can point at the row.
            Console.Error.WriteLine(error.Message);
            return Failure;
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"Wizer.Generate : error : {error.Message}");
            return Failure;
        }
    }

    // An unchanged file keeps its time, and what depends on it stays up to date. One that is changed does so at once: builds of two
    // configurations, which share these files, may go on at the same time.
    private static void WriteIfChanged(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            string temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
    }

    // A file of an emitter that was renamed would still be compiled.
    private static void DeleteStale(string outputDirectory, HashSet<string> written)
    {
        foreach (string path in Directory.GetFiles(outputDirectory, "*.g.cs"))
        {
            if (!written.Contains(Path.GetFileName(path)))
            {
                File.Delete(path);
            }
        }
    }
}
