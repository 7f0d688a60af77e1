using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The value of a mutable global, with its type: a number or a vector, bit for bit.</summary>
public readonly struct GlobalValue : IEquatable<GlobalValue>
{
    private GlobalValue(ValType type, ulong low, ulong high = 0)
    {
        Type = type;
        LowBits = low;
        HighBits = high;
    }

    /// <summary><c>i32</c>, <c>i64</c>, <c>f32</c>, <c>f64</c> or <c>v128</c>.</summary>
    public ValType Type { get; }

    /// <summary>The bits of a number, zero-extended; the lower half of a vector.</summary>
    public ulong LowBits { get; }

    /// <summary>The upper half of a vector; zero for numbers.</summary>
    public ulong HighBits { get; }

    /// <summary>An <c>i32</c>.</summary>
    public static GlobalValue I32(int value) => new(ValType.I32, (uint)value);

    /// <summary>An <c>i64</c>.</summary>
    public static GlobalValue I64(long value) => new(ValType.I64, (ulong)value);

    /// <summary>An <c>f32</c>; NaNs keep their payload.</summary>
    public static GlobalValue F32(float value) => new(ValType.F32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>An <c>f64</c>; NaNs keep their payload.</summary>
    public static GlobalValue F64(double value) => new(ValType.F64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A <c>v128</c>, whose byte 0 is the lowest of <paramref name="low"/>.</summary>
    public static GlobalValue V128(ulong low, ulong high) => new(ValType.V128, low, high);

    /// <summary>A value from its bits.</summary>
    /// <exception cref="ArgumentException"><paramref name="type"/> is neither a number nor a vector.</exception>
    public static GlobalValue FromBits(ValType type, ulong low, ulong high = 0)
    {
        if (!type.IsNumber && !type.IsVector)
        {
            throw new ArgumentException($"a global of type {type} has no bits", nameof(type));
        }

        bool isNarrow = type == ValType.I32 || type == ValType.F32;
        return new GlobalValue(type, isNarrow ? (uint)low : low, type.IsVector ? high : 0);
    }

    /// <inheritdoc/>
    public bool Equals(GlobalValue other) => Type == other.Type && LowBits == other.LowBits && HighBits == other.HighBits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GlobalValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, LowBits, HighBits);

    /// <summary>Whether both have the same type and bits.</summary>
    public static bool operator ==(GlobalValue left, GlobalValue right) => left.Equals(right);

    /// <summary>Whether the types or the bits differ.</summary>
    public static bool operator !=(GlobalValue left, GlobalValue right) => !left.Equals(right);

    /// <summary>The text format's constant instruction: <c>i32.const 5</c>.</summary>
    public override string ToString()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return Type.Code switch
        {
            ValTypeCode.I32 => $"i32.const {((int)LowBits).ToString(culture)}",
            ValTypeCode.I64 => $"i64.const {((long)LowBits).ToString(culture)}",
            ValTypeCode.F32 => "f32.const " + FloatText.OfF32((uint)LowBits),
            ValTypeCode.F64 => "f64.const " + FloatText.OfF64(LowBits),
            _ => $"v128.const i64x2 0x{LowBits:x16} 0x{HighBits:x16}",
        };
    }
}
