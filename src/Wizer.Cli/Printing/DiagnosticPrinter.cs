using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wizer.Engine;

namespace Wizer.Cli;

/// <summary>Prints errors and warnings in the form that the command line asks for.</summary>
internal static class DiagnosticPrinter
{
    /// <summary>An error, with its line end.</summary>
    /// <param name="error">What ended the command.</param>
    /// <param name="format">The form.</param>
    /// <param name="input">The module's file, or null.</param>
    /// <param name="syntax">The command whose options hints name; null for the main one.</param>
    public static string Format(Exception error, ErrorFormat format, string? input, CommandSyntax? syntax = null) =>
        format != ErrorFormat.Text ? Format(Diagnostic.Of(error, input, syntax), format)
        : error is UsageException ? error.Message
        : error is OutOfMemoryException ? $"Error: {ErrorPrinter.OutOfMemory}\n"
        : Diagnostic.IsExpected(error) ? ErrorPrinter.Format(error, syntax is null ? null : syntax.Translate)
        : ErrorPrinter.FormatInternal(error);

    /// <summary>A warning, with its line end.</summary>
    /// <param name="warning">What is to be said.</param>
    /// <param name="format">The form.</param>
    /// <param name="input">The module's file, or null.</param>
    public static string Format(Warning warning, ErrorFormat format, string? input) =>
        format == ErrorFormat.Text ? $"warning: {warning.Text}\n" : Format(Diagnostic.Of(warning, input), format);

    private static string Format(Diagnostic diagnostic, ErrorFormat format) =>
        format == ErrorFormat.Json ? FormatJson(diagnostic) : diagnostic.ToCanonical();

    private static string FormatJson(Diagnostic diagnostic)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("severity", diagnostic.IsWarning ? "warning" : "error");
            json.WriteString("code", DiagnosticCodes.Format(diagnostic.Code));
            WriteText(json, "file", diagnostic.File);
            WriteNumber(json, "line", diagnostic.Line, diagnostic.Line > 0);
            WriteNumber(json, "column", diagnostic.Column, diagnostic.Line > 0);
            WriteNumber(json, "offset", diagnostic.Offset, diagnostic.Offset >= 0);
            WriteText(json, "message", diagnostic.Message);
            json.WriteStartArray("causes");
            foreach (string cause in diagnostic.Causes)
            {
                json.WriteStringValue(PathBytes.ToText(cause));
            }

            json.WriteEndArray();
            WriteText(json, "hint", diagnostic.Hint);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, PathBytes.ToText(text));
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long number, bool isKnown)
    {
        if (isKnown)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
