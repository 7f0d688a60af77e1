using Wizer.Binary;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

/// <summary>Names what modules may import, and instantiates them with it.</summary>
/// <remarks>
/// Host functions defined by type and body belong to no store: a linker of such functions may serve many stores, one after the
/// other. They cost nothing until a module imports them.
/// </remarks>
public sealed class Linker
{
    // By module, then by name: an Extern, or an ILinkedFunction that becomes one when a module imports it.
    private readonly Dictionary<string, Dictionary<string, object>> _items = [];

    // By module: whether functions that nobody defines return zeros, or trap. Null as long as there are none.
    private Dictionary<string, bool>? _stubs;

    /// <summary>
    /// Whether a function that nobody defines is replaced by one that traps when called, and a tag by one that nobody else has. A
    /// function of WASI that is imported with a type that it does not have counts as one that nobody defines.
    /// </summary>
    public bool UnknownFunctionsTrap { get; set; }

    /// <summary>Whether such a function returns zeros and null where it can, in the place of trapping.</summary>
    internal bool UnknownFunctionsReturnZeros { get; set; }

    /// <summary>Defines a function of the host.</summary>
    /// <returns>This linker.</returns>
    public Linker DefineFunction(string module, string name, FuncType type, HostFunction body)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(body);
        Set(module, name, new HostDefinition(name, type, body));
        return this;
    }

    /// <summary>Defines something that lives in a store, instead of what had the name before.</summary>
    /// <returns>This linker.</returns>
    public Linker Define(string module, string name, Extern item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Set(module, name, item);
        return this;
    }

    /// <summary>Defines all that an instance exports.</summary>
    /// <returns>This linker.</returns>
    public Linker DefineInstance(string module, Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        foreach (ExportInfo export in instance.Module.Exports)
        {
            string name = instance.Module.NameAt(export.Name);
            Set(module, name, instance.FindExport(name)!);
        }

        return this;
    }

    /// <summary>Whether something has been defined under the names.</summary>
    public bool IsDefined(string module, string name) => Find(module, name) != null;

    /// <summary>What a module imports, in its order.</summary>
    /// <exception cref="WasmLinkException">Something has not been defined.</exception>
    public Extern[] Resolve(Store store, ModuleInfo module)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(module);
        var imports = new Extern[module.Imports.Length];
        uint[]? typeIds = null;
        for (int i = 0; i < imports.Length; i++)
        {
            ImportInfo import = module.Imports[i];
            switch (FindImport(store, module, import, ref typeIds))
            {
                case Extern item:
                    imports[i] = item;
                    break;
                case ILinkedFunction linked:
                    imports[i] = new Function(store, linked.Type, linked.Body);
                    break;
                default:
                    if (!UnknownFunctionsTrap || import.Kind != ExternKind.Tag)
                    {
                        throw Unknown(module, import);
                    }

                    typeIds ??= store.Types.Register(module);
                    imports[i] = FindEarlierTag(module, imports, i)
                        ?? new Tag(store, store.Types.FuncTypeOf(typeIds[module.Tags[import.Index].TypeIndex]));
                    break;
            }
        }

        return imports;
    }

    /// <summary>Checks that all functions that a module imports are there, and names those that are not.</summary>
    /// <exception cref="WasmLinkException">Some are not.</exception>
    internal void DemandKnown(ModuleInfo module) => MissingFunctions.DemandNone(
        module, (moduleName, name) => Find(moduleName, name) is not null || _stubs?.ContainsKey(moduleName) is true);

    /// <summary>
    /// Lets the imported functions of an instance, which are the host's, do what is defined now. Its imported tags must be its own.
    /// </summary>
    /// <returns>
    /// False when it cannot be: something is imported that lives in a store, is not defined, or has another type than before.
    /// </returns>
    internal bool TryBind(Instance instance)
    {
        Store store = instance.Store;
        ModuleInfo module = instance.Module;
        uint[]? typeIds = instance.TypeIds;
        foreach (ImportInfo import in module.Imports)
        {
            object? found = FindImport(store, module, import, ref typeIds);
            bool isBound = found is ILinkedFunction linked
                ? instance.TryBind(import, linked)
                : found is null && import.Kind == ExternKind.Tag && UnknownFunctionsTrap;
            if (!isBound)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Resolves the imports and instantiates; see <see cref="Store.Instantiate"/> for what can go wrong.</summary>
    public Instance Instantiate(Store store, ModuleInfo module) => store.Instantiate(module, Resolve(store, module));

    // An Extern, or a function of the host for the type that is imported, be it one that traps; null when it is unknown.
    private object? FindImport(Store store, ModuleInfo module, in ImportInfo import, ref uint[]? typeIds)
    {
        string moduleName = module.NameAt(import.Module);
        string name = module.NameAt(import.Name);
        object? found = Find(moduleName, name);
        if (import.Kind != ExternKind.Func)
        {
            return found;
        }

        if (found is ILinkedFunction function)
        {
            found = function.As(module.FuncTypeOf(import.Index)) ?? (UnknownFunctionsTrap ? null : function);
        }

        bool returnsZeros = false;
        bool isStub = found is null && _stubs is not null && _stubs.TryGetValue(moduleName, out returnsZeros);
        if (found is not null || !(isStub || UnknownFunctionsTrap))
        {
            return found;
        }

        typeIds ??= store.Types.Register(module);
        FuncType type = store.Types.FuncTypeOf(typeIds[module.FuncTypeIndices[import.Index]]);
        return new HostDefinition(
            name,
            type,
            isStub || UnknownFunctionsReturnZeros
                ? ImportStubs.Create(moduleName, name, type, returnsZeros || !isStub)
                : TrapOf(Unknown(module, import)));
    }

    private WasmLinkException Unknown(ModuleInfo module, in ImportInfo import)
    {
        string moduleName = module.NameAt(import.Module);
        string name = module.NameAt(import.Name);
        return import.Kind == ExternKind.Func && Find(moduleName, name) is ILinkedFunction function
            ? WasmLinkException.UnknownAs(moduleName, name, module.FuncTypeOf(import.Index), function.Type)
            : WasmLinkException.UnknownImport(moduleName, name);
    }

    private static HostFunction TrapOf(WasmLinkException unknown) =>
        (_, _) => throw new WasmTrapException(unknown.Message) { ImportModule = unknown.ImportModule };

    // One name is one tag, however often it is imported; with another type it cannot be the same.
    private static Tag? FindEarlierTag(ModuleInfo module, Extern[] imports, int at)
    {
        ImportInfo import = module.Imports[at];
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        for (int i = 0; i < at; i++)
        {
            ImportInfo earlier = module.Imports[i];
            if (imports[i] is Tag tag
                && earlier.Module.Of(bytes).SequenceEqual(import.Module.Of(bytes))
                && earlier.Name.Of(bytes).SequenceEqual(import.Name.Of(bytes))
                && module.Tags[earlier.Index].TypeIndex == module.Tags[import.Index].TypeIndex)
            {
                return tag;
            }
        }

        return null;
    }

    /// <summary>Lets something stand in for the functions of a module that nobody defines, instead of what did before.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="returnsZeros">Whether they return zeros and null; otherwise they trap.</param>
    internal void Stub(string module, bool returnsZeros) => (_stubs ??= [])[module] = returnsZeros;

    /// <summary>Defines many functions, of which most modules import a few.</summary>
    internal void Define(string module, ReadOnlySpan<ILinkedFunction> functions)
    {
        if (!_items.ContainsKey(module))
        {
            _items.Add(module, new Dictionary<string, object>(functions.Length));
        }

        foreach (ILinkedFunction function in functions)
        {
            Set(module, function.Name, function);
        }
    }

    private object? Find(string module, string name) =>
        _items.TryGetValue(module, out Dictionary<string, object>? items) ? items.GetValueOrDefault(name) : null;

    private void Set(string module, string name, object item)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        if (!_items.TryGetValue(module, out Dictionary<string, object>? items))
        {
            items = [];
            _items.Add(module, items);
        }

        items[name] = item;
    }

    private sealed class HostDefinition(string name, FuncType type, HostFunction body) : ILinkedFunction
    {
        public string Name { get; } = name;

        public FuncType Type { get; } = type;

        public HostFunction Body { get; } = body;

        public ILinkedFunction As(FuncType expected) => this;
    }
}
