namespace Wizer.Binary.Components;

/// <summary>
/// Puts resources and named types in the place of others. Types that do not change stay the same objects, and one type becomes the
/// same object wherever it occurs. Component Model, Explainer: Type Checking.
/// </summary>
internal sealed class Substitution(TypeFactory factory, long offset)
{
    private readonly Dictionary<Resource, Resource> _resources = [];
    private readonly Dictionary<ResolvedType, ResolvedType> _types = [];
    private bool _hasOtherTypes;

    internal bool IsEmpty => _resources.Count == 0 && _types.Count == 0;

    internal bool Has(Resource resource) => _resources.ContainsKey(resource);

    internal void Add(Resource resource, Resource by) => _resources[resource] = by;

    /// <summary>Puts one named type in the place of another; resources in them are added apart.</summary>
    internal void Add(ResolvedType type, ResolvedType by)
    {
        if (type != by)
        {
            _types[type] = by;
            _hasOtherTypes |= type is not ResolvedResourceType;
        }
    }

    internal Entity Apply(Entity entity) =>
        new(entity.Sort, Apply(entity.Type), entity.Original is null ? null : Apply(entity.Original));

    internal ResolvedType Apply(ResolvedType type)
    {
        if (!type.HasResources && !_hasOtherTypes)
        {
            return type;
        }

        if (_types.TryGetValue(type, out ResolvedType? by))
        {
            return by;
        }

        factory.Work(1, offset);
        by = type switch
        {
            ResolvedResourceType resource =>
                _resources.TryGetValue(resource.Resource, out Resource? other) ? new ResolvedResourceType(other) : resource,
            ResolvedValType value => Apply(value),
            ResolvedFuncType func => Apply(func),
            ResolvedInstanceType instance => Apply(instance),
            ResolvedComponentType component => Apply(component),
            _ => type,
        };
        _types.Add(type, by);
        return by;
    }

    internal EntityMap Apply(EntityMap entities, out bool isChanged)
    {
        isChanged = false;
        var result = new EntityMap();
        factory.Work(entities.Count, offset);
        foreach ((string name, Entity entity) in entities.InOrder)
        {
            Entity by = Apply(entity);
            isChanged |= by.Type != entity.Type || by.Original != entity.Original;
            result.TryAdd(name, by);
        }

        return isChanged ? result : entities;
    }

    private ResolvedValType Apply(ResolvedValType type)
    {
        if (type.Resource is not null)
        {
            var resource = (ResolvedResourceType)Apply((ResolvedType)type.Resource);
            return resource == type.Resource ? type : factory.Handle(type.Kind, resource);
        }

        ResolvedValType?[]? elements = Apply(type.Elements);
        return elements is null ? type : factory.ValType(type.Kind, type.Labels, elements, type.Length, offset);
    }

    private ResolvedFuncType Apply(ResolvedFuncType type)
    {
        ResolvedValType?[]? parameters = Apply(type.Parameters);
        ResolvedValType? result = type.Result is null ? null : (ResolvedValType)Apply((ResolvedType)type.Result);
        if (parameters is null && result == type.Result)
        {
            return type;
        }

        ResolvedValType[] all = parameters is null ? type.Parameters : [.. parameters.OfType<ResolvedValType>()];
        return factory.FuncType(type.IsAsync, type.Labels, all, result, offset);
    }

    /// <summary>The types in their new form, or null when they are what they were.</summary>
    private ResolvedValType?[]? Apply(ResolvedValType?[] types)
    {
        factory.Work(types.Length, offset);
        ResolvedValType?[]? result = null;
        for (int i = 0; i < types.Length; i++)
        {
            if (types[i] is { } type && Apply((ResolvedType)type) is ResolvedValType by && by != type)
            {
                result ??= [.. types];
                result[i] = by;
            }
        }

        return result;
    }

    private ResolvedInstanceType Apply(ResolvedInstanceType type)
    {
        EntityMap exports = Apply(type.Exports, out bool isChanged);
        return isChanged ? TypeFactory.InstanceType(exports, type.DefinedResources, offset) : type;
    }

    private ResolvedComponentType Apply(ResolvedComponentType type)
    {
        EntityMap imports = Apply(type.Imports, out bool importsChanged);
        EntityMap exports = Apply(type.Exports, out bool exportsChanged);
        return importsChanged || exportsChanged
            ? TypeFactory.ComponentType(imports, exports, type.ImportedResources, type.DefinedResources, offset)
            : type;
    }
}
