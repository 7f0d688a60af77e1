using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi;

namespace Wizer.Pipeline;

/// <summary>One initialization of a component on the embedded engine, in a store of its own.</summary>
internal sealed class ComponentRun : IDisposable
{
    private readonly InitEnvironment _environment;
    private readonly Store _store;
    private ComponentInstance? _instance;
    private WasiPreview2? _wasi;

    /// <param name="environment">What the component finds around it.</param>
    /// <param name="interrupt">Ends whatever the guest is doing.</param>
    internal ComponentRun(InitEnvironment environment, CancellationToken interrupt)
    {
        _environment = environment;
        EngineOptions limits = environment.Limits;
        if (environment.Deterministic is not null)
        {
            limits = limits with { CanonicalizeNaNs = true, IsRelaxedSimdDeterministic = true };
        }

        _store = new Store(limits, interrupt);
    }

    /// <summary>The instance, to be read until this object is disposed.</summary>
    internal ComponentInstance Instance => _instance!;

    /// <summary>The guest's WASI; null when it has none.</summary>
    internal WasiPreview2? Wasi => _wasi;

    internal long RefusedMemoryGrowths => _store.RefusedMemoryGrowths;

    internal long RefusedTableGrowths => _store.RefusedTableGrowths;

    /// <summary>Instantiates the component.</summary>
    /// <exception cref="WizerException">An import is missing, or a core module, or its start function, trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Instantiate(ComponentContext context)
    {
        if (_environment.Deterministic is { } deterministic)
        {
            _store.Sleep = new DeterministicWasiClock(deterministic).Sleep;
        }

        var linker = new ComponentLinker
        {
            UnknownImportsTrap = _environment.UnknownImports == UnknownImports.Trap,
            UnknownImportsReturnDefaults = _environment.UnknownImports == UnknownImports.Default,
        };
        _wasi = ComponentWasi.Open(_environment);
        if (_wasi is not null)
        {
            _wasi.DefineIn(linker);
            _store.Sleep = _wasi.Clock.Sleep;
        }

        _environment.DefineComponentImports?.Invoke(_store, linker);
        try
        {
            _instance = linker.Instantiate(_store, context.Compiled);
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.InstantiationFailed(error, RunHint.OfComponent(error, _environment));
        }
    }

    /// <summary>What was called so that the component forgets what it keeps of WASI.</summary>
    internal WasiReset Reset { get; private set; } = WasiReset.None;

    /// <summary>What the initialization function returned; null when it returned nothing.</summary>
    internal ComponentValue? Result { get; private set; }

    /// <summary>Calls the initialization function.</summary>
    /// <exception cref="WizerException">It trapped, or returned an error that is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Initialize(ComponentInitFunc function)
    {
        ComponentExports exports = _instance!.Exports;
        if (function.Instance is not null)
        {
            exports = exports.FindInstance(function.Instance)!;
        }

        try
        {
            Result = exports.FindFunction(function.Function)!.Invoke(function.Arguments);
        }
        catch (WasiExitException exit) when (_environment.AllowExitZero && exit.ExitCode == 0)
        {
            // The state is that of this moment, as it is for a module.
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.ComponentInitFuncTrapped(error, RunHint.OfComponent(error, _environment));
        }

        if (_environment.ResetsWasi)
        {
            Reset = WasiReset.Run(_instance);
        }

        _store.StopCompiling();
        ComponentInitFunc.CheckResult(Result, _environment);
    }

    /// <summary>Ends the store, and closes what the guest has open.</summary>
    public void Dispose()
    {
        _store.Dispose();
        _wasi?.Dispose();
    }

    private static bool IsOfTheComponent(Exception error) =>
        error is WasmLinkException or WasmTrapException or WasmLimitException or Wizer.Binary.UnsupportedModuleException;
}
