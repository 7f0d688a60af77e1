using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// <see cref="Op.Rare"/>: instructions on tables and whole memories, accesses to memories other than the first or with 64-bit
/// addresses, and the numeric instructions that <see cref="Numerics"/> computes.
/// </summary>
/// <remarks>
/// The operation: the instruction, the result's slot, three operands' slots, two indices, an offset. Operands that are i32 are
/// zero-extended in their slots, so that addresses and counts of both widths are read alike.
/// </remarks>
internal static unsafe class RareOperations
{
    /// <summary>The length of the operation in units of code.</summary>
    internal const int Length = 14;

    /// <summary>Executes the operation at <paramref name="ip"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Run(GuestContext* context, ulong* fp, ushort* ip)
    {
        try
        {
            if (context->AreWritesNoted != 0)
            {
                Calls.HostOf(context).Writes!.Note(context, fp, ip);
            }

            return Execute(context, fp, ip);
        }
        catch (Exception e)
        {
            // Nobody above the loop could catch it: only unmanaged code calls that.
            Calls.HostOf(context).PendingException = e;
            return TrapKind.HostException;
        }
    }

    private static TrapKind Execute(GuestContext* context, ulong* fp, ushort* ip)
    {
        ulong* result = fp + ip[2];
        ulong a = fp[ip[3]];
        ulong b = fp[ip[4]];
        ulong c = fp[ip[5]];
        uint i = *(uint*)(ip + 6);
        uint j = *(uint*)(ip + 8);
        InstanceData* instance = context->Instance;
        switch ((Opcode)ip[1])
        {
            case Opcode.MemorySize:
                *result = instance->Memories[i]->ByteLength >> instance->Memories[i]->PageSizeLog2;
                return TrapKind.None;

            case Opcode.MemoryGrow:
                long pages = Calls.HostOf(context).GrowMemory(instance, (int)i, a);
                *result = j != 0 ? (ulong)pages : (uint)pages;
                Calls.LoadMemory(context);
                return TrapKind.None;

            case Opcode.MemoryFill:
                return Fill(context, instance->Memories[i], a, (byte)b, c);

            case Opcode.MemoryCopy:
                return Copy(context, instance->Memories[i], instance->Memories[j], a, b, c);

            case Opcode.MemoryInit:
                return Initialize(context, instance->Memories[j], &instance->DataSegments[i], a, b, c);

            case Opcode.DataDrop:
                instance->DataSegments[i].ByteLength = 0;
                return TrapKind.None;

            case Opcode.TableGet:
                return TableGet(instance->Tables[i], a, result);

            case Opcode.TableSet:
                return TableSet(instance->Tables[i], a, b);

            case Opcode.TableSize:
                *result = instance->Tables[i]->Length;
                return TrapKind.None;

            case Opcode.TableGrow:
                long length = Calls.HostOf(context).GrowTable(instance, (int)i, b, a);
                *result = j != 0 ? (ulong)length : (uint)length;
                return TrapKind.None;

            case Opcode.TableFill:
                return TableFill(context, instance->Tables[i], a, b, c);

            case Opcode.TableCopy:
                return TableCopy(context, instance->Tables[i], instance->Tables[j]->Elements, instance->Tables[j]->Length, a, b, c);

            case Opcode.TableInit:
                return TableCopy(
                    context, instance->Tables[j], instance->ElementSegments[i].Elements, instance->ElementSegments[i].Length, a, b, c);

            case Opcode.ElemDrop:
                instance->ElementSegments[i].Length = 0;
                return TrapKind.None;

            case Opcode.CallIndirect:
                return Resolve(context, instance->Tables[j], a, i, result);

            case Opcode.RefAsNonNull:
                return a == 0 ? TrapKind.NullReference : TrapKind.None;

        }

        switch (OpcodeTable.Family((Opcode)ip[1]))
        {
            case OpcodeFamily.Unary or OpcodeFamily.Binary or OpcodeFamily.Convert or OpcodeFamily.Truncate:
                return Numerics.Evaluate((Opcode)ip[1], a, b, result);

            case OpcodeFamily.Load or OpcodeFamily.Store:
                return Access(context, instance->Memories[i], (Opcode)ip[1], a, b, *(ulong*)(ip + 10), result);

            case OpcodeFamily.Reference or OpcodeFamily.Aggregate:
                return GcOperations.Run(context, fp, ip);

            default:
                return Atomics.Run(context, instance->Memories[i], (Opcode)ip[1], a, b, c, *(ulong*)(ip + 10), result);
        }
    }

    private static TrapKind Fill(GuestContext* context, MemoryData* memory, ulong address, byte value, ulong count)
    {
        if (count > memory->ByteLength || address > memory->ByteLength - count)
        {
            return TrapKind.MemoryOutOfBounds;
        }

        return BulkBytes.Fill(context, memory->Base + address, value, count);
    }

    private static TrapKind Copy(GuestContext* context, MemoryData* to, MemoryData* from, ulong target, ulong source, ulong count)
    {
        if (count > to->ByteLength || target > to->ByteLength - count || count > from->ByteLength || source > from->ByteLength - count)
        {
            return TrapKind.MemoryOutOfBounds;
        }

        return BulkBytes.Copy(context, from->Base + source, to->Base + target, count);
    }

    private static TrapKind Initialize(
        GuestContext* context, MemoryData* memory, DataSegmentData* segment, ulong target, ulong source, ulong count)
    {
        if (count > segment->ByteLength || source > segment->ByteLength - count
            || count > memory->ByteLength || target > memory->ByteLength - count)
        {
            return TrapKind.MemoryOutOfBounds;
        }

        return BulkBytes.Copy(context, segment->Bytes + source, memory->Base + target, count);
    }

    private static TrapKind TableGet(TableData* table, ulong index, ulong* result)
    {
        if (index >= table->Length)
        {
            return TrapKind.TableOutOfBounds;
        }

        *result = table->Elements[index];
        return TrapKind.None;
    }

    private static TrapKind TableSet(TableData* table, ulong index, ulong value)
    {
        if (index >= table->Length)
        {
            return TrapKind.TableOutOfBounds;
        }

        table->Elements[index] = value;
        return TrapKind.None;
    }

    private static TrapKind TableFill(GuestContext* context, TableData* table, ulong index, ulong value, ulong count)
    {
        if (count > table->Length || index > table->Length - count)
        {
            return TrapKind.TableOutOfBounds;
        }

        const ulong ChunkLength = BulkBytes.ChunkLength / sizeof(ulong);
        for (; count > ChunkLength; index += ChunkLength, count -= ChunkLength)
        {
            new Span<ulong>(table->Elements + index, (int)ChunkLength).Fill(value);
            if (BulkBytes.IsInterrupted(context))
            {
                return TrapKind.Interrupted;
            }
        }

        new Span<ulong>(table->Elements + index, (int)count).Fill(value);
        return TrapKind.None;
    }

    private static TrapKind TableCopy(
        GuestContext* context, TableData* table, ulong* from, ulong fromLength, ulong target, ulong source, ulong count)
    {
        if (count > table->Length || target > table->Length - count || count > fromLength || source > fromLength - count)
        {
            return TrapKind.TableOutOfBounds;
        }

        return BulkBytes.Copy(context, (byte*)(from + source), (byte*)(table->Elements + target), count * sizeof(ulong));
    }

    // The function that an indirect call would call.
    private static TrapKind Resolve(GuestContext* context, TableData* table, ulong index, uint typeId, ulong* result)
    {
        if (index >= table->Length)
        {
            return TrapKind.UndefinedElement;
        }

        var callee = (FuncData*)table->Elements[index];
        if (callee == null)
        {
            return TrapKind.UninitializedElement;
        }

        *result = (ulong)callee;
        return callee->TypeId == typeId || Calls.IsSubtype(context, callee, typeId) ? TrapKind.None : TrapKind.IndirectCallMismatch;
    }

    private static TrapKind Access(
        GuestContext* context, MemoryData* memory, Opcode opcode, ulong address, ulong value, ulong offset, ulong* result)
    {
        ulong at = address + offset;
        var width = (ulong)OpcodeTable.Width(opcode);
        if (at < address || memory->ByteLength < width || at > memory->ByteLength - width)
        {
            context->FaultAddress = at;
            return TrapKind.MemoryOutOfBounds;
        }

        byte* bytes = memory->Base + at;
        if (OpcodeTable.Family(opcode) == OpcodeFamily.Store)
        {
            Store(bytes, width, value);
            return TrapKind.None;
        }

        ulong loaded = OpcodeTable.IsSigned(opcode) ? LoadSigned(bytes, width) : Load(bytes, width);
        *result = SlotTypes.OfCode(OpcodeTable.Signature(opcode).Result) == SlotType.I32 ? (uint)loaded : loaded;
        return TrapKind.None;
    }

    /// <summary>The bytes at an address, with zeros above.</summary>
    internal static ulong Load(byte* bytes, ulong width) => width switch
    {
        1 => *bytes,
        2 => *(ushort*)bytes,
        4 => *(uint*)bytes,
        _ => *(ulong*)bytes,
    };

    private static ulong LoadSigned(byte* bytes, ulong width) => width switch
    {
        1 => (ulong)*(sbyte*)bytes,
        2 => (ulong)*(short*)bytes,
        _ => (ulong)*(int*)bytes,
    };

    /// <summary>Writes the lower bytes of a value.</summary>
    internal static void Store(byte* bytes, ulong width, ulong value)
    {
        switch (width)
        {
            case 1:
                *bytes = (byte)value;
                break;
            case 2:
                *(ushort*)bytes = (ushort)value;
                break;
            case 4:
                *(uint*)bytes = (uint)value;
                break;
            default:
                *(ulong*)bytes = value;
                break;
        }
    }
}
