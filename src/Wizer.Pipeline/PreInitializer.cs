namespace Wizer.Pipeline;

/// <summary>
/// Pre-initializes modules: runs a module's initialization function once and writes the module that starts where it ended.
/// Holds nothing but its options, so that any number of threads may share one.
/// </summary>
/// <param name="options">How; null for the defaults.</param>
/// <remarks>
/// Either everything in one call on the embedded engine
/// (<see cref="Run(ReadOnlyMemory{byte}, IModuleSink, InitEnvironment?, CancellationToken)"/> and its variants; <see cref="Prepare"/>
/// for many runs of one module), or around another runtime: <see cref="Instrument"/>, then run the result there, then
/// <see cref="Snapshot"/>. Both give the same bytes.
/// </remarks>
public sealed partial class PreInitializer(WizerOptions? options = null)
{
    /// <summary>How modules are pre-initialized.</summary>
    public WizerOptions Options { get; } = options ?? WizerOptions.Default;

    /// <summary>Validates every module that is written; null for trust.</summary>
    internal OutputCheck? OutputCheck { get; init; } = OutputCheck.Default;

    /// <summary>Checks a module once, for many runs of its initialization function with environments of their own.</summary>
    /// <param name="module">A core module in the binary format. It must stay as it is until the result has been disposed.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    /// <exception cref="WizerException">
    /// The module is malformed, invalid or not supported, or the options contradict one another.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PreparedModule Prepare(ReadOnlyMemory<byte> module, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool seesReferences = Options.Layout != ModuleLayout.Compatible;
        ModuleContext context = Define(InputCheck.Start(module, Options, seesReferences, cancellationToken).Join());
        InitFuncCheck.Check(context.Module, Options.InitFunc);
        return new PreparedModule(this, context, RenameTable.Create(Options.FuncRenames));
    }

    /// <summary>
    /// Checks a module and writes a copy that exports its memories and mutable globals under names that
    /// <see cref="Snapshot"/> knows.
    /// </summary>
    /// <param name="module">A core module in the binary format. It must stay as it is while the result is used.</param>
    /// <param name="output">Where the instrumented module goes.</param>
    /// <returns>What <see cref="Snapshot"/> needs to know about the module.</returns>
    /// <exception cref="WizerException">The module is malformed, invalid or not supported.</exception>
    public ModuleContext Instrument(ReadOnlyMemory<byte> module, IModuleSink output) =>
        WriteInstrumented(module, output, showsTables: false);

    /// <summary>
    /// The same for runtimes that can tell functions apart: the copy exports tables and functions, too, and the state has to be an
    /// <see cref="IReferenceState"/>. Modules that change tables of functions, or drop segments, are then supported, as by <c>Run</c>.
    /// </summary>
    /// <param name="module">A core module in the binary format. It must stay as it is while the result is used.</param>
    /// <param name="output">Where the instrumented module goes.</param>
    /// <returns>What <see cref="Snapshot"/> needs to know about the module.</returns>
    /// <exception cref="WizerException">The module is malformed, invalid or not supported.</exception>
    public ModuleContext InstrumentWithTables(ReadOnlyMemory<byte> module, IModuleSink output) =>
        WriteInstrumented(module, output, showsTables: true);

    /// <summary>
    /// Writes a module as it is, with a profile in its custom section <c>wizer.profile</c>, for all who will initialize it: runs use that
    /// unless they are given another, and leave it out of the initialized module.
    /// </summary>
    /// <param name="module">A core module in the binary format. A profile that it has is replaced.</param>
    /// <param name="profile">What a run of it recorded: <see cref="RunReport.RecordedProfile"/>.</param>
    /// <param name="output">Where the module goes.</param>
    /// <exception cref="WizerException">The module is malformed, invalid or not supported.</exception>
    public void EmbedProfile(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> profile, IModuleSink output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ModuleContext context = InputCheck.Start(module, Options, seesReferences: false).Join();
        using var assembler = new ModuleAssembler(module);
        ProfileEmbedder.Write(context.Module, profile.Span, assembler);
        Deliver(assembler, output);
    }

    /// <summary>Writes the module whose instances start in the state that an instance has now.</summary>
    /// <param name="context">What <see cref="Instrument"/> returned.</param>
    /// <param name="state">
    /// An instance of the instrumented module, after <c>_initialize</c> (where it is exported) and then the initialization
    /// function have run.
    /// </param>
    /// <param name="output">Where the initialized module goes.</param>
    /// <exception cref="WizerException">The renames contradict one another, or the state does not fit the module.</exception>
    public SnapshotReport Snapshot(ModuleContext context, IInstanceState state, IModuleSink output)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        return TakeSnapshot(
            context,
            new ExportedState(state),
            ForeignReferences.Find(context, state),
            RenameTable.Create(Options.FuncRenames),
            output,
            new PhaseClock(Options.Progress));
    }

    /// <summary>The same of a state that is found by index.</summary>
    internal SnapshotReport TakeSnapshot(ModuleContext context, IIndexedState state, IModuleSink output) =>
        TakeSnapshot(
            context, state, state as IReferenceReader, RenameTable.Create(Options.FuncRenames), output, new PhaseClock(Options.Progress));

    private SnapshotReport TakeSnapshot(
        ModuleContext context, IIndexedState state, IReferenceReader? references, RenameTable renames, IModuleSink output, PhaseClock clock)
    {
        clock.Begin(RunPhase.Snapshot);
        using var collector = new SnapshotCollector(context, Options, state as IStableState);
        return Rewrite(context, collector.Collect(state, references), renames, output, clock) with { Stack = collector.Stack };
    }

    /// <summary>The same as <see cref="Snapshot"/> for a runtime that answers asynchronously.</summary>
    /// <param name="context">What <see cref="Instrument"/> returned.</param>
    /// <param name="state">An instance of the instrumented module, after initialization.</param>
    /// <param name="output">Where the initialized module goes.</param>
    /// <param name="cancellationToken">Ends the wait for the runtime; nothing has been written then.</param>
    /// <exception cref="WizerException">The renames contradict one another, or the state does not fit the module.</exception>
    public async ValueTask<SnapshotReport> SnapshotAsync(
        ModuleContext context, IAsyncInstanceState state, IModuleSink output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Snapshot);
        RenameTable renames = RenameTable.Create(Options.FuncRenames);
        using var collector = new SnapshotCollector(context, Options, stable: null);
        collector.ReadReferences(ForeignReferences.Find(context, state));
        for (int i = 0; i < collector.GlobalCount; i++)
        {
            string name = ModuleContext.GlobalExportName(collector.GlobalIndex(i));
            collector.SetGlobal(i, await state.ReadGlobalAsync(name, collector.GlobalType(i), cancellationToken).ConfigureAwait(false));
        }

        for (int i = 0; i < collector.MemoryCount; i++)
        {
            collector.BeginMemory(i);
            await state.ReadMemoryAsync(
                ModuleContext.MemoryExportName(i),
                collector,
                static (contents, collector) => collector.Scan(contents),
                cancellationToken).ConfigureAwait(false);
        }

        collector.ChooseSegments();
        for (int i = 0; i < collector.MemoryCount; i++)
        {
            collector.BeginMemory(i);
            await state.ReadMemoryAsync(
                ModuleContext.MemoryExportName(i),
                collector,
                static (contents, collector) => collector.Take(contents),
                cancellationToken).ConfigureAwait(false);
        }

        return Rewrite(context, collector.Finish(), renames, output, clock) with { Stack = collector.Stack };
    }

    private ModuleContext WriteInstrumented(ReadOnlyMemory<byte> module, IModuleSink output, bool showsTables)
    {
        ArgumentNullException.ThrowIfNull(output);
        ModuleContext context = Define(InputCheck.Start(module, Options, seesReferences: false, seesTables: showsTables).Join());
        using var assembler = new ModuleAssembler(context.Module.Bytes);
        Instrumenter.Write(context, assembler);
        Deliver(assembler, output);
        return context;
    }

    private static ModuleContext Define(ModuleContext context) =>
        context.Imports is { } imports ? ImportDefiner.Apply(context, imports) : context;

    private SnapshotReport Rewrite(ModuleContext context, SnapshotData snapshot, RenameTable renames, IModuleSink output, PhaseClock clock)
    {
        clock.Begin(RunPhase.Rewrite);
        using var assembler = new ModuleAssembler(context.Module.Bytes);
        long codeMove = ModuleRewriter.Write(context, snapshot, renames, Options, assembler);
        long byteLength = Deliver(assembler, output, clock);
        return ReportBuilder.Report(context, snapshot, Options, byteLength, codeMove);
    }

    private long Deliver(ModuleAssembler assembler, IModuleSink output, PhaseClock? clock = null)
    {
        ModuleSlices slices = assembler.Finish();
        OutlineCheck.Check(slices);
        OutputCheck?.Check(slices);
        clock?.Begin(RunPhase.Write);
        output.Write(slices);
        clock?.End();
        return slices.ByteLength;
    }
}
