using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>One initialization of a component on Wasmtime: a store of its own, thrown away with everything in it.</summary>
internal sealed class WasmtimeComponentRun : IDisposable
{
    private readonly EngineSet _engines;
    private readonly WasmtimeOptions _options;
    private readonly InitEnvironment _environment;
    private readonly CancellationToken _interrupt;
    private readonly HostDefinitions _host = new();
    private WasmtimeComponent? _component;
    private WasmtimeComponentLinker? _linker;
    private WasmtimeStore? _store;
    private WasmtimeComponentInstance? _instance;
    private TrapTranslation? _traps;
    private CancellationTokenRegistration _stop;
    private WasiPreview2? _wasi;

    internal WasmtimeComponentRun(EngineSet engines, WasmtimeOptions options, InitEnvironment environment, CancellationToken interrupt)
    {
        _engines = engines;
        _options = options;
        _environment = environment;
        _interrupt = interrupt;
    }

    /// <summary>The initialized instance.</summary>
    internal WasmtimeComponentState State => new(_instance!);

    /// <summary>The guest's WASI; null when it has none.</summary>
    internal WasiPreview2? Wasi => _wasi;

    /// <summary>Compiles and instantiates an instrumented component.</summary>
    /// <param name="component">The component.</param>
    /// <param name="context">What it was made of.</param>
    /// <exception cref="WizerException">It could not be.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Instantiate(ReadOnlyMemory<byte> component, ComponentContext context)
    {
        EngineSettings settings = RunStart.SettingsFor(_environment);
        WasmtimeEngine engine = _engines.Get(settings);
        WasmtimeComponent compiled = _component =
            new ModuleCompiler(engine, settings, _options.CacheDirectory, _interrupt).CompileComponent(component);
        _traps = new TrapTranslation([], _environment.Limits, settings.StackByteLength);
        WasmtimeStore store = _store = RunStart.BeginStore(engine, _environment.Limits, _interrupt, out _stop);
        WasmtimeComponentLinker linker = _linker = new WasmtimeComponentLinker(engine);
        _wasi = ComponentWasi.Open(_environment);
        linker.AllowShadowing = true;
        _host.Define(linker, ComponentImports.Find(context.Compiled, _wasi, _environment.UnknownImports, _interrupt));
        _options.DefineComponentImports?.Invoke(linker);
        if (_environment.UnknownImports == UnknownImports.Trap)
        {
            linker.DefineUnknownImportsAsTraps(compiled);
        }

        try
        {
            Translated(() => _instance = linker.Instantiate(store, compiled));
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.InstantiationFailed(error, RunHint.OfComponent(error, _environment));
        }
    }

    /// <summary>Calls the initialization function.</summary>
    /// <returns>What it returned; null when that is nothing.</returns>
    /// <exception cref="WizerException">It trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal ComponentValue? Initialize(ComponentInitFunc function)
    {
        WasmtimeComponentFunction callee = (function.Instance is null
            ? _instance!.GetFunction(function.Function)
            : _instance!.GetFunction(function.Instance, function.Function))
            ?? throw new InvalidOperationException($"the instance does not have the function `{function.Name}` that its component exports");
        WasmtimeComponentValue? result = null;
        try
        {
            Translated(() => result = callee.Call(Array.ConvertAll(function.Arguments, ComponentValues.ToWasmtime)));
        }
        catch (Exception error) when (IsOfTheComponent(error))
        {
            Throw.ComponentInitFuncTrapped(error, RunHint.OfComponent(error, _environment));
        }

        return result is null ? null : ComponentValues.FromWasmtime(result);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _store?.Dispose();
        _linker?.Dispose();
        _component?.Dispose();
        _host.Dispose();
        _wasi?.Dispose();
    }

    private static bool IsOfTheComponent(Exception error) => error is WasmTrapException or WasmLimitException or WasmLinkException;

    private void Translated(Action run)
    {
        _interrupt.ThrowIfCancellationRequested();
        try
        {
            run();
        }
        catch (WasmtimeException error)
        {
            // In the words that ours has from there; what else is said of it is the cause.
            if (error.Message.StartsWith("component imports ", StringComparison.Ordinal))
            {
                throw new WasmLinkException(error.Message.Split('\n')[0]);
            }

            _traps!.Throw(error, _host.TakeThrown());
        }
    }
}
