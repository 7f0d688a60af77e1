namespace Wizer.Engine.Components;

/// <summary>What a <see cref="ComponentValue"/> is. Component Model, Explainer: Type Definitions.</summary>
public enum ComponentValueKind : byte
{
    /// <summary><c>bool</c>.</summary>
    Bool,

    /// <summary><c>s8</c>.</summary>
    S8,

    /// <summary><c>u8</c>.</summary>
    U8,

    /// <summary><c>s16</c>.</summary>
    S16,

    /// <summary><c>u16</c>.</summary>
    U16,

    /// <summary><c>s32</c>.</summary>
    S32,

    /// <summary><c>u32</c>.</summary>
    U32,

    /// <summary><c>s64</c>.</summary>
    S64,

    /// <summary><c>u64</c>.</summary>
    U64,

    /// <summary><c>f32</c>.</summary>
    F32,

    /// <summary><c>f64</c>.</summary>
    F64,

    /// <summary><c>char</c>.</summary>
    Char,

    /// <summary><c>string</c>.</summary>
    String,

    /// <summary><c>list</c>, with a fixed length or not; and <c>map</c>, which is a list of tuples.</summary>
    List,

    /// <summary><c>record</c>.</summary>
    Record,

    /// <summary><c>tuple</c>.</summary>
    Tuple,

    /// <summary><c>variant</c>.</summary>
    Variant,

    /// <summary><c>enum</c>.</summary>
    Enum,

    /// <summary><c>option</c>.</summary>
    Option,

    /// <summary><c>result</c>.</summary>
    Result,

    /// <summary><c>flags</c>.</summary>
    Flags,

    /// <summary><c>own</c>.</summary>
    Own,

    /// <summary><c>borrow</c>.</summary>
    Borrow,
}
