using System.Globalization;
using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What a run that worked leaves to be said, on stderr: a line each, without the <c>Error:</c> that callers look for.</summary>
internal static class Warnings
{
    // By which WASI initializes reactors: it would be wrong to call it again, so that no option keeps it.
    private const string ReactorInit = "_initialize";

    /// <summary>All the warnings; mostly there are none.</summary>
    /// <param name="run">What they are about.</param>
    /// <param name="syntax">The command whose options are to be named; null for the main one.</param>
    public static string Format(RunReport run, CommandSyntax? syntax = null) =>
        OfRenames(run.Snapshot.UnmatchedRenames) + OfAnswers(run.WasiCalls, syntax) + OfEnvironment(run.EnvironmentVariableCount)
        + OfDirectories(run.KnownDirectories) + OfOpenDescriptors(run.OpenDescriptors)
        + OfGrowth("memory", Translate("--max-memory", syntax), run.RefusedMemoryGrowths)
        + OfGrowth("table", Translate("--max-table-elements", syntax), run.RefusedTableGrowths)
        + OfProfile(run.Profile) + OfCodeMove(run.Snapshot.CodeMove) + OfStack(run.Snapshot.Stack)
        + (run.Component is { } component ? ComponentText.Warnings(component) : "");

    // Who asked for a profile waits longer without one.
    private static string OfProfile(ProfileReport? profile)
    {
        string what = profile is { IsOfModule: true } ? "the profile in the module" : "the profile";
        return profile?.State switch
        {
            ProfileState.Damaged => $"warning: {what} is damaged, or is none, and was ignored\n",
            ProfileState.OtherVersion => $"warning: {what} was recorded by a newer version, and was ignored\n",
            ProfileState.OtherModule => $"warning: {what} is of another module, or of another build of this one, and was ignored\n",
            _ => "",
        };
    }

    // The original says nothing; a misspelled `_start` is found out much later then.
    private static string OfRenames(IReadOnlyList<UnmatchedRename> renames)
    {
        if (renames.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (UnmatchedRename unmatched in renames)
        {
            (string destination, string source) = unmatched.Rename;
            text.Append("warning: nothing is exported as ").Append(QuotedName.Of(destination)).Append(": ");
            text.Append(unmatched.IsSourceDropped
                ? $"{QuotedName.Of(source)} initializes the module and is not exported any more"
                    + (source == ReactorInit ? "" : " without --keep-init-func")
                : $"the module has no export {QuotedName.Of(source)} to rename");
            text.Append(unmatched.Closest is { } closest ? $"; a similar one is {QuotedName.Of(closest)}" : "").Append('\n');
        }

        return text.ToString();
    }

    // Told once, whatever the number of calls: which of them may have made the new module differ from the next run's.
    private static string OfAnswers(IReadOnlyList<ImportCalls> wasiCalls, CommandSyntax? syntax)
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
            return "";
        }

        var text = new StringBuilder("warning: the initialization called ");
        for (int i = 0; i < calls.Count; i++)
        {
            text.Append(i == 0 ? "" : i == calls.Count - 1 ? " and " : ", ").Append(calls[i]);
        }

        text.Append(", whose answers may differ between runs; ").Append(
            ofEnvironment == 0 ? "--deterministic fixes them"
            : ofEnvironment == calls.Count ? Translate("without --inherit-env they do not", syntax)
            : "--deterministic fixes them, but for the environment");
        return text.Append('\n').ToString();
    }

    private static string OfEnvironment(int count) =>
        count == 0 ? ""
        : "warning: the initialization read the environment: "
            + $"{(count == 1 ? "its variable is" : $"its {count} variables are")} now in the module\n";

    // Whether a C library has forgotten them again, only wizer.h says.
    private static string OfDirectories(IReadOnlyList<DescriptorReport> directories) =>
        directories.Count == 0 ? ""
        : $"warning: the initialization asked for the directories {List(directories)}: unless it has forgotten them, as with wizer.h, "
        + "runs need the same ones in the same order\n";

    private static string OfOpenDescriptors(IReadOnlyList<DescriptorReport> descriptors) =>
        descriptors.Count == 0 ? ""
        : $"warning: the initialization did not close {List(descriptors)}: what is open does not become part of the module\n";

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
    private static string OfGrowth(string kind, string option, long count) =>
        count == 0 ? "" : $"warning: a {kind} was not allowed to grow beyond the limit of {option} ({Times(count)})\n";

    private static string OfCodeMove(long byteLength) => byteLength == 0 ? ""
        : $"warning: the code begins {Math.Abs(byteLength)} byte{(Math.Abs(byteLength) == 1 ? "" : "s")}"
            + $" {(byteLength < 0 ? "earlier" : "later")} in the new module, so that the source map no longer fits\n";

    private static string OfStack(StackReport? stack) =>
        stack?.Problem is { } problem ? $"warning: --clear-stack cleared nothing: {problem}\n" : "";

    private static string Translate(string text, CommandSyntax? syntax) => syntax?.Translate(text) ?? text;

    private static string Times(long count) => count == 1 ? "once" : $"{count} times";
}
