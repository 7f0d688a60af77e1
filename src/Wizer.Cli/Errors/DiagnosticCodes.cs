using System.Globalization;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What a <see cref="DiagnosticCode"/> looks like, and which one an error of the library has.</summary>
internal static class DiagnosticCodes
{
    /// <summary>For example <c>WZ0042</c>.</summary>
    public static string Format(DiagnosticCode code) => string.Create(CultureInfo.InvariantCulture, $"WZ{(int)code:D4}");

    /// <summary>Whether it is a warning.</summary>
    public static bool IsWarning(DiagnosticCode code) => (int)code > 1000;

    /// <summary>The code of each kind of failure; a test asks for all of them.</summary>
    public static DiagnosticCode Of(WizerError error) => error switch
    {
        WizerError.InvalidModule => DiagnosticCode.InvalidModule,
        WizerError.ComponentGiven => DiagnosticCode.ComponentGiven,
        WizerError.ModuleGiven => DiagnosticCode.ModuleGiven,
        WizerError.UnsupportedModule => DiagnosticCode.UnsupportedModule,
        WizerError.FeatureDisabled => DiagnosticCode.FeatureDisabled,
        WizerError.InitFuncUnusable => DiagnosticCode.InitFuncUnusable,
        WizerError.BadRename => DiagnosticCode.BadRename,
        WizerError.BadOption => DiagnosticCode.BadOption,
        WizerError.PreloadInvalid => DiagnosticCode.PreloadInvalid,
        WizerError.PreloadFailed => DiagnosticCode.PreloadFailed,
        WizerError.EnvironmentUnusable => DiagnosticCode.DirectoryUnusable,
        WizerError.InstantiationFailed => DiagnosticCode.InstantiationFailed,
        WizerError.InitializationFailed => DiagnosticCode.InitializationFailed,
        WizerError.TimedOut => DiagnosticCode.TimedOut,
        WizerError.MemoryLimitExceeded => DiagnosticCode.MemoryLimitExceeded,
        WizerError.TableLimitExceeded => DiagnosticCode.TableLimitExceeded,
        WizerError.StackLimitExceeded => DiagnosticCode.StackLimitExceeded,
        WizerError.StateMismatch => DiagnosticCode.StateMismatch,
        WizerError.InputUnreadable => DiagnosticCode.InputUnreadable,
        WizerError.OutputFailed => DiagnosticCode.OutputFailed,
        WizerError.SnapshotTooLarge => DiagnosticCode.SnapshotTooLarge,
        _ => DiagnosticCode.InternalError,
    };
}
