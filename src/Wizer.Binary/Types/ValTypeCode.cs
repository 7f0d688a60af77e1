namespace Wizer.Binary;

/// <summary>What a value type or storage type begins with in the binary format. Core 3.0, Binary Format: Types.</summary>
public enum ValTypeCode : byte
{
    /// <summary>No type of the format: the unknown type of unreachable code.</summary>
    Bottom = 0x00,

    /// <summary>A reference that may be null; a heap type follows.</summary>
    RefNull = 0x63,

    /// <summary>A reference that is never null; a heap type follows.</summary>
    Ref = 0x64,

    /// <summary><c>i16</c>, a storage type of GC fields only.</summary>
    I16 = 0x77,

    /// <summary><c>i8</c>, a storage type of GC fields only.</summary>
    I8 = 0x78,

    /// <summary><c>v128</c>.</summary>
    V128 = 0x7b,

    /// <summary><c>f64</c>.</summary>
    F64 = 0x7c,

    /// <summary><c>f32</c>.</summary>
    F32 = 0x7d,

    /// <summary><c>i64</c>.</summary>
    I64 = 0x7e,

    /// <summary><c>i32</c>.</summary>
    I32 = 0x7f,
}
