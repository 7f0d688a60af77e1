namespace Wizer.Binary;

/// <summary>
/// A value type, in four bytes: a number, a vector, or a reference with its nullability and heap type. Storage types of GC
/// fields (<c>i8</c>, <c>i16</c>) share the representation. Core 3.0, Types: Value Types.
/// </summary>
public readonly struct ValType : IEquatable<ValType>
{
    // The low byte is the binary format's type code; for references, the upper 24 bits hold the heap type.
    private readonly int _bits;

    private ValType(int bits) => _bits = bits;

    private ValType(ValTypeCode code) => _bits = (int)code;

    /// <summary><c>i32</c>.</summary>
    public static ValType I32 => new(ValTypeCode.I32);

    /// <summary><c>i64</c>.</summary>
    public static ValType I64 => new(ValTypeCode.I64);

    /// <summary><c>f32</c>.</summary>
    public static ValType F32 => new(ValTypeCode.F32);

    /// <summary><c>f64</c>.</summary>
    public static ValType F64 => new(ValTypeCode.F64);

    /// <summary><c>v128</c>.</summary>
    public static ValType V128 => new(ValTypeCode.V128);

    /// <summary><c>i8</c>, a storage type of GC fields only.</summary>
    public static ValType I8 => new(ValTypeCode.I8);

    /// <summary><c>i16</c>, a storage type of GC fields only.</summary>
    public static ValType I16 => new(ValTypeCode.I16);

    /// <summary><c>(ref null func)</c>.</summary>
    public static ValType FuncRef => Ref(HeapType.Func, nullable: true);

    /// <summary><c>(ref null extern)</c>.</summary>
    public static ValType ExternRef => Ref(HeapType.Extern, nullable: true);

    /// <summary>The unknown type of unreachable code, which matches every other; only the validator makes it.</summary>
    public static ValType Bottom => default;

    /// <summary>The type code for numbers, vectors and storage types; 0x63 or 0x64 for references; 0 for the bottom type.</summary>
    public byte Kind => (byte)_bits;

    /// <summary>What the type begins with in the binary format: <see cref="Kind"/> by name.</summary>
    public ValTypeCode Code => (ValTypeCode)_bits;

    /// <summary>Whether this is a reference type.</summary>
    public bool IsRef => Code is ValTypeCode.RefNull or ValTypeCode.Ref;

    /// <summary>Whether this is the validator's unknown type.</summary>
    public bool IsBottom => _bits == 0;

    /// <summary>Whether this is <c>i32</c>, <c>i64</c>, <c>f32</c> or <c>f64</c>.</summary>
    public bool IsNumber => Code is ValTypeCode.I32 or ValTypeCode.I64 or ValTypeCode.F32 or ValTypeCode.F64;

    /// <summary>Whether this is <c>v128</c>.</summary>
    public bool IsVector => Code == ValTypeCode.V128;

    /// <summary>Whether this is a storage type that is no value type: <c>i8</c> or <c>i16</c>.</summary>
    public bool IsPacked => Code is ValTypeCode.I8 or ValTypeCode.I16;

    /// <summary>Whether this is a reference type that admits null.</summary>
    public bool IsNullable => Code == ValTypeCode.RefNull;

    /// <summary>Whether a local of this type has a default value.</summary>
    public bool IsDefaultable => Code != ValTypeCode.Ref;

    /// <summary>What a reference points to. Meaningful only when <see cref="IsRef"/>.</summary>
    public HeapType HeapType => new(_bits >> 8);

    /// <summary>How many 64-bit slots a value takes in the engine: two for <c>v128</c>, one for all others.</summary>
    public int SlotCount => Code == ValTypeCode.V128 ? 2 : 1;

    /// <summary>The type of references to <paramref name="heapType"/>.</summary>
    public static ValType Ref(HeapType heapType, bool nullable) =>
        new((heapType.Code << 8) | (int)(nullable ? ValTypeCode.RefNull : ValTypeCode.Ref));

    /// <summary>The number, vector or packed type of a type code of the binary format; the code must be one of those.</summary>
    public static ValType FromCode(byte code) => new(code);

    /// <summary>The same reference type with the given nullability.</summary>
    public ValType WithNullable(bool nullable) => Ref(HeapType, nullable);

    /// <inheritdoc/>
    public bool Equals(ValType other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits;

    /// <summary>Whether both are the same type, index for index.</summary>
    public static bool operator ==(ValType left, ValType right) => left._bits == right._bits;

    /// <summary>Whether the types differ.</summary>
    public static bool operator !=(ValType left, ValType right) => left._bits != right._bits;

    /// <summary>The text format's spelling, abbreviated where the specification does: <c>funcref</c>.</summary>
    public override string ToString() => Code switch
    {
        ValTypeCode.I32 => "i32",
        ValTypeCode.I64 => "i64",
        ValTypeCode.F32 => "f32",
        ValTypeCode.F64 => "f64",
        ValTypeCode.V128 => "v128",
        ValTypeCode.I8 => "i8",
        ValTypeCode.I16 => "i16",
        ValTypeCode.RefNull when !HeapType.IsConcrete => HeapType.ToString() switch
        {
            "none" => "nullref",
            "nofunc" => "nullfuncref",
            "noextern" => "nullexternref",
            "noexn" => "nullexnref",
            "bot" => "(ref null bot)",
            string name => name + "ref",
        },
        ValTypeCode.RefNull => $"(ref null {HeapType})",
        ValTypeCode.Ref => $"(ref {HeapType})",
        _ => "bot",
    };
}
