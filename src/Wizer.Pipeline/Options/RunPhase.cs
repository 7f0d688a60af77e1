namespace Wizer.Pipeline;

/// <summary>The steps of a run, in their order. Each begins where the one before it ends.</summary>
public enum RunPhase
{
    /// <summary>Parsing, validating and checking the module and those to preload.</summary>
    Validation,

    /// <summary>Instantiating all of them, start functions included.</summary>
    Instantiation,

    /// <summary><c>_initialize</c> and the initialization function.</summary>
    Initialization,

    /// <summary>Reading the state and choosing the segments.</summary>
    Snapshot,

    /// <summary>Putting the new module together.</summary>
    Rewrite,

    /// <summary>Handing it to the sink.</summary>
    Write,
}
