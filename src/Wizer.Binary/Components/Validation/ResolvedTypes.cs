using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary.Components;

/// <summary>
/// A type whose indices have been followed. Objects have identities: an import or export of a type makes a new object for the same
/// type, which is how a named type is told from an equal one without a name.
/// Component Model, Explainer: External Visibility of Types.
/// </summary>
internal abstract class ResolvedType
{
    /// <summary>Of how many types it is made, counting each as often as it occurs.</summary>
    internal int Size { get; init; } = 1;

    /// <summary>How deep types are nested in it.</summary>
    internal int Depth { get; init; } = 1;

    /// <summary>Whether there is any resource in it, bound or not: otherwise substitution leaves it as it is.</summary>
    internal bool HasResources { get; init; }

    /// <summary>What messages call it.</summary>
    internal abstract string Description { get; }
}

/// <summary>A resource: two are the same only when they are the same object.</summary>
/// <param name="id">A number of its own.</param>
/// <param name="owner">The component that defines it by a resource type; null for all others.</param>
internal sealed class Resource(int id, Scope? owner)
{
    internal int Id => id;

    internal Scope? Owner => owner;
}

/// <summary>A resource type under one of its names.</summary>
internal sealed class ResolvedResourceType : ResolvedType
{
    internal ResolvedResourceType(Resource resource)
    {
        Resource = resource;
        HasResources = true;
    }

    internal Resource Resource { get; }

    internal override string Description => "resource";
}

/// <summary>The kinds of value types.</summary>
internal enum ValTypeKind : byte
{
    Primitive,
    Record,
    Variant,
    List,
    FixedList,
    Tuple,
    Flags,
    Enum,
    Option,
    Result,
    Map,
    Own,
    Borrow,
    Stream,
    Future,
}

/// <summary>A type of values.</summary>
internal sealed class ResolvedValType : ResolvedType
{
    internal required ValTypeKind Kind { get; init; }

    internal PrimitiveValType Primitive { get; init; }

    /// <summary>Of fields, cases or flags.</summary>
    internal string[] Labels { get; init; } = [];

    /// <summary>Of fields, cases, elements, or success and failure; null where there is none.</summary>
    internal ResolvedValType?[] Elements { get; init; } = [];

    /// <summary>Of a list with a fixed length.</summary>
    internal uint Length { get; init; }

    /// <summary>Of a handle.</summary>
    internal ResolvedResourceType? Resource { get; init; }

    /// <summary>Equal for equal types: a number of <see cref="ShapeTable"/>.</summary>
    internal required int Shape { get; init; }

    /// <summary>Whether there is a <c>borrow</c> in it.</summary>
    internal bool HasBorrow { get; init; }

    /// <summary>Whether values of it have parts elsewhere in memory: strings, lists and maps.</summary>
    internal bool HasPointers { get; init; }

    /// <summary>How many bytes a value takes in memory with 64-bit addresses, and at what alignment.</summary>
    internal long ElementSize { get; init; }

    internal int Alignment { get; init; }

    internal override string Description => Kind switch
    {
        ValTypeKind.Primitive => "primitive",
        ValTypeKind.FixedList => "fixed-length list",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>The same type as another object.</summary>
    internal ResolvedValType Rename() => (ResolvedValType)MemberwiseClone();
}

/// <summary>The type of a component function.</summary>
internal sealed class ResolvedFuncType : ResolvedType
{
    internal required bool IsAsync { get; init; }

    internal required string[] Labels { get; init; }

    internal required ResolvedValType[] Parameters { get; init; }

    internal required ResolvedValType? Result { get; init; }

    /// <summary>Equal for equal types: a number of <see cref="ShapeTable"/>.</summary>
    internal required int Shape { get; init; }

    internal override string Description => "func";
}

/// <summary>A resource that a type binds, and where in its imports or exports it is: names from the outside to the inside.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Path">Empty where it has no name.</param>
internal sealed record BoundResource(Resource Resource, string[] Path);

/// <summary>The type of an instance.</summary>
internal sealed class ResolvedInstanceType : ResolvedType
{
    internal required EntityMap Exports { get; init; }

    /// <summary>
    /// Resources that are others in each instance of the type; none in the type of an instance that exists.
    /// </summary>
    internal BoundResource[] DefinedResources { get; init; } = [];

    internal override string Description => "instance";
}

/// <summary>The type of a component.</summary>
internal sealed class ResolvedComponentType : ResolvedType
{
    internal required EntityMap Imports { get; init; }

    internal required EntityMap Exports { get; init; }

    /// <summary>Resources that whoever instantiates it provides.</summary>
    internal required BoundResource[] ImportedResources { get; init; }

    /// <summary>Resources that are others in each instance.</summary>
    internal required BoundResource[] DefinedResources { get; init; }

    internal override string Description => "component";
}

/// <summary>The type of a core module; core types in it are those of <see cref="CoreTypeStore"/>.</summary>
internal sealed class ResolvedModuleType : ResolvedType
{
    internal required List<CoreImport> Imports { get; init; }

    internal required Dictionary<string, CoreEntity> Exports { get; init; }

    internal override string Description => "module";

    internal static string ImportKey(string module, string name) => $"{module}:{name}";
}

/// <summary>What a core instance exports.</summary>
internal sealed class CoreInstanceExports(Dictionary<string, CoreEntity> exports)
{
    internal Dictionary<string, CoreEntity> Exports => exports;
}

// No structs from here on: lists and dictionaries of those are compiled at run time.

/// <summary>What a core module imports or exports.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="TypeId">The type of a function or tag in <see cref="CoreTypeStore"/>.</param>
/// <param name="Table">The type of a table.</param>
/// <param name="Memory">The type of a memory.</param>
/// <param name="Global">The type of a global.</param>
internal sealed record CoreEntity(
    ExternKind Kind, int TypeId = 0, TableType Table = default, MemoryType Memory = default, GlobalType Global = default);

/// <summary>What a core module imports, and under which names.</summary>
internal sealed record CoreImport(string Module, string Name, CoreEntity Type);

/// <summary>What a component imports or exports.</summary>
/// <param name="Sort">What it is.</param>
/// <param name="Type">Its type; a type itself when types are what is imported or exported, a value's type for values.</param>
/// <param name="Original">What <paramref name="Type"/> is another name for, when it is one.</param>
internal sealed record Entity(Sort Sort, ResolvedType Type, ResolvedType? Original = null)
{
    internal string Description => Sort == Sort.CoreModule ? "module" : Sorts.NameOf(Sort);
}

/// <summary>What a component imports or exports, and under which name.</summary>
internal sealed record NamedEntity(string Name, Entity Entity);

/// <summary>Imports or exports by name, in order.</summary>
internal sealed class EntityMap
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<NamedEntity> _entities = [];

    internal int Count => _entities.Count;

    internal List<NamedEntity> InOrder => _entities;

    internal bool TryAdd(string name, Entity entity)
    {
        if (!_indices.TryAdd(name, _entities.Count))
        {
            return false;
        }

        _entities.Add(new NamedEntity(name, entity));
        return true;
    }

    internal bool TryGet(string name, [NotNullWhen(true)] out Entity? entity)
    {
        if (_indices.TryGetValue(name, out int index))
        {
            entity = _entities[index].Entity;
            return true;
        }

        entity = null;
        return false;
    }
}
