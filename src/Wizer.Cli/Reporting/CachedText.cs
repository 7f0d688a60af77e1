using System.Buffers;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>What there is to say about a run, as a cache keeps it.</summary>
/// <param name="Result">What a component returned, as it was printed; empty for nothing.</param>
/// <param name="Warnings">What it warned of at its end.</param>
/// <param name="Summary">What it says with <c>--verbose</c>.</param>
/// <param name="Report">Its part of the report, a JSON object.</param>
internal sealed record CachedText(string Result, IReadOnlyList<Warning> Warnings, string Summary, JsonElement Report)
{
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
            json.WritePropertyName("report");
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
            // Not disposed: the report refers to it, and it has nothing but memory.
            JsonElement root = JsonDocument.Parse(bytes).RootElement;
            JsonElement report = root.GetProperty("report");
            var warnings = new List<Warning>();
            foreach (JsonElement warning in root.GetProperty("warnings").EnumerateArray())
            {
                warnings.Add(new Warning(
                    (DiagnosticCode)warning.GetProperty("code").GetInt32(), warning.GetProperty("text").GetString() ?? ""));
            }

            return report.ValueKind == JsonValueKind.Object
                ? new CachedText(root.GetProperty("result").GetString()!, warnings, root.GetProperty("summary").GetString()!, report)
                : throw new InvalidDataException("no report");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException("no words of a run");
        }
    }
}
