using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wizer.Engine.Interpreter;

// Relaxed instructions as the processor computes them: one of the results that the specification allows, and cheaper. Where the
// processor has nothing cheaper, the deterministic result.
internal static unsafe partial class VectorOperations
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> HostShuffle(Vector128<byte> x, Vector128<byte> indices) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(x, indices) : Vector128.Shuffle(x, indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> HostTruncate(Vector128<double> x) =>
        Sse2.IsSupported
            ? Sse2.ConvertToVector128Int32WithTruncation(x)
            : Vector128.Create(Numerics.SaturateI32(x[0]), Numerics.SaturateI32(x[1]), 0, 0);

    // The highest bit of each lane decides. There is no such instruction for lanes of 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> HostSelect(Vector128<sbyte> mask, Vector128<sbyte> x, Vector128<sbyte> y) =>
        Sse41.IsSupported ? Sse41.BlendVariable(y, x, mask) : Vector128.ConditionalSelect(mask, x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> HostSelect(Vector128<int> mask, Vector128<int> x, Vector128<int> y) =>
        Sse41.IsSupported
            ? Sse41.BlendVariable(y.AsSingle(), x.AsSingle(), mask.AsSingle()).AsInt32()
            : Vector128.ConditionalSelect(mask, x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> HostSelect(Vector128<long> mask, Vector128<long> x, Vector128<long> y) =>
        Sse41.IsSupported
            ? Sse41.BlendVariable(y.AsDouble(), x.AsDouble(), mask.AsDouble()).AsInt64()
            : Vector128.ConditionalSelect(mask, x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> HostMultiplyQ15(Vector128<short> x, Vector128<short> y) =>
        Ssse3.IsSupported ? Ssse3.MultiplyHighRoundScale(x, y) : MultiplyQ15(x, y);

    // The second operand is the one of seven bits, which the processor takes as unsigned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> HostDotBytes(Vector128<sbyte> x, Vector128<sbyte> y) =>
        Ssse3.IsSupported ? Ssse3.MultiplyAddAdjacent(y.AsByte(), x) : DotBytes(x, y);
}
