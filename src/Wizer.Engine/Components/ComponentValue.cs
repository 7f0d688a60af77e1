using System.Buffers.Binary;
using System.Text;

namespace Wizer.Engine.Components;

/// <summary>
/// A value of the component model: what goes into component functions and comes out of them. It does not change.
/// Component Model, Explainer: Type Definitions.
/// </summary>
public readonly struct ComponentValue : IEquatable<ComponentValue>
{
    private readonly object? _parts;
    private readonly ulong _bits;

    private ComponentValue(ComponentValueKind kind, ulong bits, object? parts = null)
    {
        Kind = kind;
        _bits = bits;
        _parts = parts;
    }

    /// <summary>What it is.</summary>
    public ComponentValueKind Kind { get; }

    /// <summary>The case <c>none</c> of an option.</summary>
    public static ComponentValue None => new(ComponentValueKind.Option, 0);

    /// <summary>A <c>bool</c>.</summary>
    public static ComponentValue Of(bool value) => new(ComponentValueKind.Bool, value ? 1UL : 0);

    /// <summary>An <c>s8</c>.</summary>
    public static ComponentValue Of(sbyte value) => new(ComponentValueKind.S8, (ulong)value);

    /// <summary>A <c>u8</c>.</summary>
    public static ComponentValue Of(byte value) => new(ComponentValueKind.U8, value);

    /// <summary>An <c>s16</c>.</summary>
    public static ComponentValue Of(short value) => new(ComponentValueKind.S16, (ulong)value);

    /// <summary>A <c>u16</c>.</summary>
    public static ComponentValue Of(ushort value) => new(ComponentValueKind.U16, value);

    /// <summary>An <c>s32</c>.</summary>
    public static ComponentValue Of(int value) => new(ComponentValueKind.S32, (ulong)value);

    /// <summary>A <c>u32</c>.</summary>
    public static ComponentValue Of(uint value) => new(ComponentValueKind.U32, value);

    /// <summary>An <c>s64</c>.</summary>
    public static ComponentValue Of(long value) => new(ComponentValueKind.S64, (ulong)value);

    /// <summary>A <c>u64</c>.</summary>
    public static ComponentValue Of(ulong value) => new(ComponentValueKind.U64, value);

    /// <summary>An <c>f32</c>.</summary>
    public static ComponentValue Of(float value) => new(ComponentValueKind.F32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>An <c>f64</c>.</summary>
    public static ComponentValue Of(double value) => new(ComponentValueKind.F64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A <c>char</c>.</summary>
    public static ComponentValue Of(Rune value) => new(ComponentValueKind.Char, (ulong)value.Value);

    /// <summary>A <c>string</c>.</summary>
    public static ComponentValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new ComponentValue(ComponentValueKind.String, 0, value);
    }

    /// <summary>A <c>list</c>.</summary>
    public static ComponentValue List(params ComponentValue[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ComponentValue(ComponentValueKind.List, 0, items);
    }

    /// <summary>A <c>list&lt;u8&gt;</c>, which takes no more memory than its bytes.</summary>
    public static ComponentValue Bytes(ReadOnlySpan<byte> bytes) =>
        Packed(new PackedList(bytes.ToArray(), ComponentValueKind.U8));

    /// <summary>A <c>tuple</c>.</summary>
    public static ComponentValue Tuple(params ComponentValue[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ComponentValue(ComponentValueKind.Tuple, 0, items);
    }

    /// <summary>A <c>record</c>, its fields in the order of its type.</summary>
    public static ComponentValue Record(params (string Name, ComponentValue Value)[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Record(Array.ConvertAll(fields, field => field.Name), Array.ConvertAll(fields, field => field.Value));
    }

    /// <summary>A <c>variant</c>.</summary>
    /// <param name="label">The case.</param>
    /// <param name="payload">What the case carries, or null.</param>
    public static ComponentValue Variant(string label, ComponentValue? payload = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new ComponentValue(ComponentValueKind.Variant, 0, new CaseParts(label, payload));
    }

    /// <summary>An <c>enum</c>.</summary>
    public static ComponentValue Enum(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new ComponentValue(ComponentValueKind.Enum, 0, label);
    }

    /// <summary>The case <c>some</c> of an option.</summary>
    public static ComponentValue Some(ComponentValue value) => new(ComponentValueKind.Option, 1, new CaseParts("some", value));

    /// <summary>The case <c>ok</c> of a result.</summary>
    public static ComponentValue Ok(ComponentValue? value = null) => new(ComponentValueKind.Result, 0, new CaseParts("ok", value));

    /// <summary>The case <c>error</c> of a result.</summary>
    public static ComponentValue Error(ComponentValue? value = null) => new(ComponentValueKind.Result, 1, new CaseParts("err", value));

    /// <summary>A set of <c>flags</c>.</summary>
    /// <param name="labels">Those that are set.</param>
    public static ComponentValue Flags(params string[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new ComponentValue(ComponentValueKind.Flags, 0, labels);
    }

    /// <summary>A resource whose owner changes: it belongs to whoever gets it.</summary>
    public static ComponentValue Own(ComponentResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ComponentValue(ComponentValueKind.Own, 0, resource);
    }

    /// <summary>A resource that is lent for the length of a call.</summary>
    public static ComponentValue Borrow(ComponentResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ComponentValue(ComponentValueKind.Borrow, 0, resource);
    }

    /// <summary>Of a <c>bool</c>.</summary>
    public bool AsBoolean => Check(ComponentValueKind.Bool)._bits != 0;

    /// <summary>Of an integer; a negative one has its sign extended.</summary>
    public long AsInt64 => Kind is >= ComponentValueKind.S8 and <= ComponentValueKind.U64
        ? (long)_bits
        : throw new InvalidOperationException($"a value of kind {Kind} is no integer");

    /// <summary>Of an integer, as the bits of <see cref="AsInt64"/>.</summary>
    public ulong AsUInt64 => (ulong)AsInt64;

    /// <summary>Of an <c>f32</c>.</summary>
    public float AsSingle => BitConverter.UInt32BitsToSingle((uint)Check(ComponentValueKind.F32)._bits);

    /// <summary>Of an <c>f64</c>.</summary>
    public double AsDouble => BitConverter.UInt64BitsToDouble(Check(ComponentValueKind.F64)._bits);

    /// <summary>Of a <c>char</c>.</summary>
    public Rune AsRune => new((int)Check(ComponentValueKind.Char)._bits);

    /// <summary>Of a <c>string</c>.</summary>
    public string AsString => (string)Check(ComponentValueKind.String)._parts!;

    /// <summary>Of a list or tuple; and the values of the fields of a record.</summary>
    public IReadOnlyList<ComponentValue> Items => _parts switch
    {
        RecordParts record => record.Values,
        IReadOnlyList<ComponentValue> items => items,
        _ => throw new InvalidOperationException($"a value of kind {Kind} has no items"),
    };

    /// <summary>Of the fields of a record, or the flags that are set.</summary>
    public IReadOnlyList<string> Labels => _parts switch
    {
        RecordParts record => record.Labels,
        string[] labels => labels,
        _ => throw new InvalidOperationException($"a value of kind {Kind} has no labels"),
    };

    /// <summary>The case of a variant, enum, option or result.</summary>
    public string Label => _parts switch
    {
        CaseParts parts => parts.Label,
        string label when Kind == ComponentValueKind.Enum => label,
        null when Kind == ComponentValueKind.Option => "none",
        _ => throw new InvalidOperationException($"a value of kind {Kind} has no case"),
    };

    /// <summary>What the case of a variant, option or result carries, or null.</summary>
    public ComponentValue? Payload => (_parts as CaseParts)?.Payload;

    /// <summary>Of a handle.</summary>
    public ComponentResource AsResource => _parts as ComponentResource
        ?? throw new InvalidOperationException($"a value of kind {Kind} is no handle");

    /// <summary>
    /// The bits of a primitive value, in the lowest bits; how a string was encoded; which case it is, where that is known already.
    /// </summary>
    internal ulong Bits => _bits;

    /// <summary>The numbers of a list of such, or null.</summary>
    internal PackedList? PackedItems => _parts as PackedList;

    internal static ComponentValue Primitive(ComponentValueKind kind, ulong bits) => new(kind, bits);

    internal static ComponentValue Packed(PackedList items) => new(ComponentValueKind.List, 0, items);

    internal static ComponentValue Record(string[] labels, ComponentValue[] values) =>
        new(ComponentValueKind.Record, 0, new RecordParts(labels, values));

    /// <summary>An enum that comes out of a component; which case it is there needs no search where it goes.</summary>
    internal static ComponentValue Enum(string label, uint index) => new(ComponentValueKind.Enum, index, label);

    /// <summary>The same for a variant.</summary>
    internal static ComponentValue Variant(string label, ComponentValue? payload, uint index) =>
        new(ComponentValueKind.Variant, index, new CaseParts(label, payload));

    /// <summary>A string that comes out of a component.</summary>
    internal static ComponentValue String(string value, StringSource source) =>
        new(ComponentValueKind.String, source.ToBits(), value);

    /// <inheritdoc/>
    public bool Equals(ComponentValue other)
    {
        if (Kind != other.Kind)
        {
            return false;
        }

        switch (Kind)
        {
            // Their bits are no part of what they are.
            case ComponentValueKind.String or ComponentValueKind.Enum:
                return (string?)_parts == (string?)other._parts;
            case ComponentValueKind.F32:
                return _bits == other._bits || (float.IsNaN(AsSingle) && float.IsNaN(other.AsSingle));
            case ComponentValueKind.F64:
                return _bits == other._bits || (double.IsNaN(AsDouble) && double.IsNaN(other.AsDouble));
            case ComponentValueKind.List or ComponentValueKind.Tuple:
                return Items.SequenceEqual(other.Items);
            case ComponentValueKind.Record:
                return Labels.SequenceEqual(other.Labels) && Items.SequenceEqual(other.Items);
            case ComponentValueKind.Flags:
                return Labels.Order(StringComparer.Ordinal).SequenceEqual(other.Labels.Order(StringComparer.Ordinal));
            case ComponentValueKind.Variant or ComponentValueKind.Option or ComponentValueKind.Result:
                return Label == other.Label && Nullable.Equals(Payload, other.Payload);
            case ComponentValueKind.Own or ComponentValueKind.Borrow:
                return AsResource.Equals(other.AsResource);
            default:
                return _bits == other._bits;
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ComponentValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether both are the same value of the same kind; all NaNs are one.</summary>
    public static bool operator ==(ComponentValue left, ComponentValue right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(ComponentValue left, ComponentValue right) => !left.Equals(right);

    /// <summary>As WAVE writes it. Component Model, WAVE.</summary>
    public override string ToString() => ComponentValueText.Format(this);

    private ComponentValue Check(ComponentValueKind kind) =>
        Kind == kind ? this : throw new InvalidOperationException($"a value of kind {Kind} is none of kind {kind}");

    private sealed class RecordParts(string[] labels, ComponentValue[] values)
    {
        internal string[] Labels => labels;

        internal ComponentValue[] Values => values;
    }

    private sealed class CaseParts(string label, ComponentValue? payload)
    {
        internal string Label => label;

        internal ComponentValue? Payload => payload;
    }
}

/// <summary>A list of numbers as it lies in memory: little-endian, one behind the other.</summary>
/// <param name="bytes">The numbers.</param>
/// <param name="kind">What each of them is.</param>
internal sealed class PackedList(byte[] bytes, ComponentValueKind kind) : IReadOnlyList<ComponentValue>
{
    internal byte[] Bytes => bytes;

    internal ComponentValueKind ItemKind => kind;

    public int Count => bytes.Length / SizeOf(kind);

    public ComponentValue this[int index]
    {
        get
        {
            int size = SizeOf(kind);
            ReadOnlySpan<byte> item = bytes.AsSpan(index * size, size);
            return ComponentValue.Primitive(kind, kind switch
            {
                ComponentValueKind.S8 => (ulong)(sbyte)item[0],
                ComponentValueKind.S16 => (ulong)BinaryPrimitives.ReadInt16LittleEndian(item),
                ComponentValueKind.S32 => (ulong)BinaryPrimitives.ReadInt32LittleEndian(item),
                _ => size switch
                {
                    1 => item[0],
                    2 => BinaryPrimitives.ReadUInt16LittleEndian(item),
                    4 => BinaryPrimitives.ReadUInt32LittleEndian(item),
                    _ => BinaryPrimitives.ReadUInt64LittleEndian(item),
                },
            });
        }
    }

    public IEnumerator<ComponentValue> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private static int SizeOf(ComponentValueKind kind) => kind switch
    {
        ComponentValueKind.Bool or ComponentValueKind.S8 or ComponentValueKind.U8 => 1,
        ComponentValueKind.S16 or ComponentValueKind.U16 => 2,
        ComponentValueKind.S64 or ComponentValueKind.U64 or ComponentValueKind.F64 => 8,
        _ => 4,
    };
}
