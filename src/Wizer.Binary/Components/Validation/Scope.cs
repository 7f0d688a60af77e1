namespace Wizer.Binary.Components;

/// <summary>What a scope is the inside of.</summary>
internal enum ScopeKind : byte
{
    Component,
    ComponentType,
    InstanceType,
}

/// <summary>
/// The index spaces of a component, or of a component or instance type, while it is being checked, and what has been imported and
/// exported. Component Model, Explainer: Index Spaces.
/// </summary>
internal sealed class Scope(ScopeKind kind, Scope? parent)
{
    internal ScopeKind Kind => kind;

    internal Scope? Parent => parent;

    /// <summary>A number is a type of <see cref="CoreTypeStore"/>, the rest are module types.</summary>
    internal List<CoreTypeEntry> CoreTypes { get; } = [];

    internal List<ResolvedModuleType> CoreModules { get; } = [];

    internal List<CoreInstanceExports> CoreInstances { get; } = [];

    /// <summary>Types of <see cref="CoreTypeStore"/>.</summary>
    internal List<int> CoreFuncs { get; } = [];

    internal List<CoreEntity> CoreTables { get; } = [];

    internal List<CoreEntity> CoreMemories { get; } = [];

    internal List<CoreEntity> CoreGlobals { get; } = [];

    internal List<int> CoreTags { get; } = [];

    internal List<ResolvedType> Types { get; } = [];

    internal List<ResolvedFuncType> Funcs { get; } = [];

    internal List<ResolvedValType> Values { get; } = [];

    /// <summary>Which values have been used: each must be, exactly once.</summary>
    internal List<bool> UsedValues { get; } = [];

    internal List<ResolvedComponentType> Components { get; } = [];

    internal List<ResolvedInstanceType> Instances { get; } = [];

    internal EntityMap Imports { get; } = new();

    internal EntityMap Exports { get; } = new();

    internal UniqueNames ImportNames { get; } = new();

    internal UniqueNames ExportNames { get; } = new();

    internal ResourceNames ImportedResourceNames { get; } = new();

    internal ResourceNames ExportedResourceNames { get; } = new();

    /// <summary>What imports may refer to.</summary>
    internal NamedTypes ImportedTypes { get; } = new();

    /// <summary>What exports may refer to: imports, too.</summary>
    internal NamedTypes ExportedTypes { get; } = new();

    internal List<BoundResource> ImportedResources { get; } = [];

    internal List<BoundResource> DefinedResources { get; } = [];

    internal bool HasStart { get; set; }

    /// <summary>The size of the types of all imports and exports.</summary>
    internal int TypeSize { get; set; } = 1;
}

/// <summary>An entry of the core type index space.</summary>
/// <param name="TypeId">A type of <see cref="CoreTypeStore"/>, when it is no module type.</param>
/// <param name="Module">A module type, or null.</param>
internal sealed record CoreTypeEntry(int TypeId, ResolvedModuleType? Module);

/// <summary>
/// The types that have names in a component. Types that may be anonymous have all that they are made of named; once that has been
/// found it stays so, and is remembered. Component Model, Explainer: External Visibility of Types.
/// </summary>
internal sealed class NamedTypes
{
    private readonly HashSet<ResolvedType> _named = [];
    private readonly HashSet<ResolvedType> _checked = [];

    internal void Add(ResolvedType type) => _named.Add(type);

    /// <summary>Whether a value type is named, or made of such types and needs no name.</summary>
    internal bool Has(ResolvedValType? type)
    {
        if (type is null || type.Kind == ValTypeKind.Primitive)
        {
            return true;
        }

        // These may not be anonymous.
        if (type.Kind is ValTypeKind.Record or ValTypeKind.Variant or ValTypeKind.Flags or ValTypeKind.Enum)
        {
            return _named.Contains(type);
        }

        return HasElements(type);
    }

    /// <summary>Whether everything that a value type is made of is named.</summary>
    internal bool HasElements(ResolvedValType type)
    {
        if (type.Resource is not null)
        {
            return _named.Contains(type.Resource);
        }

        if (_checked.Contains(type))
        {
            return true;
        }

        foreach (ResolvedValType? element in type.Elements)
        {
            if (!Has(element))
            {
                return false;
            }
        }

        _checked.Add(type);
        return true;
    }

    internal bool Has(ResolvedFuncType type)
    {
        if (_checked.Contains(type))
        {
            return true;
        }

        foreach (ResolvedValType parameter in type.Parameters)
        {
            if (!Has(parameter))
            {
                return false;
            }
        }

        if (!Has(type.Result))
        {
            return false;
        }

        _checked.Add(type);
        return true;
    }

    /// <summary>Whether all types that an instance's exports are made of are named, by the instance itself or before.</summary>
    internal bool Has(ResolvedInstanceType type)
    {
        if (_checked.Contains(type))
        {
            return true;
        }

        var added = new List<ResolvedType>();
        bool all = HasExports(type, added);
        foreach (ResolvedType name in added)
        {
            // Names of a type are none of the component's.
            _named.Remove(name);
        }

        return all;
    }

    private bool HasExports(ResolvedInstanceType type, List<ResolvedType> added)
    {
        foreach ((_, Entity export) in type.Exports.InOrder)
        {
            bool isNamed = export.Type switch
            {
                ResolvedFuncType func => Has(func),
                ResolvedInstanceType instance => export.Sort == Sort.Type ? Has(instance) : HasExports(instance, added),
                ResolvedValType value => export.Sort == Sort.Type ? HasElements(value) : Has(value),
                _ => true,
            };
            if (!isNamed)
            {
                return false;
            }

            if (export.Sort == Sort.Type && _named.Add(export.Type))
            {
                added.Add(export.Type);
            }
        }

        return true;
    }
}
