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
internal sealed class EmbeddedRun : InitRun
{
    private readonly Store _store;
    private readonly RunProfile _profile;
    private readonly StorePool? _stores;

    // What the store can go on with after this run; null when it is of no use to another one, or not yet.
    private KeptStore? _kept;
    private Instance? _instance;
    private ExceptionDispatchInfo? _preparationError;

    /// <param name="environment">What the module finds around it.</param>
    /// <param name="interrupt">Ends whatever the guest is doing.</param>
    /// <param name="stores">Where stores of the module are kept; null when this run is the only one.</param>
    internal EmbeddedRun(InitEnvironment environment, CancellationToken interrupt, StorePool? stores = null)
        : base(environment)
    {
        _profile = new RunProfile(environment);

        // Instances of preloads live in the store, and would have to begin again, too; a profile is of what is called first; and samples
        // are of one run.
        EngineOptions limits = environment.EngineLimits;
        bool isOfOneRun = environment.RecordsProfile || limits.SampleInterval is not null || limits.RecordsWriters;
        _stores = environment.Preloads.Count == 0 && !isOfOneRun ? stores : null;
        _kept = _stores?.TryTake(limits);
        if (_kept is null)
        {
            _store = new Store(limits, interrupt);
            return;
        }

        _store = _kept.Store;
        _store.BeginRun(interrupt);
    }

    internal override bool SeesReferences => true;

    internal override IIndexedState State => new EmbeddedState(_instance!);

    /// <summary>Whether guest code is still being compiled, which serves nobody once the guest is done.</summary>
    internal bool IsCompiling => _store.IsCompiling;

    internal override long RefusedMemoryGrowths => _store.RefusedMemoryGrowths;

    internal override long RefusedTableGrowths => _store.RefusedTableGrowths;

    internal override ProfileReport? Profile => _profile.Report(_store);

    internal override byte[] RecordedProfile => _profile.Recorded(_store);

    internal override StackSamples? Samples => _store.Samples;

    internal override Attribution? Attribution => WriterCount.Of(_store, [_instance!]);

    internal override ImportCalls[] ImportCalls => CallReport.OfImports(_instance!);

    /// <summary>
    /// Instantiates the module as far as nobody can notice, while its function bodies are still being checked: up to the start
    /// function, and only when nothing else has to come first. What goes wrong waits for <see cref="InitRun.Instantiate"/>, since a
    /// module that is invalid never gets there.
    /// </summary>
    internal override void Prepare(ModuleInfo module)
    {
        // Start functions of preloads are guests too, and what the caller does to define imports is not ours to reorder.
        if (Preloads.Length != 0 || Environment.DefineImports is not null)
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

    protected override void InstantiateAll(ModuleContext context)
    {
        ModuleInfo module = context.Module;
        _preparationError?.Throw();
        _instance ??= BuildInstance(module);
        _profile.Begin(_store, _instance, module);
        try
        {
            _instance.Start();
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InstantiationFailed(error, RunHint.Of(error, Environment));
        }
    }

    /// <summary>All but running the module's start function.</summary>
    private Instance BuildInstance(ModuleInfo module)
    {
        var linker = new Linker();
        SetUnknown(linker, Environment.UnknownImports);
        if (Environment.Deterministic is { } deterministic)
        {
            _store.Sleep = new DeterministicWasiClock(deterministic).Sleep;
        }

        if (OpenWasi() is { } wasi)
        {
            _store.Sleep = wasi.Clock.Sleep;
            wasi.DefineIn(linker);
        }

        for (int i = 0; i < Environment.Stubs.Count; i++)
        {
            DefineStub(linker, Environment.Stubs[i]);
        }

        Environment.DefineImports?.Invoke(_store, linker);
        InstantiatePreloads(linker);
        try
        {
            return BuildInstance(module, linker);
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InstantiationFailed(error, RunHint.Of(error, Environment));
            throw;
        }
    }

    private Instance BuildInstance(ModuleInfo module, Linker linker)
    {
        // Whatever goes wrong from here on, the store ends with this run.
        KeptStore? kept = _kept;
        _kept = null;
        if (Environment.UnknownImports == UnknownImports.Fail)
        {
            linker.DemandKnown(module);
        }

        if (kept is not null && kept.State.TryRestore(linker))
        {
            _kept = kept;
            return kept.Instance;
        }

        if (ModuleContext.ImportsState(module))
        {
            new FreshImports(_store, module).DefineIn(linker);
        }

        // What earlier runs had is gone from the store's limits, so that this is what it would be in a new one.
        Extern[] imports = linker.Resolve(_store, module);
        if (Preloads.Length != 0 || Environment.DefineImports is not null)
        {
            DistinctImports.Separate(_store, module, imports);
        }

        Instance instance = _store.Prepare(module, imports);
        if (_stores is not null && kept is null && InitialState.TryTake(instance, linker) is { } state)
        {
            _kept = new KeptStore(instance, state, _store.Options);
        }

        return instance;
    }

    private void DefineStub(Linker linker, ImportStub stub)
    {
        DemandPossible(stub);
        linker.Stub(stub.Module, returnsZeros: stub.Kind == StubKind.Zero);
    }

    private void InstantiatePreloads(Linker linker)
    {
        // Only the module itself gets traps for what nobody defines: a preload that lacks an import is of no use.
        SetUnknown(linker, UnknownImports.Fail);
        for (int i = 0; i < Preloads.Length; i++)
        {
            Instance instance;
            try
            {
                instance = linker.Instantiate(_store, Preloads[i]);
            }
            catch (Exception error) when (IsOfTheModule(error))
            {
                Throw.PreloadFailed(error, RunHint.Of(error, Environment));
                throw;
            }

            string name = Environment.Preloads[i].Name;
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

        SetUnknown(linker, Environment.UnknownImports);
    }

    private static void SetUnknown(Linker linker, UnknownImports unknown)
    {
        linker.UnknownFunctionsTrap = unknown != UnknownImports.Fail;
        linker.UnknownFunctionsReturnZeros = unknown == UnknownImports.Default;
    }

    protected override void Invoke(string exportName) => _instance!.Invoke(exportName);

    protected override void HasInitialized() => _store.StopCompiling();

    protected override void EndStore()
    {
        if (_kept is null)
        {
            _store.Dispose();
        }
        else
        {
            _stores!.Return(_kept);
        }
    }
}
