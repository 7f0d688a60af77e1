using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;
using Wizer.Engine.Wasi;
using Wizer.Pipeline;
using ValueKind = Wasmtime.ValueKind;

namespace Wizer.Wasmtime;

/// <summary>
/// Finds what a module imports, import by import, as the embedded engine's linker does: by what is defined, then WASI, then stubs, and
/// at last, for the module itself, a function that traps.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="store">The run's.</param>
/// <param name="wasi">The guest's WASI; null when it has none.</param>
/// <param name="stubs">What stands in for functions that nobody defines.</param>
/// <param name="interrupt">Ends what functions of WASI do.</param>
internal sealed class ImportResolver(
    WasmtimeEngine engine, WasmtimeStore store, WasiPreview1? wasi, IReadOnlyList<ImportStub> stubs, CancellationToken interrupt)
    : IDisposable
{
    private readonly Dictionary<WasmtimeFunction, CountedFunction> _counted = [];
    private bool _importsMemory;
    private readonly Dictionary<string, WasiFunction> _wasiFunctions =
        wasi?.Functions.ToDictionary(static function => function.Name) ?? [];

    /// <summary>What is defined by others than us.</summary>
    internal WasmtimeImports Defined { get; } = new(store);

    /// <summary>What a module imports, in its order.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isPreload">Whether it is one that is preloaded.</param>
    /// <param name="unknown">What becomes of functions that nobody defines; a preload that lacks one is of no use.</param>
    /// <param name="functions">Gets those that are functions.</param>
    /// <exception cref="WasmLinkException">Something is not defined, or of another type.</exception>
    internal object[] Resolve(ModuleInfo module, bool isPreload, UnknownImports unknown, List<ICountedImport> functions)
    {
        if (!isPreload && unknown == UnknownImports.Fail)
        {
            MissingFunctions.DemandNone(
                module, (moduleName, name) => IsDefined(moduleName, name) || stubs.Any(stub => stub.Module == moduleName));
        }

        unknown = isPreload ? UnknownImports.Fail : unknown;
        var imports = new object[module.Imports.Length];
        for (int i = 0; i < imports.Length; i++)
        {
            ImportInfo import = module.Imports[i];
            string moduleName = module.NameAt(import.Module);
            string name = module.NameAt(import.Name);
            if (!isPreload && FreshImport.Create(store, module, import) is { } fresh)
            {
                imports[i] = fresh;
                _importsMemory |= import.Kind == ExternKind.Memory;
                continue;
            }

            if (Defined.Find(moduleName, name) is { } item)
            {
                Match(module, import, item);
                imports[i] = item is WasmtimeFunction known ? Count(moduleName, name, known, functions) : item;
                continue;
            }

            if (import.Kind != ExternKind.Func)
            {
                throw WasmLinkException.UnknownImport(moduleName, name);
            }

            FuncType type = module.FuncTypeOf(import.Index);
            HostBody body = FindBody(moduleName, name, type, unknown);
            var function = new HostImport(moduleName, name, type, body);
            functions.Add(function);
            imports[i] = function.In(store);
        }

        return imports;
    }

    /// <summary>Gives the code back that counts calls.</summary>
    public void Dispose()
    {
        foreach (CountedFunction counted in _counted.Values)
        {
            counted.Dispose();
        }
    }

    private WasmtimeFunction Count(string module, string name, WasmtimeFunction function, List<ICountedImport> functions)
    {
        if (!_counted.TryGetValue(function, out CountedFunction? counted))
        {
            counted = new CountedFunction(engine, store, module, name, TypeOf(function), function);
            _counted.Add(function, counted);
        }

        functions.Add(counted);
        return counted.Function;
    }

    /// <summary>Whether something has been defined under the names.</summary>
    internal bool IsDefined(string module, string name) =>
        Defined.Find(module, name) is not null || (module == WasiPreview1.ModuleName && _wasiFunctions.ContainsKey(name));

    private HostBody FindBody(string module, string name, FuncType type, UnknownImports unknown)
    {
        WasmLinkException? error = null;
        if (module == WasiPreview1.ModuleName && _wasiFunctions.TryGetValue(name, out WasiFunction? function))
        {
            if (type.HasSameShape(function.Type))
            {
                return (caller, slots) => CallWasi(function, caller, slots);
            }

            if (LegalizedFunction.IsFormOf(type, function.Type))
            {
                return (caller, slots) =>
                {
                    LegalizedFunction.Join(function.Type, slots);
                    CallWasi(function, caller, slots);
                };
            }

            if (unknown == UnknownImports.Fail)
            {
                throw WasmLinkException.IncompatibleType(module, name, $"expected {type}, found {function.Type}");
            }

            error = WasmLinkException.UnknownAs(module, name, type, function.Type);
        }

        // The last one of a name counts.
        for (int i = stubs.Count - 1; i >= 0; i--)
        {
            if (stubs[i].Module == module)
            {
                HostFunction stub = ImportStubs.Create(module, name, type, stubs[i].Kind == StubKind.Zero);
                return (_, slots) => stub(new Caller(null, interrupt), slots);
            }
        }

        error ??= WasmLinkException.UnknownImport(module, name);
        if (unknown == UnknownImports.Default)
        {
            HostFunction zero = ImportStubs.Create(module, name, type, returnsZeros: true);
            return (_, slots) => zero(new Caller(null, interrupt), slots);
        }

        return unknown == UnknownImports.Trap
            ? (_, _) => throw new WasmTrapException(error.Message) { ImportModule = error.ImportModule }
            : throw error;
    }

    private unsafe void CallWasi(WasiFunction function, WasmtimeCaller caller, Span<ulong> slots)
    {
        WasmtimeMemory? imported = _importsMemory ? caller.GetMemory(ModuleContext.MemoryExportName(0)) : null;
        if ((caller.GetMemory("memory") ?? imported) is not { } memory)
        {
            function.Call(null, interrupt, slots);
            return;
        }

        // Safe: the guest waits for this call, so that its memory stays where it is.
        var data = new MemoryData { Base = (byte*)memory.GetPointer(), ByteLength = (ulong)memory.GetLength() };
        function.Call(&data, interrupt, slots);
    }

    // Functions only: of the rest, which preloads import from one another, Wasmtime says what does not fit.
    private static void Match(ModuleInfo module, in ImportInfo import, object item)
    {
        string? difference = null;
        string noun = NounOf(item);
        if (noun != NounOf(import.Kind))
        {
            difference = $"expected a {NounOf(import.Kind)}, found a {noun}";
        }
        else if (item is WasmtimeFunction function)
        {
            FuncType expected = module.FuncTypeOf(import.Index);
            if (!function.Parameters.SequenceEqual(HostImport.KindsOf(expected.Parameters))
                || !function.Results.SequenceEqual(HostImport.KindsOf(expected.Results)))
            {
                difference = $"expected {expected}, found {TypeOf(function)}";
            }
        }

        if (difference is not null)
        {
            throw WasmLinkException.IncompatibleType(module.NameAt(import.Module), module.NameAt(import.Name), difference);
        }
    }

    private static FuncType TypeOf(WasmtimeFunction function) => new(TypesOf(function.Parameters), TypesOf(function.Results));

    private static ValType[] TypesOf(IReadOnlyList<ValueKind> kinds)
    {
        var types = new ValType[kinds.Count];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = kinds[i] switch
            {
                ValueKind.Int32 => ValType.I32,
                ValueKind.Int64 => ValType.I64,
                ValueKind.Float32 => ValType.F32,
                ValueKind.Float64 => ValType.F64,
                ValueKind.V128 => ValType.V128,
                ValueKind.FuncRef => ValType.FuncRef,
                _ => ValType.ExternRef,
            };
        }

        return types;
    }

    private static string NounOf(object item) => item switch
    {
        WasmtimeFunction => "function",
        WasmtimeTable => "table",
        WasmtimeMemory => "memory",
        _ => "global",
    };

    private static string NounOf(ExternKind kind) => kind switch
    {
        ExternKind.Func => "function",
        ExternKind.Table => "table",
        ExternKind.Memory => "memory",
        ExternKind.Global => "global",
        _ => "tag",
    };
}
