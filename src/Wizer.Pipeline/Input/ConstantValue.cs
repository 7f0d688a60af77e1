using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What somebody says that an imported global is: a number or a vector, bit for bit, or null.</summary>
/// <param name="Low">The bits of a number, zero-extended; the lower half of a vector; 0 for null.</param>
/// <param name="High">The upper half of a vector.</param>
internal readonly record struct ConstantValue(ulong Low, ulong High = 0)
{
    private const NumberStyles FloatStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const ulong QuietF32 = 0x40_0000;
    private const ulong QuietF64 = 0x8_0000_0000_0000;

    /// <summary>Reads a value of a type; see <see cref="GlobalDefinition.Value"/>.</summary>
    internal static bool TryParse(ValType type, string text, out ConstantValue value)
    {
        value = default;
        switch (type.Code)
        {
            case ValTypeCode.I32:
                return TryParseInteger(text, 32, out value);
            case ValTypeCode.I64:
                return TryParseInteger(text, 64, out value);
            case ValTypeCode.V128:
                return TryParseInteger(text, 128, out value);
            case ValTypeCode.F32 when TryParseNaN(text, 0x7f80_0000, QuietF32, 1UL << 31, out value):
            case ValTypeCode.F64 when TryParseNaN(text, 0x7ff0_0000_0000_0000, QuietF64, 1UL << 63, out value):
                return true;
            case ValTypeCode.F32:
                // Not by way of a double, which would be rounded twice.
                bool isSingle = float.TryParse(Spell(text), FloatStyle, CultureInfo.InvariantCulture, out float single);
                value = new ConstantValue(BitConverter.SingleToUInt32Bits(single));
                return isSingle && (float.IsFinite(single) || IsInfinity(text));
            case ValTypeCode.F64:
                bool isDouble = double.TryParse(Spell(text), FloatStyle, CultureInfo.InvariantCulture, out double number);
                value = new ConstantValue(BitConverter.DoubleToUInt64Bits(number));
                return isDouble && (double.IsFinite(number) || IsInfinity(text));
            default:
                return type.IsRef && type.IsNullable && text == "null";
        }
    }

    /// <summary>Writes the instruction that has the value. Core 3.0, Validation: Constant Expressions.</summary>
    internal void WriteTo(WasmWriter writer, ValType type)
    {
        switch (type.Code)
        {
            case ValTypeCode.I32:
                writer.WriteOpcode(Opcode.I32Const);
                writer.WriteS32((int)Low);
                break;
            case ValTypeCode.I64:
                writer.WriteOpcode(Opcode.I64Const);
                writer.WriteS64((long)Low);
                break;
            case ValTypeCode.F32:
                writer.WriteOpcode(Opcode.F32Const);
                writer.WriteFixed32((uint)Low);
                break;
            case ValTypeCode.F64:
                writer.WriteOpcode(Opcode.F64Const);
                writer.WriteFixed64(Low);
                break;
            case ValTypeCode.V128:
                writer.WriteOpcode(Opcode.V128Const);
                writer.WriteFixed64(Low);
                writer.WriteFixed64(High);
                break;
            default:
                writer.WriteOpcode(Opcode.RefNull);
                writer.WriteHeapType(type.HeapType);
                break;
        }
    }

    // Signed or unsigned: from -2^(n-1) to 2^n - 1.
    private static bool TryParseInteger(string text, int bits, out ConstantValue value)
    {
        value = default;
        bool isNegative = text.StartsWith('-');
        string digits = isNegative ? text[1..] : text;
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!UInt128.TryParse(isHex ? digits[2..] : digits, style, CultureInfo.InvariantCulture, out UInt128 number)
            || number > (isNegative ? UInt128.One << (bits - 1) : UInt128.MaxValue >> (128 - bits)))
        {
            return false;
        }

        number = (isNegative ? UInt128.Zero - number : number) & (UInt128.MaxValue >> (128 - bits));
        value = new ConstantValue((ulong)number, (ulong)(number >> 64));
        return true;
    }

    private static bool TryParseNaN(string text, ulong infinity, ulong quiet, ulong sign, out ConstantValue value)
    {
        bool isNegative = text.StartsWith('-');
        string rest = isNegative ? text[1..] : text;
        ulong payload = quiet;
        value = default;
        if (!rest.StartsWith("nan", StringComparison.Ordinal))
        {
            return false;
        }

        bool isCanonical = rest.Length == 3;
        bool hasPayload = rest.StartsWith("nan:0x", StringComparison.Ordinal)
            && ulong.TryParse(rest.AsSpan(6), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out payload)
            && payload != 0 && payload < quiet * 2;
        value = new ConstantValue(infinity | payload | (isNegative ? sign : 0));
        return isCanonical || hasPayload;
    }

    private static bool IsInfinity(string text) => text is "inf" or "-inf";

    private static string Spell(string text) => text switch
    {
        "inf" => "Infinity",
        "-inf" => "-Infinity",
        _ => text,
    };
}
