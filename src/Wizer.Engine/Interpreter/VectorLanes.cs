using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wizer.Binary;
using Wizer.Engine.Code;

namespace Wizer.Engine.Interpreter;

/// <summary>The vector instructions that name lanes. Core 3.0, Execution: Vector Instructions.</summary>
internal static unsafe class VectorLanes
{
    /// <summary><see cref="Op.VectorLane"/>: the result's slot, two operands' slots, the instruction, the lane.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Run(ulong* fp, ushort* ip)
    {
        ulong* result = fp + ip[1];
        ulong* vector = fp + ip[2];
        ulong value = fp[ip[3]];
        int lane = ip[5];
        switch ((Opcode)ip[4])
        {
            case Opcode.I8x16ExtractLaneS:
                *result = (uint)((sbyte*)vector)[lane];
                break;
            case Opcode.I8x16ExtractLaneU:
                *result = ((byte*)vector)[lane];
                break;
            case Opcode.I16x8ExtractLaneS:
                *result = (uint)((short*)vector)[lane];
                break;
            case Opcode.I16x8ExtractLaneU:
                *result = ((ushort*)vector)[lane];
                break;
            case Opcode.I32x4ExtractLane or Opcode.F32x4ExtractLane:
                *result = ((uint*)vector)[lane];
                break;
            case Opcode.I64x2ExtractLane or Opcode.F64x2ExtractLane:
                *result = vector[lane];
                break;
            default:
                Replace((Opcode)ip[4], result, vector, value, lane);
                break;
        }
    }

    /// <summary><c>i8x16.shuffle</c>: indices above 15 are of the second operand.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Shuffle(ulong* result, ulong* a, ulong* b, ushort* indices)
    {
        Vector128<byte> lanes = *(Vector128<byte>*)indices;
        Vector128<byte> ofA = Vector128.Shuffle(*(Vector128<byte>*)a, lanes);
        Vector128<byte> ofB = Vector128.Shuffle(*(Vector128<byte>*)b, lanes - Vector128.Create((byte)16));
        *(Vector128<byte>*)result = ofA | ofB;
    }

    private static void Replace(Opcode opcode, ulong* result, ulong* vector, ulong value, int lane)
    {
        // The result may be where the operands are, which have been read.
        ulong high = vector[1];
        result[0] = vector[0];
        result[1] = high;
        switch (opcode)
        {
            case Opcode.I8x16ReplaceLane:
                ((byte*)result)[lane] = (byte)value;
                break;
            case Opcode.I16x8ReplaceLane:
                ((ushort*)result)[lane] = (ushort)value;
                break;
            case Opcode.I32x4ReplaceLane or Opcode.F32x4ReplaceLane:
                ((uint*)result)[lane] = (uint)value;
                break;
            default:
                result[lane] = value;
                break;
        }
    }
}
