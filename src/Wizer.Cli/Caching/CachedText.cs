using System.Buffers;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>What there is to say about a run, as a cache keeps it.</summary>
/// <param name="Messages">What it printed at its end.</param>
/// <param name="Summary">What it says with <c>--verbose</c>.</param>
/// <param name="Report">Its part of the report, a JSON object.</param>
internal sealed record CachedText(string Messages, string Summary, JsonElement Report)
{
    public static byte[] Encode(string messages, string summary, byte[] report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("messages", messages);
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
            return report.ValueKind == JsonValueKind.Object
                ? new CachedText(root.GetProperty("messages").GetString()!, root.GetProperty("summary").GetString()!, report)
                : throw new InvalidDataException("no report");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException("no words of a run");
        }
    }
}
