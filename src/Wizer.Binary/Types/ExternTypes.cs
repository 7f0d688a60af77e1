namespace Wizer.Binary;

/// <summary>The kinds of things a module imports and exports, with their codes. Core 3.0, Binary Format: Import Section.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Func = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A memory.</summary>
    Memory = 2,

    /// <summary>A global.</summary>
    Global = 3,

    /// <summary>A tag.</summary>
    Tag = 4,
}

/// <summary>The size range of a memory (in pages) or table (in elements). Core 3.0, Types: Limits.</summary>
/// <param name="Minimum">In pages or elements.</param>
/// <param name="Maximum">In pages or elements; null when there is none.</param>
/// <param name="Is64">Whether addresses are i64.</param>
/// <param name="IsShared">Whether threads may share it (threads proposal).</param>
public readonly record struct Limits(ulong Minimum, ulong? Maximum, bool Is64 = false, bool IsShared = false)
{
    /// <summary>The type of addresses: <c>i64</c> or <c>i32</c>.</summary>
    public ValType AddressType => Is64 ? ValType.I64 : ValType.I32;
}

/// <summary>The type of a memory. Core 3.0, Types: Memory Types; custom page sizes proposal.</summary>
/// <param name="Limits">In pages.</param>
/// <param name="PageSizeLog2">16 unless the module says otherwise.</param>
public readonly record struct MemoryType(Limits Limits, byte PageSizeLog2 = 16)
{
    /// <summary>Bytes in a page.</summary>
    public ulong PageSize => 1UL << PageSizeLog2;
}

/// <summary>The type of a table. Core 3.0, Types: Table Types.</summary>
/// <param name="Element">A reference type.</param>
/// <param name="Limits">In elements.</param>
public readonly record struct TableType(ValType Element, Limits Limits);

/// <summary>The type of a global. Core 3.0, Types: Global Types.</summary>
/// <param name="Value">The type of its value.</param>
/// <param name="IsMutable">Whether it can be set.</param>
public readonly record struct GlobalType(ValType Value, bool IsMutable);
