using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wizer.Binary;

namespace Wizer.Engine.Interpreter;

// Floats.
internal static unsafe partial class VectorOperations
{
    // The sum of a NaN and anything is the quiet NaN wanted; Vector128.Min would hand on a signalling one. A comparison with
    // itself finds NaNs, and everything else is ordered as wanted: -0 before 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Minimum<T>(Vector128<T> x, Vector128<T> y)
    {
        Vector128<T> areNumbers = Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(areNumbers, Vector128.Min(x, y), x + y);
    }

    /// <summary>The operation that puts the positive canonical NaN in the place of any other.</summary>
    internal static delegate*<ulong*, ulong*, ulong*, ulong*, void> Canonicalizer(NanLanes lanes) =>
        lanes == NanLanes.F32x4 ? &CanonicalizeF32x4 : &CanonicalizeF64x2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CanonicalizeF32x4(ulong* result, ulong* a, ulong* b, ulong* c)
    {
        Vector128<float> value = Vector128.Load((float*)a);
        Vector128.ConditionalSelect(
            Vector128.Equals(value, value), value, Vector128.Create(0x7fc00000).AsSingle()).Store((float*)result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CanonicalizeF64x2(ulong* result, ulong* a, ulong* b, ulong* c)
    {
        Vector128<double> value = Vector128.Load((double*)a);
        Vector128.ConditionalSelect(
            Vector128.Equals(value, value), value, Vector128.Create(0x7ff8000000000000).AsDouble()).Store((double*)result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Maximum<T>(Vector128<T> x, Vector128<T> y)
    {
        Vector128<T> areNumbers = Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(areNumbers, Vector128.Max(x, y), x + y);
    }
}
