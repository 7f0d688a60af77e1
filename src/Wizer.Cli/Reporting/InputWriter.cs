using System.Text.Json;
using Wizer.Engine;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Writes the part of a report that says what a run depended on.</summary>
internal static class InputWriter
{
    /// <summary>Writes <c>inputs</c>, <c>changedPaths</c> and <c>inputProblem</c>.</summary>
    public static void Write(Utf8JsonWriter json, Arguments arguments, Outcome outcome)
    {
        json.WriteStartArray("inputs");
        if (outcome.Input is { } module)
        {
            WriteFile(json, "module", arguments.Input, module.Span);
        }

        foreach (NamedInput input in outcome.NamedInputs)
        {
            WriteFile(json, input.Kind, input.Path == Arguments.StandardOutput ? null : input.Path, input.Bytes.Span);
        }

        foreach (RunInput input in outcome.Inputs)
        {
            string? name = input.Name is { } path && input.Preopen >= 0 ? ReportedPaths.Shown(arguments, path) : input.Name;
            Write(json, NameOf(input.Kind), name, input.Answer, input.Count);
        }

        json.WriteEndArray();
        json.WriteStartArray("changedPaths");
        foreach (string path in outcome.Run?.ChangedPaths ?? [])
        {
            json.WriteStringValue(PathBytes.ToText(ReportedPaths.Shown(arguments, path)));
        }

        json.WriteEndArray();
        if (outcome.Run?.InputProblem is { } problem)
        {
            json.WriteString("inputProblem", PathBytes.ToText(problem));
        }
        else
        {
            json.WriteNull("inputProblem");
        }
    }

    private static string NameOf(InputKind kind) => kind switch
    {
        InputKind.Status => "status",
        InputKind.Size => "size",
        InputKind.File => "file",
        InputKind.Listing => "listing",
        InputKind.Link => "link",
        InputKind.Environment => "environment",
        InputKind.Variable => "variable",
        InputKind.StandardInput => "stdin",
        InputKind.Clock => "clock",
        _ => "random",
    };

    private static void WriteFile(Utf8JsonWriter json, string kind, string? path, ReadOnlySpan<byte> bytes) =>
        Write(json, kind, path, Convert.ToHexStringLower(ContentHash.Of(bytes)), bytes.Length);

    private static void Write(Utf8JsonWriter json, string kind, string? name, string? answer, long? count)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteString("name", name is null ? null : PathBytes.ToText(name));
        json.WriteString("answer", answer is null ? null : PathBytes.ToText(answer));
        if (count is { } number)
        {
            json.WriteNumber("count", number);
        }
        else
        {
            json.WriteNull("count");
        }

        json.WriteEndObject();
    }
}
