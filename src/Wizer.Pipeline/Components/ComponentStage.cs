namespace Wizer.Pipeline;

/// <summary>The component that is initialized and the one that gets its state: mostly the same one.</summary>
internal sealed class ComponentStage
{
    // For each core instance of the source, that of the target; null where they are the same.
    private readonly int[]? _matches;

    /// <param name="component">The component, which gets the state itself.</param>
    internal ComponentStage(ComponentContext component) => Source = Target = component;

    /// <param name="source">The component that is initialized.</param>
    /// <param name="target">The one that gets its state.</param>
    /// <exception cref="WizerException">They are too different.</exception>
    internal ComponentStage(ComponentContext source, ComponentContext target)
    {
        Source = source;
        Target = target;
        _matches = StagedModules.Match(source, target);
    }

    /// <summary>The component that is initialized.</summary>
    internal ComponentContext Source { get; }

    /// <summary>The one that gets its state.</summary>
    internal ComponentContext Target { get; }

    /// <summary>Writes the modules of all core instances.</summary>
    /// <returns>What became of those of the source.</returns>
    internal SnapshotReport[] Add(ComponentSnapshot snapshot, ComponentRewriter rewriter)
    {
        var reports = new SnapshotReport[snapshot.Modules.Count];
        for (int i = 0; i < reports.Length; i++)
        {
            reports[i] = rewriter.Add(_matches is null ? i : _matches[i], snapshot.Modules[i]) with { Stack = snapshot.StackOf(i) };
        }

        for (int i = 0; _matches is not null && i < Target.Modules.Length; i++)
        {
            if (Array.IndexOf(_matches, i) < 0)
            {
                rewriter.Keep(i);
            }
        }

        return reports;
    }

    /// <summary>Appends the modules that set what others share.</summary>
    /// <returns>How many bytes they are.</returns>
    /// <exception cref="WizerException">They are of another component.</exception>
    internal long Append(ComponentSnapshot snapshot, ComponentRewriter rewriter)
    {
        if (_matches is not null && snapshot.Restores.Count != 0)
        {
            Throw.RestoresNotStaged();
        }

        return rewriter.Append(snapshot.Restores);
    }
}
