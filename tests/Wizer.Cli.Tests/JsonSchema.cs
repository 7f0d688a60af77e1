using System.Text.Json;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Holds a JSON value to a schema: as much of JSON Schema as <c>docs/report.schema.json</c> uses.</summary>
internal static class JsonSchema
{
    public static void Check(JsonElement value, JsonElement schema, string path = "$")
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "$schema" or "title" or "description" or "required" or "additionalProperties":
                    break;
                case "const":
                    Assert.True(JsonElement.DeepEquals(keyword.Value, value), path);
                    break;
                case "enum":
                    Assert.Contains(keyword.Value.EnumerateArray(), known => JsonElement.DeepEquals(known, value));
                    break;
                case "type":
                    Assert.True(
                        keyword.Value.ValueKind == JsonValueKind.Array
                            ? keyword.Value.EnumerateArray().Any(type => IsOfType(value, type.GetString()!))
                            : IsOfType(value, keyword.Value.GetString()!),
                        $"{path}: {value} is no {keyword.Value}");
                    break;
                case "items":
                    foreach (JsonElement item in value.EnumerateArray())
                    {
                        Check(item, keyword.Value, path + "[]");
                    }

                    break;
                case "properties":
                    CheckProperties(value, schema, path);
                    break;
                default:
                    Assert.Fail($"{path}: this checker does not know `{keyword.Name}`");
                    break;
            }
        }
    }

    private static void CheckProperties(JsonElement value, JsonElement schema, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        string[] required = schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToArray();
        Assert.Equal(required, value.EnumerateObject().Select(property => property.Name));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        foreach (JsonProperty property in value.EnumerateObject())
        {
            Check(property.Value, schema.GetProperty("properties").GetProperty(property.Name), $"{path}.{property.Name}");
        }
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || value.TryGetUInt64(out _)),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => throw new ArgumentException(type),
    };
}
