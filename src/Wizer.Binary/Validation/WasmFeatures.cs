namespace Wizer.Binary;

/// <summary>
/// What a module may use beyond the first edition of WebAssembly, a flag per proposal. A disabled one makes the validator
/// answer <c>X support is not enabled</c>.
/// </summary>
[Flags]
public enum WasmFeatures
{
    /// <summary>The first edition only.</summary>
    None = 0,

    /// <summary>Importing and exporting mutable globals.</summary>
    MutableGlobals = 1 << 0,

    /// <summary>Float to integer conversions that saturate.</summary>
    SatConversions = 1 << 1,

    /// <summary>The <c>extendN_s</c> instructions.</summary>
    SignExtension = 1 << 2,

    /// <summary>Several results, and blocks with parameters.</summary>
    MultiValue = 1 << 3,

    /// <summary>Passive segments and the bulk memory and table instructions.</summary>
    BulkMemory = 1 << 4,

    /// <summary><c>externref</c>, several tables, and the instructions for both.</summary>
    ReferenceTypes = 1 << 5,

    /// <summary><c>v128</c> and its instructions.</summary>
    Simd = 1 << 6,

    /// <summary>The vector instructions whose results may differ between machines.</summary>
    RelaxedSimd = 1 << 7,

    /// <summary>Several memories.</summary>
    MultiMemory = 1 << 8,

    /// <summary>Arithmetic and <c>global.get</c> of any earlier global in constant expressions.</summary>
    ExtendedConst = 1 << 9,

    /// <summary>Tail calls.</summary>
    TailCall = 1 << 10,

    /// <summary>Typed function references.</summary>
    FunctionReferences = 1 << 11,

    /// <summary>Structs, arrays, <c>i31</c> and casts.</summary>
    Gc = 1 << 12,

    /// <summary>Tags, <c>throw</c> and <c>try_table</c>.</summary>
    Exceptions = 1 << 13,

    /// <summary>The older <c>try</c>, <c>catch</c>, <c>rethrow</c> and <c>delegate</c>.</summary>
    LegacyExceptions = 1 << 14,

    /// <summary>Memories and tables with 64-bit addresses.</summary>
    Memory64 = 1 << 15,

    /// <summary>Shared memories and atomic instructions.</summary>
    Threads = 1 << 16,

    /// <summary>Memories whose pages are not 64 KiB.</summary>
    CustomPageSizes = 1 << 17,

    /// <summary>128-bit additions and widening multiplications.</summary>
    WideArithmetic = 1 << 18,

    /// <summary>Imports that share a module name, and perhaps a type, written once.</summary>
    CompactImports = 1 << 19,

    /// <summary>Everything above.</summary>
    All = (1 << 20) - 1,
}
