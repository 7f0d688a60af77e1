using System.Buffers;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>One initialization of a component on Wasmtime: a store of its own, thrown away with everything in it.</summary>
internal sealed class WasmtimeComponentRun : ComponentRun
{
    // Core modules are in the outermost component, or the component cannot be instrumented.
    private const int Outermost = 0;

    private readonly EngineSet _engines;
    private readonly WasmtimeOptions _options;
    private readonly CancellationToken _interrupt;
    private readonly HostDefinitions _host = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private InstrumentedComponent? _instrumented;
    private WasmtimeComponent? _component;
    private WasmtimeComponentLinker? _linker;
    private WasmtimeStore? _store;
    private WasmtimeComponentInstance? _instance;
    private TrapTranslation? _traps;
    private CancellationTokenRegistration _stop;

    internal WasmtimeComponentRun(EngineSet engines, WasmtimeOptions options, InitEnvironment environment, CancellationToken interrupt)
        : base(environment)
    {
        _engines = engines;
        _options = options;
        _interrupt = interrupt;
    }

    internal override void DemandPossible(WizerOptions options)
    {
        base.DemandPossible(options);
        if (Environment.AllowExitZero)
        {
            throw new WizerException(WizerError.BadOption, "--allow-exit-zero cannot be used with components on Wasmtime")
            {
                Hint = "Wasmtime lets nobody into a component that has exited; the embedded engine does",
            };
        }

        if (Environment.DefineComponentImports is not null)
        {
            throw new WizerException(
                WizerError.BadOption,
                "`InitEnvironment.DefineComponentImports` is for the embedded engine; Wasmtime has its own in `WasmtimeOptions`");
        }
    }

    internal override ComponentContext Check(ReadOnlyMemory<byte> component, WasmFeatures features, CancellationToken cancellation)
    {
        _instrumented = new InstrumentedComponent(InstrumentationCheck.Check(component, features), showsResets: true);
        if (Environment.FailsOnLostHandles)
        {
            DemandHandlesOfWasi(_instrumented.Context.Compiled);
        }

        using var instrumenter = new ComponentInstrumenter(_instrumented, MemoryAccess.String);
        new BufferWriterSink(_bytes).Write(instrumenter.Write());
        return _instrumented.Context;
    }

    internal override HandleReport[] ReportHandles() =>
        [.. OpenResources()
            .GroupBy(static type => type)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => new HandleReport($"own<{group.Key}>", group.Count())
            {
                Fate = Reset.IsForgetful(Outermost) ? HandleFate.Forgotten : HandleFate.Lost,
            })];

    internal override ComponentSnapshot TakeSnapshot(ComponentContext context, WizerOptions options) =>
        ComponentSnapshot.Take(context, AccessedState.Read(_instrumented!, new WasmtimeComponentState(_instance!)), options);

    protected override void InstantiateWithWasi(ComponentContext context)
    {
        EngineSettings settings = RunStart.SettingsFor(Environment);
        WasmtimeEngine engine = _engines.Get(settings);
        WasmtimeComponent compiled = _component =
            new ModuleCompiler(engine, settings, _options.CacheDirectory, _interrupt).CompileComponent(_bytes.WrittenMemory);
        _traps = new TrapTranslation([], Environment.Limits, settings.StackByteLength);
        WasmtimeStore store = _store = RunStart.BeginStore(engine, Environment.Limits, _interrupt, out _stop);
        WasmtimeComponentLinker linker = _linker = new WasmtimeComponentLinker(engine);
        linker.AllowShadowing = true;
        bool demandsAll = Environment.UnknownImports == UnknownImports.Fail && _options.DefineComponentImports is null;
        _host.Define(linker, ComponentImports.Find(context.Compiled, Wasi, Environment.UnknownImports, demandsAll, _interrupt));
        _options.DefineComponentImports?.Invoke(linker);
        if (Environment.UnknownImports == UnknownImports.Trap)
        {
            linker.DefineUnknownImportsAsTraps(compiled);
        }

        Translated(() => _instance = linker.Instantiate(store, compiled));
    }

    protected override ComponentValue? Call(ComponentInitFunc function)
    {
        WasmtimeComponentFunction callee = FunctionOf(function.Instance, function.Function);
        WasmtimeComponentValue? result = null;
        Translated(() => result = callee.Call(Array.ConvertAll(function.Arguments, ComponentValues.ToWasmtime)));
        return result is null ? null : ComponentValues.FromWasmtime(result);
    }

    protected override void ResetWasi()
    {
        if (!OpenResources().Any())
        {
            return;
        }

        foreach (ResetAccessor reset in _instrumented!.Resets)
        {
            WasmtimeComponentFunction callee = FunctionOf(InstrumentedComponent.AccessInstance, reset.Name);
            Reset.Call(reset.CoreName, Outermost, () => Translated(() => callee.Call()));
        }
    }

    protected override void EndStore()
    {
        _stop.Dispose();
        _store?.Dispose();
        _linker?.Dispose();
        _component?.Dispose();
        _host.Dispose();
    }

    // Those of other types are between Wasmtime and the component.
    private static void DemandHandlesOfWasi(CompiledComponent component)
    {
        foreach (ResourceOrigin resource in component.Resources)
        {
            if (resource.State >= 0 || resource.Name?.StartsWith("wasi:", StringComparison.Ordinal) != true)
            {
                throw new WizerException(
                    WizerError.BadOption,
                    $"--handles=fail cannot be used with Wasmtime, which does not show handles of `{resource.Name ?? "the component"}`")
                {
                    Hint = "the embedded engine shows them",
                };
            }
        }
    }

    // What the host has given away and not got back.
    private IEnumerable<string> OpenResources() => Wasi?.OpenResources ?? [];

    private WasmtimeComponentFunction FunctionOf(string? instance, string name) =>
        (instance is null ? _instance!.GetFunction(name) : _instance!.GetFunction(instance, name))
        ?? throw new InvalidOperationException($"the instance does not have the function `{name}` that its component exports");

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
