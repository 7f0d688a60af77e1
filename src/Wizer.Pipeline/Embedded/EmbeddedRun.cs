using System.Runtime.ExceptionServices;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Runtime;
using Wizer.Engine.Wasi;

namespace Wizer.Pipeline;

/// <summary>
/// One initialization on the embedded engine: a store of its own, thrown away with everything in it, or one that goes back to where it
/// came from.
/// </summary>
internal sealed class EmbeddedRun : IDisposable
{
    private readonly InitEnvironment _environment;
    private readonly Store _store;
    private readonly RunProfile _profile;
    private readonly StorePool? _stores;

    // What the store can go on with after this run; null when it is of no use to another one, or not yet.
    private KeptStore? _kept;
    private ModuleInfo? _module;
    private ModuleInfo[] _preloads = [];
    private WasiPreview1? _wasi;
    private Instance? _instance;
    private ExceptionDispatchInfo? _preparationError;

    /// <param name="environment">What the module finds around it.</param>
    /// <param name="interrupt">Ends whatever the guest is doing.</param>
    /// <param name="stores">Where stores of the module are kept; null when this run is the only one.</param>
    internal EmbeddedRun(InitEnvironment environment, CancellationToken interrupt, StorePool? stores = null)
    {
        _environment = environment;
        _profile = new RunProfile(environment);

        // Instances of preloads live in the store, and would have to begin again, too; and a profile is of what is called first.
        _stores = environment.Preloads.Count == 0 && !environment.RecordsProfile ? stores : null;
        EngineOptions limits = environment.Limits;
        if (environment.Deterministic is not null)
        {
            limits = limits with { CanonicalizeNaNs = true, IsRelaxedSimdDeterministic = true };
        }

        _kept = _stores?.TryTake(limits);
        if (_kept is null)
        {
            _store = new Store(limits, interrupt);
            return;
        }

        _store = _kept.Store;
        _store.BeginRun(interrupt);
    }

    /// <summary>The initialized instance, to be read until this object is disposed.</summary>
    internal EmbeddedState State => new(_instance!);

    /// <summary>Whether guest code is still being compiled, which serves nobody once the guest is done.</summary>
    internal bool IsCompiling => _store.IsCompiling;

    internal long RefusedMemoryGrowths => _store.RefusedMemoryGrowths;

    internal long RefusedTableGrowths => _store.RefusedTableGrowths;

    internal ProfileReport? Profile => _profile.Report(_store);

    internal byte[] RecordedProfile => _profile.Recorded(_store);

    internal ImportCalls[] ImportCalls => CallReport.OfImports(_instance!);

    internal ImportCalls[] WasiCalls => CallReport.OfWasi(_wasi);

    internal DescriptorReport[] OpenDescriptors => LeftoverReport.OfOpenDescriptors(_wasi);

    internal DescriptorReport[] KnownDirectories => LeftoverReport.OfDirectories(_wasi);

    internal int EnvironmentVariableCount => LeftoverReport.OfEnvironment(_wasi);

    /// <summary>Parses and validates the modules to preload.</summary>
    /// <exception cref="WizerException">One of them is malformed or invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void ParsePreloads(WasmFeatures features, CancellationToken cancellation)
    {
        IReadOnlyList<PreloadModule> preloads = _environment.Preloads;
        var modules = new ModuleInfo[preloads.Count];
        for (int i = 0; i < modules.Length; i++)
        {
            try
            {
                modules[i] = ModuleReader.Parse(preloads[i].Module);
                ModuleValidator.Validate(modules[i], features, cancellation);
            }
            catch (WasmException error)
            {
                Throw.PreloadInvalid(error, InputHint.Of(preloads[i].Module.Span));
            }
        }

        _preloads = modules;
    }

    public void Dispose()
    {
        if (_kept is null)
        {
            _store.Dispose();
        }
        else
        {
            _stores!.Return(_kept);
        }

        _wasi?.Dispose();
    }

    /// <summary>
    /// Instantiates the module as far as nobody can notice, while its function bodies are still being checked: up to the start
    /// function, and only when nothing else has to come first. What goes wrong waits for <see cref="Instantiate"/>, since a
    /// module that is invalid never gets there.
    /// </summary>
    internal void Prepare(ModuleInfo module)
    {
        // Start functions of preloads are guests too, and what the caller does to define imports is not ours to reorder.
        if (_preloads.Length != 0 || _environment.DefineImports is not null)
        {
            return;
        }

        try
        {
            _instance = BuildInstance(module);
        }
        catch (Exception error)
        {
            _preparationError = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Instantiates the preloads and the module.</summary>
    /// <exception cref="WizerException">One of them could not be.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Instantiate(ModuleInfo module)
    {
        _module = module;
        _preparationError?.Throw();
        _instance ??= BuildInstance(module);
        _profile.Begin(_store, _instance, module);
        try
        {
            _instance.Start();
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InstantiationFailed(error, RunHint.Of(error, _environment));
        }
    }

    /// <summary>All but running the module's start function.</summary>
    private Instance BuildInstance(ModuleInfo module)
    {
        var linker = new Linker { UnknownFunctionsTrap = true };
        if (_environment.Deterministic is { } deterministic)
        {
            _store.Sleep = new DeterministicWasiClock(deterministic).Sleep;
        }

        if (_environment.Wasi is { } wasi)
        {
            DefineWasi(linker, wasi);
        }

        for (int i = 0; i < _environment.Stubs.Count; i++)
        {
            DefineStub(linker, _environment.Stubs[i]);
        }

        _environment.DefineImports?.Invoke(_store, linker);
        InstantiatePreloads(linker);
        try
        {
            return BuildInstance(module, linker);
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InstantiationFailed(error, RunHint.Of(error, _environment));
            throw;
        }
    }

    private Instance BuildInstance(ModuleInfo module, Linker linker)
    {
        // Whatever goes wrong from here on, the store ends with this run.
        KeptStore? kept = _kept;
        _kept = null;
        if (kept is not null && kept.State.TryRestore(linker))
        {
            _kept = kept;
            return kept.Instance;
        }

        // What earlier runs had is gone from the store's limits, so that this is what it would be in a new one.
        Instance instance = _store.Prepare(module, linker.Resolve(_store, module));
        if (_stores is not null && kept is null && InitialState.TryTake(instance, linker) is { } state)
        {
            _kept = new KeptStore(instance, state, _store.Options);
        }

        return instance;
    }

    // The stack pointer is not restored: what lies above it may be referred to, since exit handlers saw those frames alive.
    private bool IsDone(WasiExitException exit) => _environment.AllowExitZero && exit.ExitCode == 0;

    private static bool IsOfTheModule(Exception error) =>
        error is WasmLinkException or WasmTrapException or WasmLimitException or UnsupportedModuleException;

    private void DefineWasi(Linker linker, WasiOptions wasi)
    {
        try
        {
            _wasi = new WasiPreview1(wasi with { Deterministic = _environment.Deterministic ?? wasi.Deterministic });
            _store.Sleep = _wasi.Clock.Sleep;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Throw.EnvironmentUnusable(error);
        }
        catch (ArgumentException error)
        {
            Throw.BadWasiOption(error);
        }

        _wasi.DefineIn(linker);
    }

    private void DefineStub(Linker linker, ImportStub stub)
    {
        if (_wasi is not null && stub.Module == WasiPreview1.ModuleName)
        {
            Throw.WasiStubbed();
        }

        linker.Stub(stub.Module, returnsZeros: stub.Kind == StubKind.Zero);
    }

    private void InstantiatePreloads(Linker linker)
    {
        // Only the module itself gets traps for what nobody defines: a preload that lacks an import is of no use.
        linker.UnknownFunctionsTrap = false;
        for (int i = 0; i < _preloads.Length; i++)
        {
            Instance instance;
            try
            {
                instance = linker.Instantiate(_store, _preloads[i]);
            }
            catch (Exception error) when (IsOfTheModule(error))
            {
                Throw.PreloadFailed(error, RunHint.Of(error, _environment));
                throw;
            }

            string name = _environment.Preloads[i].Name;
            foreach (ExportInfo export in instance.Module.Exports)
            {
                string exportName = instance.Module.NameAt(export.Name);
                if (linker.IsDefined(name, exportName))
                {
                    Throw.PreloadClashes(name, exportName);
                }
            }

            linker.DefineInstance(name, instance);
        }

        linker.UnknownFunctionsTrap = true;
    }

    /// <summary>Calls <c>_initialize</c>, if there is one, and then the initialization function, if that is another.</summary>
    /// <exception cref="WizerException">One of them trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Initialize(string initFunc)
    {
        bool isReactorFunc = initFunc == ModuleContext.ReactorInit;
        if (InitFuncCheck.HasReactorFunc(_module!))
        {
            InvokeReactorFunc(isInitFunc: isReactorFunc);
        }

        if (!isReactorFunc)
        {
            InvokeInitFunc(initFunc);
        }

        // No guest runs from here on, whichever function was the last.
        _store.StopCompiling();
    }

    private void InvokeReactorFunc(bool isInitFunc)
    {
        try
        {
            _instance!.Invoke(ModuleContext.ReactorInit);
        }
        catch (WasiExitException exit) when (isInitFunc && IsDone(exit))
        {
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.ReactorTrapped(error, RunHint.Of(error, _environment, isInitFunc));
        }
    }

    private void InvokeInitFunc(string name)
    {
        try
        {
            _instance!.Invoke(name);
        }
        catch (WasiExitException exit) when (IsDone(exit))
        {
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InitFuncTrapped(name, error, RunHint.Of(error, _environment, isInitFunc: true));
        }
    }
}
