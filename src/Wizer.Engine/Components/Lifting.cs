using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// Makes values of what a component has in its memory or passes as core values. Component Model, Canonical ABI: Loading, Flat Lifting.
/// </summary>
internal static class Lifting
{
    /// <summary>Of lists; strings have the same.</summary>
    internal const ulong MaxByteLength = (1 << 28) - 1;

    /// <summary>Lifts all parameters, or a result.</summary>
    internal static ComponentValue[] LiftAll(AbiContext cx, ReadOnlySpan<ulong> slots, ReadOnlySpan<ValuePlan> plans)
    {
        var reader = new FlatReader(slots);
        var values = new ComponentValue[plans.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = LiftFlat(cx, ref reader, plans[i]);
        }

        return values;
    }

    /// <summary>Lifts what is passed in memory.</summary>
    internal static ComponentValue LiftSpilled(AbiContext cx, ulong slot, ValuePlan plan)
    {
        ulong address = cx.Is64 ? slot : (uint)slot;
        cx.CheckAddress(address, plan.LayoutFor(cx.Is64));
        return Load(cx, address, plan);
    }

    private static ComponentValue Load(AbiContext cx, ulong address, ValuePlan plan)
    {
        ValuePlan.Layout layout = plan.LayoutFor(cx.Is64);
        switch (plan.Kind)
        {
            case ValTypeKind.Primitive when plan.Primitive == PrimitiveValType.String:
                return LoadString(cx, LoadPointer(cx, address), LoadPointer(cx, address + (uint)cx.PointerSize));
            case ValTypeKind.Primitive:
                return LiftPrimitive(plan.Primitive, LoadBits(cx, address, (int)layout.Size));
            case ValTypeKind.List:
                return LoadList(cx, LoadPointer(cx, address), LoadPointer(cx, address + (uint)cx.PointerSize), plan.Elements[0]!);
            case ValTypeKind.FixedList:
                return LoadItems(cx, address, plan.Length, plan.Elements[0]!);
            case ValTypeKind.Record or ValTypeKind.Tuple:
                cx.Count((uint)plan.Elements.Length);
                var values = new ComponentValue[plan.Elements.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = Load(cx, address + layout.Offsets[i], plan.Elements[i]!);
                }

                return Aggregate(plan, values);
            case ValTypeKind.Flags:
                return LiftFlags((uint)LoadBits(cx, address, (int)layout.Size), plan);
            case ValTypeKind.Own or ValTypeKind.Borrow:
                return LiftHandle(cx, (uint)LoadBits(cx, address, sizeof(uint)), plan);
            case ValTypeKind.Stream or ValTypeKind.Future:
                throw Unsupported(plan);
            default:
                uint index = (uint)LoadBits(cx, address, layout.DiscriminantSize);
                CheckCase(cx, index, plan);
                ValuePlan? payload = plan.Elements[index];
                return Case(plan, index, payload is null ? null : Load(cx, address + layout.PayloadOffset, payload));
        }
    }

    private static ComponentValue LiftFlat(AbiContext cx, ref FlatReader reader, ValuePlan plan)
    {
        switch (plan.Kind)
        {
            case ValTypeKind.Primitive when plan.Primitive == PrimitiveValType.String:
                ulong pointer = reader.NextPointer(cx);
                return LoadString(cx, pointer, reader.NextPointer(cx));
            case ValTypeKind.Primitive:
                return LiftPrimitive(plan.Primitive, reader.Next());
            case ValTypeKind.List:
                pointer = reader.NextPointer(cx);
                return LoadList(cx, pointer, reader.NextPointer(cx), plan.Elements[0]!);
            case ValTypeKind.FixedList:
                var items = new ComponentValue[plan.Length];
                for (int i = 0; i < items.Length; i++)
                {
                    items[i] = LiftFlat(cx, ref reader, plan.Elements[0]!);
                }

                return ComponentValue.List(items);
            case ValTypeKind.Record or ValTypeKind.Tuple:
                var values = new ComponentValue[plan.Elements.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = LiftFlat(cx, ref reader, plan.Elements[i]!);
                }

                return Aggregate(plan, values);
            case ValTypeKind.Flags:
                return LiftFlags((uint)reader.Next(), plan);
            case ValTypeKind.Own or ValTypeKind.Borrow:
                return LiftHandle(cx, (uint)reader.Next(), plan);
            case ValTypeKind.Stream or ValTypeKind.Future:
                throw Unsupported(plan);
            default:
                int end = reader.Position + plan.FlatCount(cx.Is64);
                uint index = (uint)reader.Next();
                CheckCase(cx, index, plan);
                ValuePlan? payload = plan.Elements[index];
                ComponentValue value = Case(plan, index, payload is null ? null : LiftFlat(cx, ref reader, payload));

                // Other cases may need more core values than this one.
                reader.Position = end;
                return value;
        }
    }

    // Of a core value that is wider than the type, the lower bits count.
    private static ComponentValue LiftPrimitive(PrimitiveValType type, ulong bits)
    {
        switch (type)
        {
            case PrimitiveValType.Bool:
                return ComponentValue.Of((uint)bits != 0);
            case PrimitiveValType.S8:
                return ComponentValue.Of((sbyte)bits);
            case PrimitiveValType.U8:
                return ComponentValue.Of((byte)bits);
            case PrimitiveValType.S16:
                return ComponentValue.Of((short)bits);
            case PrimitiveValType.U16:
                return ComponentValue.Of((ushort)bits);
            case PrimitiveValType.S32:
                return ComponentValue.Of((int)bits);
            case PrimitiveValType.U32:
                return ComponentValue.Of((uint)bits);
            case PrimitiveValType.S64:
                return ComponentValue.Of((long)bits);
            case PrimitiveValType.U64:
                return ComponentValue.Of(bits);
            case PrimitiveValType.F32:
                // There is one NaN.
                const uint NaN32 = 0x7fc0_0000;
                uint narrow = (uint)bits;
                return ComponentValue.Primitive(
                    ComponentValueKind.F32, float.IsNaN(BitConverter.UInt32BitsToSingle(narrow)) ? NaN32 : narrow);
            case PrimitiveValType.F64:
                const ulong NaN64 = 0x7ff8_0000_0000_0000;
                return ComponentValue.Primitive(
                    ComponentValueKind.F64, double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) ? NaN64 : bits);
            case PrimitiveValType.Char:
                return Rune.TryCreate((uint)bits, out Rune rune)
                    ? ComponentValue.Of(rune)
                    : throw new WasmTrapException("invalid `char` bit pattern");
            default:
                throw new WasmTrapException("values of type `error-context` are not supported yet");
        }
    }

    private static ComponentValue Aggregate(ValuePlan plan, ComponentValue[] values) =>
        plan.Kind == ValTypeKind.Tuple ? ComponentValue.Tuple(values) : ComponentValue.Record(plan.Labels, values);

    private static void CheckCase(AbiContext cx, uint index, ValuePlan plan)
    {
        if (index >= (uint)plan.CaseCount)
        {
            throw new WasmTrapException("invalid variant discriminant");
        }

        cx.Count(1);
    }

    private static ComponentValue Case(ValuePlan plan, uint index, ComponentValue? payload) => plan.Kind switch
    {
        ValTypeKind.Enum => ComponentValue.Enum(plan.Labels[index], index),
        ValTypeKind.Option => payload is { } value ? ComponentValue.Some(value) : ComponentValue.None,
        ValTypeKind.Result => index == 0 ? ComponentValue.Ok(payload) : ComponentValue.Error(payload),
        _ => ComponentValue.Variant(plan.Labels[index], payload, index),
    };

    private static ComponentValue LiftFlags(uint bits, ValuePlan plan)
    {
        string[] labels = plan.Labels;
        uint known = labels.Length == 32 ? uint.MaxValue : (1u << labels.Length) - 1;
        bits &= known;
        string[] set = new string[BitOperations.PopCount(bits)];
        for (int i = 0, at = 0; i < labels.Length; i++)
        {
            if ((bits & (1u << i)) != 0)
            {
                set[at++] = labels[i];
            }
        }

        return ComponentValue.Flags(set);
    }

    private static ComponentValue LiftHandle(AbiContext cx, uint index, ValuePlan plan)
    {
        ComponentResourceType type = cx.ResourceOf(plan);
        HandleTable handles = cx.State.Handles;
        ResourceHandle handle = handles.Get(index, type);
        if (plan.Kind == ValTypeKind.Borrow)
        {
            cx.Scope.Lend(handle);
            return ComponentValue.Borrow(new ComponentResource(type, handle.Representation, isOwned: false));
        }

        if (handle.LendCount == 0 && handle.Borrower is not null)
        {
            throw new WasmTrapException("cannot lift own resource from a borrow");
        }

        handles.Remove(index, type);
        return ComponentValue.Own(new ComponentResource(type, handle.Representation));
    }

    private static ComponentValue LoadList(AbiContext cx, ulong address, ulong length, ValuePlan element)
    {
        ValuePlan.Layout layout = element.LayoutFor(cx.Is64);
        if (length > MaxByteLength / (ulong)layout.Size)
        {
            throw new WasmTrapException($"list is too long: at most {MaxByteLength} bytes are allowed");
        }

        if (address % (uint)layout.Alignment != 0)
        {
            throw new WasmTrapException(cx.IsFused ? "unaligned pointer" : "list pointer is not aligned");
        }

        if (!cx.IsInMemory(address, length * (ulong)layout.Size))
        {
            throw new WasmTrapException(
                cx.IsFused ? "list content out-of-bounds" : "list pointer/length out of bounds of memory");
        }

        return LoadItems(cx, address, length, element);
    }

    private static ComponentValue LoadItems(AbiContext cx, ulong address, ulong length, ValuePlan element)
    {
        long size = element.LayoutFor(cx.Is64).Size;
        if (element.PackedKind is { } kind)
        {
            byte[] bytes = cx.Span(address, (long)length * size).ToArray();
            if (kind == ComponentValueKind.Bool)
            {
                foreach (ref byte item in bytes.AsSpan())
                {
                    item = item == 0 ? (byte)0 : (byte)1;
                }
            }

            return ComponentValue.Packed(new PackedList(bytes, kind));
        }

        cx.Count(length);
        var items = new ComponentValue[length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Load(cx, address + (ulong)(i * size), element);
        }

        return ComponentValue.List(items);
    }

    private static ComponentValue LoadString(AbiContext cx, ulong address, ulong taggedLength)
    {
        StringEncoding encoding = cx.Options.Encoding;
        ulong tag = cx.Is64 ? 1UL << 63 : 1UL << 31;
        ulong length = taggedLength;
        if (encoding == StringEncoding.Latin1 && (length & tag) != 0)
        {
            encoding = StringEncoding.TaggedUtf16;
            length ^= tag;
        }

        int unit = encoding is StringEncoding.Utf16 or StringEncoding.TaggedUtf16 ? 2 : 1;
        if (length > MaxByteLength / (uint)unit)
        {
            // The bounds are what this breaks in all but the largest memories, and what scripts expect.
            if (!cx.IsInMemory(address, length))
            {
                throw OutOfBounds(cx);
            }

            throw new WasmTrapException($"string is too long: at most {MaxByteLength} bytes are allowed");
        }

        if (cx.Options.Encoding != StringEncoding.Utf8 && address % 2 != 0)
        {
            throw new WasmTrapException(cx.IsFused ? "unaligned pointer" : "string pointer not aligned to 2");
        }

        ulong byteLength = length * (uint)unit;
        if (!cx.IsInMemory(address, byteLength))
        {
            throw OutOfBounds(cx);
        }

        cx.Count(1);
        string text = StringDecoding.Decode(cx.Span(address, (long)byteLength), encoding);
        return ComponentValue.String(text, new StringSource(encoding, (uint)length));
    }

    private static WasmTrapException OutOfBounds(AbiContext cx) =>
        new(cx.IsFused ? "string content out-of-bounds" : "string pointer/length out of bounds of memory");

    private static ulong LoadPointer(AbiContext cx, ulong address) => LoadBits(cx, address, cx.PointerSize);

    private static ulong LoadBits(AbiContext cx, ulong address, int size)
    {
        ReadOnlySpan<byte> bytes = cx.Span(address, size);
        return size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
    }

    private static WasmTrapException Unsupported(ValuePlan plan) => new($"values of type `{plan}` are not supported yet");

    /// <summary>Core values, one after the other.</summary>
    private ref struct FlatReader(ReadOnlySpan<ulong> slots)
    {
        private readonly ReadOnlySpan<ulong> _slots = slots;

        internal int Position { get; set; }

        internal ulong Next() => _slots[Position++];

        internal ulong NextPointer(AbiContext cx) => cx.Is64 ? Next() : (uint)Next();
    }
}
