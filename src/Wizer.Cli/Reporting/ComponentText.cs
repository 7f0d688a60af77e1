using System.Globalization;
using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What is said on stderr of a component, and of no module.</summary>
internal static class ComponentText
{
    /// <summary>What the initialization function returned; empty when it returned nothing.</summary>
    public static string Result(ComponentReport component, string initFunc) =>
        component.Result is { } result ? $"{QuotedName.Of(initFunc)} returned {result}\n" : "";

    /// <summary>Adds the warnings.</summary>
    public static void AddWarnings(List<Warning> warnings, ComponentReport component)
    {
        foreach (HandleReport handles in component.OpenHandles)
        {
            if (handles.Fate == HandleFate.Lost)
            {
                warnings.Add(new Warning(
                    DiagnosticCode.HandlesOpen,
                    $"the initialization left handles open, which do not become part of the component: {handles}"));
            }
        }

        foreach (CoreModuleReport module in component.Modules)
        {
            if (module.Snapshot.CodeMove != 0)
            {
                warnings.Add(new Warning(
                    DiagnosticCode.SourceMapMoved,
                    $"the code of {NameOf(module)} begins elsewhere in the new module, so that its source map no longer fits"));
            }
        }

        // Of several modules, one has the stack.
        if (component.Modules.Count != 0 && component.Modules.All(static module => module.Snapshot.Stack is { Problem: not null }))
        {
            warnings.Add(new Warning(
                DiagnosticCode.StackNotCleared, $"--clear-stack cleared nothing: {component.Modules[0].Snapshot.Stack!.Problem}"));
        }
    }

    /// <summary>A line for each module.</summary>
    public static void AppendModules(StringBuilder text, ComponentReport component)
    {
        foreach (CoreModuleReport module in component.Modules)
        {
            SnapshotReport snapshot = module.Snapshot;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{"module",-12}{snapshot.OutputByteLength,14:N0} bytes, {snapshot.SegmentCount:N0} segments of "
                + $"{snapshot.SegmentByteLength:N0} bytes, {snapshot.GlobalCount:N0} globals: ");
            text.Append(NameOf(module)).Append('\n');
        }

        int copies = component.Modules.Count(static module => module.IsCopy);
        if (copies != 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{"copies",-12}{component.CopiedByteLength,14:N0} bytes: {copies:N0} of core modules that have several instances\n");
        }

        foreach (string name in component.Resets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{"reset",-12}called ").Append(QuotedName.Of(name)).Append('\n');
        }

        foreach (HandleReport handles in component.OpenHandles)
        {
            text.Append(CultureInfo.InvariantCulture, $"{"handles",-12}").Append(handles).Append(": ")
                .Append(NameOf(handles.Fate)).Append('\n');
        }

        if (component.RestoreByteLength != 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{"restore",-12}{component.RestoreByteLength,14:N0} bytes that set what core modules share\n");
        }
    }

    /// <summary>What became of handles, as the report has it.</summary>
    public static string NameOf(HandleFate fate) => fate switch
    {
        HandleFate.Lost => "lost",
        HandleFate.Forgotten => "forgotten",
        _ => "restored",
    };

    private static string NameOf(CoreModuleReport module) => string.Create(
        CultureInfo.InvariantCulture,
        $"core module {module.Index}{(module.Name is { } name ? $" ({QuotedName.Of(name)})" : "")}"
        + $"{(module.IsCopy ? $", instance {module.Instance}" : "")}");
}
