namespace Wizer.Binary.Components;

/// <summary>The primitive value types, with their codes. Component Model, Binary Format: Type Definitions.</summary>
public enum PrimitiveValType : byte
{
    /// <summary><c>bool</c>.</summary>
    Bool = 0x7f,

    /// <summary><c>s8</c>.</summary>
    S8 = 0x7e,

    /// <summary><c>u8</c>.</summary>
    U8 = 0x7d,

    /// <summary><c>s16</c>.</summary>
    S16 = 0x7c,

    /// <summary><c>u16</c>.</summary>
    U16 = 0x7b,

    /// <summary><c>s32</c>.</summary>
    S32 = 0x7a,

    /// <summary><c>u32</c>.</summary>
    U32 = 0x79,

    /// <summary><c>s64</c>.</summary>
    S64 = 0x78,

    /// <summary><c>u64</c>.</summary>
    U64 = 0x77,

    /// <summary><c>f32</c>.</summary>
    F32 = 0x76,

    /// <summary><c>f64</c>.</summary>
    F64 = 0x75,

    /// <summary><c>char</c>.</summary>
    Char = 0x74,

    /// <summary><c>string</c>.</summary>
    String = 0x73,

    /// <summary><c>error-context</c>.</summary>
    ErrorContext = 0x64,
}

/// <summary>
/// The type of a component value as it is written: a primitive type, or the index of a defined value type.
/// Component Model, Binary Format: Type Definitions (<c>valtype</c>).
/// </summary>
public readonly struct ComponentValType : IEquatable<ComponentValType>
{
    // A type index, or the complement of a primitive type's code.
    private readonly long _code;

    private ComponentValType(long code) => _code = code;

    /// <summary>A primitive type.</summary>
    public static ComponentValType Of(PrimitiveValType type) => new(~(long)type);

    /// <summary>The type with an index.</summary>
    public static ComponentValType Of(uint typeIndex) => new(typeIndex);

    /// <summary>Whether this is a type index.</summary>
    public bool IsTypeIndex => _code >= 0;

    /// <summary>The type index. Meaningful only when <see cref="IsTypeIndex"/>.</summary>
    public uint TypeIndex => (uint)_code;

    /// <summary>The primitive type. Meaningful only when not <see cref="IsTypeIndex"/>.</summary>
    public PrimitiveValType Primitive => (PrimitiveValType)(byte)~_code;

    /// <inheritdoc/>
    public bool Equals(ComponentValType other) => _code == other._code;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ComponentValType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _code.GetHashCode();

    /// <summary>Whether both are written alike.</summary>
    public static bool operator ==(ComponentValType left, ComponentValType right) => left.Equals(right);

    /// <summary>Whether they are written differently.</summary>
    public static bool operator !=(ComponentValType left, ComponentValType right) => !left.Equals(right);

    /// <summary>The text format: a keyword or an index.</summary>
    public override string ToString() =>
        IsTypeIndex ? TypeIndex.ToString(System.Globalization.CultureInfo.InvariantCulture) : NameOf(Primitive);

    /// <summary>The text format's keyword.</summary>
    internal static string NameOf(PrimitiveValType type) => type switch
    {
        PrimitiveValType.Bool => "bool",
        PrimitiveValType.S8 => "s8",
        PrimitiveValType.U8 => "u8",
        PrimitiveValType.S16 => "s16",
        PrimitiveValType.U16 => "u16",
        PrimitiveValType.S32 => "s32",
        PrimitiveValType.U32 => "u32",
        PrimitiveValType.S64 => "s64",
        PrimitiveValType.U64 => "u64",
        PrimitiveValType.F32 => "f32",
        PrimitiveValType.F64 => "f64",
        PrimitiveValType.Char => "char",
        PrimitiveValType.String => "string",
        _ => "error-context",
    };
}
