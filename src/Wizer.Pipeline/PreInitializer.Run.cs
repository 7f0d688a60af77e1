using Wizer.Binary;

namespace Wizer.Pipeline;

public sealed partial class PreInitializer
{
    /// <summary>
    /// Runs the initialization function on the embedded engine and writes the module, or the component, with that state baked in.
    /// </summary>
    /// <param name="module">A core module or a component, in the binary format; read during the call, never retained.</param>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">
    /// The module is malformed, invalid or not supported, the options contradict one another, instantiation or initialization failed,
    /// or met a limit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="Exception">What a host function of the environment, or the output, throws of its own passes as it is.</exception>
    /// <remarks>Equal input, options and answers of the environment give equal bytes.</remarks>
    public RunReport Run(
        ReadOnlyMemory<byte> module,
        IModuleSink output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default) =>
        ModuleReader.IsComponent(module.Span)
            ? RunComponent(module, target: null, output, environment, cancellationToken)
            : Run(
                static (environment, interrupt) => new EmbeddedRun(environment, interrupt), module, output, environment, cancellationToken);

    /// <summary>The same on whatever engine.</summary>
    internal RunReport Run(
        InitRunFactory engine,
        ReadOnlyMemory<byte> module,
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
        using InitRun run = engine(environment, deadline.Token);
        ModuleContext? context = null;
        RenameTable? renames = null;
        deadline.Run(() =>
        {
            run.ParsePreloads(Options.Features, deadline.Token);

            // The original looks at instructions, and never at what they did.
            bool seesReferences = run.SeesReferences && Options.Layout != ModuleLayout.Compatible;
            InputCheck check = InputCheck.Start(module, Options, seesReferences, deadline.Token);
            if (check.IsUnderWay)
            {
                run.Prepare(check.Module);
            }

            context = Define(check.Join());
            InitFuncCheck.Check(context.Module, Options.InitFunc);

            // The original finds contradicting renames after the run only; nothing has happened yet here.
            renames = RenameTable.Create(Options.FuncRenames);
            clock.Begin(RunPhase.Instantiation);
            run.Instantiate(context);
            clock.Begin(RunPhase.Initialization);
            run.Initialize(Options.InitFunc);
        });
        recording?.Finish();
        return Describe(Finish(context!, run, renames!, output, clock), recording);
    }

    /// <summary>The same of a module that has been checked, in a store that may have run it before.</summary>
    internal RunReport Run(
        ModuleContext context,
        RenameTable renames,
        StorePool stores,
        IModuleSink output,
        InitEnvironment? environment,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        environment ??= InitEnvironment.Empty;
        InputRecording? recording = Record(ref environment);

        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Instantiation);
        using var deadline = new Deadline(environment.Timeout, cancellationToken);
        using var run = new EmbeddedRun(environment, deadline.Token, stores);
        deadline.Run(() =>
        {
            run.ParsePreloads(Options.Features, deadline.Token);
            run.Instantiate(context);
            clock.Begin(RunPhase.Initialization);
            run.Initialize(Options.InitFunc);
        });
        recording?.Finish();
        return Describe(Finish(context, run, renames, output, clock), recording);
    }

    /// <summary>Begins to record what a run looks at; null when nobody asked, or nothing can be seen.</summary>
    internal static InputRecording? Record(ref InitEnvironment environment)
    {
        if (!environment.RecordsInputs || environment.Wasi is not { } wasi)
        {
            return null;
        }

        var recording = new InputRecording(wasi);
        environment = environment with { Wasi = recording.Wasi };
        return recording;
    }

    /// <summary>A report with what was recorded.</summary>
    internal static RunReport Describe(RunReport report, InputRecording? recording) => recording is null
        ? report
        : report with { Inputs = recording.Inputs, ChangedPaths = recording.Changes, InputProblem = recording.Problem };

    private RunReport Finish(ModuleContext context, InitRun run, RenameTable renames, IModuleSink output, PhaseClock clock)
    {
        IIndexedState state = run.State;
        SnapshotReport snapshot = TakeSnapshot(context, state, state as IReferenceReader, renames, output, clock);
        return clock.Report(snapshot) with
        {
            ImportCalls = run.ImportCalls,
            Profile = run.Profile,
            RecordedProfile = run.RecordedProfile,
            Samples = run.Samples,
            Attribution = run.Attribution,
            WasiCalls = CallReport.OfWasi(run.Wasi),
            OpenDescriptors = LeftoverReport.OfOpenDescriptors(run.Wasi),
            KnownDirectories = LeftoverReport.OfDirectories(run.Wasi),
            EnvironmentVariableCount = LeftoverReport.OfEnvironment(run.Wasi),
            RefusedMemoryGrowths = run.RefusedMemoryGrowths,
            RefusedTableGrowths = run.RefusedTableGrowths,
        };
    }
}
