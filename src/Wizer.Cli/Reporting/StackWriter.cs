using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>Writes stacks of functions with their weights, in the forms that tools for flame graphs read.</summary>
internal static class StackWriter
{
    /// <summary>Whether a file of this name is to have folded stacks; otherwise it has JSON for speedscope.</summary>
    public static bool IsFolded(string path) =>
        path.EndsWith(".folded", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A line for each stack: the functions, outermost first and with semicolons between, and behind a space the weight. What
    /// <c>flamegraph.pl</c>, inferno and speedscope read.
    /// </summary>
    public static ReadOnlyMemory<byte> FormatFolded(WeightedStacks stacks)
    {
        var weights = new Dictionary<string, double>();
        foreach ((IReadOnlyList<int> functions, double weight) in stacks.Stacks)
        {
            string stack = string.Join(';', functions.Select(function => Folded(stacks.Functions[function])));
            weights[stack] = weights.GetValueOrDefault(stack) + weight;
        }

        var text = new StringBuilder();
        foreach ((string stack, double weight) in weights)
        {
            long rounded = (long)Math.Round(weight);
            if (rounded > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{stack} {rounded}\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A profile in the file format of speedscope.</summary>
    /// <param name="stacks">The stacks.</param>
    /// <param name="name">The name of the module.</param>
    public static ReadOnlyMemory<byte> FormatSpeedscope(WeightedStacks stacks, string name)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JsonStyle.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
            json.WriteString("exporter", $"wizer {ToolVersion.Text}");
            json.WriteString("name", name);
            json.WriteNumber("activeProfileIndex", 0);
            WriteFrames(stacks, json);
            WriteProfile(stacks, json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteFrames(WeightedStacks stacks, Utf8JsonWriter json)
    {
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (string function in stacks.Functions)
        {
            json.WriteStartObject();
            json.WriteString("name", function);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProfile(WeightedStacks stacks, Utf8JsonWriter json)
    {
        double total = 0;
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", stacks.Title);
        json.WriteString("unit", stacks.Unit);
        json.WriteStartArray("samples");
        foreach ((IReadOnlyList<int> functions, double weight) in stacks.Stacks)
        {
            total += weight;
            json.WriteStartArray();
            foreach (int function in functions)
            {
                json.WriteNumberValue(function);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach ((_, double weight) in stacks.Stacks)
        {
            json.WriteNumberValue(weight);
        }

        json.WriteEndArray();
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", total);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // A name may have anything in it: what separates functions, or ends a line, must not come from one.
    private static string Folded(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char letter in name)
        {
            text.Append(letter == ';' ? ':' : char.IsControl(letter) ? ' ' : letter);
        }

        return text.ToString();
    }
}
