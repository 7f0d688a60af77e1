using System.Globalization;
using System.Text;
using System.Text.Json;
using Wizer.Pipeline;

namespace Wizer.Cli;

// What the file and its memories consist of, in lines that are as short as lists of many numbers can be.
internal sealed partial class ReportWriter
{
    // Of more, those that wrote least are left out.
    private const int MaxFunctionCount = 1000;

    private void WriteSections()
    {
        _json.WriteStartObject("sections");
        WriteSections("before", _outcome.Module is { } module ? SectionSizes.Of([module]) : []);
        WriteSections("after", _outcome.SectionsAfter);
        _json.WriteEndObject();
    }

    private void WriteSections(string name, IReadOnlyList<SectionSize> sections)
    {
        _json.WriteStartArray(name);
        foreach (SectionSize section in sections)
        {
            _json.WriteStartObject();
            _json.WriteString("name", section.Name);
            WriteStringOrNull("module", section.Module);
            _json.WriteNumber("byteLength", section.ByteLength);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteAttribution(Attribution? attribution)
    {
        if (attribution is null)
        {
            _json.WriteNull("attribution");
            return;
        }

        long total = attribution.HostByteLength;
        var counts = new (long Own, long All)[attribution.Functions.Count];
        foreach (AttributedStack stack in attribution.Stacks)
        {
            total += stack.ByteLength;
            counts[stack.Functions[^1]].Own += stack.ByteLength;
            foreach (int function in stack.Functions.Distinct())
            {
                counts[function].All += stack.ByteLength;
            }
        }

        _json.WriteStartObject("attribution");
        _json.WriteNumber("byteLength", total);
        _json.WriteNumber("hostByteLength", attribution.HostByteLength);
        _json.WriteStartArray("functions");
        IEnumerable<int> functions = Enumerable.Range(0, counts.Length).OrderByDescending(function => counts[function].Own);
        foreach (int function in functions.Take(MaxFunctionCount))
        {
            _json.WriteStartObject();
            _json.WriteString("name", attribution.Functions[function]);
            _json.WriteNumber("byteLength", counts[function].Own);
            _json.WriteNumber("withCalleesByteLength", counts[function].All);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    // What a run has said that was found in a cache: long lists as they were, and all else as here.
    private void WriteAgain(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _json.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    _json.WritePropertyName(property.Name);
                    WriteAgain(property.Value, property.Name);
                }

                _json.WriteEndObject();
                break;

            case JsonValueKind.Array when name is "runs" or "contents":
                _json.WriteRawValue(value.GetRawText());
                break;

            case JsonValueKind.Array:
                _json.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    WriteAgain(item, name);
                }

                _json.WriteEndArray();
                break;

            default:
                value.WriteTo(_json);
                break;
        }
    }

    private void WriteMap(MemoryMap map)
    {
        _json.WriteStartObject("map");
        _json.WriteNumber("cellByteLength", map.CellByteLength);
        var text = new StringBuilder("[");
        foreach (MemoryCells run in map.Runs)
        {
            text.Append(text.Length == 1 ? "" : ",").Append(
                CultureInfo.InvariantCulture, $"{run.CellCount},{run.InputByteLength},{run.ChangedByteLength}");
        }

        _json.WritePropertyName("runs");
        _json.WriteRawValue(text.Append(']').ToString());
        text.Clear().Append('[');
        foreach (MemoryContents contents in map.Contents)
        {
            text.Append(text.Length == 1 ? "" : ",").Append(
                CultureInfo.InvariantCulture,
                $"{{\"address\":{contents.Address},\"base64\":\"{Convert.ToBase64String(contents.Bytes.Span)}\"}}");
        }

        _json.WritePropertyName("contents");
        _json.WriteRawValue(text.Append(']').ToString());
        _json.WriteEndObject();
    }
}
