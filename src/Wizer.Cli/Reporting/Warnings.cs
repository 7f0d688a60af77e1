using System.Globalization;
using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What a run that worked leaves to be said.</summary>
internal static class Warnings
{
    // By which WASI initializes reactors: it would be wrong to call it again, so that no option keeps it.
    private const string ReactorInit = "_initialize";

    /// <summary>All the warnings; mostly there are none.</summary>
    /// <param name="run">What they are about.</param>
    /// <param name="syntax">The command whose options are to be named; null for the main one.</param>
    public static List<Warning> Of(RunReport run, CommandSyntax? syntax = null)
    {
        var warnings = new List<Warning>();
        AddRenames(warnings, run.Snapshot.UnmatchedRenames);
        Add(warnings, DiagnosticCode.NondeterministicCalls, OfAnswers(run.WasiCalls, syntax));
        Add(warnings, DiagnosticCode.EnvironmentRead, OfEnvironment(run.EnvironmentVariableCount));
        Add(warnings, DiagnosticCode.DirectoriesKnown, OfDirectories(run.KnownDirectories));
        Add(warnings, DiagnosticCode.DescriptorsOpen, OfOpenDescriptors(run.OpenDescriptors));
        Add(warnings, DiagnosticCode.MemoryGrowthRefused, OfGrowth("memory", Translate("--max-memory", syntax), run.RefusedMemoryGrowths));
        Add(
            warnings,
            DiagnosticCode.TableGrowthRefused,
            OfGrowth("table", Translate("--max-table-elements", syntax), run.RefusedTableGrowths));
        Add(warnings, DiagnosticCode.ProfileIgnored, OfProfile(run.Profile));
        Add(warnings, DiagnosticCode.SourceMapMoved, OfCodeMove(run.Snapshot.CodeMove));
        Add(warnings, DiagnosticCode.StackNotCleared, OfStack(run.Snapshot.Stack));
        if (run.Component is { } component)
        {
            ComponentText.AddWarnings(warnings, component);
        }

        return warnings;
    }

    private static void Add(List<Warning> warnings, DiagnosticCode code, string? text)
    {
        if (text is not null)
        {
            warnings.Add(new Warning(code, text));
        }
    }

    // Who asked for a profile waits longer without one.
    private static string? OfProfile(ProfileReport? profile)
    {
        string what = profile is { IsOfModule: true } ? "the profile in the module" : "the profile";
        return profile?.State switch
        {
            ProfileState.Damaged => $"{what} is damaged, or is none, and was ignored",
            ProfileState.OtherVersion => $"{what} was recorded by a newer version, and was ignored",
            ProfileState.OtherModule => $"{what} is of another module, or of another build of this one, and was ignored",
            _ => null,
        };
    }

    // The original says nothing; a misspelled `_start` is found out much later then.
    private static void AddRenames(List<Warning> warnings, IReadOnlyList<UnmatchedRename> renames)
    {
        for (int i = 0; i < renames.Count; i++)
        {
            UnmatchedRename unmatched = renames[i];
            (string destination, string source) = unmatched.Rename;
            string why = unmatched.IsSourceDropped
                ? $"{QuotedName.Of(source)} initializes the module and is not exported any more"
                    + (source == ReactorInit ? "" : " without --keep-init-func")
                : $"the module has no export {QuotedName.Of(source)} to rename";
            string tip = unmatched.Closest is { } closest ? $"; a similar one is {QuotedName.Of(closest)}" : "";
            warnings.Add(new Warning(
                DiagnosticCode.UnmatchedRename, $"nothing is exported as {QuotedName.Of(destination)}: {why}{tip}"));
        }
    }

    // Told once, whatever the number of calls: which of them may have made the new module differ from the next run's.
    private static string? OfAnswers(IReadOnlyList<ImportCalls> wasiCalls, CommandSyntax? syntax)
    {
        // What the environment says, --deterministic leaves to whoever asked for it.
        var calls = new List<string>();
        int ofEnvironment = 0;
        for (int i = 0; i < wasiCalls.Count; i++)
        {
            ImportCalls call = wasiCalls[i];
            if (call.NondeterministicCallCount is > 0 and var count)
            {
                bool isOfModule = !call.Module.StartsWith("wasi:", StringComparison.Ordinal);
                calls.Add($"`{(isOfModule ? "" : call.Module + ".")}{call.Name}` ({Times(count)})");
                bool isOfEnvironment = isOfModule
                    ? call.Name.StartsWith("environ_", StringComparison.Ordinal)
                    : call.Module == "wasi:cli/environment";
                ofEnvironment += isOfEnvironment ? 1 : 0;
            }
        }

        if (calls.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder("the initialization called ");
        for (int i = 0; i < calls.Count; i++)
        {
            text.Append(i == 0 ? "" : i == calls.Count - 1 ? " and " : ", ").Append(calls[i]);
        }

        text.Append(", whose answers may differ between runs; ").Append(
            ofEnvironment == 0 ? "--deterministic fixes them"
            : ofEnvironment == calls.Count ? Translate("without --inherit-env they do not", syntax)
            : "--deterministic fixes them, but for the environment");
        return text.ToString();
    }

    private static string? OfEnvironment(int count) =>
        count == 0 ? null
        : "the initialization read the environment: "
            + $"{(count == 1 ? "its variable is" : $"its {count} variables are")} now in the module";

    // Whether a C library has forgotten them again, only wizer.h says.
    private static string? OfDirectories(IReadOnlyList<DescriptorReport> directories) =>
        directories.Count == 0 ? null
        : $"the initialization asked for the directories {List(directories)}: unless it has forgotten them, as with wizer.h, "
        + "runs need the same ones in the same order";

    private static string? OfOpenDescriptors(IReadOnlyList<DescriptorReport> descriptors) =>
        descriptors.Count == 0 ? null
        : $"the initialization did not close {List(descriptors)}: what is open does not become part of the module";

    // A guest may leave thousands, and name them as it likes.
    private static string List(IReadOnlyList<DescriptorReport> descriptors)
    {
        const int Limit = 8;
        int count = descriptors.Count > Limit ? Limit - 1 : descriptors.Count;
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            bool isLast = i == descriptors.Count - 1;
            text.Append(i == 0 ? "" : isLast ? " and " : ", ").Append(QuotedName.Of(descriptors[i].Path));
            text.Append(CultureInfo.InvariantCulture, $" (descriptor {descriptors[i].Number})");
        }

        return text.Append(count == descriptors.Count ? "" : $" and {descriptors.Count - count} more").ToString();
    }

    // The module was told so and may have made do with less.
    private static string? OfGrowth(string kind, string option, long count) =>
        count == 0 ? null : $"a {kind} was not allowed to grow beyond the limit of {option} ({Times(count)})";

    private static string? OfCodeMove(long byteLength) => byteLength == 0 ? null
        : $"the code begins {Math.Abs(byteLength)} byte{(Math.Abs(byteLength) == 1 ? "" : "s")}"
            + $" {(byteLength < 0 ? "earlier" : "later")} in the new module, so that the source map no longer fits";

    private static string? OfStack(StackReport? stack) =>
        stack?.Problem is { } problem ? $"--clear-stack cleared nothing: {problem}" : null;

    private static string Translate(string text, CommandSyntax? syntax) => syntax?.Translate(text) ?? text;

    private static string Times(long count) => count == 1 ? "once" : $"{count} times";
}
