using System.Buffers;
using System.Text;
using System.Text.Json;
using Wizer.Engine;

namespace Wizer.Cli;

/// <summary><c>wizer inspect</c>: what a module consists of.</summary>
internal static class InspectCommand
{
    public static void Run(Arguments arguments)
    {
        using InspectedModule file = InspectedModule.Read(arguments.Input);
        var summary = new ModuleSummary(file.Module);
        string? name = arguments.Input is null ? null : PathBytes.ToText(arguments.Input);
        OutputFile.At(null).Write(
            arguments.Json
                ? FormatJson(summary, name)
                : Encoding.UTF8.GetBytes(TextInspection.Format(summary, name ?? InputFile.StandardInputName)));
    }

    private static ReadOnlyMemory<byte> FormatJson(ModuleSummary summary, string? path)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonStyle.Options))
        {
            JsonInspection.Write(summary, path, json);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
