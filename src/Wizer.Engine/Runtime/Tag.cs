using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>A tag instance: the kind of an exception. Core 3.0, Execution: Tag Instances.</summary>
public sealed unsafe class Tag : Extern
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
}
