using System.Buffers;
using Wizer.Engine.Components;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

public sealed partial class WasmtimeRunner
{
    private RunReport RunComponent(
        PreInitializer initializer,
        ReadOnlyMemory<byte> component,
        IModuleSink output,
        InitEnvironment environment,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        DemandPossible(initializer, environment);
        InputRecording? recording = PreInitializer.Record(ref environment);

        var clock = new PhaseClock(initializer.Options.Progress);
        clock.Begin(RunPhase.Validation);
        using var deadline = new Deadline(environment.Timeout, cancellationToken);
        using var run = new WasmtimeComponentRun(_engines, Options, environment, deadline.Token);
        InstrumentedComponent? instrumented = null;
        ComponentInitFunc? function = null;
        ComponentValue? result = null;
        deadline.Run(() =>
        {
            var copy = new ArrayBufferWriter<byte>();
            instrumented = initializer.InstrumentComponent(component, new BufferWriterSink(copy), MemoryAccess.String);
            function = ComponentInitFunc.Find(instrumented.Context, initializer.Options.InitFunc);
            clock.Begin(RunPhase.Instantiation);
            run.Instantiate(copy.WrittenMemory, instrumented.Context);
            clock.Begin(RunPhase.Initialization);
            result = run.Initialize(function);
        });
        ComponentInitFunc.CheckResult(result, environment);
        recording?.Finish();
        SnapshotReport[] modules = initializer.TakeComponentSnapshot(
            instrumented!, run.State, function!.IsRemoved, output, clock, out long byteLength);
        RunReport report = clock.Report(ComponentReports.Sum(component.Length, byteLength, modules)) with
        {
            Component = new ComponentReport
            {
                Result = result,
                Modules = ComponentReports.Describe(instrumented!.Context, modules),
            },
            WasiCalls = CallReport.OfWasi(run.Wasi),
            EnvironmentVariableCount = LeftoverReport.OfEnvironment(run.Wasi),
        };
        return PreInitializer.Describe(report, recording);
    }

    private static void DemandPossible(PreInitializer initializer, InitEnvironment environment)
    {
        ComponentOptionCheck.Check(initializer.Options, environment);
        if (environment.FailsOnLostHandles)
        {
            throw new WizerException(WizerError.BadOption, "--handles=fail cannot be used with Wasmtime, which does not show handles");
        }

        if (environment.AllowExitZero)
        {
            throw new WizerException(WizerError.BadOption, "--allow-exit-zero cannot be used with components on Wasmtime")
            {
                Hint = "Wasmtime lets nobody into a component that has exited; the embedded engine does",
            };
        }

        if (environment.DefineComponentImports is not null)
        {
            throw new WizerException(
                WizerError.BadOption,
                "`InitEnvironment.DefineComponentImports` is for the embedded engine; Wasmtime has its own in `WasmtimeOptions`");
        }
    }
}
