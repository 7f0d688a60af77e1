namespace Wizer.Pipeline;

/// <summary>
/// Pre-initialization failed. The message is one line and the causes are the inner exceptions, outermost first, so that a
/// command can print <c>Error:</c> and <c>Caused by:</c> from the chain.
/// </summary>
public sealed class WizerException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="error">What kind of failure this is.</param>
    /// <param name="message">One line, without a final period.</param>
    /// <param name="cause">What led to it, or null when the message says it all.</param>
    public WizerException(WizerError error, string message, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>What kind of failure this is.</summary>
    public WizerError Error { get; }

    /// <summary>What may help, in one line that speaks of the options of the command; null when nothing is known.</summary>
    public string? Hint { get; init; }
}

/// <summary>The ways pre-initialization fails.</summary>
public enum WizerError
{
    /// <summary>The bytes are malformed or invalid; the cause is a <see cref="Binary.WasmException"/>.</summary>
    InvalidModule,

    /// <summary>A component was given where a core module is expected.</summary>
    ComponentGiven,

    /// <summary>A core module was given where a component is expected.</summary>
    ModuleGiven,

    /// <summary>The module is valid, but holds or changes state that a snapshot cannot express.</summary>
    UnsupportedModule,

    /// <summary>The module uses a feature that the options turn off.</summary>
    FeatureDisabled,

    /// <summary>The initialization function is missing, is no function, or has the wrong type.</summary>
    InitFuncUnusable,

    /// <summary>Two renames have the same source or the same destination, or one is malformed.</summary>
    BadRename,

    /// <summary>An option makes no sense, or contradicts another one.</summary>
    BadOption,

    /// <summary>A preloaded module is malformed or invalid.</summary>
    PreloadInvalid,

    /// <summary>A preloaded module could not be instantiated.</summary>
    PreloadFailed,

    /// <summary>What the environment promises to WASI cannot be had: a directory cannot be opened.</summary>
    EnvironmentUnusable,

    /// <summary>
    /// The module could not be instantiated. The cause says it all, and has the same message: an import of another type
    /// (<see cref="Engine.WasmLinkException"/>), a segment out of bounds or a start function that trapped
    /// (<see cref="Engine.WasmTrapException"/>), or memory that the system does not have (<see cref="Binary.UnsupportedModuleException"/>).
    /// </summary>
    InstantiationFailed,

    /// <summary>The initialization function, or <c>_initialize</c> before it, trapped.</summary>
    InitializationFailed,

    /// <summary>The run took longer than <see cref="InitEnvironment.Timeout"/>.</summary>
    TimedOut,

    /// <summary>
    /// Memories, objects and exceptions need more than <see cref="Engine.EngineOptions.MaxMemoryByteLength"/>; the innermost cause
    /// of this and the next two is a <see cref="Engine.WasmLimitException"/>.
    /// </summary>
    MemoryLimitExceeded,

    /// <summary>Tables need more than <see cref="Engine.EngineOptions.MaxTableElementCount"/>.</summary>
    TableLimitExceeded,

    /// <summary>Calls nest deeper than <see cref="Engine.EngineOptions.StackByteLength"/> allows.</summary>
    StackLimitExceeded,

    /// <summary>The state handed to the snapshot does not fit the module it is said to come from.</summary>
    StateMismatch,

    /// <summary>The input file cannot be read; the cause is what the platform said.</summary>
    InputUnreadable,

    /// <summary>The output file cannot be created or written; the cause is what the platform said.</summary>
    OutputFailed,

    /// <summary>The initialized module would exceed a limit: of the binary format, of engines, or of the options.</summary>
    SnapshotTooLarge,
}
