using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Wasi;

namespace Wizer.Pipeline;

/// <summary>Begins one.</summary>
/// <param name="environment">What the module finds around it.</param>
/// <param name="interrupt">Ends whatever the guest is doing.</param>
internal delegate InitRun InitRunFactory(InitEnvironment environment, CancellationToken interrupt);

/// <summary>
/// One initialization, on whatever engine: what an engine has to do, in the order in which it is asked to, and what is the same on all
/// of them. Which errors there are, and how they are worded, is among that.
/// </summary>
/// <param name="environment">What the module finds around it.</param>
internal abstract class InitRun(InitEnvironment environment) : IDisposable
{
    private ModuleInfo? _module;
    private bool _isLibrary;

    /// <summary>
    /// Whether it will be seen what the run does to tables, references, objects and segments; otherwise whatever could change them is
    /// rejected before.
    /// </summary>
    internal abstract bool SeesReferences { get; }

    /// <summary>The state of the initialized instance, to be read until this object is disposed.</summary>
    internal abstract IIndexedState State { get; }

    /// <summary>The functions that the module imports and called.</summary>
    internal abstract ImportCalls[] ImportCalls { get; }

    /// <summary>What became of a profile; null where there is none, or where the engine has no use for it.</summary>
    internal virtual ProfileReport? Profile => null;

    /// <summary>What was recorded; empty where nothing was.</summary>
    internal virtual byte[] RecordedProfile => [];

    /// <summary>Where the guest spent its time; null unless samples were asked for, and where the engine takes none.</summary>
    internal virtual StackSamples? Samples => null;

    /// <summary>Who wrote what the run has left in memories; null unless that was asked for, and where the engine does not know.</summary>
    internal virtual Attribution? Attribution => null;

    /// <summary>How often memories were to grow beyond the limit, as far as the engine tells.</summary>
    internal virtual long RefusedMemoryGrowths => 0;

    /// <summary>How often tables were to grow beyond the limit, as far as the engine tells.</summary>
    internal virtual long RefusedTableGrowths => 0;

    /// <summary>The guest's WASI; null when it has none.</summary>
    internal WasiPreview1? Wasi { get; private set; }

    /// <summary>What the module finds around it.</summary>
    protected InitEnvironment Environment { get; } = environment;

    /// <summary>The modules to preload.</summary>
    protected ModuleInfo[] Preloads { get; private set; } = [];

    /// <summary>What validation learned about each of <see cref="Preloads"/>.</summary>
    protected ValidationResult[] PreloadValidations { get; private set; } = [];

    /// <summary>Parses and validates the modules to preload.</summary>
    /// <exception cref="WizerException">One of them is malformed or invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void ParsePreloads(WasmFeatures features, CancellationToken cancellation)
    {
        IReadOnlyList<PreloadModule> preloads = Environment.Preloads;
        var modules = new ModuleInfo[preloads.Count];
        var validations = new ValidationResult[modules.Length];
        for (int i = 0; i < modules.Length; i++)
        {
            try
            {
                modules[i] = ModuleReader.Parse(preloads[i].Module);
                validations[i] = ModuleValidator.Validate(modules[i], features, cancellation);
            }
            catch (WasmException error)
            {
                Throw.PreloadInvalid(error, InputHint.Of(preloads[i].Module.Span));
            }
        }

        Preloads = modules;
        PreloadValidations = validations;
    }

    /// <summary>Does, while function bodies are still being checked, what nobody can notice if one of them turns out to be bad.</summary>
    internal virtual void Prepare(ModuleInfo module)
    {
    }

    /// <summary>Instantiates the preloads and the module.</summary>
    /// <exception cref="WizerException">One of them could not be.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Instantiate(ModuleContext context)
    {
        _module = context.Module;
        _isLibrary = context.IsLibrary;
        InstantiateAll(context);
    }

    /// <summary>Calls <c>_initialize</c>, if there is one, and then the initialization function, if that is another.</summary>
    /// <exception cref="WizerException">One of them trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Initialize(string initFunc)
    {
        // Whoever loads a shared library does that first.
        if (_isLibrary && InitFuncCheck.HasRelocationFunc(_module!))
        {
            InvokeInitFunc(SharedLibrary.RelocationFunc);
        }

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
        HasInitialized();
    }

    /// <summary>Ends the store, and closes what the guest has open.</summary>
    public void Dispose()
    {
        EndStore();
        Wasi?.Dispose();
    }

    /// <inheritdoc cref="Instantiate"/>
    protected abstract void InstantiateAll(ModuleContext context);

    /// <summary>Calls an exported function without parameters and results.</summary>
    protected abstract void Invoke(string exportName);

    /// <summary>The guest has run for the last time.</summary>
    protected virtual void HasInitialized()
    {
    }

    /// <summary>Gives everything back but what <see cref="Wasi"/> has.</summary>
    protected abstract void EndStore();

    /// <summary>Whether an error is the module's, and to be told as that of the phase in which it ran.</summary>
    protected static bool IsOfTheModule(Exception error) =>
        error is WasmLinkException or WasmTrapException or WasmLimitException or UnsupportedModuleException;

    /// <summary>Opens what the guest is to have of WASI; null when that is nothing.</summary>
    /// <exception cref="WizerException">It cannot be had.</exception>
    protected WasiPreview1? OpenWasi()
    {
        if (Environment.Wasi is not { } wasi)
        {
            return null;
        }

        try
        {
            Wasi = new WasiPreview1(wasi with { Deterministic = Environment.Deterministic ?? wasi.Deterministic });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Throw.EnvironmentUnusable(error);
        }
        catch (ArgumentException error)
        {
            Throw.BadWasiOption(error);
        }

        return Wasi;
    }

    /// <summary>Checks that nothing is both there and replaced.</summary>
    /// <exception cref="WizerException">WASI is.</exception>
    protected void DemandPossible(ImportStub stub)
    {
        if (Wasi is not null && stub.Module == WasiPreview1.ModuleName)
        {
            Throw.WasiStubbed();
        }
    }

    // The stack pointer is not restored: what lies above it may be referred to, since exit handlers saw those frames alive.
    private bool IsDone(WasiExitException exit) => Environment.AllowExitZero && exit.ExitCode == 0;

    private void InvokeReactorFunc(bool isInitFunc)
    {
        try
        {
            Invoke(ModuleContext.ReactorInit);
        }
        catch (WasiExitException exit) when (isInitFunc && IsDone(exit))
        {
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.ReactorTrapped(error, RunHint.Of(error, Environment, isInitFunc));
        }
    }

    private void InvokeInitFunc(string name)
    {
        try
        {
            Invoke(name);
        }
        catch (WasiExitException exit) when (IsDone(exit))
        {
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InitFuncTrapped(name, error, RunHint.Of(error, Environment, isInitFunc: true));
        }
    }
}
