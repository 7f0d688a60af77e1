using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wizer.Binary.Components;

/// <summary>
/// Checks the definitions of a component one after the other, each in the context of those before it. Components nest, and so do the
/// calls here; the reader has limited how deep. Component Model, Binary Format.
/// </summary>
internal sealed partial class ComponentChecker(ReadOnlyMemory<byte> file, WasmFeatures features, CancellationToken cancellationToken)
{
    private readonly TypeFactory _factory = new();
    private readonly CoreTypeStore _coreTypes = new();

    // Where the definition that is being checked stands: what errors tell unless they know better.
    private int _offset;

    // The component or type that is being checked.
    private Scope _scope = null!;

    internal Dictionary<ModuleInfo, ValidationResult> ModuleResults { get; } = [];

    /// <summary>What every component in the file has in its index spaces.</summary>
    internal Dictionary<ComponentInfo, Scope> Scopes { get; } = [];

    /// <summary>The core types that the scopes refer to.</summary>
    internal CoreTypeStore CoreTypes => _coreTypes;

    internal TypeFactory Types => _factory;

    /// <summary>Checks a component and everything in it.</summary>
    internal ResolvedComponentType Check(ComponentInfo component)
    {
        Scope? parent = _scope;
        _scope = new Scope(ScopeKind.Component, parent);
        _offset = component.Range.Offset;
        foreach (Definition definition in component.Definitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _offset = definition.Offset;
            Check(definition);
        }

        _offset = component.Range.End;
        CheckValuesAreUsed();
        Scope scope = _scope;
        Scopes.Add(component, scope);
        _scope = parent!;
        return TypeFactory.ComponentType(
            scope.Imports, scope.Exports, [.. scope.ImportedResources], [.. scope.DefinedResources], _offset);
    }

    private void Check(Definition definition)
    {
        switch (definition)
        {
            case CoreModuleDefinition module:
                CheckModule(module);
                break;
            case CoreInstantiation instantiation:
                Add(_scope.CoreInstances, Instantiate(instantiation), InstanceCount, ComponentLimits.MaxInstances, "instances");
                break;
            case CoreInlineExports exports:
                Add(_scope.CoreInstances, MakeInstance(exports), InstanceCount, ComponentLimits.MaxInstances, "instances");
                break;
            case CoreTypeDefinition type:
                CheckCoreType(type);
                break;
            case ComponentDefinition nested:
                AddComponent(Check(nested.Component));
                break;
            case Instantiation instantiation:
                AddInstance(Instantiate(instantiation));
                break;
            case InlineExports exports:
                AddInstance(MakeInstance(exports));
                break;
            case AliasDefinition alias:
                CheckAlias(alias);
                break;
            case TypeDefinition type:
                AddType(Resolve(type.Type));
                break;
            case CanonDefinition canon:
                CheckCanon(canon);
                break;
            case StartDefinition start:
                CheckStart(start);
                break;
            case ImportDefinition import:
                CheckImport(import);
                break;
            case ExportDefinition export:
                CheckExport(export);
                break;
            case ExportDeclaration export:
                CheckExport(export);
                break;
            case ValueDefinition value:
                CheckValue(value);
                break;
        }
    }

    private void CheckModule(CoreModuleDefinition definition)
    {
        ModuleInfo module = definition.Module;
        try
        {
            ModuleResults[module] = ModuleValidator.Validate(module, features, cancellationToken);
        }
        catch (WasmFormatException e)
        {
            throw new WasmFormatException(e.Reason, OffsetInFile(e, definition));
        }
        catch (WasmValidationException e)
        {
            throw new WasmValidationException(e.Reason, OffsetInFile(e, definition));
        }

        AddModule(TypeOf(module));
    }

    private static long OffsetInFile(WasmException e, CoreModuleDefinition module) =>
        (e.Offset < 0 ? 0 : e.Offset) + module.Offset;

    private int InstanceCount => _scope.CoreInstances.Count + _scope.Instances.Count;

    private int TypeCount => _scope.CoreTypes.Count + _scope.Types.Count;

    private int FuncCount => _scope.CoreFuncs.Count + _scope.Funcs.Count;

    private void Add<T>(List<T> space, T item, int count, int most, string what)
    {
        if (count >= most)
        {
            Throw.Invalid($"too many {what}: at most {most} are supported", _offset);
        }

        space.Add(item);
    }

    private void AddModule(ResolvedModuleType type) =>
        Add(_scope.CoreModules, type, _scope.CoreModules.Count, ComponentLimits.MaxModules, "core modules");

    private void AddCoreFunc(int typeId) => Add(_scope.CoreFuncs, typeId, FuncCount, ComponentLimits.MaxFunctions, "functions");

    private void AddFunc(ResolvedFuncType type) => Add(_scope.Funcs, type, FuncCount, ComponentLimits.MaxFunctions, "functions");

    private void AddType(ResolvedType type) => Add(_scope.Types, type, TypeCount, ComponentLimits.MaxTypes, "types");

    private void AddInstance(ResolvedInstanceType type) =>
        Add(_scope.Instances, type, InstanceCount, ComponentLimits.MaxInstances, "instances");

    private void AddComponent(ResolvedComponentType type) =>
        Add(_scope.Components, type, _scope.Components.Count, ComponentLimits.MaxComponents, "components");

    private void AddValue(ResolvedValType type)
    {
        Add(_scope.Values, type, _scope.Values.Count, ComponentLimits.MaxValues, "values");
        _scope.UsedValues.Add(false);
    }

    /// <summary>Gives an entity the next index of its sort.</summary>
    private void AddEntity(Entity entity)
    {
        switch (entity.Sort)
        {
            case Sort.CoreModule:
                AddModule((ResolvedModuleType)entity.Type);
                break;
            case Sort.Func:
                AddFunc((ResolvedFuncType)entity.Type);
                break;
            case Sort.Value:
                AddValue((ResolvedValType)entity.Type);
                break;
            case Sort.Type:
                AddType(entity.Type);
                break;
            case Sort.Component:
                AddComponent((ResolvedComponentType)entity.Type);
                break;
            case Sort.Instance:
                AddInstance((ResolvedInstanceType)entity.Type);
                break;
        }
    }

    /// <summary>What an index stands for, as something that can be passed on.</summary>
    private Entity EntityAt(Sort sort, uint index) => sort switch
    {
        Sort.CoreModule => new Entity(sort, ModuleAt(index)),
        Sort.Func => new Entity(sort, FuncAt(index)),
        Sort.Value => new Entity(sort, UseValue(index)),
        Sort.Type => new Entity(sort, TypeAt(index)),
        Sort.Component => new Entity(sort, ComponentAt(index)),
        _ => new Entity(sort, InstanceAt(index)),
    };

    private ResolvedModuleType ModuleAt(uint index) => ItemAt(_scope.CoreModules, index, "module", "module");

    private CoreInstanceExports CoreInstanceAt(uint index) => ItemAt(_scope.CoreInstances, index, "core instance", "instance");

    private int CoreFuncAt(uint index) => ItemAt(_scope.CoreFuncs, index, "core function", "function");

    private TableType TableAt(uint index) => ItemAt(_scope.CoreTables, index, "table", "table").Table;

    private MemoryType MemoryAt(uint index) => ItemAt(_scope.CoreMemories, index, "memory", "memory").Memory;

    private GlobalType GlobalAt(uint index) => ItemAt(_scope.CoreGlobals, index, "global", "global").Global;

    private int TagAt(uint index) => ItemAt(_scope.CoreTags, index, "tag", "tag");

    private ResolvedType TypeAt(uint index) => ItemAt(_scope.Types, index, "type", "type");

    private CoreTypeEntry CoreTypeAt(uint index) => ItemAt(_scope.CoreTypes, index, "core type", "type");

    private ResolvedFuncType FuncAt(uint index) => ItemAt(_scope.Funcs, index, "function", "function");

    private ResolvedComponentType ComponentAt(uint index) => ItemAt(_scope.Components, index, "component", "component");

    private ResolvedInstanceType InstanceAt(uint index) => ItemAt(_scope.Instances, index, "instance", "instance");

    private T ItemAt<T>(List<T> space, uint index, string what, string short_)
    {
        if (index >= (uint)space.Count)
        {
            Throw.Invalid($"unknown {what} {index}: {short_} index out of bounds", _offset);
        }

        return space[(int)index];
    }

    private ResolvedFuncType FuncTypeAt(uint index)
    {
        if (TypeAt(index) is not ResolvedFuncType type)
        {
            Throw.Invalid($"type index {index} is not a function type", _offset);
            return null;
        }

        return type;
    }

    private ResolvedResourceType ResourceAt(uint index)
    {
        if (TypeAt(index) is not ResolvedResourceType type)
        {
            Throw.Invalid($"type index {index} is not a resource type", _offset);
            return null;
        }

        return type;
    }

    private ResolvedValType ValTypeAt(ComponentValType type)
    {
        if (!type.IsTypeIndex)
        {
            return _factory.Primitive(type.Primitive);
        }

        if (TypeAt(type.TypeIndex) is not ResolvedValType resolved)
        {
            Throw.Invalid($"type index {type.TypeIndex} is not a defined type", _offset);
            return null;
        }

        return resolved;
    }

    private ResolvedValType? ValTypeAt(ComponentValType? type) => type is { } present ? ValTypeAt(present) : null;

    private ResolvedValType UseValue(uint index)
    {
        ResolvedValType type = ItemAt(_scope.Values, index, "value", "value");
        if (_scope.UsedValues[(int)index])
        {
            Throw.Invalid($"value {index} cannot be used more than once", _offset);
        }

        _scope.UsedValues[(int)index] = true;
        return type;
    }

    private void CheckValuesAreUsed()
    {
        for (int i = 0; i < _scope.UsedValues.Count; i++)
        {
            if (!_scope.UsedValues[i])
            {
                Throw.Invalid($"value index {i} was not used as part of an instantiation, start function, or export", _offset);
            }
        }
    }

    private string Text(ByteRange range) => Encoding.UTF8.GetString(range.Of(file.Span));

    [DoesNotReturn]
    private void Invalid(string message) => Throw.Invalid(message, _offset);
}
