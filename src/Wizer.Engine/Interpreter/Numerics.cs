using System.Numerics;
using Wizer.Binary;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The numeric instructions that are not worth a place in the loop, or that the JIT implements with instructions beyond the
/// baseline, which would keep the loop from being precompiled. Core 3.0, Execution: Numerics.
/// </summary>
internal static unsafe class Numerics
{
    private const double TwoTo31 = 2147483648.0;
    private const double TwoTo32 = 4294967296.0;
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>Computes an instruction with one or two operands.</summary>
    internal static TrapKind Evaluate(Opcode opcode, ulong a, ulong b, ulong* result)
    {
        switch (opcode)
        {
            case Opcode.I32Clz:
                *result = (ulong)BitOperations.LeadingZeroCount((uint)a);
                return TrapKind.None;
            case Opcode.I32Ctz:
                *result = (ulong)BitOperations.TrailingZeroCount((uint)a);
                return TrapKind.None;
            case Opcode.I32Popcnt:
                *result = (ulong)BitOperations.PopCount((uint)a);
                return TrapKind.None;
            case Opcode.I64Clz:
                *result = (ulong)BitOperations.LeadingZeroCount(a);
                return TrapKind.None;
            case Opcode.I64Ctz:
                *result = (ulong)BitOperations.TrailingZeroCount(a);
                return TrapKind.None;
            case Opcode.I64Popcnt:
                *result = (ulong)BitOperations.PopCount(a);
                return TrapKind.None;

            case Opcode.F32Ceil:
                *result = Bits(Ceiling(F32(a)));
                return TrapKind.None;
            case Opcode.F32Floor:
                *result = Bits(Floor(F32(a)));
                return TrapKind.None;
            case Opcode.F32Trunc:
                *result = Bits(Truncate(F32(a)));
                return TrapKind.None;
            case Opcode.F32Nearest:
                *result = Bits(Nearest(F32(a)));
                return TrapKind.None;
            case Opcode.F32Sqrt:
                *result = Bits(MathF.Sqrt(F32(a)));
                return TrapKind.None;
            case Opcode.F32Min or Opcode.F32Max:
                *result = Bits(MinMax(F32(a), F32(b), opcode == Opcode.F32Min));
                return TrapKind.None;
            case Opcode.F32Copysign:
                *result = (a & 0x7fffffff) | (b & 0x80000000);
                return TrapKind.None;
            case Opcode.F64Ceil:
                *result = Bits(Ceiling(F64(a)));
                return TrapKind.None;
            case Opcode.F64Floor:
                *result = Bits(Floor(F64(a)));
                return TrapKind.None;
            case Opcode.F64Trunc:
                *result = Bits(Truncate(F64(a)));
                return TrapKind.None;
            case Opcode.F64Nearest:
                *result = Bits(Nearest(F64(a)));
                return TrapKind.None;
            case Opcode.F64Sqrt:
                *result = Bits(Math.Sqrt(F64(a)));
                return TrapKind.None;
            case Opcode.F64Min or Opcode.F64Max:
                *result = Bits(MinMax(F64(a), F64(b), opcode == Opcode.F64Min));
                return TrapKind.None;
            case Opcode.F64Copysign:
                *result = (a & long.MaxValue) | (b & 0x8000000000000000);
                return TrapKind.None;

            case Opcode.F32ConvertI32S:
                *result = Bits((float)(int)a);
                return TrapKind.None;
            case Opcode.F32ConvertI32U:
                *result = Bits((float)(long)(uint)a);
                return TrapKind.None;
            case Opcode.F32ConvertI64S:
                *result = Bits((float)(long)a);
                return TrapKind.None;
            case Opcode.F32ConvertI64U:
                // The lowest bit stands for all that are shifted out, so that the one rounding is right.
                *result = Bits((long)a >= 0 ? (float)(long)a : (float)(long)((a >> 1) | (a & 1)) * 2);
                return TrapKind.None;
            case Opcode.F64ConvertI64S:
                *result = Bits((double)(long)a);
                return TrapKind.None;
            case Opcode.F64ConvertI64U:
                *result = Bits((long)a >= 0 ? (double)(long)a : (double)(long)((a >> 1) | (a & 1)) * 2);
                return TrapKind.None;

            case Opcode.I32TruncF32S or Opcode.I32TruncF32U or Opcode.I64TruncF32S or Opcode.I64TruncF32U:
                return Truncate(opcode, F32(a), result);
            case Opcode.I32TruncF64S or Opcode.I32TruncF64U or Opcode.I64TruncF64S or Opcode.I64TruncF64U:
                return Truncate(opcode, F64(a), result);

            case Opcode.I32TruncSatF32S:
                *result = (uint)SaturateI32(F32(a));
                return TrapKind.None;
            case Opcode.I32TruncSatF32U:
                *result = SaturateU32(F32(a));
                return TrapKind.None;
            case Opcode.I32TruncSatF64S:
                *result = (uint)SaturateI32(F64(a));
                return TrapKind.None;
            case Opcode.I32TruncSatF64U:
                *result = SaturateU32(F64(a));
                return TrapKind.None;
            case Opcode.I64TruncSatF32S:
                *result = (ulong)SaturateI64(F32(a));
                return TrapKind.None;
            case Opcode.I64TruncSatF32U:
                *result = SaturateU64(F32(a));
                return TrapKind.None;
            case Opcode.I64TruncSatF64S:
                *result = (ulong)SaturateI64(F64(a));
                return TrapKind.None;
            case Opcode.I64TruncSatF64U:
                *result = SaturateU64(F64(a));
                return TrapKind.None;

            default:
                throw new InvalidOperationException($"no operation for {OpcodeTable.Mnemonic(opcode)}");
        }
    }

    // Where the runtime asks the C library to round, it is for that to say whether a signaling NaN becomes a quiet one, which it must.
    internal static float Ceiling(float value) => float.IsNaN(value) ? value + value : MathF.Ceiling(value);

    internal static double Ceiling(double value) => double.IsNaN(value) ? value + value : Math.Ceiling(value);

    internal static float Floor(float value) => float.IsNaN(value) ? value + value : MathF.Floor(value);

    internal static double Floor(double value) => double.IsNaN(value) ? value + value : Math.Floor(value);

    internal static float Truncate(float value) => float.IsNaN(value) ? value + value : MathF.Truncate(value);

    internal static double Truncate(double value) => double.IsNaN(value) ? value + value : Math.Truncate(value);

    internal static float Nearest(float value) => float.IsNaN(value) ? value + value : MathF.Round(value, MidpointRounding.ToEven);

    internal static double Nearest(double value) => double.IsNaN(value) ? value + value : Math.Round(value, MidpointRounding.ToEven);

    // Not MathF.Min and Max: the sum of a NaN and anything is the quiet NaN wanted. Equal operands differ at most in sign.
    internal static float MinMax(float a, float b, bool isMin)
    {
        if (float.IsNaN(a) || float.IsNaN(b))
        {
            return a + b;
        }

        if (a == b)
        {
            return F32(isMin ? Bits(a) | Bits(b) : Bits(a) & Bits(b));
        }

        return a < b == isMin ? a : b;
    }

    internal static double MinMax(double a, double b, bool isMin)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
        {
            return a + b;
        }

        if (a == b)
        {
            return F64(isMin ? Bits(a) | Bits(b) : Bits(a) & Bits(b));
        }

        return a < b == isMin ? a : b;
    }

    // An f32 is also an f64, and the limits of all four integer types are exact in f64.
    private static TrapKind Truncate(Opcode opcode, double value, ulong* result)
    {
        if (double.IsNaN(value))
        {
            return TrapKind.InvalidConversion;
        }

        switch (opcode)
        {
            case Opcode.I32TruncF32S or Opcode.I32TruncF64S:
                if (value >= TwoTo31 || value <= -TwoTo31 - 1)
                {
                    return TrapKind.IntegerOverflow;
                }

                *result = (uint)(int)value;
                return TrapKind.None;

            case Opcode.I32TruncF32U or Opcode.I32TruncF64U:
                if (value >= TwoTo32 || value <= -1)
                {
                    return TrapKind.IntegerOverflow;
                }

                *result = (uint)(long)value;
                return TrapKind.None;

            case Opcode.I64TruncF32S or Opcode.I64TruncF64S:
                if (value >= TwoTo63 || value < -TwoTo63)
                {
                    return TrapKind.IntegerOverflow;
                }

                *result = (ulong)(long)value;
                return TrapKind.None;

            default:
                if (value >= TwoTo64 || value <= -1)
                {
                    return TrapKind.IntegerOverflow;
                }

                *result = ToU64(value);
                return TrapKind.None;
        }
    }

    internal static int SaturateI32(double value) =>
        double.IsNaN(value) ? 0 : value >= TwoTo31 ? int.MaxValue : value <= -TwoTo31 ? int.MinValue : (int)value;

    internal static uint SaturateU32(double value) =>
        !(value > 0) ? 0 : value >= TwoTo32 ? uint.MaxValue : (uint)(long)value;

    internal static long SaturateI64(double value) =>
        double.IsNaN(value) ? 0 : value >= TwoTo63 ? long.MaxValue : value <= -TwoTo63 ? long.MinValue : (long)value;

    internal static ulong SaturateU64(double value) =>
        !(value > 0) ? 0 : value >= TwoTo64 ? ulong.MaxValue : ToU64(value);

    // By way of signed conversions, which every processor has. The value is above -1 and below 2^64.
    internal static ulong ToU64(double value) => value < TwoTo63 ? (ulong)(long)value : (ulong)(long)(value - TwoTo63) + (1UL << 63);

    private static float F32(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static double F64(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);
}
