using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>How runs begin, of modules and of components.</summary>
internal static class RunStart
{
    /// <summary>What an environment wants to know compiled how.</summary>
    internal static EngineSettings SettingsFor(InitEnvironment environment)
    {
        EngineOptions limits = environment.Limits;
        return new EngineSettings(
            limits.CanonicalizeNaNs || environment.Deterministic is not null,
            limits.IsRelaxedSimdDeterministic || environment.Deterministic is not null,
            EngineSettings.BoundStack(limits.StackByteLength, GuestThread.ChooseStack()));
    }

    /// <summary>Makes a store whose guests can be interrupted.</summary>
    /// <param name="engine">For which engine.</param>
    /// <param name="limits">What each memory and table may have.</param>
    /// <param name="interrupt">Ends whatever a guest is doing.</param>
    /// <param name="stop">To be disposed before the store.</param>
    internal static WasmtimeStore BeginStore(
        WasmtimeEngine engine, EngineOptions limits, CancellationToken interrupt, out CancellationTokenRegistration stop)
    {
        var store = new WasmtimeStore(engine);
        store.SetLimits(
            (long)Math.Min(limits.MaxMemoryByteLength, long.MaxValue),
            (uint)Math.Min(limits.MaxTableElementCount, int.MaxValue),
            null,
            null,
            null);

        // All stores of an engine have one epoch, and each looks whether it was meant.
        store.SetEpochDeadlineCallback(_ =>
        {
            interrupt.ThrowIfCancellationRequested();
            return 1;
        });
        store.SetEpochDeadline(1);
        stop = interrupt.Register(engine.IncrementEpoch);
        return store;
    }
}
