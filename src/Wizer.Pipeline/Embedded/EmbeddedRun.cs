using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>One initialization on the embedded engine: a store of its own, thrown away with everything in it.</summary>
internal sealed class EmbeddedRun : IDisposable
{
    private readonly ModuleInfo _module;
    private readonly InitEnvironment _environment;
    private readonly ModuleInfo[] _preloads;
    private readonly Store _store;
    private WasiPreview1? _wasi;
    private Instance? _instance;

    private EmbeddedRun(ModuleInfo module, InitEnvironment environment, ModuleInfo[] preloads, CancellationToken interrupt)
    {
        _module = module;
        _environment = environment;
        _preloads = preloads;
        _store = new Store(environment.Limits, interrupt);
    }

    /// <summary>The initialized instance, to be read until this object is disposed.</summary>
    internal EmbeddedInstanceState State => new(_instance!);

    /// <summary>Parses and validates the modules to preload.</summary>
    /// <exception cref="WizerException">One of them is malformed or invalid.</exception>
    internal static ModuleInfo[] ParsePreloads(IReadOnlyList<PreloadModule> preloads, WasmFeatures features)
    {
        var modules = new ModuleInfo[preloads.Count];
        for (int i = 0; i < modules.Length; i++)
        {
            try
            {
                modules[i] = ModuleReader.Parse(preloads[i].Module);
                ModuleValidator.Validate(modules[i], features);
            }
            catch (WasmException error)
            {
                Throw.PreloadInvalid(error);
            }
        }

        return modules;
    }

    /// <summary>Instantiates the preloads and the module, and initializes it.</summary>
    /// <exception cref="WizerException">A preload or the initialization failed.</exception>
    /// <exception cref="WasmLinkException">An import has the wrong type.</exception>
    /// <exception cref="WasmTrapException">A segment is out of bounds or the start function trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal static EmbeddedRun Execute(
        ModuleInfo module, string initFunc, InitEnvironment environment, ModuleInfo[] preloads, PhaseClock clock,
        CancellationToken interrupt)
    {
        var run = new EmbeddedRun(module, environment, preloads, interrupt);
        try
        {
            clock.Begin(RunPhase.Instantiation);
            GuestThread.Run(() =>
            {
                run.Instantiate();
                clock.Begin(RunPhase.Initialization);
                run.Initialize(initFunc);
            });
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _wasi?.Dispose();
    }

    private void Instantiate()
    {
        var linker = new Linker { UnknownFunctionsTrap = true };
        if (_environment.Wasi is { } wasi)
        {
            _wasi = new WasiPreview1(wasi);
            foreach (WasiFunction function in _wasi.Functions)
            {
                linker.DefineFunction(WasiPreview1.ModuleName, function.Name, function.Type, function.Body);
            }
        }

        _environment.DefineImports?.Invoke(_store, linker);
        InstantiatePreloads(linker);
        _instance = linker.Instantiate(_store, _module);
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
            catch (Exception error) when (error is WasmLinkException or WasmTrapException or UnsupportedModuleException)
            {
                Throw.PreloadFailed(error);
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

    private void Initialize(string initFunc)
    {
        if (InitFuncCheck.HasReactorFunc(_module))
        {
            try
            {
                _instance!.Invoke(ModuleContext.ReactorInit);
            }
            catch (WasmTrapException trap)
            {
                Throw.ReactorTrapped(trap);
            }

            if (initFunc == ModuleContext.ReactorInit)
            {
                return;
            }
        }

        try
        {
            _instance!.Invoke(initFunc);
        }
        catch (WasmTrapException trap)
        {
            Throw.InitFuncTrapped(initFunc, trap);
        }
    }
}
