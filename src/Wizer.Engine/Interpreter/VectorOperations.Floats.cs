using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wizer.Engine;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Maximum<T>(Vector128<T> x, Vector128<T> y)
    {
        Vector128<T> areNumbers = Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(areNumbers, Vector128.Max(x, y), x + y);
    }
}
