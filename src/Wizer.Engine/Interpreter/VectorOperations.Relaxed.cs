using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wizer.Engine;

// Relaxed instructions as the processor computes them: one of the results that the specification allows, and cheaper. Where the
// processor has nothing cheaper, the deterministic result.
internal static unsafe partial class VectorOperations
{
    private static Vector128<byte> HostShuffle(Vector128<byte> x, Vector128<byte> indices) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(x, indices) : Vector128.Shuffle(x, indices);

    private static Vector128<int> HostTruncate(Vector128<double> x) =>
        Sse2.IsSupported
            ? Sse2.ConvertToVector128Int32WithTruncation(x)
            : Vector128.Create(Numerics.SaturateI32(x[0]), Numerics.SaturateI32(x[1]), 0, 0);

    // The highest bit of each byte decides: only where the lanes are bytes or the mask is all ones or zeros is that the lane's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> HostSelect<T>(Vector128<T> mask, Vector128<T> x, Vector128<T> y) =>
        Sse41.IsSupported
            ? Sse41.BlendVariable(y.AsByte(), x.AsByte(), mask.AsByte()).As<byte, T>()
            : Vector128.ConditionalSelect(mask, x, y);

    private static Vector128<short> HostMultiplyQ15(Vector128<short> x, Vector128<short> y) =>
        Ssse3.IsSupported ? Ssse3.MultiplyHighRoundScale(x, y) : MultiplyQ15(x, y);

    // The second operand is the one of seven bits, which the processor takes as unsigned.
    private static Vector128<short> HostDotBytes(Vector128<sbyte> x, Vector128<sbyte> y) =>
        Ssse3.IsSupported ? Ssse3.MultiplyAddAdjacent(y.AsByte(), x) : DotBytes(x, y);
}
