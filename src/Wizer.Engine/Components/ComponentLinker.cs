using Wizer.Binary;

namespace Wizer.Engine.Components;

/// <summary>A function that the host provides to components.</summary>
/// <param name="instance">Who calls.</param>
/// <param name="arguments">The arguments, of the types with which the function is imported.</param>
/// <returns>The result, of the type with which the function is imported; null when it has none.</returns>
/// <exception cref="WasmTrapException">The function ends the execution of the guest.</exception>
public delegate ComponentValue? ComponentHostFunction(ComponentInstance instance, IReadOnlyList<ComponentValue> arguments);

/// <summary>Names what components may import, and instantiates them with it. It belongs to no store.</summary>
public sealed class ComponentLinker
{
    private readonly Dictionary<string, ComponentHostFunction> _functions = [];
    private readonly Dictionary<string, ComponentResourceType> _resources = [];

    /// <summary>
    /// Whether a function that nobody defines is replaced by one that traps when called, and a resource type by one that nobody else has.
    /// </summary>
    public bool UnknownImportsTrap { get; set; }

    /// <summary>Defines a function of the host, instead of what had the name before.</summary>
    /// <param name="instance">The name of the imported instance that it is in; null for a function that is imported itself.</param>
    /// <param name="name">Its name.</param>
    /// <param name="body">What it does.</param>
    /// <returns>This linker.</returns>
    public ComponentLinker DefineFunction(string? instance, string name, ComponentHostFunction body)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(body);
        _functions[KeyOf(instance, name)] = body;
        return this;
    }

    /// <summary>Defines a resource type of the host, instead of what had the name before.</summary>
    /// <param name="instance">The name of the imported instance that it is in; null for a type that is imported itself.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">The type.</param>
    /// <returns>This linker.</returns>
    public ComponentLinker DefineResource(string? instance, string name, ComponentResourceType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(type);
        _resources[KeyOf(instance, name)] = type;
        return this;
    }

    /// <summary>Instantiates a component. Component Model, Explainer: Component Definitions.</summary>
    /// <exception cref="WasmLinkException">Something that is imported has not been defined.</exception>
    /// <exception cref="WasmLimitException">It needs more than the store's limits allow.</exception>
    /// <exception cref="UnsupportedModuleException">It needs more than the system has.</exception>
    /// <exception cref="WasmTrapException">A core module, or its start function, trapped.</exception>
    /// <exception cref="OperationCanceledException">The store was interrupted.</exception>
    public ComponentInstance Instantiate(Store store, CompiledComponent component)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(component);
        var instance = new ComponentInstance(store, component);
        foreach (ComponentImport import in component.Imports)
        {
            if (import.Plan is null)
            {
                instance.ResourceTypes[import.Slot] = _resources.GetValueOrDefault(KeyOf(import.Path))
                    ?? (UnknownImportsTrap ? new ComponentResourceType(import.Path[^1]) : throw Unknown(import));
                continue;
            }

            ComponentHostFunction? body = _functions.GetValueOrDefault(KeyOf(import.Path));
            if (body is null)
            {
                string message = Unknown(import).Message;
                body = UnknownImportsTrap ? (_, _) => throw new WasmTrapException(message) : throw Unknown(import);
            }

            instance.Functions[import.Slot] = new HostCallee(import.Plan, import.Name, instance, body);
        }

        instance.Initialize();
        return instance;
    }

    private static WasmLinkException Unknown(ComponentImport import) => new(
        $"component imports {(import.Plan is null ? "resource" : "function")} `{import.Name}`, "
        + "but a matching implementation was not found in the linker");

    private static string KeyOf(string? instance, string name) => instance is null ? name : KeyOf([instance, name]);

    // No name has a line end in it.
    private static string KeyOf(string[] path) => string.Join('\n', path);
}
