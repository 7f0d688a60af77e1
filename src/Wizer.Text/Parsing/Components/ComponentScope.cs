using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>What a <see cref="ComponentScope"/> belongs to.</summary>
internal enum ScopeKind : byte
{
    Component,
    ComponentType,
    InstanceType,
}

/// <summary>
/// A component, or a component or instance type, under construction: its index spaces as far as they have come, and where its
/// definitions go. What is defined further out can be named within. Component Model, Explainer: Index Spaces, Alias Definitions.
/// </summary>
internal sealed class ComponentScope : IDisposable
{
    private readonly IndexSpace[] _spaces;
    private readonly Interner _interner;
    private CoreTypeEncoder? _coreTypes;

    /// <param name="parent">The scope around it, or null.</param>
    /// <param name="kind">What it belongs to.</param>
    /// <param name="interner">Of the whole text.</param>
    internal ComponentScope(ComponentScope? parent, ScopeKind kind, Interner interner)
    {
        Parent = parent;
        Kind = kind;
        Items = kind == ScopeKind.Component ? new SectionItems() : new DeclaratorItems();
        _interner = interner;
        _spaces = [.. Enum.GetValues<Sort>().Select(static sort => new IndexSpace(ComponentSorts.CategoryOf(sort)))];
    }

    /// <summary>The scope around it, or null.</summary>
    internal ComponentScope? Parent { get; }

    /// <summary>What it belongs to.</summary>
    internal ScopeKind Kind { get; }

    /// <summary>Its own identifier, by which aliases within name it, or null.</summary>
    internal int? Symbol { get; init; }

    /// <summary>Where its definitions go.</summary>
    internal ComponentItems Items { get; }

    /// <summary>What definitions export as they define it. They come behind all other definitions, as tools have them.</summary>
    internal List<(byte[] Name, Sort Sort, uint Index)> InlineExports { get; } = [];

    /// <summary>Encodes core types.</summary>
    internal CoreTypeEncoder CoreTypes => _coreTypes ??= new CoreTypeEncoder(_interner, this[Sort.CoreType]);

    /// <summary>The index space of a sort.</summary>
    internal IndexSpace this[Sort sort] => _spaces[(int)sort];

    /// <inheritdoc/>
    public void Dispose()
    {
        Items.Dispose();
        _coreTypes?.Dispose();
    }
}
