using Wizer.Binary;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;
using Wizer.Text;

namespace Wizer.Differential.Comparing;

/// <summary>Has modules run by several engines, prints where one does not agree with the first, and counts.</summary>
/// <param name="opinions">The engines; the first runs every module.</param>
/// <param name="output">Where to.</param>
/// <param name="directory">Where the smallest modules that show a difference are written.</param>
internal sealed class Comparison(IReadOnlyList<IOpinion> opinions, TextWriter output, string directory)
{
    // One fault shows in many modules; shrinking takes as long as some thousand of them.
    private const int ShrunkenDifferences = 5;

    private readonly long[] _modulesOf = new long[opinions.Count];
    private readonly Dictionary<int, long> _modulesWith = [];

    internal long ModuleCount { get; private set; }

    internal long CallCount { get; private set; }

    internal long DifferenceCount { get; private set; }

    /// <summary>How many modules each engine ran.</summary>
    internal IReadOnlyList<long> ModulesOf => _modulesOf;

    internal void Run(GeneratedModule module)
    {
        ModuleCount++;
        CallCount += module.Calls.Count;
        int count = 0;
        for (int i = 0; i < opinions.Count; i++)
        {
            if ((opinions[i].Lacks & module.Features) == 0)
            {
                _modulesOf[i]++;
                count++;
            }
        }

        _modulesWith[count] = _modulesWith.GetValueOrDefault(count) + 1;
        if (Difference.Of(module, opinions) is not { } difference)
        {
            return;
        }

        DifferenceCount++;
        Print(module, difference);
        if (DifferenceCount <= ShrunkenDifferences)
        {
            (GeneratedModule smallest, Difference remaining) = Shrinker.Shrink(module, difference);
            Write(smallest, remaining);
        }
    }

    /// <summary>The last lines.</summary>
    /// <returns>Whether there was no difference.</returns>
    internal bool Conclude()
    {
        output.WriteLine(string.Join(", ", opinions.Select((opinion, i) => $"{opinion.Name}: {_modulesOf[i]} modules")));
        output.WriteLine(string.Join(", ", _modulesWith.OrderByDescending(static pair => pair.Key).Select(static pair => $"{pair.Key} opinions: {pair.Value} modules")));
        output.WriteLine($"{(DifferenceCount == 0 ? "ok" : "FAIL")} {ModuleCount} modules, {CallCount} calls, {DifferenceCount} differences");
        return DifferenceCount == 0;
    }

    private static string Say(Outcome? outcome) => outcome?.ToString() ?? "(nothing: it had failed before)";

    private void Print(GeneratedModule module, Difference difference)
    {
        string options = module.IsNewer ? "--newer " : "";
        output.WriteLine($"DIFFERENCE seed {module.Seed}: {difference.What}");
        output.WriteLine($"  {difference.First.Name}: {Say(difference.FirstOutcome)}");
        output.WriteLine($"  {difference.Second.Name}: {Say(difference.SecondOutcome)}");
        output.WriteLine($"  again: tests/differential/run {options}--seed {module.Seed} --count 1");
        output.Flush();
    }

    private void Write(GeneratedModule module, Difference difference)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"{module.Seed}");
        File.WriteAllBytes(path + ".wasm", module.Bytes);
        var text = new StringWriter();
        text.Write($";; seed {module.Seed}{(module.IsNewer ? ", newer" : "")}, after ");
        text.Write(string.Join(", ", module.Calls.Select(static call => $"{call.Export}({Notation.Hex(call.Arguments, call.Type.Parameters)})")));
        text.Write($"\n;; {difference.What}\n");
        text.Write($";;   {difference.First.Name}: {Say(difference.FirstOutcome)}\n");
        text.Write($";;   {difference.Second.Name}: {Say(difference.SecondOutcome)}\n");
        try
        {
            WatPrinter.Print(ModuleReader.Parse(module.Bytes), text);
        }
        catch (WasmException invalid)
        {
            text.Write($";; {invalid.Message}\n");
        }

        File.WriteAllText(path + ".wat", text.ToString());
        output.WriteLine($"  the smallest that shows one, after {module.Calls.Count} calls: {path}.wat");
        output.Flush();
    }
}
