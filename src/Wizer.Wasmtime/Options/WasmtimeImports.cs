namespace Wizer.Wasmtime;

/// <summary>What modules may import beside WASI, under two names each.</summary>
public sealed class WasmtimeImports
{
    private readonly Dictionary<(string Module, string Name), object> _items = [];

    internal WasmtimeImports(WasmtimeStore store) => Store = store;

    /// <summary>The store of the run, in which everything has to live.</summary>
    public WasmtimeStore Store { get; }

    /// <summary>Defines a function, instead of what had the name before.</summary>
    public void Define(string module, string name, WasmtimeFunction function) => Set(module, name, function);

    /// <summary>Defines a memory, for modules to preload.</summary>
    public void Define(string module, string name, WasmtimeMemory memory) => Set(module, name, memory);

    /// <summary>Defines a global, for modules to preload.</summary>
    public void Define(string module, string name, WasmtimeGlobal global) => Set(module, name, global);

    /// <summary>Defines a table, for modules to preload.</summary>
    public void Define(string module, string name, WasmtimeTable table) => Set(module, name, table);

    /// <summary>What has been defined, or null.</summary>
    internal object? Find(string module, string name) => _items.GetValueOrDefault((module, name));

    internal void Set(string module, string name, object item)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(item);
        _items[(module, name)] = item;
    }
}
