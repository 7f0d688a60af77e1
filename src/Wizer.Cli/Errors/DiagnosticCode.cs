namespace Wizer.Cli;

/// <summary>
/// Every error and warning of the command by its number, the only list of them: build systems and people refer to those, so that none ever
/// means anything else, and one that is not used any more is not used again. <c>docs/errors.md</c> has a line for each.
/// </summary>
internal enum DiagnosticCode
{
    // The command and its line.
    InternalError = 1,
    OutOfMemory = 2,
    UnknownArgument = 3,
    MissingValue = 4,
    InvalidValue = 5,
    RepeatedOption = 6,
    ConflictingOptions = 7,
    ArgumentFileUnreadable = 8,
    BadVariable = 9,
    EngineMissing = 10,

    // Files.
    InputUnreadable = 20,
    OutputFailed = 21,
    ReportFailed = 22,
    DepfileFailed = 23,
    ProfileFailed = 24,
    PreloadUnreadable = 25,
    DirectoryUnusable = 26,

    // The module, before it runs.
    MalformedText = 30,
    InvalidModule = 31,
    ComponentGiven = 32,
    ModuleGiven = 33,
    UnsupportedModule = 34,
    FeatureDisabled = 35,
    InitFuncUnusable = 36,
    BadRename = 37,
    BadOption = 38,
    PreloadInvalid = 39,

    // The run.
    PreloadFailed = 40,
    InstantiationFailed = 41,
    InitializationFailed = 42,
    TimedOut = 43,
    MemoryLimitExceeded = 44,
    TableLimitExceeded = 45,
    StackLimitExceeded = 46,
    StateMismatch = 47,
    SnapshotTooLarge = 48,

    // Workers and lists of requests.
    RequestMalformed = 60,
    RequestRefused = 61,
    ResponseFailed = 62,

    // Warnings.
    NondeterministicCalls = 1001,
    EnvironmentRead = 1002,
    DirectoriesKnown = 1003,
    DescriptorsOpen = 1004,
    HandlesOpen = 1005,
    UnmatchedRename = 1006,
    MemoryGrowthRefused = 1007,
    TableGrowthRefused = 1008,
    ProfileIgnored = 1009,
    SourceMapMoved = 1010,
    StackNotCleared = 1011,
    CacheUnused = 1012,
    ReportUnwritten = 1013,
}
