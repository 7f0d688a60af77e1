using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// <see cref="Op.Rare"/>, continued: the instructions on structs, arrays and i31, and casts; but the loop itself reaches fields
/// of 32 and 64 bits and arrays of bytes. Core 3.0, Execution: Aggregate Reference Instructions.
/// </summary>
/// <remarks>
/// The offset is the address of the <see cref="GcLayout"/> of what is made. Accesses have the field's offset as their first index
/// and its <see cref="GcField.AccessOf"/> as the second. What has more than three operands has the first one's slot, the others follow. The
/// result may be where an operand is.
/// </remarks>
internal static unsafe partial class GcOperations
{
    /// <summary>Executes the operation at <paramref name="ip"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Run(GuestContext* context, ulong* fp, ushort* ip)
    {
        ulong* result = fp + ip[2];
        ulong* a = fp + ip[3];
        ulong* b = fp + ip[4];
        ulong* c = fp + ip[5];
        uint i = *(uint*)(ip + 6);
        uint j = *(uint*)(ip + 8);
        var layout = *(GcLayout**)(ip + 10);
        switch ((Opcode)ip[1])
        {
            case Opcode.StructNew:
                return NewStruct(context, layout, a, result);

            case Opcode.StructNewDefault:
                return NewStruct(context, layout, null, result);

            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                if (*a == 0)
                {
                    return TrapKind.NullStructureReference;
                }

                Load((byte*)*a + i, j, result);
                return TrapKind.None;

            case Opcode.StructSet:
                if (*a == 0)
                {
                    return TrapKind.NullStructureReference;
                }

                Store((byte*)*a + i, j, b);
                return TrapKind.None;

            case Opcode.ArrayNew:
                return NewArray(context, layout, (uint)*b, a, result);

            case Opcode.ArrayNewDefault:
                return NewArray(context, layout, (uint)*a, null, result);

            case Opcode.ArrayNewFixed:
                return NewFixedArray(context, layout, j, a, result);

            case Opcode.ArrayNewData:
                return NewFromData(context, layout, &context->Instance->DataSegments[i], (uint)*a, (uint)*b, result);

            case Opcode.ArrayNewElem:
                return NewFromElements(context, layout, &context->Instance->ElementSegments[i], (uint)*a, (uint)*b, result);

            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                return GetElement((GcObject*)*a, (uint)*b, j, result);

            case Opcode.ArraySet:
                return SetElement((GcObject*)*a, (uint)*b, j, c);

            case Opcode.ArrayFill:
                int valueSlots = j == 4 ? 2 : 1;
                return FillArray(context, (GcObject*)a[0], (uint)a[1], (uint)a[2 + valueSlots], j, a + 2);

            case Opcode.ArrayCopy:
                return CopyArray(context, (GcObject*)a[0], (uint)a[1], (GcObject*)a[2], (uint)a[3], (uint)a[4], j);

            case Opcode.ArrayInitData:
                return InitializeFromData(
                    context, &context->Instance->DataSegments[i], (GcObject*)a[0], (uint)a[1], (uint)a[2], (uint)a[3], j);

            case Opcode.ArrayInitElem:
                return InitializeFromElements(
                    context, &context->Instance->ElementSegments[i], (GcObject*)a[0], (uint)a[1], (uint)a[2], (uint)a[3]);

            case Opcode.I31GetS or Opcode.I31GetU:
                if (*a == 0)
                {
                    return TrapKind.NullI31Reference;
                }

                *result = (Opcode)ip[1] == Opcode.I31GetS ? (uint)((int)*a >> 1) : (uint)*a >> 1;
                return TrapKind.None;

            case Opcode.RefTest:
                *result = Is(context, *a, new CastTarget(i, j)) ? 1u : 0;
                return TrapKind.None;

            default:
                return Is(context, *a, new CastTarget(i, j)) ? TrapKind.None : TrapKind.CastFailure;
        }
    }

    /// <summary>Makes a struct.</summary>
    /// <param name="context">Where the guest runs.</param>
    /// <param name="layout">Its type.</param>
    /// <param name="values">The fields' values, or null for the default ones.</param>
    /// <param name="result">Gets the reference; may be where the values are.</param>
    internal static TrapKind NewStruct(GuestContext* context, GcLayout* layout, ulong* values, ulong* result)
    {
        GcObject* made = Allocate(context, layout->ByteLength);
        if (made == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        made->TypeId = layout->TypeId;
        if (values != null)
        {
            for (int i = 0; i < layout->FieldCount; i++)
            {
                GcField field = layout->Fields[i];
                Store((byte*)made + field.Offset, field.SizeLog2, values);
                values += field.SizeLog2 == 4 ? 2 : 1;
            }
        }

        *result = (ulong)made;
        return TrapKind.None;
    }

    private static void Load(byte* at, uint access, ulong* result)
    {
        switch (access)
        {
            case 0:
                *result = *at;
                break;
            case 0 | GcField.Signed:
                *result = (uint)*(sbyte*)at;
                break;
            case 1:
                *result = *(ushort*)at;
                break;
            case 1 | GcField.Signed:
                *result = (uint)*(short*)at;
                break;
            case 2:
                *result = *(uint*)at;
                break;
            case 3:
                *result = *(ulong*)at;
                break;
            default:
                result[0] = ((ulong*)at)[0];
                result[1] = ((ulong*)at)[1];
                break;
        }
    }

    private static void Store(byte* at, uint sizeLog2, ulong* value)
    {
        switch (sizeLog2)
        {
            case 0:
                *at = (byte)*value;
                break;
            case 1:
                *(ushort*)at = (ushort)*value;
                break;
            case 2:
                *(uint*)at = (uint)*value;
                break;
            case 3:
                *(ulong*)at = *value;
                break;
            default:
                ((ulong*)at)[0] = value[0];
                ((ulong*)at)[1] = value[1];
                break;
        }
    }

    /// <summary>Makes room for an object, all zero.</summary>
    /// <param name="context">Where the guest runs.</param>
    /// <param name="byteLength">With the header, and in multiples of 8.</param>
    /// <returns>Null when the limit of the heap, or of the system, is reached.</returns>
    internal static GcObject* Allocate(GuestContext* context, ulong byteLength)
    {
        GcHeapData* heap = context->Heap;
        byte* at = heap->Next;
        if (byteLength <= (ulong)(heap->End - at))
        {
            heap->Next = at + byteLength;
            return (GcObject*)at;
        }

        return Calls.HostOf(context).AllocateObject(byteLength);
    }
}
