using System.Globalization;

namespace Wizer.Text;

/// <summary>Spells floating-point numbers so that they parse to the same bits: the shortest decimal, or the payload of a NaN.</summary>
internal static class FloatText
{
    internal static string OfF32(uint bits)
    {
        float value = BitConverter.UInt32BitsToSingle(bits);
        return float.IsFinite(value)
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : Special((bits >> 31) != 0, bits & 0x7f_ffff, 0x40_0000);
    }

    internal static string OfF64(ulong bits)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);
        return double.IsFinite(value)
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : Special((bits >> 63) != 0, bits & 0xf_ffff_ffff_ffff, 0x8_0000_0000_0000);
    }

    private static string Special(bool isNegative, ulong payload, ulong canonicalPayload) =>
        (isNegative ? "-" : "")
        + (payload == 0 ? "inf" : payload == canonicalPayload ? "nan" : $"nan:0x{payload:x}");
}
