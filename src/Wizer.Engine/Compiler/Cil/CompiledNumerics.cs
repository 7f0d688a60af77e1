using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Wizer.Engine.Interpreter;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>
/// What <c>cil.tsv</c> calls: each is small enough to become part of its caller, and computes what <see cref="Numerics"/> does.
/// </summary>
internal static class CompiledNumerics
{
    // Not BitOperations: of constants, RyuJIT makes one that it takes for positive wherever the sign matters, as in a division.
    internal static int RotateLeft32(int value, int count) => (value << count) | (value >>> (32 - count));

    internal static int RotateRight32(int value, int count) => (value >>> count) | (value << (32 - count));

    internal static long RotateLeft64(long value, long count) => (long)BitOperations.RotateLeft((ulong)value, (int)count & 63);

    internal static long RotateRight64(long value, long count) => (long)BitOperations.RotateRight((ulong)value, (int)count & 63);

    internal static int LeadingZeros32(int value) => BitOperations.LeadingZeroCount((uint)value);

    internal static int TrailingZeros32(int value) => BitOperations.TrailingZeroCount(value);

    internal static int PopCount32(int value) => BitOperations.PopCount((uint)value);

    internal static long LeadingZeros64(long value) => BitOperations.LeadingZeroCount((ulong)value);

    internal static long TrailingZeros64(long value) => BitOperations.TrailingZeroCount(value);

    internal static long PopCount64(long value) => BitOperations.PopCount((ulong)value);

    internal static float Negate32(float value) => F32OfBits(BitsOfF32(value) ^ int.MinValue);

    internal static double Negate64(double value) => F64OfBits(BitsOfF64(value) ^ long.MinValue);

    internal static float Magnitude32(float value) => F32OfBits(BitsOfF32(value) & int.MaxValue);

    internal static double Magnitude64(double value) => F64OfBits(BitsOfF64(value) & long.MaxValue);

    internal static float Ceiling32(float value) => Numerics.Ceiling(value);

    internal static double Ceiling64(double value) => Numerics.Ceiling(value);

    internal static float Floor32(float value) => Numerics.Floor(value);

    internal static double Floor64(double value) => Numerics.Floor(value);

    internal static float Truncate32(float value) => Numerics.Truncate(value);

    internal static double Truncate64(double value) => Numerics.Truncate(value);

    internal static float Nearest32(float value) => Numerics.Nearest(value);

    internal static double Nearest64(double value) => Numerics.Nearest(value);

    internal static float SquareRoot32(float value) => MathF.Sqrt(value);

    internal static double SquareRoot64(double value) => Math.Sqrt(value);

    internal static float Min32(float a, float b) => Numerics.MinMax(a, b, isMin: true);

    internal static double Min64(double a, double b) => Numerics.MinMax(a, b, isMin: true);

    internal static float Max32(float a, float b) => Numerics.MinMax(a, b, isMin: false);

    internal static double Max64(double a, double b) => Numerics.MinMax(a, b, isMin: false);

    internal static float CopySign32(float a, float b) => F32OfBits((BitsOfF32(a) & int.MaxValue) | (BitsOfF32(b) & int.MinValue));

    internal static double CopySign64(double a, double b) => F64OfBits((BitsOfF64(a) & long.MaxValue) | (BitsOfF64(b) & long.MinValue));

    internal static float ConvertU64ToF32(long value) => value >= 0 ? value : (float)((long)((ulong)value >> 1) | (value & 1)) * 2;

    internal static double ConvertU64ToF64(long value) => value >= 0 ? value : (double)((long)((ulong)value >> 1) | (value & 1)) * 2;

    internal static int BitsOfF32(float value) => BitConverter.SingleToInt32Bits(value);

    internal static long BitsOfF64(double value) => BitConverter.DoubleToInt64Bits(value);

    internal static float F32OfBits(int bits) => BitConverter.Int32BitsToSingle(bits);

    // A call: of a value that was just loaded from 8 or 16 bits, RyuJIT would make a load of 32 bits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float ReinterpretI32(int bits) => BitConverter.Int32BitsToSingle(bits);

    internal static double F64OfBits(long bits) => BitConverter.Int64BitsToDouble(bits);

    /// <summary>
    /// An f64 as an f32. RyuJIT would leave out a plain conversion of what was converted from an f32, which makes a signalling NaN
    /// quiet.
    /// </summary>
    internal static float Demote(double value) => Sse2.IsSupported
        ? Sse2.ConvertScalarToVector128Single(Vector128<float>.Zero, Vector128.CreateScalarUnsafe(value)).ToScalar()
        : DemoteOutOfLine(value);

    internal static float CanonicalizeF32(float value) => float.IsNaN(value) ? F32OfBits(0x7fc0_0000) : value;

    internal static double CanonicalizeF64(double value) => double.IsNaN(value) ? F64OfBits(0x7ff8_0000_0000_0000) : value;

    internal static Vector128<byte> CanonicalizeF32x4(Vector128<byte> value)
    {
        Vector128<float> lanes = value.AsSingle();
        return Vector128.ConditionalSelect(Vector128.Equals(lanes, lanes).AsByte(), value, Vector128.Create(0x7fc0_0000).AsByte());
    }

    internal static Vector128<byte> CanonicalizeF64x2(Vector128<byte> value)
    {
        Vector128<double> lanes = value.AsDouble();
        return Vector128.ConditionalSelect(
            Vector128.Equals(lanes, lanes).AsByte(), value, Vector128.Create(0x7ff8_0000_0000_0000).AsByte());
    }

    internal static int Saturate32(double value) => Numerics.SaturateI32(value);

    internal static int SaturateU32(double value) => (int)Numerics.SaturateU32(value);

    internal static long Saturate64(double value) => Numerics.SaturateI64(value);

    internal static long SaturateU64(double value) => (long)Numerics.SaturateU64(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float DemoteOutOfLine(double value) => (float)value;

    internal static long UnsignedOf(double value) => (long)Numerics.ToU64(value);
}
