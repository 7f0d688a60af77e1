using System.Globalization;

namespace Wizer.Binary;

/// <summary>
/// Spells floating-point numbers so that they parse to the same bits: as a short decimal number, or as a NaN with its payload.
/// Core 3.0, Text Format: Values, Floating-Point.
/// </summary>
internal static class FloatText
{
    // The platform's shortest digits are wrong for some powers of two, whose lower neighbour is nearer than the upper one: 2^-25
    // becomes 2.980232238769531E-08, which is that neighbour. Nine and seventeen digits are always enough.
    internal static string OfF32(uint bits)
    {
        float value = BitConverter.UInt32BitsToSingle(bits);
        if (!float.IsFinite(value))
        {
            return Special((bits >> 31) != 0, bits & 0x7f_ffff, 0x40_0000);
        }

        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return BitConverter.SingleToUInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)) == bits
            ? text
            : value.ToString("G9", CultureInfo.InvariantCulture);
    }

    internal static string OfF64(ulong bits)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);
        if (!double.IsFinite(value))
        {
            return Special((bits >> 63) != 0, bits & 0xf_ffff_ffff_ffff, 0x8_0000_0000_0000);
        }

        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return BitConverter.DoubleToUInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)) == bits
            ? text
            : value.ToString("G17", CultureInfo.InvariantCulture);
    }

    private static string Special(bool isNegative, ulong payload, ulong canonicalPayload) =>
        (isNegative ? "-" : "")
        + (payload == 0 ? "inf" : payload == canonicalPayload ? "nan" : $"nan:0x{payload:x}");
}
