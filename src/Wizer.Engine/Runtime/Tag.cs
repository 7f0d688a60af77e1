using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine;

/// <summary>A tag instance: the kind of an exception. Core 3.0, Execution: Tag Instances.</summary>
/// <remarks>Made on demand: two objects may stand for one tag, and are equal then.</remarks>
public sealed unsafe class Tag : Extern, IEquatable<Tag>
{
    internal Tag(Store store, TagData* data)
        : base(store) => Data = data;

    /// <summary>Creates a tag whose exceptions carry the parameters of a function type.</summary>
    public Tag(Store store, FuncType type)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(type);
        Data = (TagData*)store.AllocateBlock((ulong)sizeof(TagData));
        Data->TypeId = store.Types.Register(type);
        Data->ParameterSlots = type.ParameterSlotCount;
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Tag;

    /// <summary>The type of the values its exceptions carry.</summary>
    public FuncType Type => Store.Types.FuncTypeOf(Data->TypeId);

    internal TagData* Data { get; }

    /// <inheritdoc/>
    public bool Equals(Tag? other) => other is not null && other.Data == Data;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Tag);

    /// <inheritdoc/>
    public override int GetHashCode() => ((nint)Data).GetHashCode();
}
