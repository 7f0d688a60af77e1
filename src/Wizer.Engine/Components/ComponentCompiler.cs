using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// Compiles nesting away: walks over the definitions of a component, and of all components that it instantiates, as instantiation would,
/// and notes what is left to be done at run time. Component Model, Explainer: Component Definitions.
/// </summary>
/// <param name="validation">What validation learned about the component.</param>
internal sealed partial class ComponentCompiler(ComponentValidationResult validation)
{
    // Ours: components that instantiate others twice, in many levels, are small files and need as good as no end.
    private const int MaxInstances = 10_000;
    private const int MaxDefinitions = 4_000_000;

    private readonly List<Initializer> _initializers = [];
    private readonly List<ComponentImport> _imports = [];
    private readonly List<StateOrigin> _states = [];
    private readonly List<CoreInstanceOrigin> _coreInstances = [];
    private readonly List<CoreFunctionOrigin> _coreFunctions = [];
    private int _functionCount;
    private readonly List<ResourceOrigin> _resources = [];
    private int _definitionCount;

    internal CompiledComponent Compile(ComponentInfo component)
    {
        Scope types = validation.ScopeOf(component);
        var spaces = new IndexSpaces(types, component, outer: null, AddState(new StateOrigin(component, -1, -1, -1))) { Arguments = [] };
        foreach ((string name, Entity import) in types.Imports.InOrder)
        {
            spaces.Arguments.Add(name, Import(spaces, [name], import));
        }

        Compile(spaces);
        NameExported(spaces.Exports, "");
        return new CompiledComponent(component, validation, new InstanceItem(spaces.Exports))
        {
            Initializers = [.. _initializers],
            Imports = [.. _imports],
            States = [.. _states],
            CoreInstances = [.. _coreInstances],
            CoreFunctions = [.. _coreFunctions],
            FunctionCount = _functionCount,
            Resources = [.. _resources],
        };
    }

    private int AddState(StateOrigin origin)
    {
        CheckInstanceCount();
        _states.Add(origin);
        return _states.Count - 1;
    }

    private void CheckInstanceCount()
    {
        if (_states.Count + _coreInstances.Count >= MaxInstances)
        {
            throw new WasmLinkException($"the component comes to too many instances: at most {MaxInstances} are supported");
        }
    }

    /// <summary>What the host provides for an import.</summary>
    private LinkItem Import(IndexSpaces spaces, string[] path, Entity import)
    {
        switch (import)
        {
            case { Sort: Sort.Func, Type: ResolvedFuncType func }:
                FuncPlan plan = PlanOf(spaces, func);
                _imports.Add(new ComponentImport(path, _functionCount, plan));
                return new FuncItem(_functionCount++, plan);
            case { Sort: Sort.Instance, Type: ResolvedInstanceType instance }:
                var exports = new Dictionary<string, LinkItem>();
                foreach ((string name, Entity export) in instance.Exports.InOrder)
                {
                    exports.Add(name, Import(spaces, [.. path, name], export));
                }

                return new InstanceItem(exports);
            case { Sort: Sort.Type, Type: ResolvedResourceType resource }:
                if (!spaces.Resources.TryGetValue(resource.Resource, out int slot))
                {
                    slot = _resources.Count;
                    _resources.Add(new ResourceOrigin(-1, 0, NameOf(path)));
                    spaces.Resources.Add(resource.Resource, slot);
                    _imports.Add(new ComponentImport(path, slot, Plan: null));
                }

                return new TypeItem(slot);
            case { Sort: Sort.Type }:
                return new TypeItem(-1);
            default:
                throw new WasmLinkException(
                    $"the component imports a {import.Description}, `{string.Join("`, `", path)}`: only components can provide one");
        }
    }

    // What the outermost component exports it as is what others know, and then what the one that defines it does.
    private void NameExported(Dictionary<string, LinkItem> exports, string prefix)
    {
        foreach ((string name, LinkItem item) in exports)
        {
            NameExported(prefix + name, item, isFinal: true);
            if (item is InstanceItem instance && prefix.Length == 0)
            {
                NameExported(instance.Exports, NameOf([name, ""]));
            }
        }
    }

    private void NameExported(string name, LinkItem item, bool isFinal)
    {
        if (item is TypeItem { ResourceSlot: >= 0 and int slot } && _resources[slot] is { State: >= 0 } origin
            && (isFinal || origin.Name is null))
        {
            _resources[slot] = origin with { Name = name };
        }
    }

    // Versions are no part of it: those that match provide the same.
    private static string NameOf(string[] path) => string.Join('.', path.Select(static part => part.Split('@')[0]));

    private void Compile(IndexSpaces spaces)
    {
        for (int i = 0; i < spaces.Component.Definitions.Length; i++)
        {
            if (++_definitionCount > MaxDefinitions)
            {
                throw new WasmLinkException($"the component comes to too many definitions: at most {MaxDefinitions} are supported");
            }

            Compile(spaces, i);
        }
    }

    private void Compile(IndexSpaces spaces, int definitionIndex)
    {
        ComponentInfo component = spaces.Component;
        switch (component.Definitions[definitionIndex])
        {
            case CoreModuleDefinition module:
                spaces.CoreModules.Add(new ModuleItem(module.Module, spaces.StateSlot));
                break;
            case CoreInstantiation instantiation:
                spaces.CoreInstances.Add(Instantiate(spaces, instantiation, definitionIndex));
                break;
            case CoreInlineExports exports:
                var items = new Dictionary<string, CoreItem>();
                foreach (CoreInlineExport export in exports.Exports)
                {
                    items.Add(component.NameAt(export.Name), spaces.CoreSpace(export.Sort)[(int)export.Index]);
                }

                spaces.CoreInstances.Add(new CoreInstanceItem(-1, items));
                break;
            case ComponentDefinition nested:
                spaces.Components.Add(new NestedComponentItem(nested.Component, spaces));
                break;
            case Instantiation instantiation:
                Add(spaces, Sort.Instance, Instantiate(spaces, instantiation, definitionIndex));
                break;
            case InlineExports exports:
                var named = new Dictionary<string, LinkItem>();
                foreach (InlineExport export in exports.Exports)
                {
                    named.Add(component.NameAt(export.Name.Name), ItemAt(spaces, export.Sort, export.Index));
                }

                Add(spaces, Sort.Instance, new InstanceItem(named));
                break;
            case CoreExportAlias alias:
                spaces.CoreSpace(alias.Sort).Add(spaces.CoreInstances[(int)alias.InstanceIndex].Find(component.NameAt(alias.Name)));
                break;
            case ExportAlias alias:
                Add(spaces, alias.Sort, spaces.Instances[(int)alias.InstanceIndex].Exports[component.NameAt(alias.Name)]);
                break;
            case OuterAlias alias:
                AddOuter(spaces, alias);
                break;
            case TypeDefinition { Type: Wizer.Binary.Components.ResourceType type }:
                int slot = _resources.Count;
                _resources.Add(new ResourceOrigin(spaces.StateSlot, (uint)spaces.TypeCount, null));
                CoreItem? destructor = type.Destructor is uint index ? spaces.CoreFuncs[(int)index] : null;
                _initializers.Add(new DefineResource(slot, spaces.StateSlot, destructor));
                Add(spaces, Sort.Type, new TypeItem(slot));
                break;
            case TypeDefinition:
                spaces.TypeCount++;
                break;
            case CanonDefinition canon:
                Compile(spaces, canon);
                break;
            case StartDefinition start:
                CompileStart(spaces, start);
                break;
            case ImportDefinition import:
                Add(spaces, import.Type.Sort, spaces.Arguments[component.NameAt(import.Name.Name)]);
                break;
            case ExportDefinition export:
                LinkItem item = ItemAt(spaces, export.Sort, export.Index);
                spaces.Exports.Add(component.NameAt(export.Name.Name), item);
                NameExported(component.NameAt(export.Name.Name), item, isFinal: false);
                Add(spaces, export.Sort, item);
                break;
            case ValueDefinition:
                throw new WasmLinkException("values of components are not supported yet");
        }
    }

    private CoreInstanceItem Instantiate(IndexSpaces spaces, CoreInstantiation instantiation, int definitionIndex)
    {
        CheckInstanceCount();
        ModuleItem item = spaces.CoreModules[(int)instantiation.ModuleIndex];
        ModuleInfo module = item.Module;
        var arguments = new Dictionary<string, CoreInstanceItem>();
        foreach (CoreInstantiateArg argument in instantiation.Arguments)
        {
            arguments.Add(spaces.Component.NameAt(argument.Name), spaces.CoreInstances[(int)argument.InstanceIndex]);
        }

        var imports = new CoreItem[module.Imports.Length];
        for (int i = 0; i < imports.Length; i++)
        {
            ImportInfo import = module.Imports[i];
            imports[i] = arguments[module.NameAt(import.Module)].Find(module.NameAt(import.Name));
        }

        int slot = _coreInstances.Count;
        _coreInstances.Add(new CoreInstanceOrigin(module, item.StateSlot, spaces.StateSlot, definitionIndex));
        _initializers.Add(new InstantiateModule(slot, module, imports));
        return new CoreInstanceItem(slot, null);
    }

    private InstanceItem Instantiate(IndexSpaces spaces, Instantiation instantiation, int definitionIndex)
    {
        NestedComponentItem item = spaces.Components[(int)instantiation.ComponentIndex];
        var arguments = new Dictionary<string, LinkItem>();
        foreach (InstantiateArg argument in instantiation.Arguments)
        {
            arguments.Add(spaces.Component.NameAt(argument.Name), ItemAt(spaces, argument.Sort, argument.Index));
        }

        int state = AddState(new StateOrigin(item.Component, spaces.StateSlot, item.Outer?.StateSlot ?? -1, definitionIndex));
        var inner = new IndexSpaces(validation.ScopeOf(item.Component), item.Component, item.Outer, state) { Arguments = arguments };
        Compile(inner);
        return new InstanceItem(inner.Exports);
    }

    private void AddOuter(IndexSpaces spaces, OuterAlias alias)
    {
        IndexSpaces outer = spaces;
        for (uint i = 0; i < alias.Count; i++)
        {
            outer = outer.Outer!;
        }

        switch (alias.Sort)
        {
            case Sort.CoreModule:
                spaces.CoreModules.Add(outer.CoreModules[(int)alias.Index]);
                break;
            case Sort.Component:
                spaces.Components.Add(outer.Components[(int)alias.Index]);
                break;
            case Sort.Type:
                Add(spaces, Sort.Type, ItemAt(outer, Sort.Type, alias.Index));
                break;
        }
    }

    private void CompileStart(IndexSpaces spaces, StartDefinition start)
    {
        if (start.Arguments.Length != 0 || start.ResultCount != 0)
        {
            throw new WasmLinkException("values of components are not supported yet");
        }

        _initializers.Add(new CallStart(spaces.Funcs[(int)start.FuncIndex].Slot));
    }

    private static LinkItem ItemAt(IndexSpaces spaces, Sort sort, uint index) => sort switch
    {
        Sort.CoreModule => spaces.CoreModules[(int)index],
        Sort.Func => spaces.Funcs[(int)index],
        Sort.Type => new TypeItem(
            spaces.Types.Types[(int)index] is ResolvedResourceType resource && spaces.Resources.TryGetValue(resource.Resource, out int slot)
                ? slot
                : -1),
        Sort.Component => spaces.Components[(int)index],
        Sort.Instance => spaces.Instances[(int)index],
        _ => throw new WasmLinkException("values of components are not supported yet"),
    };

    /// <summary>Gives an item the next index of its sort, and notes which resource types its types speak of.</summary>
    private static void Add(IndexSpaces spaces, Sort sort, LinkItem item)
    {
        switch (sort)
        {
            case Sort.CoreModule:
                spaces.CoreModules.Add((ModuleItem)item);
                break;
            case Sort.Func:
                spaces.Funcs.Add((FuncItem)item);
                break;
            case Sort.Type:
                Bind(spaces, spaces.Types.Types[spaces.TypeCount++], item);
                break;
            case Sort.Component:
                spaces.Components.Add((NestedComponentItem)item);
                break;
            case Sort.Instance:
                Bind(spaces, spaces.Types.Instances[spaces.Instances.Count], item);
                spaces.Instances.Add((InstanceItem)item);
                break;
            default:
                throw new WasmLinkException("values of components are not supported yet");
        }
    }

    private static void Bind(IndexSpaces spaces, ResolvedType type, LinkItem item)
    {
        switch (type)
        {
            case ResolvedResourceType resource when item is TypeItem { ResourceSlot: >= 0 } given:
                spaces.Resources.TryAdd(resource.Resource, given.ResourceSlot);
                break;
            case ResolvedInstanceType { HasResources: true } instance when item is InstanceItem given:
                foreach ((string name, Entity export) in instance.Exports.InOrder)
                {
                    if (export.Sort is Sort.Type or Sort.Instance)
                    {
                        Bind(spaces, export.Type, given.Exports[name]);
                    }
                }

                break;
        }
    }
}
