namespace Wizer.Engine;

/// <summary>Which functions are compiled. What a guest computes does not depend on it.</summary>
public enum TierMode
{
    /// <summary>Those that turn out to be busy, where code can be generated at run time.</summary>
    Default,

    /// <summary>None.</summary>
    InterpreterOnly,

    /// <summary>All that the compiler supports, when they are first called.</summary>
    CompileEverything,
}
