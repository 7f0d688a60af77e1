using System.Globalization;
using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What <c>--verbose</c> says on stderr.</summary>
internal static class Summary
{
    /// <summary>Where the time went, and what became of the module.</summary>
    public static string Format(Timeline timeline, string description)
    {
        var text = new StringBuilder();
        for (int i = 0; i < timeline.Count; i++)
        {
            AppendTime(text, timeline.NameOf(i), timeline.TimeOf(i), timeline.ProcessorTimeOf(i));
        }

        AppendTime(text, "total", timeline.Total, timeline.TotalProcessorTime);
        return text.Append(description).ToString();
    }

    /// <summary>What became of the module.</summary>
    public static string Describe(RunReport? run)
    {
        var text = new StringBuilder();
        if (run is { Snapshot: { } snapshot })
        {
            Append(text, "input", snapshot.InputByteLength, " bytes\n");
            Append(text, "output", snapshot.OutputByteLength, " bytes\n");
            Append(text, "segments", snapshot.SegmentCount, $" of {Number(snapshot.SegmentByteLength)} bytes\n");
            Append(text, "globals", snapshot.GlobalCount, "\n");
            if (run.Component is { } component)
            {
                ComponentText.AppendModules(text, component);
            }

            if (snapshot.References is { } references)
            {
                AppendReferences(text, references);
            }

            if (snapshot.Stack is { Problem: null } stack)
            {
                Append(text, "stack", stack.ClearedByteLength, " bytes cleared\n");
            }

            if (run.Profile is { State: ProfileState.Used } profile)
            {
                Append(
                    text,
                    "profile",
                    profile.FunctionCount,
                    $" functions, {Number(profile.HotFunctionCount)} busy, {Number(profile.CompiledFunctionCount)} of them compiled\n");
            }
        }

        return text.ToString();
    }

    private static void AppendReferences(StringBuilder text, ReferenceReport references)
    {
        long objects = references.ExceptionCount;
        foreach (ObjectReport type in references.Objects)
        {
            objects += type.Count;
        }

        Append(text, "tables", references.TableCount, $" changed, {Number(references.ElementCount)} elements\n");
        Append(text, "references", references.GlobalCount, " globals\n");
        Append(text, "objects", objects, $" in {Number(references.RestoreByteLength)} bytes of code and in constant expressions\n");
        Append(
            text,
            "dropped",
            references.DroppedDataSegmentCount + references.DroppedElementSegmentCount,
            " passive segments\n");
    }

    private static void AppendTime(StringBuilder text, string name, TimeSpan time, TimeSpan processorTime) => text.Append(
        CultureInfo.InvariantCulture,
        $"{name,-12}{time.TotalMilliseconds,14:N1} ms{processorTime.TotalMilliseconds,14:N1} ms CPU\n");

    private static void Append(StringBuilder text, string name, long count, string rest) =>
        text.Append(CultureInfo.InvariantCulture, $"{name,-12}{Number(count),14}").Append(rest);

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
