namespace Wizer.Pipeline;

/// <summary>Stands in for functions that only the run time has, and that nobody else defines.</summary>
/// <param name="Module">The module name in the imports.</param>
/// <param name="Kind">What they do when they are called.</param>
public sealed record ImportStub(string Module, StubKind Kind = StubKind.Trap);

/// <summary>What the functions of an <see cref="ImportStub"/> do when they are called.</summary>
public enum StubKind
{
    /// <summary>They trap and say which one it was.</summary>
    Trap,

    /// <summary>
    /// They return zeros, and null references. One that returns a reference that cannot be null traps.
    /// </summary>
    Zero,
}
