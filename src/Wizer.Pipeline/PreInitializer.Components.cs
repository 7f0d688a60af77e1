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
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        environment ??= InitEnvironment.Empty;
        ComponentOptionCheck.Check(Options, environment);
        InputRecording? recording = Record(ref environment);

        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Validation);
        using var deadline = new Deadline(environment.Timeout, cancellationToken);
        using var run = new ComponentRun(environment, deadline.Token);
        ComponentStage? stage = null;
        ComponentInitFunc? function = null;
        deadline.Run(() =>
        {
            ComponentContext context = ComponentCheck.Check(component, Options.Features, deadline.Token);
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
        HandleReport[] handles = new ComponentHandles(run.Instance).Report(run.Reset.IsForgetful);
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
        using ComponentSnapshot snapshot = ComponentSnapshot.Take(stage.Source, run.Instance, Options);
        clock.Begin(RunPhase.Rewrite);
        using var rewriter = new ComponentRewriter(stage.Target, Options);
        SnapshotReport[] modules = stage.Add(snapshot, rewriter);
        long restoreByteLength = stage.Append(snapshot, rewriter);
        if (function.IsRemoved && !Options.KeepInitFunc)
        {
            rewriter.RemoveExport(function.Function);
        }

        ModuleSlices slices = rewriter.Finish();
        CheckComponent(slices);
        clock.Begin(RunPhase.Write);
        output.Write(slices);
        clock.End();
        return clock.Report(ComponentReports.Sum(stage.Target.Component.Bytes.Length, slices.ByteLength, modules)) with
        {
            Component = new ComponentReport
            {
                Result = run.Result,
                Modules = ComponentReports.Describe(stage.Source, modules),
                RestoreByteLength = restoreByteLength,
                OpenHandles = handles,
                Resets = run.Reset.Called,
            },
            WasiCalls = CallReport.OfWasi(run.Wasi),
            EnvironmentVariableCount = LeftoverReport.OfEnvironment(run.Wasi),
            RefusedMemoryGrowths = run.RefusedMemoryGrowths,
            RefusedTableGrowths = run.RefusedTableGrowths,
        };
    }
}
