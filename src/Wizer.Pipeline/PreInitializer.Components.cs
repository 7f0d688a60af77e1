using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

// Components, which modules must not pay for: nothing here is touched unless one is given.
public sealed partial class PreInitializer
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private RunReport RunComponent(
        ReadOnlyMemory<byte> component, IModuleSink output, InitEnvironment? environment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        environment ??= InitEnvironment.Empty;
        ComponentOptionCheck.Check(Options, environment);

        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Validation);
        using var deadline = new Deadline(environment.Timeout, cancellationToken);
        using var run = new ComponentRun(environment, deadline.Token);
        ComponentContext? context = null;
        ComponentInitFunc? function = null;
        deadline.Run(() =>
        {
            context = ComponentCheck.Check(component, Options.Features, deadline.Token);
            function = ComponentInitFunc.Find(context, Options.InitFunc);
            clock.Begin(RunPhase.Instantiation);
            run.Instantiate(context);
            clock.Begin(RunPhase.Initialization);
            run.Initialize(function);
        });
        HandleReport[] handles = new ComponentHandles(run.Instance).Report(run.Reset.IsForgetful);
        if (environment.FailsOnLostHandles)
        {
            ComponentReports.DemandNothingLost(handles);
        }

        return Finish(context!, run, function!, handles, output, clock);
    }

    private RunReport Finish(
        ComponentContext context,
        ComponentRun run,
        ComponentInitFunc function,
        HandleReport[] handles,
        IModuleSink output,
        PhaseClock clock)
    {
        clock.Begin(RunPhase.Snapshot);
        using ComponentSnapshot snapshot = ComponentSnapshot.Take(context, run.Instance, Options);
        clock.Begin(RunPhase.Rewrite);
        using var rewriter = new ComponentRewriter(context, Options);
        var modules = new SnapshotReport[snapshot.Modules.Count];
        for (int i = 0; i < modules.Length; i++)
        {
            modules[i] = rewriter.Add(i, snapshot.Modules[i]) with { Stack = snapshot.StackOf(i) };
        }

        long restoreByteLength = rewriter.Append(snapshot.Restores);
        if (function.IsRemoved && !Options.KeepInitFunc)
        {
            rewriter.RemoveExport(function.Function);
        }

        ModuleSlices slices = rewriter.Finish();
        CheckComponent(slices);
        clock.Begin(RunPhase.Write);
        output.Write(slices);
        clock.End();
        return clock.Report(ComponentReports.Sum(context.Component.Bytes.Length, slices.ByteLength, modules)) with
        {
            Component = new ComponentReport
            {
                Result = run.Result,
                Modules = ComponentReports.Describe(context, modules),
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
