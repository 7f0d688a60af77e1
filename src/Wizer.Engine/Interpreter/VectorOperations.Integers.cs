using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wizer.Engine.Interpreter;

// Integers: what Vector128 has no single operation for.
internal static unsafe partial class VectorOperations
{
    // Not Vector128.Abs, whose portable form throws for the smallest integer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Magnitude<T>(Vector128<T> x)
    {
        Vector128<T> sign = Vector128.LessThan(x, Vector128<T>.Zero);
        return (x ^ sign) - sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> PopCount(Vector128<byte> x)
    {
        x -= (x >> 1) & Vector128.Create((byte)0x55);
        x = (x & Vector128.Create((byte)0x33)) + ((x >> 2) & Vector128.Create((byte)0x33));
        return (x + (x >> 4)) & Vector128.Create((byte)0x0f);
    }

    // It overflowed when the sum has another sign than both; then the limit is the one of the first's sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> AddSigned<T>(Vector128<T> x, Vector128<T> y, T largest)
    {
        Vector128<T> sum = x + y;
        return Limit(x, (x ^ sum) & (y ^ sum), sum, largest);
    }

    // It overflowed when the signs differ and the difference has not the first's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> SubtractSigned<T>(Vector128<T> x, Vector128<T> y, T largest)
    {
        Vector128<T> difference = x - y;
        return Limit(x, (x ^ y) & (x ^ difference), difference, largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Limit<T>(Vector128<T> x, Vector128<T> overflow, Vector128<T> result, T largest)
    {
        Vector128<T> limit = Vector128.LessThan(x, Vector128<T>.Zero) ^ Vector128.Create(largest);
        return Vector128.ConditionalSelect(Vector128.LessThan(overflow, Vector128<T>.Zero), limit, result);
    }

    // Only -1 times -1 exceeds the range.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> MultiplyQ15(Vector128<short> x, Vector128<short> y)
    {
        Vector128<int> half = Vector128.Create(0x4000);
        Vector128<int> low = ((Vector128.WidenLower(x) * Vector128.WidenLower(y)) + half) >> 15;
        Vector128<int> high = ((Vector128.WidenUpper(x) * Vector128.WidenUpper(y)) + half) >> 15;
        Vector128<int> limit = Vector128.Create((int)short.MaxValue);
        return Vector128.Narrow(Vector128.Min(low, limit), Vector128.Min(high, limit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Dot(Vector128<short> x, Vector128<short> y)
    {
        Vector128<int> a = x.AsInt32();
        Vector128<int> b = y.AsInt32();
        return (((a << 16) >> 16) * ((b << 16) >> 16)) + ((a >> 16) * (b >> 16));
    }

    // The deterministic profile's: both signed, and a sum that wraps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> DotBytes(Vector128<sbyte> x, Vector128<sbyte> y)
    {
        Vector128<short> a = x.AsInt16();
        Vector128<short> b = y.AsInt16();
        return (((a << 8) >> 8) * ((b << 8) >> 8)) + ((a >> 8) * (b >> 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumPairs(Vector128<short> x) => ((x.AsInt32() << 16) >> 16) + (x.AsInt32() >> 16);

    // Limited to the signed or unsigned range; the bits that remain are the same for both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector128<short> x, Vector128<short> y, short smallest, short largest)
    {
        Vector128<short> low = Vector128.Create(smallest);
        Vector128<short> high = Vector128.Create(largest);
        x = Vector128.Min(Vector128.Max(x, low), high);
        y = Vector128.Min(Vector128.Max(y, low), high);
        return Vector128.Narrow(x, y).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Narrow(Vector128<int> x, Vector128<int> y, int smallest, int largest)
    {
        Vector128<int> low = Vector128.Create(smallest);
        Vector128<int> high = Vector128.Create(largest);
        x = Vector128.Min(Vector128.Max(x, low), high);
        y = Vector128.Min(Vector128.Max(y, low), high);
        return Vector128.Narrow(x, y).AsUInt16();
    }
}
