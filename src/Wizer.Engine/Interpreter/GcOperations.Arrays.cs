using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

// Arrays. Core 3.0, Execution: Aggregate Reference Instructions.
internal static unsafe partial class GcOperations
{
    /// <summary>Makes an array of equal elements.</summary>
    /// <param name="context">Where the guest runs.</param>
    /// <param name="layout">Its type.</param>
    /// <param name="length">In elements.</param>
    /// <param name="value">That of each, or null for the default one.</param>
    /// <param name="result">Gets the reference; may be where the value is.</param>
    internal static TrapKind NewArray(GuestContext* context, GcLayout* layout, uint length, ulong* value, ulong* result)
    {
        GcObject* made = AllocateArray(context, layout, length);
        if (made == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        TrapKind trap = value == null || (value[0] | (layout->Fields[0].SizeLog2 == 4 ? value[1] : 0)) == 0
            ? TrapKind.None
            : FillArray(context, made, 0, length, layout->Fields[0].SizeLog2, value);
        *result = (ulong)made;
        return trap;
    }

    /// <summary>Makes an array of values.</summary>
    /// <param name="context">Where the guest runs.</param>
    /// <param name="layout">Its type.</param>
    /// <param name="length">In elements.</param>
    /// <param name="values">The elements.</param>
    /// <param name="result">Gets the reference; may be where the values are.</param>
    internal static TrapKind NewFixedArray(GuestContext* context, GcLayout* layout, uint length, ulong* values, ulong* result)
    {
        GcObject* made = AllocateArray(context, layout, length);
        if (made == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        uint sizeLog2 = layout->Fields[0].SizeLog2;
        for (uint i = 0; i < length; i++)
        {
            Store(Element(made, i, sizeLog2), sizeLog2, values);
            values += sizeLog2 == 4 ? 2 : 1;
        }

        *result = (ulong)made;
        return TrapKind.None;
    }

    private static TrapKind NewFromData(
        GuestContext* context, GcLayout* layout, DataSegmentData* segment, uint offset, uint length, ulong* result)
    {
        if (!HasData(segment, offset, length, layout->Fields[0].SizeLog2))
        {
            return TrapKind.MemoryOutOfBounds;
        }

        GcObject* made = AllocateArray(context, layout, length);
        if (made == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        *result = (ulong)made;
        return InitializeFromData(context, segment, made, 0, offset, length, layout->Fields[0].SizeLog2);
    }

    private static TrapKind NewFromElements(
        GuestContext* context, GcLayout* layout, ElementSegmentData* segment, uint offset, uint length, ulong* result)
    {
        if (offset > segment->Length || length > segment->Length - offset)
        {
            return TrapKind.TableOutOfBounds;
        }

        GcObject* made = AllocateArray(context, layout, length);
        if (made == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        *result = (ulong)made;
        return InitializeFromElements(context, segment, made, 0, offset, length);
    }

    private static TrapKind GetElement(GcObject* array, uint index, uint access, ulong* result)
    {
        if (array == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (index >= array->Length)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        Load(Element(array, index, access & ~GcField.Signed), access, result);
        return TrapKind.None;
    }

    private static TrapKind SetElement(GcObject* array, uint index, uint sizeLog2, ulong* value)
    {
        if (array == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (index >= array->Length)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        Store(Element(array, index, sizeLog2), sizeLog2, value);
        return TrapKind.None;
    }

    // Writes the value once and doubles what is there, which is fast for every size of elements.
    private static TrapKind FillArray(GuestContext* context, GcObject* array, uint index, uint count, uint sizeLog2, ulong* value)
    {
        if (array == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (index > array->Length || count > array->Length - index)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        if (count == 0)
        {
            return TrapKind.None;
        }

        byte* first = Element(array, index, sizeLog2);
        ulong byteLength = (ulong)count << (int)sizeLog2;
        Store(first, sizeLog2, value);
        for (ulong done = 1UL << (int)sizeLog2; done < byteLength;)
        {
            ulong chunk = Math.Min(Math.Min(done, BulkBytes.ChunkLength), byteLength - done);
            Buffer.MemoryCopy(first, first + done, chunk, chunk);
            done += chunk;
            if (chunk == BulkBytes.ChunkLength && BulkBytes.IsInterrupted(context))
            {
                return TrapKind.Interrupted;
            }
        }

        return TrapKind.None;
    }

    private static TrapKind CopyArray(
        GuestContext* context, GcObject* target, uint targetIndex, GcObject* source, uint sourceIndex, uint count, uint sizeLog2)
    {
        if (target == null || source == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (targetIndex > target->Length || count > target->Length - targetIndex
            || sourceIndex > source->Length || count > source->Length - sourceIndex)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        return BulkBytes.Copy(
            context, Element(source, sourceIndex, sizeLog2), Element(target, targetIndex, sizeLog2), (ulong)count << (int)sizeLog2);
    }

    private static TrapKind InitializeFromData(
        GuestContext* context, DataSegmentData* segment, GcObject* array, uint index, uint offset, uint count, uint sizeLog2)
    {
        if (array == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (index > array->Length || count > array->Length - index)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        return HasData(segment, offset, count, sizeLog2)
            ? BulkBytes.Copy(context, segment->Bytes + offset, Element(array, index, sizeLog2), (ulong)count << (int)sizeLog2)
            : TrapKind.MemoryOutOfBounds;
    }

    private static TrapKind InitializeFromElements(
        GuestContext* context, ElementSegmentData* segment, GcObject* array, uint index, uint offset, uint count)
    {
        if (array == null)
        {
            return TrapKind.NullArrayReference;
        }

        if (index > array->Length || count > array->Length - index)
        {
            return TrapKind.ArrayOutOfBounds;
        }

        return offset <= segment->Length && count <= segment->Length - offset
            ? BulkBytes.Copy(context, (byte*)(segment->Elements + offset), Element(array, index, 3), (ulong)count << 3)
            : TrapKind.TableOutOfBounds;
    }

    private static bool HasData(DataSegmentData* segment, uint offset, uint count, uint sizeLog2) =>
        offset <= segment->ByteLength && (ulong)count << (int)sizeLog2 <= segment->ByteLength - offset;

    private static byte* Element(GcObject* array, uint index, uint sizeLog2) =>
        (byte*)(array + 1) + ((ulong)index << (int)sizeLog2);

    private static GcObject* AllocateArray(GuestContext* context, GcLayout* layout, uint length)
    {
        ulong elements = (((ulong)length << (int)layout->Fields[0].SizeLog2) + 7) & ~7UL;
        GcObject* made = Allocate(context, GcObject.ByteLength + elements);
        if (made != null)
        {
            made->TypeId = layout->TypeId;
            made->Length = length;
        }

        return made;
    }
}
