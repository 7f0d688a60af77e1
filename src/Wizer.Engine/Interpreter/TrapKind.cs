namespace Wizer.Engine;

/// <summary>Why the guest was ended; the values up to <see cref="LastTrap"/> are the specification's traps.</summary>
internal enum TrapKind
{
    None,
    Unreachable,
    IntegerDivideByZero,
    IntegerOverflow,
    InvalidConversion,
    MemoryOutOfBounds,
    TableOutOfBounds,
    UndefinedElement,
    UninitializedElement,
    IndirectCallMismatch,
    CallStackExhausted,
    NullReference,
    NullFunctionReference,

    LastTrap = NullFunctionReference,

    /// <summary>Someone asked for it: <see cref="ExecutionContext.RequestInterrupt"/>.</summary>
    Interrupted,

    /// <summary>A host function or the translator threw; the exception is <see cref="InterpreterHost.PendingException"/>.</summary>
    HostException,
}

/// <summary>The official scripts' texts.</summary>
internal static class TrapKinds
{
    internal static string Message(this TrapKind kind) => kind switch
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
        TrapKind.NullReference => "null reference",
        TrapKind.NullFunctionReference => "null function reference",
        TrapKind.Interrupted => "interrupted",
        _ => "host exception",
    };
}
