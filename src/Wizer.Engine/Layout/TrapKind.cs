namespace Wizer.Engine;

/// <summary>Why a guest was ended. Core 3.0, Execution: Traps.</summary>
public enum TrapKind
{
    /// <summary>It was not: inside the engine, the status of code that completed.</summary>
    None,

    /// <summary>No trap of the specification: a host function ended the guest, and the message is its own.</summary>
    HostException,

    /// <summary><c>unreachable</c> was executed.</summary>
    Unreachable,

    /// <summary>An integer division by zero.</summary>
    IntegerDivideByZero,

    /// <summary>An integer division or conversion whose result cannot be represented.</summary>
    IntegerOverflow,

    /// <summary>A NaN converted to an integer.</summary>
    InvalidConversion,

    /// <summary>An access beyond a memory or a data segment.</summary>
    MemoryOutOfBounds,

    /// <summary>An access beyond a table or an element segment.</summary>
    TableOutOfBounds,

    /// <summary>An indirect call beyond the table.</summary>
    UndefinedElement,

    /// <summary>An indirect call of a null element.</summary>
    UninitializedElement,

    /// <summary>An indirect call of a function of another type.</summary>
    IndirectCallMismatch,

    /// <summary>Calls nested deeper than the limit.</summary>
    CallStackExhausted,

    /// <summary>A call through a null function reference.</summary>
    NullFunctionReference,

    /// <summary>A null reference where a value was needed.</summary>
    NullReference,

    /// <summary>A field of a null structure.</summary>
    NullStructureReference,

    /// <summary>An element of a null array.</summary>
    NullArrayReference,

    /// <summary>The value of a null i31.</summary>
    NullI31Reference,

    /// <summary>A null exception thrown.</summary>
    NullExceptionReference,

    /// <summary>An access beyond an array.</summary>
    ArrayOutOfBounds,

    /// <summary>A reference cast to a type it does not have.</summary>
    CastFailure,

    /// <summary>An atomic access at an address that is not a multiple of its width.</summary>
    UnalignedAtomic,

    /// <summary>A wait on a memory that is not shared.</summary>
    ExpectedSharedMemory,

    /// <summary>An exception that no handler caught.</summary>
    UncaughtException,

    /// <summary>An object larger than the limit.</summary>
    AllocationTooLarge,

    /// <summary>The host asked the guest to stop.</summary>
    Interrupted,
}

/// <summary>The wordings of <see cref="TrapKind"/>.</summary>
public static class TrapTexts
{
    /// <summary>The text of the official test scripts.</summary>
    public static string SpecText(this TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.IntegerDivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversion => "invalid conversion to integer",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.UninitializedElement => "uninitialized element",
        TrapKind.IndirectCallMismatch => "indirect call type mismatch",
        TrapKind.CallStackExhausted => "call stack exhausted",
        TrapKind.NullFunctionReference => "null function reference",
        TrapKind.NullReference => "null reference",
        TrapKind.NullStructureReference => "null structure reference",
        TrapKind.NullArrayReference => "null array reference",
        TrapKind.NullI31Reference => "null i31 reference",
        TrapKind.NullExceptionReference => "null exception reference",
        TrapKind.ArrayOutOfBounds => "out of bounds array access",
        TrapKind.CastFailure => "cast failure",
        TrapKind.UnalignedAtomic => "unaligned atomic",
        TrapKind.ExpectedSharedMemory => "expected shared memory",
        TrapKind.UncaughtException => "unhandled exception",
        TrapKind.AllocationTooLarge => "allocation size too large",
        TrapKind.Interrupted => "interrupt",
        _ => "host function failed",
    };

    /// <summary>What the original tool prints, without its <c>wasm trap: </c>.</summary>
    public static string DisplayText(this TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "wasm `unreachable` instruction executed",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "undefined element: out of bounds table access",
        TrapKind.NullFunctionReference or TrapKind.NullStructureReference or TrapKind.NullArrayReference
            or TrapKind.NullI31Reference or TrapKind.NullExceptionReference => "null reference",
        TrapKind.ExpectedSharedMemory => "atomic wait on non-shared memory",
        _ => SpecText(kind),
    };
}
