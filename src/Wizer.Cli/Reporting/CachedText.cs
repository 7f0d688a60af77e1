using System.Buffers;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>What there is to say about a run, as a cache keeps it.</summary>
/// <param name="Result">What a component returned, as it was printed; empty for nothing.</param>
/// <param name="Warnings">What it warned of at its end.</param>
/// <param name="Summary">What it says with <c>--verbose</c>.</param>
/// <param name="Document">
/// All of it, as JSON. No element of that: each run would load the library for it, to know how large this object is.
/// </param>
internal sealed record CachedText(string Result, IReadOnlyList<Warning> Warnings, string Summary, JsonDocument Document)
{
    private const string ReportProperty = "report";

    /// <summary>Its part of the report, a JSON object.</summary>
    public JsonElement Report => Document.RootElement.GetProperty(ReportProperty);

    public static byte[] Encode(string result, IReadOnlyList<Warning> warnings, string summary, byte[] report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("result", result);
            json.WriteStartArray("warnings");
            foreach (Warning warning in warnings)
            {
                json.WriteStartObject();
                json.WriteNumber("code", (int)warning.Code);
                json.WriteString("text", warning.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("summary", summary);
            json.WritePropertyName(ReportProperty);
            json.WriteRawValue(report);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static CachedText Decode(byte[] bytes)
    {
        try
        {
            // Not disposed: it has nothing but memory.
            var document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            var warnings = new List<Warning>();
            foreach (JsonElement warning in root.GetProperty("warnings").EnumerateArray())
            {
                warnings.Add(new Warning(
                    (DiagnosticCode)warning.GetProperty("code").GetInt32(), warning.GetProperty("text").GetString() ?? ""));
            }

            return root.GetProperty(ReportProperty).ValueKind == JsonValueKind.Object
                ? new CachedText(root.GetProperty("result").GetString()!, warnings, root.GetProperty("summary").GetString()!, document)
                : throw new InvalidDataException("no report");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException("no words of a run");
        }
    }
}
