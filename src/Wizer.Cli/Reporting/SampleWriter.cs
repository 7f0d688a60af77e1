using System.Globalization;
using System.Text;
using System.Text.Json;
using Wizer.Engine;

namespace Wizer.Cli;

/// <summary>Writes where a guest spent its time, in the forms that tools for flame graphs read.</summary>
internal static class SampleWriter
{
    /// <summary>Whether a file of this name is to have folded stacks; otherwise it has JSON for speedscope.</summary>
    public static bool IsFolded(string path) =>
        path.EndsWith(".folded", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A line for each stack: the functions, outermost first and with semicolons between, and behind a space the microseconds. What
    /// <c>flamegraph.pl</c>, inferno and speedscope read.
    /// </summary>
    public static ReadOnlyMemory<byte> FormatFolded(StackSamples samples)
    {
        var times = new Dictionary<string, TimeSpan>();
        foreach (StackSample sample in samples.Samples)
        {
            string stack = string.Join(';', sample.Functions.Select(function => Folded(samples.Functions[function])));
            times[stack] = times.GetValueOrDefault(stack) + sample.Time;
        }

        var text = new StringBuilder();
        foreach ((string stack, TimeSpan time) in times)
        {
            long microseconds = (long)Math.Round(time.TotalMicroseconds);
            if (microseconds > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{stack} {microseconds}\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A profile in the file format of speedscope.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="name">Of what.</param>
    public static ReadOnlyMemory<byte> FormatSpeedscope(StackSamples samples, string name)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JsonStyle.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
            json.WriteString("exporter", $"wizer {ToolVersion.Text}");
            json.WriteString("name", name);
            json.WriteNumber("activeProfileIndex", 0);
            WriteFrames(samples, json);
            WriteProfile(samples, json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteFrames(StackSamples samples, Utf8JsonWriter json)
    {
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (string function in samples.Functions)
        {
            json.WriteStartObject();
            json.WriteString("name", function);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProfile(StackSamples samples, Utf8JsonWriter json)
    {
        TimeSpan total = TimeSpan.Zero;
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", "initialization");
        json.WriteString("unit", "microseconds");
        json.WriteStartArray("samples");
        foreach (StackSample sample in samples.Samples)
        {
            total += sample.Time;
            json.WriteStartArray();
            foreach (int function in sample.Functions)
            {
                json.WriteNumberValue(function);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (StackSample sample in samples.Samples)
        {
            json.WriteNumberValue(sample.Time.TotalMicroseconds);
        }

        json.WriteEndArray();
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", total.TotalMicroseconds);
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
