using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>The state of a component instance: a snapshot of each of its core instances.</summary>
internal sealed class ComponentSnapshot : IDisposable
{
    private readonly List<SnapshotCollector> _collectors = [];
    private readonly List<SnapshotData> _modules = [];

    // Null where an engine shows none of it.
    private readonly WiringSnapshot? _wiring;

    private ComponentSnapshot(WiringSnapshot? wiring) => _wiring = wiring;

    /// <summary>That of each core instance, good until this object is disposed.</summary>
    internal IReadOnlyList<SnapshotData> Modules => _modules;

    /// <summary>The modules that set what the others share, good until this object is disposed.</summary>
    internal IEnumerable<RestoreModule> Restores => _wiring?.Modules ?? [];

    /// <summary>Whether it knows what modules import of one another, which details of a report are compared with.</summary>
    internal bool KnowsImports => _wiring is not null;

    /// <summary>What became of the dead stack of each; null where nobody asked.</summary>
    internal StackReport? StackOf(int module) => _collectors[module].Stack;

    /// <summary>Takes it.</summary>
    /// <param name="context">The component.</param>
    /// <param name="instance">An instance that nobody runs.</param>
    /// <param name="options">Which ranges become segments.</param>
    /// <exception cref="WizerException">Something is there that no component can start with.</exception>
    internal static ComponentSnapshot Take(ComponentContext context, ComponentInstance instance, WizerOptions options)
    {
        Instance[] instances = instance.CoreInstances;
        DemandNoBackpressure(instance);
        bool[] isShared = SharedReferences.Find(instances);
        WiringSnapshot wiring = WiringSnapshot.Take(context, instance, isShared);
        var snapshot = new ComponentSnapshot(wiring);
        try
        {
            for (int i = 0; i < instances.Length; i++)
            {
                int number = i;
                snapshot.Add(
                    context,
                    i,
                    new CoreInstanceState(instances[i], isShared[i] ? changes => wiring.Change(number, changes) : null),
                    options);
            }
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }

        return snapshot;
    }

    /// <summary>Takes it of what another engine has shown.</summary>
    /// <param name="context">The component.</param>
    /// <param name="state">The state.</param>
    /// <param name="options">Which ranges become segments.</param>
    internal static ComponentSnapshot Take(ComponentContext context, AccessedState state, WizerOptions options)
    {
        var snapshot = new ComponentSnapshot(wiring: null);
        try
        {
            foreach (ModuleContext module in context.Modules)
            {
                var collector = new SnapshotCollector(module, options, stable: null);
                snapshot._collectors.Add(collector);
                snapshot._modules.Add(collector.Collect(state.Of(module), references: null));
            }
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }

        return snapshot;
    }

    public void Dispose()
    {
        _wiring?.Dispose();
        foreach (SnapshotCollector collector in _collectors)
        {
            collector.Dispose();
        }
    }

    private void Add(ComponentContext context, int instance, CoreInstanceState state, WizerOptions options)
    {
        var collector = new SnapshotCollector(context.Modules[instance], options, state) { ImportedGlobals = state.ReadImportedGlobals() };
        _collectors.Add(collector);
        try
        {
            _modules.Add(collector.Collect(state, state));
        }
        catch (WizerException error)
        {
            throw new WizerException(
                error.Error, $"{context.PlaceOf(instance)}, {error.Message}", error.InnerException)
            {
                Hint = error.Hint,
            };
        }
    }

    // It is no state of a core module; and who asks not to be called while initialized waits for something that never comes.
    private static void DemandNoBackpressure(ComponentInstance instance)
    {
        foreach (ComponentState state in instance.States)
        {
            if (state.HasBackpressure)
            {
                Throw.Unsupported("an instance of the component has raised its backpressure, which a snapshot cannot hold");
            }
        }
    }
}
