using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>How the JSON of this command looks: for people as well, and readable in any alphabet.</summary>
internal static class JsonStyle
{
    public static JsonWriterOptions Options =>
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
