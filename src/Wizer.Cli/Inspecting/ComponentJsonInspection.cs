using System.Text.Json;
using Wizer.Binary.Components;

namespace Wizer.Cli;

/// <summary>Shows a <see cref="ComponentSummary"/> to programs; <c>docs/report.md</c> describes the members.</summary>
internal static class ComponentJsonInspection
{
    private const int SchemaVersion = 1;

    public static void Write(ComponentSummary summary, string? path, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", SchemaVersion);
        json.WriteString("path", path);
        json.WriteNumber("byteLength", summary.Component.Bytes.Length);
        json.WriteString("error", summary.Error);
        WriteParts(summary.Component, json);
        WriteItems("imports", summary.Imports, json);
        WriteItems("exports", summary.Exports, json);
        json.WriteEndObject();
    }

    private static void WriteParts(ComponentInfo component, Utf8JsonWriter json)
    {
        json.WriteStartArray("definitions");
        foreach (ComponentPart part in ComponentSummary.PartsOf(component))
        {
            json.WriteStartObject();
            json.WriteString("kind", ComponentSummary.NameOf(part.Sort));
            json.WriteNumber("index", part.Index);
            json.WriteString("origin", part.Origin);
            WriteNumber("byteLength", part.ByteLength, json);
            WriteNumber("of", part.Of, json);
            if (part.Name is not null)
            {
                json.WriteString("name", part.Name);
            }

            if (part.Component is not null)
            {
                WriteParts(part.Component, json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteItems(string member, ComponentItem[] items, Utf8JsonWriter json)
    {
        json.WriteStartArray(member);
        foreach (ComponentItem item in items)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            json.WriteString("kind", ComponentSummary.NameOf(item.Sort));
            json.WriteString("type", item.Type);
            if (item.Sort == Sort.Instance)
            {
                WriteItems("exports", item.Items, json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(string member, long? value, Utf8JsonWriter json)
    {
        if (value is { } number)
        {
            json.WriteNumber(member, number);
        }
    }
}
