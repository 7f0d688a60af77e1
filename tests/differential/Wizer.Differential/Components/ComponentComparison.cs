using Wizer.Differential.Execution;

namespace Wizer.Differential.Components;

/// <summary>Has components run by both engines, prints where they do not agree, and counts.</summary>
/// <param name="output">Where to.</param>
/// <param name="directory">Where components that show a difference are written.</param>
internal sealed class ComponentComparison(TextWriter output, string directory) : IDisposable
{
    private readonly EngineComponentOpinion _ours = new();
    private readonly WasmtimeComponentOpinion _others = new();
    private readonly SortedDictionary<string, long> _outcomes = [];

    internal long ComponentCount { get; private set; }

    internal long CallCount { get; private set; }

    internal long DifferenceCount { get; private set; }

    /// <summary>How many calls returned a value, and how many trapped.</summary>
    internal IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    internal void Run(GeneratedComponent component)
    {
        ComponentCount++;
        CallCount += component.Calls.Count;
        IReadOnlyList<Observation> ours = Observe(_ours, component);
        IReadOnlyList<Observation> others = Observe(_others, component);
        foreach (Observation observation in ours)
        {
            string kind = observation.Outcome.Traps is null ? "values" : "traps";
            _outcomes[kind] = _outcomes.GetValueOrDefault(kind) + 1;
        }

        for (int i = 0; i < Math.Max(ours.Count, others.Count); i++)
        {
            Observation? one = i < ours.Count ? ours[i] : null;
            Observation? other = i < others.Count ? others[i] : null;
            bool agrees = one is not null && other is not null && one.What == other.What && one.Outcome.Agrees(other.Outcome);
            if (!agrees || (i == 0 && one!.Outcome != Observation.Valid))
            {
                Print(component, one, other);
                return;
            }
        }
    }

    /// <summary>The last lines.</summary>
    /// <returns>Whether there was no difference.</returns>
    internal bool Conclude()
    {
        output.WriteLine(string.Join(", ", _outcomes.Select(static pair => $"{pair.Value} {pair.Key}")));
        string verdict = DifferenceCount == 0 ? "ok" : "FAIL";
        output.WriteLine($"{verdict} {ComponentCount} components, {CallCount} calls, {DifferenceCount} differences");
        return DifferenceCount == 0;
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    /// <summary>An engine that fails in a way of its own has said something, too.</summary>
    private static IReadOnlyList<Observation> Observe(IComponentOpinion opinion, GeneratedComponent component)
    {
        try
        {
            return opinion.Run(component);
        }
        catch (Exception failure)
        {
            return [Observation.Validation(Observation.Valid), new Observation("running", new Outcome(failure.ToString()))];
        }
    }

    private static string Say(Observation? observation) =>
        observation is null ? "(nothing)" : $"{observation.What} -> {observation.Outcome}";

    private void Print(GeneratedComponent component, Observation? ours, Observation? others)
    {
        DifferenceCount++;
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"component-{component.Seed}.wat");
        File.WriteAllText(path, component.Text);
        output.WriteLine($"DIFFERENCE seed {component.Seed}: {path}");
        output.WriteLine($"  {_ours.Name}: {Say(ours)}");
        output.WriteLine($"  {_others.Name}: {Say(others)}");
        output.WriteLine($"  again: tests/differential/run --components --seed {component.Seed} --count 1");
        output.Flush();
    }
}
