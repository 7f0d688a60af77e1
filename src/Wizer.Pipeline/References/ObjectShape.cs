using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What the objects of a type, or the exceptions of a tag, consist of.</summary>
internal sealed class ObjectShape
{
    private readonly FieldType[] _items;
    private readonly uint[] _offsets;
    private readonly int[] _ordinals;

    private ObjectShape(FieldType[] items, uint[] offsets, uint stride, bool isArray, bool isException)
    {
        _items = items;
        _offsets = offsets;
        Stride = stride;
        IsArray = isArray;
        IsException = isException;
        _ordinals = new int[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            _ordinals[i] = ReferenceCount;
            ReferenceCount += items[i].Storage.IsRef ? 1 : 0;
            HasMutable |= items[i].IsMutable;
            HasDefault &= items[i].Storage.IsDefaultable;
        }
    }

    internal bool IsArray { get; }

    internal bool IsException { get; }

    /// <summary>Whether something in it can be set.</summary>
    internal bool HasMutable { get; }

    /// <summary>Whether everything in it has a default value.</summary>
    internal bool HasDefault { get; } = true;

    /// <summary>How many references are in it; of an array, in each element.</summary>
    internal int ReferenceCount { get; }

    /// <summary>The bytes from one element of an array to the next.</summary>
    internal uint Stride { get; }

    /// <summary>How many fields or values; not of an array.</summary>
    internal int FieldCount => _items.Length;

    /// <summary>Describes a struct or an array.</summary>
    internal static unsafe ObjectShape Of(CompositeType type, Engine.Layout.GcLayout* layout)
    {
        var offsets = new uint[layout->FieldCount];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = layout->Fields[i].Offset;
        }

        FieldType[] items = type is ArrayType array ? [array.Element] : ((StructType)type).Fields.ToArray();
        uint stride = type is ArrayType ? 1u << (int)layout->Fields[0].SizeLog2 : 0;
        return new ObjectShape(items, offsets, stride, type is ArrayType, isException: false);
    }

    /// <summary>Describes the exceptions of a tag.</summary>
    internal static unsafe ObjectShape OfTag(FuncType type)
    {
        var items = new FieldType[type.Parameters.Length];
        var offsets = new uint[items.Length];
        uint at = (uint)sizeof(Engine.Layout.ExceptionData);
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = new FieldType(type.Parameters[i], IsMutable: false);
            offsets[i] = at;
            at += (uint)items[i].Storage.SlotCount * sizeof(ulong);
        }

        return new ObjectShape(items, offsets, 0, isArray: false, isException: true);
    }

    /// <summary>The type of a field or element.</summary>
    internal FieldType ItemAt(int index) => _items[IsArray ? 0 : index];

    /// <summary>Where a field or element is, counted from the start of the object.</summary>
    internal ulong OffsetOf(int index) => IsArray ? _offsets[0] + ((ulong)index * Stride) : _offsets[index];

    /// <summary>How many references come before a field or element.</summary>
    internal int OrdinalOf(int index) => IsArray ? index : _ordinals[index];
}
