using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// An instance of a component; see <see cref="ComponentLinker.Instantiate"/>. Component Model, Explainer: Instance Definitions.
/// </summary>
public sealed class ComponentInstance
{
    internal ComponentInstance(Store store, CompiledComponent component)
    {
        Store = store;
        Component = component;
        States = new ComponentState[component.States.Length];
        for (int i = 0; i < States.Length; i++)
        {
            int parent = component.States[i].Parent;
            States[i] = new ComponentState(this, parent < 0 ? null : States[parent]);
        }

        CoreInstances = new Instance[component.CoreInstances.Length];
        CoreFunctions = new Function[component.CoreFunctions.Length];
        Functions = new ComponentCallee[component.FunctionCount];
        ResourceTypes = new ComponentResourceType[component.Resources.Length];
        Exports = new ComponentExports(this, component.Exports, component.Validation.Type.Exports);
    }

    /// <summary>Where it lives.</summary>
    public Store Store { get; }

    /// <summary>What it is an instance of.</summary>
    public CompiledComponent Component { get; }

    /// <summary>What it exports.</summary>
    public ComponentExports Exports { get; }

    /// <summary>The instances of components that it consists of, itself first.</summary>
    internal ComponentState[] States { get; }

    /// <summary>The instances of core modules, in the order in which they are made.</summary>
    internal Instance[] CoreInstances { get; }

    /// <summary>What canonical definitions make.</summary>
    internal Function[] CoreFunctions { get; }

    internal ComponentCallee[] Functions { get; }

    internal ComponentResourceType[] ResourceTypes { get; }

    /// <summary>How many calls have not ended.</summary>
    internal int ActiveCallCount { get; set; }

    /// <summary>Calls an exported function; see <see cref="ComponentFunction.Invoke"/>.</summary>
    /// <exception cref="ArgumentException">There is no such function, or the arguments do not fit.</exception>
    public ComponentValue? Invoke(string exportName, params ComponentValue[] arguments)
    {
        ComponentFunction function = Exports.FindFunction(exportName)
            ?? throw new ArgumentException($"the component exports no function `{exportName}`", nameof(exportName));
        return function.Invoke(arguments);
    }

    internal void Initialize()
    {
        foreach (Initializer initializer in Component.Initializers)
        {
            initializer.Execute(this);
        }
    }

    internal Extern Resolve(CoreItem item) => item.InstanceSlot < 0
        ? CoreFunctions[item.FunctionSlot]
        : CoreInstances[item.InstanceSlot].FindExport(item.Name)!;
}

/// <summary>What a component instance exports, or an instance that it exports.</summary>
public sealed class ComponentExports
{
    private readonly ComponentInstance _instance;
    private readonly InstanceItem _items;
    private readonly EntityMap _types;

    internal ComponentExports(ComponentInstance instance, InstanceItem items, EntityMap types)
    {
        _instance = instance;
        _items = items;
        _types = types;
    }

    /// <summary>The names of all exports.</summary>
    public IReadOnlyCollection<string> Names => _items.Exports.Keys;

    /// <summary>The function exported under a name, or null.</summary>
    public ComponentFunction? FindFunction(string name) =>
        _items.Exports.GetValueOrDefault(name) is FuncItem func
            ? new ComponentFunction(_instance, name, func, (ResolvedFuncType)TypeOf(name))
            : null;

    /// <summary>The instance exported under a name, or null.</summary>
    public ComponentExports? FindInstance(string name) =>
        _items.Exports.GetValueOrDefault(name) is InstanceItem items
            ? new ComponentExports(_instance, items, ((ResolvedInstanceType)TypeOf(name)).Exports)
            : null;

    private ResolvedType TypeOf(string name) => _types.TryGet(name, out Entity? entity)
        ? entity.Type
        : throw new InvalidOperationException($"the export `{name}` has no type");
}

/// <summary>A function that a component exports.</summary>
public sealed class ComponentFunction
{
    private readonly ComponentInstance _instance;
    private readonly FuncItem _item;

    internal ComponentFunction(ComponentInstance instance, string name, FuncItem item, ResolvedFuncType type)
    {
        _instance = instance;
        Name = name;
        _item = item;
        Type = new ComponentFuncType(instance.Component.Validation, type);
    }

    /// <summary>The name of the export.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public ComponentFuncType Type { get; }

    /// <summary>The names of its parameters.</summary>
    public IReadOnlyList<string> ParameterNames => _item.Plan.Labels;

    /// <summary>Whether it returns a value.</summary>
    public bool HasResult => _item.Plan.Result is not null;

    /// <summary>Calls it.</summary>
    /// <returns>The result; null when it has none.</returns>
    /// <exception cref="ArgumentException">The arguments are not of its parameters' types.</exception>
    /// <exception cref="WasmTrapException">
    /// The guest trapped; the instances that were active cannot be entered again, which is a trap, too.
    /// </exception>
    /// <exception cref="OperationCanceledException">The store was interrupted.</exception>
    public ComponentValue? Invoke(params ComponentValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        FuncPlan plan = _item.Plan;
        if (arguments.Length != plan.Parameters.Length)
        {
            throw new ArgumentException($"`{Name}` takes {plan.Parameters.Length} arguments, not {arguments.Length}", nameof(arguments));
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (ValueCheck.Mismatch(_instance, arguments[i], plan.Parameters[i]) is string wrong)
            {
                throw new ArgumentException($"`{plan.Labels[i]}` of `{Name}` does not have its type: {wrong}", nameof(arguments));
            }
        }

        ComponentValue? result = null;
        _instance.Functions[_item.Slot].Call(null, arguments, value => result = value);
        return result;
    }
}
