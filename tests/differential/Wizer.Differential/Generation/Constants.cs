using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>Values at which operators change their behaviour, and arbitrary ones.</summary>
internal static class Constants
{
    internal const uint CanonicalNan32 = 0x7fc00000;
    internal const ulong CanonicalNan64 = 0x7ff8000000000000;

    private static readonly float[] s_floats =
    [
        0f, -0f, 0.5f, -0.5f, 1f, -1f, 1.5f, 2.5f, -2.5f, 127.5f, 255.5f, 32767.5f, 65535f, 8388607.5f, 8388608f, 16777215f, 16777217f,
        2147483520f, 2147483648f, -2147483648f, -2147483904f, 4294967040f, 4294967296f, 9.223371487098961920e18f, 9.223372036854775808e18f,
        -9.223372036854775808e18f, 1.8446744073709551616e19f, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1.17549435e-38f,
        float.PositiveInfinity, float.NegativeInfinity,
    ];

    private static readonly double[] s_doubles =
    [
        0, -0d, 0.5, -0.5, 1, -1, 1.5, 2.5, -3.5, 2147483647, 2147483647.9, 2147483648, -2147483648, -2147483648.9, -2147483649,
        4294967295, 4294967295.9, 4294967296, 4503599627370495.5, 4503599627370496, 9007199254740993, 9.223372036854774784e18,
        9.223372036854775808e18, -9.223372036854775808e18, -9.223372036854777856e18, 1.8446744073709549568e19, 1.8446744073709551616e19,
        3.4028234663852886e38, 3.4028235677973366e38, 1e39, 1.401298464324817e-45, 7.006492321624085e-46, double.MaxValue, double.MinValue,
        double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, double.PositiveInfinity, double.NegativeInfinity,
    ];

    // Canonical, negative, with a payload, signalling: what an operation makes of them is canonicalised, what a move makes is not.
    private static readonly uint[] s_nans32 = [CanonicalNan32, 0xffc00000, 0x7fc12345, 0x7fa00001, 0xff800001];
    private static readonly ulong[] s_nans64 = [CanonicalNan64, 0xfff8000000000000, 0x7ff8000012345678, 0x7ff4000000000001, 0xfff0000000000001];

    // Few, so that lanes are often equal: both zeros, one, infinity, a NaN.
    private static readonly uint[] s_lanes32 = [0, 0x80000000, 0x3f800000, 0x7f800000, CanonicalNan32];

    internal static uint I32(Prng random) => random.Below(10) switch
    {
        < 4 => (uint)random.Between(-4, 20),
        < 6 => 1u << random.Below(32),
        < 8 => (1u << random.Below(32)) - (uint)random.Below(3),
        _ => (uint)random.Next(),
    };

    internal static ulong I64(Prng random) => random.Below(10) switch
    {
        < 4 => (ulong)random.Between(-4, 20),
        < 6 => 1UL << random.Below(64),
        < 8 => (1UL << random.Below(64)) - (ulong)random.Below(3),
        _ => random.Next(),
    };

    internal static uint F32(Prng random) => random.Below(20) switch
    {
        0 => random.Pick(s_nans32),
        < 9 => BitConverter.SingleToUInt32Bits(random.Pick(s_floats)),
        < 17 => BitConverter.SingleToUInt32Bits(random.Between(-4000, 4000) / 8f),
        _ => (uint)random.Next(),
    };

    internal static ulong F64(Prng random) => random.Below(20) switch
    {
        0 => random.Pick(s_nans64),
        < 9 => BitConverter.DoubleToUInt64Bits(random.Pick(s_doubles)),
        < 17 => BitConverter.DoubleToUInt64Bits(random.Between(-4000, 4000) / 8d),
        _ => random.Next(),
    };

    /// <summary>Half of a v128, as lanes of some width.</summary>
    internal static ulong V128Half(Prng random) => random.Below(6) switch
    {
        0 => random.Pick(s_lanes32) | ((ulong)random.Pick(s_lanes32) << 32),
        1 => F32(random) | ((ulong)F32(random) << 32),
        2 => F64(random),
        3 => I32(random) | ((ulong)I32(random) << 32),
        4 => I64(random),
        _ => random.Next() & random.Next(),
    };

    /// <summary>The slots of a value as the engine takes them.</summary>
    internal static IEnumerable<ulong> Slots(ValType type, Prng random)
    {
        yield return type.Kind switch
        {
            0x7f => I32(random),
            0x7e => I64(random),
            0x7d => F32(random),
            0x7c => F64(random),
            _ => V128Half(random),
        };
        if (type.IsVector)
        {
            yield return V128Half(random);
        }
    }
}
