using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Wizer.Engine.Platform;

namespace Wizer.Cli;

/// <summary>
/// Makes one page of a report in JSON, which needs nothing else: the report stands in it as data, and a script draws it. However large the
/// report, the page stays small enough for a browser.
/// </summary>
internal static class PageWriter
{
    // Of longer lists, the page has the beginning.
    private const int MaxItemCount = 5000;
    private const int MaxNumberCount = 3 * 5000;
    private const int MaxTextLength = 4096;
    private const string LeftOut = "leftOut";

    // Whatever a name in a module says, it stays data: neither `</script>` nor `<!--` nor an ampersand is written as it is.
    private static readonly JsonWriterOptions s_style = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Makes the page.</summary>
    /// <param name="report">The report in JSON.</param>
    /// <exception cref="CommandException">It is no report of this tool, or of a version that is not known.</exception>
    public static ReadOnlyMemory<byte> Format(ReadOnlyMemory<byte> report)
    {
        string style = Resource("page.css");
        string script = Resource("page.js");
        var page = new StringBuilder();
        foreach (string part in Resource("page.html").Split("{{"))
        {
            int end = part.IndexOf("}}", StringComparison.Ordinal);
            page.Append(end < 0 ? "" : part[..end] switch
            {
                "style" => style,
                "script" => script,
                "style-hash" => HashOf(style),
                "script-hash" => HashOf(script),
                _ => DataOf(report),
            });
            page.Append(end < 0 ? part : part[(end + 2)..]);
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    // As a policy of the page names what may be executed: nothing but this.
    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(ContentHash.Of(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(PageWriter).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string DataOf(ReadOnlyMemory<byte> report)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(report);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !Has(root, "tool", "wizer") || !Has(root, "schemaVersion", "1"))
            {
                throw new CommandException(DiagnosticCode.ReportFailed, "it is no report of wizer, or of a version that is not known here");
            }

            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, s_style))
            {
                WriteReport(root, json);
            }

            return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        }
        catch (JsonException error)
        {
            throw new CommandException(DiagnosticCode.ReportFailed, "it is no JSON", error);
        }
    }

    private static bool Has(JsonElement report, string member, string value) =>
        report.TryGetProperty(member, out JsonElement found) && found.ToString() == value;

    private static void WriteReport(JsonElement report, Utf8JsonWriter json)
    {
        var omitted = new List<(string What, int Shown, int Count)>();
        json.WriteStartObject();
        foreach (JsonProperty property in report.EnumerateObject())
        {
            if (property.Name != LeftOut)
            {
                json.WritePropertyName(property.Name);
                Write(property.Value, property.Name, json, omitted);
            }
        }

        json.WriteStartArray(LeftOut);
        foreach ((string what, int shown, int count) in omitted.Take(MaxItemCount))
        {
            json.WriteStartObject();
            json.WriteString("what", what);
            json.WriteNumber("shown", shown);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(JsonElement value, string name, Utf8JsonWriter json, List<(string What, int Shown, int Count)> omitted)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    Write(property.Value, property.Name, json, omitted);
                }

                json.WriteEndObject();
                break;

            case JsonValueKind.Array:
                WriteArray(value, name, json, omitted);
                break;

            case JsonValueKind.String when name != "base64" && value.GetString() is { Length: > MaxTextLength } text:
                json.WriteStringValue(string.Concat(text.AsSpan(0, MaxTextLength), "..."));
                break;

            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteArray(JsonElement array, string name, Utf8JsonWriter json, List<(string What, int Shown, int Count)> omitted)
    {
        int count = array.GetArrayLength();
        int most = count > 0 && array[0].ValueKind == JsonValueKind.Number ? MaxNumberCount : MaxItemCount;
        json.WriteStartArray();
        int index = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (index++ == most)
            {
                omitted.Add((name, most, count));
                break;
            }

            Write(item, name, json, omitted);
        }

        json.WriteEndArray();
    }
}
