using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>The component that is initialized and the one that gets its state: mostly the same one.</summary>
internal sealed class ComponentStage
{
    // Null where they are the same.
    private readonly StagedMatch? _match;

    /// <param name="component">The component, which gets the state itself.</param>
    internal ComponentStage(ComponentContext component) => Source = Target = component;

    /// <param name="source">The component that is initialized.</param>
    /// <param name="target">The one that gets its state.</param>
    /// <exception cref="WizerException">They are too different.</exception>
    internal ComponentStage(ComponentContext source, ComponentContext target)
    {
        Source = source;
        Target = target;
        _match = new StagedMatch(source.Compiled, target.Compiled, source.PlaceOf);
    }

    /// <summary>The component that is initialized.</summary>
    internal ComponentContext Source { get; }

    /// <summary>The one that gets its state.</summary>
    internal ComponentContext Target { get; }

    /// <summary>The index, among those of its component, of the target's core instance for one of the source's.</summary>
    internal uint CoreInstanceIndexOf(int instance) => Target.Compiled.CoreInstanceIndexOf(InstanceOf(instance));

    /// <summary>The index of the target's resource type for one that the source defines.</summary>
    /// <param name="state">The number of the component instance that defines it.</param>
    /// <param name="typeIndex">The type's index there.</param>
    /// <exception cref="WizerException">It has none.</exception>
    internal uint ResourceTypeOf(int state, uint typeIndex) => _match?.ResourceTypeOf(state, typeIndex) ?? typeIndex;

    /// <summary>Writes the modules of all core instances.</summary>
    /// <returns>What became of those of the source.</returns>
    internal SnapshotReport[] Add(ComponentSnapshot snapshot, ComponentRewriter rewriter)
    {
        var reports = new SnapshotReport[snapshot.Modules.Count];
        bool[] isWritten = new bool[Target.Modules.Length];
        for (int i = 0; i < reports.Length; i++)
        {
            int instance = InstanceOf(i);
            isWritten[instance] = true;
            reports[i] = rewriter.Add(instance, snapshot.Modules[i]) with { Stack = snapshot.StackOf(i) };
        }

        for (int i = 0; i < isWritten.Length; i++)
        {
            if (!isWritten[i])
            {
                rewriter.Keep(i);
            }
        }

        return reports;
    }

    /// <summary>Appends the modules that set what others share.</summary>
    /// <returns>How many bytes they are.</returns>
    /// <exception cref="WizerException">The target does not have what they need.</exception>
    internal long Append(ComponentSnapshot snapshot, ComponentRewriter rewriter)
    {
        long byteLength = 0;
        foreach (RestoreModule restore in snapshot.Restores)
        {
            int state = _match is null ? restore.State : _match.StateOf(restore.State);
            byteLength += restore.AppendTo(rewriter.PlanOf(state), this);
        }

        return byteLength;
    }

    private int InstanceOf(int instance) => _match is null ? instance : _match.InstanceOf(instance);
}
