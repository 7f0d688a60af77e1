namespace Wizer.Binary;

/// <summary>
/// What a reference points to: a type index, or one of the abstract heap types. Core 3.0, Types: Heap Types.
/// </summary>
/// <param name="Code">
/// The value as it is encoded in the binary format (s33): a type index when it is not negative, an abstract type otherwise.
/// </param>
public readonly record struct HeapType(int Code)
{
    /// <summary>The bottom of every hierarchy; only the validator makes it, for unreachable code.</summary>
    public static HeapType Bottom => new(-0x40);

    /// <summary><c>noexn</c>.</summary>
    public static HeapType NoExn => new(0x74 - 0x80);

    /// <summary><c>nofunc</c>.</summary>
    public static HeapType NoFunc => new(0x73 - 0x80);

    /// <summary><c>noextern</c>.</summary>
    public static HeapType NoExtern => new(0x72 - 0x80);

    /// <summary><c>none</c>.</summary>
    public static HeapType None => new(0x71 - 0x80);

    /// <summary><c>func</c>.</summary>
    public static HeapType Func => new(0x70 - 0x80);

    /// <summary><c>extern</c>.</summary>
    public static HeapType Extern => new(0x6f - 0x80);

    /// <summary><c>any</c>.</summary>
    public static HeapType Any => new(0x6e - 0x80);

    /// <summary><c>eq</c>.</summary>
    public static HeapType Eq => new(0x6d - 0x80);

    /// <summary><c>i31</c>.</summary>
    public static HeapType I31 => new(0x6c - 0x80);

    /// <summary><c>struct</c>.</summary>
    public static HeapType Struct => new(0x6b - 0x80);

    /// <summary><c>array</c>.</summary>
    public static HeapType Array => new(0x6a - 0x80);

    /// <summary><c>exn</c>.</summary>
    public static HeapType Exn => new(0x69 - 0x80);

    /// <summary>Whether this is a type index and not an abstract heap type.</summary>
    public bool IsConcrete => Code >= 0;

    /// <summary>The type index. Meaningful only when <see cref="IsConcrete"/>.</summary>
    public uint TypeIndex => (uint)Code;

    /// <summary>Whether <paramref name="code"/>, a byte of the binary format, names an abstract heap type.</summary>
    public static bool IsAbstract(byte code) => code is >= 0x69 and <= 0x74;

    /// <summary>The text format's keyword, or the type index.</summary>
    public override string ToString() => Code switch
    {
        >= 0 => Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        0x74 - 0x80 => "noexn",
        0x73 - 0x80 => "nofunc",
        0x72 - 0x80 => "noextern",
        0x71 - 0x80 => "none",
        0x70 - 0x80 => "func",
        0x6f - 0x80 => "extern",
        0x6e - 0x80 => "any",
        0x6d - 0x80 => "eq",
        0x6c - 0x80 => "i31",
        0x6b - 0x80 => "struct",
        0x6a - 0x80 => "array",
        0x69 - 0x80 => "exn",
        _ => "bot",
    };
}
