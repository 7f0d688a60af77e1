using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi;

namespace Wizer.Pipeline;

/// <summary>One initialization of a component on the embedded engine, in a store of its own.</summary>
internal sealed class EmbeddedComponentRun : ComponentRun
{
    private readonly Store _store;
    private ComponentInstance? _instance;

    /// <param name="environment">What the component finds around it.</param>
    /// <param name="interrupt">Ends whatever the guest is doing.</param>
    internal EmbeddedComponentRun(InitEnvironment environment, CancellationToken interrupt)
        : base(environment) => _store = new Store(environment.EngineLimits, interrupt);

    internal override StackSamples? Samples => _store.Samples;

    internal override Attribution? Attribution => WriterCount.Of(_store, _store.Instances);

    internal override long RefusedMemoryGrowths => _store.RefusedMemoryGrowths;

    internal override long RefusedTableGrowths => _store.RefusedTableGrowths;

    internal override ComponentContext Check(ReadOnlyMemory<byte> component, WasmFeatures features, CancellationToken cancellation) =>
        ComponentCheck.Check(component, features, cancellation);

    internal override HandleReport[] ReportHandles() => new ComponentHandles(_instance!).Report(Reset.IsForgetful);

    internal override ComponentSnapshot TakeSnapshot(ComponentContext context, WizerOptions options) =>
        ComponentSnapshot.Take(context, _instance!, options);

    protected override void InstantiateWithWasi(ComponentContext context)
    {
        if (Environment.Deterministic is { } deterministic)
        {
            _store.Sleep = new DeterministicWasiClock(deterministic).Sleep;
        }

        var linker = new ComponentLinker
        {
            UnknownImportsTrap = Environment.UnknownImports == UnknownImports.Trap,
            UnknownImportsReturnDefaults = Environment.UnknownImports == UnknownImports.Default,
        };
        if (Wasi is not null)
        {
            Wasi.DefineIn(linker);
            _store.Sleep = Wasi.Clock.Sleep;
        }

        Environment.DefineComponentImports?.Invoke(_store, linker);
        _instance = linker.Instantiate(_store, context.Compiled);
    }

    protected override ComponentValue? Call(ComponentInitFunc function)
    {
        ComponentExports exports = _instance!.Exports;
        if (function.Instance is not null)
        {
            exports = exports.FindInstance(function.Instance)!;
        }

        return exports.FindFunction(function.Function)!.Invoke(function.Arguments);
    }

    /// <summary>
    /// Calls the functions of core instances, exported ones that take and return nothing, in the instances of components that have
    /// handles of WASI: elsewhere there is nothing to forget.
    /// </summary>
    protected override void ResetWasi()
    {
        ComponentInstance instance = _instance!;
        var handles = new ComponentHandles(instance);
        bool[] hasWasi = new bool[instance.States.Length];
        for (int i = 0; i < hasWasi.Length; i++)
        {
            hasWasi[i] = handles.HasWasi(i);
        }

        var called = new HashSet<long>();
        foreach (string name in WasiReset.Functions)
        {
            for (int i = 0; i < instance.CoreInstances.Length; i++)
            {
                int state = instance.Component.CoreInstances[i].State;
                if (hasWasi[state] && instance.CoreInstances[i].FindExport(name) is Function function
                    && function.Type is { ParameterSlotCount: 0, ResultSlotCount: 0 } && called.Add((long)function.Handle))
                {
                    Reset.Call(name, state, () => function.InvokeInto([], []));
                }
            }
        }
    }

    protected override void HasInitialized() => _store.StopCompiling();

    protected override void EndStore() => _store.Dispose();
}
