using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>Loads and stores of vectors and their lanes. Core 3.0, Execution: Memory Instructions.</summary>
/// <remarks>In words, not vectors: there is little to gain, and so all of it is precompiled.</remarks>
internal static unsafe class VectorMemory
{
    private const ulong EachByte = 0x0101_0101_0101_0101;
    private const ulong EachShort = 0x0001_0001_0001_0001;
    private const ulong EachInt = 0x0000_0001_0000_0001;

    /// <summary>
    /// <see cref="Op.VectorMemory"/>: the result's slot, the address's, the vector's, the instruction, the lane, the memory, the
    /// offset.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Run(GuestContext* context, ulong* fp, ushort* ip)
    {
        var opcode = (Opcode)ip[4];
        MemoryData* memory = context->Instance->Memories[*(uint*)(ip + 6)];
        ulong address = fp[ip[2]];
        ulong at = address + *(ulong*)(ip + 8);
        var width = (ulong)OpcodeTable.Width(opcode);
        if (at < address || memory->ByteLength < width || at > memory->ByteLength - width)
        {
            context->FaultAddress = at;
            return TrapKind.MemoryOutOfBounds;
        }

        if (context->AreWritesNoted != 0)
        {
            Calls.HostOf(context).Writes!.NoteVector(context, fp, ip);
        }

        byte* bytes = memory->Base + at;
        if (OpcodeTable.Immediates(opcode) == ImmediateKind.MemArgLane)
        {
            AccessLane(opcode, bytes, fp + ip[1], fp + ip[3], ip[5]);
        }
        else if (opcode == Opcode.V128Store)
        {
            ulong* vector = fp + ip[3];
            *(ulong*)bytes = vector[0];
            *(ulong*)(bytes + sizeof(ulong)) = vector[1];
        }
        else
        {
            Load(opcode, bytes, fp + ip[1]);
        }

        return TrapKind.None;
    }

    private static void Load(Opcode opcode, byte* bytes, ulong* result)
    {
        switch (opcode)
        {
            case Opcode.V128Load:
                result[0] = *(ulong*)bytes;
                result[1] = *(ulong*)(bytes + sizeof(ulong));
                break;
            case Opcode.V128Load8Splat:
                result[0] = result[1] = *bytes * EachByte;
                break;
            case Opcode.V128Load16Splat:
                result[0] = result[1] = *(ushort*)bytes * EachShort;
                break;
            case Opcode.V128Load32Splat:
                result[0] = result[1] = *(uint*)bytes * EachInt;
                break;
            case Opcode.V128Load64Splat:
                result[0] = result[1] = *(ulong*)bytes;
                break;
            case Opcode.V128Load32Zero:
                result[0] = *(uint*)bytes;
                result[1] = 0;
                break;
            case Opcode.V128Load64Zero:
                result[0] = *(ulong*)bytes;
                result[1] = 0;
                break;
            default:
                Extend(opcode, bytes, result);
                break;
        }
    }

    private static void Extend(Opcode opcode, byte* bytes, ulong* result)
    {
        switch (opcode)
        {
            case Opcode.V128Load8x8S:
                for (int i = 0; i < 8; i++)
                {
                    ((short*)result)[i] = ((sbyte*)bytes)[i];
                }

                break;
            case Opcode.V128Load8x8U:
                for (int i = 0; i < 8; i++)
                {
                    ((ushort*)result)[i] = bytes[i];
                }

                break;
            case Opcode.V128Load16x4S:
                for (int i = 0; i < 4; i++)
                {
                    ((int*)result)[i] = ((short*)bytes)[i];
                }

                break;
            case Opcode.V128Load16x4U:
                for (int i = 0; i < 4; i++)
                {
                    ((uint*)result)[i] = ((ushort*)bytes)[i];
                }

                break;
            case Opcode.V128Load32x2S:
                result[0] = (ulong)((int*)bytes)[0];
                result[1] = (ulong)((int*)bytes)[1];
                break;
            case Opcode.V128Load32x2U:
                result[0] = ((uint*)bytes)[0];
                result[1] = ((uint*)bytes)[1];
                break;
            default:
                throw new InvalidOperationException($"no operation for {OpcodeTable.Mnemonic(opcode)}");
        }
    }

    private static void AccessLane(Opcode opcode, byte* bytes, ulong* result, ulong* vector, int lane)
    {
        if (OpcodeTable.Family(opcode) == OpcodeFamily.LoadLane)
        {
            // The result may be where the vector is.
            ulong high = vector[1];
            result[0] = vector[0];
            result[1] = high;
        }

        switch (opcode)
        {
            case Opcode.V128Load8Lane:
                ((byte*)result)[lane] = *bytes;
                break;
            case Opcode.V128Load16Lane:
                ((ushort*)result)[lane] = *(ushort*)bytes;
                break;
            case Opcode.V128Load32Lane:
                ((uint*)result)[lane] = *(uint*)bytes;
                break;
            case Opcode.V128Load64Lane:
                result[lane] = *(ulong*)bytes;
                break;
            case Opcode.V128Store8Lane:
                *bytes = ((byte*)vector)[lane];
                break;
            case Opcode.V128Store16Lane:
                *(ushort*)bytes = ((ushort*)vector)[lane];
                break;
            case Opcode.V128Store32Lane:
                *(uint*)bytes = ((uint*)vector)[lane];
                break;
            default:
                *(ulong*)bytes = vector[lane];
                break;
        }
    }
}
