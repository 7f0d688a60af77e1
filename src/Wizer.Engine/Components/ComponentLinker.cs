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
    private readonly HostItems<HostFunctionItem> _functions = new();
    private readonly HostItems<ComponentResourceType> _resources = new();

    /// <summary>
    /// Whether a function that nobody defines is replaced by one that traps when called, and a resource type by one that nobody else has.
    /// A function of WASI that is imported with a type that it does not have counts as one that nobody defines.
    /// </summary>
    public bool UnknownImportsTrap { get; set; }

    /// <summary>
    /// Whether a function that nobody defines returns zeros, empty strings and lists, <c>none</c>, <c>ok</c>, the first case of others,
    /// and resources that nothing stands behind, in the place of trapping.
    /// </summary>
    public bool UnknownImportsReturnDefaults { get; set; }

    /// <summary>Defines a function of the host, instead of what had the name before.</summary>
    /// <param name="instance">The name of the imported instance that it is in; null for a function that is imported itself.</param>
    /// <param name="name">Its name.</param>
    /// <param name="body">What it does.</param>
    /// <returns>This linker.</returns>
    public ComponentLinker DefineFunction(string? instance, string name, ComponentHostFunction body)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(body);
        _functions.Define(instance, name, new HostFunctionItem(body, null));
        return this;
    }

    /// <summary>The same for a function that can be imported with one type only.</summary>
    internal void DefineFunction(string instance, string name, HostFunctionType type, ComponentHostFunction body) =>
        _functions.Define(instance, name, new HostFunctionItem(body, type));

    /// <summary>Defines a resource type of the host, instead of what had the name before.</summary>
    /// <param name="instance">The name of the imported instance that it is in; null for a type that is imported itself.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">The type.</param>
    /// <returns>This linker.</returns>
    public ComponentLinker DefineResource(string? instance, string name, ComponentResourceType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(type);
        _resources.Define(instance, name, type);
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
        List<UnknownImport> unknown = [];
        foreach (FoundImport found in Find(component, instance.ResourceTypes))
        {
            if (!found.IsDefined)
            {
                unknown.Add(new UnknownImport(found.Import, found.OtherType));
            }

            if (found.Import.Plan is { } plan)
            {
                ComponentHostFunction body = found.Body ?? TrapOf(unknown[^1]);
                instance.Functions[found.Import.Slot] = new HostCallee(plan, found.Import.Name, instance, body);
            }
        }

        if (!UnknownImportsTrap && !UnknownImportsReturnDefaults)
        {
            DemandNone(unknown);
        }

        instance.Initialize();
        return instance;
    }

    /// <summary>Checks that everything that a component imports has been defined.</summary>
    /// <exception cref="WasmLinkException">Something has not; all of it is named.</exception>
    internal static void DemandDefined(IEnumerable<FoundImport> imports) =>
        DemandNone(
            [.. imports.Where(static found => !found.IsDefined).Select(static found => new UnknownImport(found.Import, found.OtherType))]);

    /// <summary>Finds what a component imports, for whichever engine.</summary>
    /// <param name="component">The component.</param>
    /// <param name="types">Gets the resource types, by slot; one that nobody defines is a new one.</param>
    /// <returns>All imports, in order.</returns>
    internal IEnumerable<FoundImport> Find(CompiledComponent component, ComponentResourceType[] types)
    {
        foreach (ComponentImport import in component.Imports)
        {
            if (import.Plan is null)
            {
                ComponentResourceType? type = _resources.Find(import.Path);
                types[import.Slot] = type ?? new ComponentResourceType(import.Path[^1]);
                yield return new FoundImport(import, type is not null, null, null);
                continue;
            }

            HostFunctionItem? item = _functions.Find(import.Path);
            bool isDefined = item is not null
                && (item.Type is not { } expected || TypeText.Fingerprint(import.Plan, types) == expected.Fingerprint);
            ComponentHostFunction? body = isDefined ? item!.Body
                : UnknownImportsReturnDefaults ? (_, _) => import.Plan.Result is { } result ? DefaultValue.Of(result, types) : null
                : null;
            yield return new FoundImport(import, isDefined, body, item?.Type);
        }
    }

    private static void DemandNone(List<UnknownImport> unknown)
    {
        if (unknown.Count != 0)
        {
            throw UnknownImport.Error(unknown);
        }
    }

    private static ComponentHostFunction TrapOf(UnknownImport unknown)
    {
        string message = unknown.Message;
        string module = unknown.Import.Path[0];
        return (_, _) => throw new WasmTrapException(message) { ImportModule = module };
    }

    /// <summary>What is there for an import.</summary>
    /// <param name="Import">The import.</param>
    /// <param name="IsDefined">Whether somebody has defined it, with the type that it has there.</param>
    /// <param name="Body">What a function does, or what stands in for it; null where nothing does, and for a resource type.</param>
    /// <param name="OtherType">The type that a function of the name has, where it can have one only; or null.</param>
    internal sealed record FoundImport(ComponentImport Import, bool IsDefined, ComponentHostFunction? Body, HostFunctionType? OtherType);

    private sealed record HostFunctionItem(ComponentHostFunction Body, HostFunctionType? Type);

    /// <summary>An import that nobody provides.</summary>
    /// <param name="Import">The import.</param>
    /// <param name="Type">The type that a function of the name has, which is another one; null where there is none.</param>
    private sealed record UnknownImport(ComponentImport Import, HostFunctionType? Type)
    {
        internal string Message => Type is null
            ? $"component imports {Noun} `{Import.Name}`, but a matching implementation was not found in the linker"
            : $"component imports {Noun} `{Import.Name}` with another type than it has: `{Type.Text}`";

        private string Noun => Import.Plan is null ? "resource" : "function";

        internal static WasmLinkException Error(List<UnknownImport> imports)
        {
            string message = imports.Count == 1
                ? imports[0].Message
                : $"component imports {imports.Count} items that nobody provides: "
                    + string.Join(", ", imports.ConvertAll(import => $"{import.Noun} `{import.Import.Name}`"));
            return WasmLinkException.OfComponent(message, imports[0].Import.Path[0]);
        }
    }
}
