using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>Begins one.</summary>
/// <param name="environment">What the component finds around it.</param>
/// <param name="interrupt">Ends whatever the guest is doing.</param>
internal delegate ComponentRun ComponentRunFactory(InitEnvironment environment, CancellationToken interrupt);

/// <summary>
/// One initialization of a component, on whatever engine: what an engine has to do, in the order in which it is asked to, and what is
/// the same on all of them. Which errors there are, and how they are worded, is among that.
/// </summary>
/// <param name="environment">What the component finds around it.</param>
internal abstract class ComponentRun(InitEnvironment environment) : IDisposable
{
    /// <summary>The guest's WASI; null when it has none.</summary>
    internal WasiPreview2? Wasi { get; private set; }

    /// <summary>What the initialization function returned; null when it returned nothing.</summary>
    internal ComponentValue? Result { get; private set; }

    /// <summary>What was called so that the component forgets what it keeps of WASI.</summary>
    internal WasiReset Reset { get; } = new();

    /// <summary>Where the time went; null when nobody asked, or the engine cannot tell.</summary>
    internal virtual StackSamples? Samples => null;

    /// <summary>Which functions wrote what; null when nobody asked, or the engine cannot tell.</summary>
    internal virtual Attribution? Attribution => null;

    /// <summary>How often memories were to grow beyond the limit, as far as the engine tells.</summary>
    internal virtual long RefusedMemoryGrowths => 0;

    /// <summary>How often tables were to grow beyond the limit, as far as the engine tells.</summary>
    internal virtual long RefusedTableGrowths => 0;

    /// <summary>What the component finds around it.</summary>
    protected InitEnvironment Environment { get; } = environment;

    /// <summary>Checks that the engine can do what is asked for.</summary>
    /// <exception cref="WizerException">It cannot.</exception>
    internal virtual void DemandPossible(WizerOptions options) => ComponentOptionCheck.Check(options, Environment);

    /// <summary>Parses and checks the component.</summary>
    /// <exception cref="WizerException">It is malformed, invalid or not supported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal abstract ComponentContext Check(ReadOnlyMemory<byte> component, WasmFeatures features, CancellationToken cancellation);

    /// <summary>Instantiates the component.</summary>
    /// <exception cref="WizerException">An import is missing, or a core module, or its start function, trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Instantiate(ComponentContext context)
    {
        OpenWasi();
        try
        {
            InstantiateWithWasi(context);
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.InstantiationFailed(error, RunHint.OfComponent(error, Environment));
        }
    }

    /// <summary>Calls the initialization function, and what has the component forget WASI if it has handles of it.</summary>
    /// <exception cref="WizerException">One of them trapped, or the first returned an error that is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Initialize(ComponentInitFunc function)
    {
        try
        {
            Result = Call(function);
        }
        catch (WasiExitException exit) when (Environment.AllowExitZero && exit.ExitCode == 0)
        {
            // The state is that of this moment, as it is for a module.
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.ComponentInitFuncTrapped(error, RunHint.OfComponent(error, Environment));
        }

        if (Environment.ResetsWasi)
        {
            ResetWasi();
        }

        HasInitialized();
        ComponentInitFunc.CheckResult(Result, Environment);
    }

    /// <summary>The handles that are left, and what becomes of them, as far as the engine shows them.</summary>
    /// <exception cref="WizerException">There are too many.</exception>
    internal abstract HandleReport[] ReportHandles();

    /// <summary>The state of the initialized instance, to be read until this object is disposed.</summary>
    /// <exception cref="WizerException">Something is there that no component can start with.</exception>
    internal abstract ComponentSnapshot TakeSnapshot(ComponentContext context, WizerOptions options);

    /// <summary>Ends the store, and closes what the guest has open.</summary>
    public void Dispose()
    {
        EndStore();
        Wasi?.Dispose();
    }

    /// <inheritdoc cref="Instantiate"/>
    protected abstract void InstantiateWithWasi(ComponentContext context);

    /// <summary>Calls an exported function.</summary>
    /// <returns>What it returns; null when that is nothing.</returns>
    protected abstract ComponentValue? Call(ComponentInitFunc function);

    /// <summary>Has <see cref="Reset"/> call what there is to be called.</summary>
    protected abstract void ResetWasi();

    /// <summary>The guest has run for the last time.</summary>
    protected virtual void HasInitialized()
    {
    }

    /// <summary>Gives everything back but <see cref="Wasi"/>.</summary>
    protected abstract void EndStore();

    private static bool IsOfTheComponent(Exception error) =>
        error is WasmLinkException or WasmTrapException or WasmLimitException or UnsupportedModuleException;

    private void OpenWasi()
    {
        if (Environment.Wasi is not { } options)
        {
            return;
        }

        try
        {
            Wasi = new WasiPreview2(options with { Deterministic = Environment.Deterministic ?? options.Deterministic });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Throw.EnvironmentUnusable(error);
        }
        catch (ArgumentException error)
        {
            Throw.BadWasiOption(error);
        }
    }
}
