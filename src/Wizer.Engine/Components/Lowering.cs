using System.Buffers.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// Puts values into a component's memory, or makes core values of them. They are known to be of the type.
/// Component Model, Canonical ABI: Storing, Flat Lowering.
/// </summary>
internal static class Lowering
{
    /// <summary>Lowers all parameters, or a result, to core values.</summary>
    internal static void LowerAll(AbiContext cx, ReadOnlySpan<ComponentValue> values, ReadOnlySpan<ValuePlan> plans, Span<ulong> slots)
    {
        var writer = new FlatWriter(slots);
        for (int i = 0; i < values.Length; i++)
        {
            LowerFlat(cx, values[i], plans[i], ref writer);
        }
    }

    /// <summary>Lowers values into memory that the guest allocates.</summary>
    internal static ulong LowerSpilled(AbiContext cx, ComponentValue value, ValuePlan plan)
    {
        ValuePlan.Layout layout = plan.LayoutFor(cx.Is64);
        ulong address = cx.Reallocate(0, 0, layout.Alignment, (ulong)layout.Size, "pointer out of bounds of memory");
        Store(cx, address, value, plan);
        return address;
    }

    /// <summary>Lowers a value to where the guest wants it.</summary>
    internal static void LowerTo(AbiContext cx, ulong slot, ComponentValue value, ValuePlan plan)
    {
        ulong address = cx.Is64 ? slot : (uint)slot;
        cx.CheckAddress(address, plan.LayoutFor(cx.Is64));
        Store(cx, address, value, plan);
    }

    private static void Store(AbiContext cx, ulong address, ComponentValue value, ValuePlan plan)
    {
        ValuePlan.Layout layout = plan.LayoutFor(cx.Is64);
        switch (plan.Kind)
        {
            case ValTypeKind.Primitive when plan.Primitive == PrimitiveValType.String:
                (ulong text, ulong length) = StringLowering.Store(cx, value);
                StorePair(cx, address, text, length);
                break;
            case ValTypeKind.Primitive:
                StoreBits(cx, address, value.Bits, (int)layout.Size);
                break;
            case ValTypeKind.List:
                (ulong items, length) = StoreList(cx, value, plan.Elements[0]!);
                StorePair(cx, address, items, length);
                break;
            case ValTypeKind.FixedList:
                StoreItems(cx, address, value, plan.Elements[0]!);
                break;
            case ValTypeKind.Record or ValTypeKind.Tuple:
                IReadOnlyList<ComponentValue> fields = value.Items;
                for (int i = 0; i < plan.Elements.Length; i++)
                {
                    Store(cx, address + layout.Offsets[i], fields[i], plan.Elements[i]!);
                }

                break;
            case ValTypeKind.Flags:
                StoreBits(cx, address, LowerFlags(value, plan), (int)layout.Size);
                break;
            case ValTypeKind.Own or ValTypeKind.Borrow:
                StoreBits(cx, address, LowerHandle(cx, value, plan), sizeof(uint));
                break;
            default:
                int index = CaseOf(value, plan);
                StoreBits(cx, address, (uint)index, layout.DiscriminantSize);
                if (plan.Elements[index] is { } payload)
                {
                    Store(cx, address + layout.PayloadOffset, value.Payload!.Value, payload);
                }

                break;
        }
    }

    private static void LowerFlat(AbiContext cx, ComponentValue value, ValuePlan plan, ref FlatWriter writer)
    {
        switch (plan.Kind)
        {
            case ValTypeKind.Primitive when plan.Primitive == PrimitiveValType.String:
                (ulong text, ulong length) = StringLowering.Store(cx, value);
                writer.Add(text);
                writer.Add(length);
                break;
            case ValTypeKind.Primitive:
                // All but these are passed as i32, negative ones too.
                writer.Add(plan.Primitive is PrimitiveValType.S64 or PrimitiveValType.U64 or PrimitiveValType.F64
                    ? value.Bits
                    : (uint)value.Bits);
                break;
            case ValTypeKind.List:
                (ulong items, length) = StoreList(cx, value, plan.Elements[0]!);
                writer.Add(items);
                writer.Add(length);
                break;
            case ValTypeKind.FixedList:
                foreach (ComponentValue item in value.Items)
                {
                    LowerFlat(cx, item, plan.Elements[0]!, ref writer);
                }

                break;
            case ValTypeKind.Record or ValTypeKind.Tuple:
                IReadOnlyList<ComponentValue> fields = value.Items;
                for (int i = 0; i < plan.Elements.Length; i++)
                {
                    LowerFlat(cx, fields[i], plan.Elements[i]!, ref writer);
                }

                break;
            case ValTypeKind.Flags:
                writer.Add(LowerFlags(value, plan));
                break;
            case ValTypeKind.Own or ValTypeKind.Borrow:
                writer.Add(LowerHandle(cx, value, plan));
                break;
            default:
                int end = writer.Position + plan.FlatCount(cx.Is64);
                int index = CaseOf(value, plan);
                writer.Add((uint)index);
                if (plan.Elements[index] is { } payload)
                {
                    LowerFlat(cx, value.Payload!.Value, payload, ref writer);
                }

                // What other cases need more of is zero.
                while (writer.Position < end)
                {
                    writer.Add(0);
                }

                break;
        }
    }

    private static (ulong Address, ulong Length) StoreList(AbiContext cx, ComponentValue value, ValuePlan element)
    {
        ValuePlan.Layout layout = element.LayoutFor(cx.Is64);
        ulong count = (uint)value.Items.Count;
        ulong address = cx.Reallocate(0, 0, layout.Alignment, count * (ulong)layout.Size, "list content out-of-bounds");
        StoreItems(cx, address, value, element);
        return (address, count);
    }

    private static void StoreItems(AbiContext cx, ulong address, ComponentValue value, ValuePlan element)
    {
        if (value.PackedItems is { } packed)
        {
            packed.Bytes.CopyTo(cx.Span(address, packed.Bytes.Length));
            return;
        }

        ulong size = (ulong)element.LayoutFor(cx.Is64).Size;
        foreach (ComponentValue item in value.Items)
        {
            Store(cx, address, item, element);
            address += size;
        }
    }

    /// <summary>The number of a case, or -1. One that came from a component is where it says it was.</summary>
    internal static int CaseOf(ComponentValue value, ValuePlan plan)
    {
        string label = value.Label;
        ulong likely = value.Bits;
        return likely < (ulong)plan.Labels.Length && plan.Labels[likely] == label ? (int)likely : Array.IndexOf(plan.Labels, label);
    }

    private static uint LowerFlags(ComponentValue value, ValuePlan plan)
    {
        uint bits = 0;
        foreach (string label in value.Labels)
        {
            bits |= 1u << Array.IndexOf(plan.Labels, label);
        }

        return bits;
    }

    private static uint LowerHandle(AbiContext cx, ComponentValue value, ValuePlan plan)
    {
        ComponentResource resource = value.AsResource;
        if (plan.Kind == ValTypeKind.Own)
        {
            resource.Take();
            return cx.State.Handles.Add(new ResourceHandle(resource.Type, resource.Representation, borrower: null));
        }

        if (resource.Type.Owner == cx.State)
        {
            // Who implements the resource knows it by nothing else.
            return resource.Representation;
        }

        cx.Scope.BorrowCount++;
        return cx.State.Handles.Add(new ResourceHandle(resource.Type, resource.Representation, cx.Scope));
    }

    private static void StorePair(AbiContext cx, ulong address, ulong first, ulong second)
    {
        StoreBits(cx, address, first, cx.PointerSize);
        StoreBits(cx, address + (uint)cx.PointerSize, second, cx.PointerSize);
    }

    private static void StoreBits(AbiContext cx, ulong address, ulong bits, int size)
    {
        Span<byte> bytes = cx.Span(address, size);
        switch (size)
        {
            case 1:
                bytes[0] = (byte)bits;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)bits);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bits);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
                break;
        }
    }

    /// <summary>Core values, one after the other.</summary>
    private ref struct FlatWriter(Span<ulong> slots)
    {
        private readonly Span<ulong> _slots = slots;

        internal int Position { get; private set; }

        internal void Add(ulong value) => _slots[Position++] = value;
    }
}
