using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>One initialization on Wasmtime: a store of its own, thrown away with everything in it.</summary>
internal sealed class WasmtimeRun : InitRun
{
    private readonly EngineSet _engines;
    private readonly WasmtimeOptions _options;
    private readonly CancellationToken _interrupt;
    private readonly List<ICountedImport> _imports = [];
    private readonly List<GuestModule> _modules = [];
    private readonly List<WasmtimeModule> _compiled = [];
    private WasmtimeStore? _store;
    private WasmtimeInstance? _instance;
    private TrapTranslation? _traps;
    private ImportResolver? _resolver;
    private CancellationTokenRegistration _stop;
    private Budget _memoryBudget;
    private Budget _tableBudget;

    internal WasmtimeRun(EngineSet engines, WasmtimeOptions options, InitEnvironment environment, CancellationToken interrupt)
        : base(environment)
    {
        _engines = engines;
        _options = options;
        _interrupt = interrupt;
    }

    internal override bool SeesReferences => false;

    internal override IIndexedState State => new WasmtimeState(_instance!);

    internal override ImportCalls[] ImportCalls => ICountedImport.Report(_imports);

    protected override void InstantiateAll(ModuleContext context)
    {
        DemandPossible(Environment);
        Capabilities.Demand(context.Module, context.Validation, preload: null);
        for (int i = 0; i < Preloads.Length; i++)
        {
            Capabilities.Demand(Preloads[i], PreloadValidations[i], Environment.Preloads[i].Name);
        }

        EngineSettings settings = RunStart.SettingsFor(Environment);
        WasmtimeEngine engine = _engines.Get(settings);
        Compile(engine, settings, context);
        BeginStore(engine, settings);
        ImportResolver resolver = _resolver = new ImportResolver(engine, _store!, OpenWasi(), Environment.Stubs, _interrupt);
        foreach (ImportStub stub in Environment.Stubs)
        {
            DemandPossible(stub);
        }

        _options.DefineImports?.Invoke(resolver.Defined);
        InstantiatePreloads(resolver);
        try
        {
            _instance = Instantiate(0, resolver.Resolve(context.Module, isPreload: false, Environment.UnknownImports, _imports));
        }
        catch (Exception error) when (IsOfTheModule(error))
        {
            Throw.InstantiationFailed(error, RunHint.Of(error, Environment));
        }
    }

    protected override void Invoke(string exportName)
    {
        Action function = _instance!.GetAction(exportName)
            ?? throw new InvalidOperationException($"the instance does not have the function `{exportName}` that its module exports");
        Translated(function);
    }

    protected override void HasInitialized()
    {
        // Wasmtime's limit is that of one memory; what is beyond the limit of all is no state that the embedded engine would give.
        ulong total = 0;
        for (int i = 0; i < _modules[0].Module.Memories.Length; i++)
        {
            total += (ulong)_instance!.GetMemory(ModuleContext.MemoryExportName(i))!.GetLength();
        }

        if (total > Environment.Limits.MaxMemoryByteLength)
        {
            throw new WizerException(
                WizerError.MemoryLimitExceeded,
                $"the memories have grown to {total} bytes together",
                WasmLimitException.Allocation(Environment.Limits.MaxMemoryByteLength));
        }
    }

    protected override void EndStore()
    {
        _stop.Dispose();
        _store?.Dispose();
        _resolver?.Dispose();
        foreach (WasmtimeModule module in _compiled)
        {
            module.Dispose();
        }
    }

    private static void DemandPossible(InitEnvironment environment)
    {
        if (environment.DefineImports is not null)
        {
            throw new WizerException(
                WizerError.BadOption,
                "`InitEnvironment.DefineImports` is for the embedded engine; Wasmtime has its own in `WasmtimeOptions`");
        }

        if (environment.RecordsProfile)
        {
            throw new WizerException(WizerError.BadOption, "the engine `wasmtime` records no profiles");
        }
    }

    // The module itself comes first, in both lists; then the preloads.
    private void Compile(WasmtimeEngine engine, EngineSettings settings, ModuleContext context)
    {
        var compiler = new ModuleCompiler(engine, settings, _options.CacheDirectory, _interrupt);
        _modules.Add(GuestModule.Instrument(context));
        _compiled.Add(compiler.Compile(_modules[0].Copy));
        foreach (ModuleInfo preload in Preloads)
        {
            GuestModule module = GuestModule.Preload(preload);
            _modules.Add(module);
            _compiled.Add(compiler.Compile(module.Copy));
        }
    }

    private void BeginStore(WasmtimeEngine engine, EngineSettings settings)
    {
        EngineOptions limits = Environment.Limits;
        _memoryBudget = new Budget { Limit = limits.MaxMemoryByteLength, Remaining = limits.MaxMemoryByteLength };
        _tableBudget = new Budget { Limit = limits.MaxTableElementCount, Remaining = limits.MaxTableElementCount };
        _traps = new TrapTranslation(_modules, limits, settings.StackByteLength);
        _store = RunStart.BeginStore(engine, limits, _interrupt, out _stop);
    }

    private void InstantiatePreloads(ImportResolver resolver)
    {
        for (int i = 0; i < Preloads.Length; i++)
        {
            ModuleInfo module = Preloads[i];
            WasmtimeInstance instance;
            try
            {
                instance = Instantiate(i + 1, resolver.Resolve(module, isPreload: true, UnknownImports.Fail, []));
            }
            catch (Exception error) when (IsOfTheModule(error))
            {
                Throw.PreloadFailed(error, RunHint.Of(error, Environment));
                throw;
            }

            string name = Environment.Preloads[i].Name;
            foreach (ExportInfo export in module.Exports)
            {
                string exportName = module.NameAt(export.Name);
                if (resolver.IsDefined(name, exportName))
                {
                    Throw.PreloadClashes(name, exportName);
                }
            }

            foreach (ExportInfo export in module.Exports)
            {
                string exportName = module.NameAt(export.Name);
                if (Find(instance, export.Kind, exportName) is { } item)
                {
                    resolver.Defined.Set(name, exportName, item);
                }
            }
        }
    }

    // Null for what nobody may see.
    private static object? Find(WasmtimeInstance instance, ExternKind kind, string name) => kind switch
    {
        ExternKind.Func => instance.GetFunction(name),
        ExternKind.Memory => instance.GetMemory(name),
        ExternKind.Global => instance.GetGlobal(name),
        ExternKind.Table => instance.GetTable(name),
        _ => null,
    };

    private WasmtimeInstance Instantiate(int index, object[] imports)
    {
        TakeInitial(_modules[index].Module, takesImports: index == 0);
        WasmtimeInstance? instance = null;
        Translated(() => instance = new WasmtimeInstance(_store!, _compiled[index], imports));
        return instance!;
    }

    // Wasmtime would say so as well, in words of its own, and of each memory and table by itself.
    // What the module itself imports was made for it.
    private unsafe void TakeInitial(ModuleInfo module, bool takesImports)
    {
        fixed (Budget* memoryBudget = &_memoryBudget)
        {
            for (int i = takesImports ? 0 : module.ImportedMemoryCount; i < module.Memories.Length; i++)
            {
                MemoryType type = module.Memories[i].Type;
                ulong pageCount = type.Limits.Minimum;
                ulong byteLength = pageCount > ulong.MaxValue >> type.PageSizeLog2 ? ulong.MaxValue : pageCount << type.PageSizeLog2;
                if (!Budget.TryTake(memoryBudget, byteLength))
                {
                    throw WasmLimitException.Memory(pageCount, byteLength, memoryBudget);
                }
            }
        }

        fixed (Budget* tableBudget = &_tableBudget)
        {
            for (int i = takesImports ? 0 : module.ImportedTableCount; i < module.Tables.Length; i++)
            {
                ulong elementCount = module.Tables[i].Type.Limits.Minimum;
                if (!Budget.TryTake(tableBudget, elementCount))
                {
                    throw WasmLimitException.Table(elementCount, tableBudget);
                }
            }
        }
    }

    private void Translated(Action run)
    {
        _interrupt.ThrowIfCancellationRequested();
        try
        {
            run();
        }
        catch (WasmtimeException error)
        {
            _traps!.Throw(error);
        }
    }
}
