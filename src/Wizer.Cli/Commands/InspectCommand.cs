using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary><c>wizer inspect</c>: what a module consists of.</summary>
internal static class InspectCommand
{
    public static void Run(Arguments arguments)
    {
        using InspectedModule file = InspectedModule.Read(arguments.Input);
        var summary = new ModuleSummary(file.Module);
        OutputFile.At(null).Write(
            arguments.Json
                ? FormatJson(summary, arguments.Input)
                : Encoding.UTF8.GetBytes(TextInspection.Format(summary, arguments.Input ?? InputFile.StandardInputName)));
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
