namespace Wizer.Pipeline;

// Components in other runtimes.
public sealed partial class PreInitializer
{
    /// <summary>
    /// Checks a component and writes a copy that shows its state: it exports the instance
    /// <see cref="InstrumentedComponent.AccessInstance"/> with a function for each mutable global and each memory of its core modules,
    /// which <see cref="SnapshotComponent"/> knows.
    /// </summary>
    /// <param name="component">A component in the binary format. It must stay as it is while the result is used.</param>
    /// <param name="output">Where the instrumented component goes.</param>
    /// <param name="memories">What the functions for memories return.</param>
    /// <returns>What <see cref="SnapshotComponent"/> needs to know about the component.</returns>
    /// <exception cref="WizerException">The component is malformed, invalid or not supported.</exception>
    /// <remarks>
    /// More is rejected than by <see cref="Run(ReadOnlyMemory{byte}, IModuleSink, InitEnvironment?, CancellationToken)"/>, which reads
    /// the state directly. A function for a memory grows it by a page, and traps at the memory's maximum.
    /// </remarks>
    public InstrumentedComponent InstrumentComponent(
        ReadOnlyMemory<byte> component, IModuleSink output, MemoryAccess memories = MemoryAccess.List)
    {
        ArgumentNullException.ThrowIfNull(output);
        var instrumented = new InstrumentedComponent(InstrumentationCheck.Check(component, Options.Features));
        using var instrumenter = new ComponentInstrumenter(instrumented, memories);
        ModuleSlices slices = instrumenter.Write();
        CheckComponent(slices);
        output.Write(slices);
        return instrumented;
    }

    /// <summary>Writes the component whose instances start in the state that an instance has now.</summary>
    /// <param name="component">What <see cref="InstrumentComponent"/> returned.</param>
    /// <param name="state">
    /// An instance of the instrumented component, after its initialization function has run. It is of no use afterwards: to show its
    /// memories, it has let them grow.
    /// </param>
    /// <param name="output">Where the initialized component goes.</param>
    /// <exception cref="WizerException">There are renames, or the state does not fit the component.</exception>
    /// <remarks>A root export that is called like <see cref="WizerOptions.InitFunc"/> is left out, unless it is to be kept.</remarks>
    public SnapshotReport SnapshotComponent(InstrumentedComponent component, IComponentInstanceState state, IModuleSink output)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        ComponentOptionCheck.DemandNoRenames(Options);
        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Snapshot);
        return WriteComponent(component, AccessedState.Read(component, state), output, clock);
    }

    /// <summary>The same as <see cref="SnapshotComponent"/> for a runtime that answers asynchronously.</summary>
    /// <param name="component">What <see cref="InstrumentComponent"/> returned.</param>
    /// <param name="state">An instance of the instrumented component, after initialization.</param>
    /// <param name="output">Where the initialized component goes.</param>
    /// <param name="cancellationToken">Ends the wait for the runtime; nothing has been written then.</param>
    /// <exception cref="WizerException">There are renames, or the state does not fit the component.</exception>
    public async ValueTask<SnapshotReport> SnapshotComponentAsync(
        InstrumentedComponent component,
        IAsyncComponentInstanceState state,
        IModuleSink output,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        ComponentOptionCheck.DemandNoRenames(Options);
        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Snapshot);
        AccessedState read = await AccessedState.ReadAsync(component, state, cancellationToken).ConfigureAwait(false);
        return WriteComponent(component, read, output, clock);
    }

    private void CheckComponent(ModuleSlices component)
    {
        if (OutputCheck is not null)
        {
            ComponentOutputCheck.Check(component);
        }
    }

    private SnapshotReport WriteComponent(InstrumentedComponent component, AccessedState state, IModuleSink output, PhaseClock clock)
    {
        using ComponentSnapshot snapshot = ComponentSnapshot.Take(component.Context, state, Options);
        return Write(new ComponentStage(component.Context), snapshot, Options.InitFunc, output, clock).Sum(component.Context);
    }
}
