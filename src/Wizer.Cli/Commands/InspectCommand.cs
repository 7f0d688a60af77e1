using System.Buffers;
using System.Text;
using System.Text.Json;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;

namespace Wizer.Cli;

/// <summary><c>wizer inspect</c>: what a module or component consists of.</summary>
internal static class InspectCommand
{
    public static void Run(Arguments arguments)
    {
        using InspectedModule file = InspectedModule.Read(arguments.Input);
        string? name = arguments.Input is null ? null : PathBytes.ToText(arguments.Input);
        ReadOnlyMemory<byte> output = file.Component is { } component
            ? Format(component, name, arguments.Json)
            : Format(file.Module!, name, arguments.Json);
        OutputFile.At(null).Write(output);
    }

    private static ReadOnlyMemory<byte> Format(ModuleInfo module, string? name, bool isJson)
    {
        var summary = new ModuleSummary(module);
        return isJson
            ? FormatJson(json => JsonInspection.Write(summary, name, json))
            : Encoding.UTF8.GetBytes(TextInspection.Format(summary, name ?? InputFile.StandardInputName));
    }

    private static ReadOnlyMemory<byte> Format(ComponentInfo component, string? name, bool isJson)
    {
        var summary = new ComponentSummary(component);
        return isJson
            ? FormatJson(json => ComponentJsonInspection.Write(summary, name, json))
            : Encoding.UTF8.GetBytes(ComponentTextInspection.Format(summary, name ?? InputFile.StandardInputName));
    }

    private static ReadOnlyMemory<byte> FormatJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonStyle.Options))
        {
            write(json);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
