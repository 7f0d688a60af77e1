using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

// Components, which modules must not pay for: nothing here is touched unless one is given.
public sealed partial class PreInitializer
{
    /// <summary>
    /// Runs the initialization function of one component and writes another one with the state: the one to be shipped, in which other
    /// components or nothing at all provide what the first one imports to initialize itself.
    /// </summary>
    /// <param name="component">The component that is initialized, in the binary format.</param>
    /// <param name="target">
    /// The component that gets its state. It has the same core modules, byte for byte, instantiated in the same order and with the same
    /// of each other, and may have others beside them, which begin as they are and provide what the first component imports.
    /// </param>
    /// <param name="output">Where the initialized component goes.</param>
    /// <param name="environment">What the component to be initialized finds around it; null for nothing.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="WizerException">One of them is not supported, they are too different, or the initialization failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>Its own exports may be others. One that is called like the initialization function is left out.</remarks>
    public RunReport RunStaged(
        ReadOnlyMemory<byte> component,
        ReadOnlyMemory<byte> target,
        IModuleSink output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default) =>
        RunComponent(component, target, output, environment, cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RunReport RunComponent(
        ReadOnlyMemory<byte> component,
        ReadOnlyMemory<byte>? target,
        IModuleSink output,
        InitEnvironment? environment,
        CancellationToken cancellationToken) =>
        RunComponent(
            static (environment, interrupt) => new EmbeddedComponentRun(environment, interrupt),
            component,
            target,
            output,
            environment,
            cancellationToken);

    /// <summary>The same on whatever engine.</summary>
    internal RunReport RunComponent(
        ComponentRunFactory engine,
        ReadOnlyMemory<byte> component,
        ReadOnlyMemory<byte>? target,
        IModuleSink output,
        InitEnvironment? environment,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        environment ??= InitEnvironment.Empty;
        InputRecording? recording = Record(ref environment);

        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Validation);
        using var deadline = new Deadline(environment.Timeout, cancellationToken);
        using ComponentRun run = engine(environment, deadline.Token);
        run.DemandPossible(Options);
        ComponentStage? stage = null;
        ComponentInitFunc? function = null;
        deadline.Run(() =>
        {
            ComponentContext context = run.Check(component, Options.Features, deadline.Token);
            stage = target is { } bytes
                ? new ComponentStage(context, ComponentCheck.Check(bytes, Options.Features, deadline.Token))
                : new ComponentStage(context);
            function = ComponentInitFunc.Find(context, Options.InitFunc);
            clock.Begin(RunPhase.Instantiation);
            run.Instantiate(context);
            clock.Begin(RunPhase.Initialization);
            run.Initialize(function);
        });
        recording?.Finish();
        HandleReport[] handles = run.ReportHandles();
        if (environment.FailsOnLostHandles)
        {
            ComponentReports.DemandNothingLost(handles);
        }

        return Describe(Finish(stage!, run, function!, handles, output, clock), recording);
    }

    private RunReport Finish(
        ComponentStage stage,
        ComponentRun run,
        ComponentInitFunc function,
        HandleReport[] handles,
        IModuleSink output,
        PhaseClock clock)
    {
        clock.Begin(RunPhase.Snapshot);
        using ComponentSnapshot snapshot = run.TakeSnapshot(stage.Source, Options);
        ComponentOutput written = Write(stage, snapshot, function.IsRemoved ? function.Function : null, output, clock);
        return clock.Report(written.Sum(stage.Target)) with
        {
            Component = new ComponentReport
            {
                Result = run.Result,
                Modules = ComponentReports.Describe(stage.Source, written.Modules),
                RestoreByteLength = written.RestoreByteLength,
                OpenHandles = handles,
                Resets = run.Reset.Called,
            },
            WasiCalls = CallReport.OfWasi(run.Wasi),
            EnvironmentVariableCount = LeftoverReport.OfEnvironment(run.Wasi),
            Samples = run.Samples,
            Attribution = run.Attribution,
            RefusedMemoryGrowths = run.RefusedMemoryGrowths,
            RefusedTableGrowths = run.RefusedTableGrowths,
        };
    }

    private ComponentOutput Write(
        ComponentStage stage, ComponentSnapshot snapshot, string? removedExport, IModuleSink output, PhaseClock clock)
    {
        clock.Begin(RunPhase.Rewrite);
        WizerOptions options = snapshot.KnowsImports ? Options : Options with { DetailedReport = false };
        using var rewriter = new ComponentRewriter(stage.Target, options);
        SnapshotReport[] modules = stage.Add(snapshot, rewriter);
        long restoreByteLength = stage.Append(snapshot, rewriter);
        if (removedExport is not null && !Options.KeepInitFunc)
        {
            rewriter.RemoveExport(removedExport);
        }

        ModuleSlices slices = rewriter.Finish();
        CheckComponent(slices);
        clock.Begin(RunPhase.Write);
        output.Write(slices);
        clock.End();
        return new ComponentOutput(modules, restoreByteLength, slices.ByteLength);
    }

    /// <summary>What was written.</summary>
    /// <param name="Modules">What became of each core instance's module.</param>
    /// <param name="RestoreByteLength">The bytes of the modules that were appended.</param>
    /// <param name="ByteLength">All bytes.</param>
    private readonly record struct ComponentOutput(SnapshotReport[] Modules, long RestoreByteLength, long ByteLength)
    {
        internal SnapshotReport Sum(ComponentContext input) => ComponentReports.Sum(input.Component.Bytes.Length, ByteLength, Modules);
    }
}
