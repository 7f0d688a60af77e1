using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wizer.Cli;

/// <summary>
/// Requests and responses as objects in JSON, one after another, with nothing or white space between them; the names are those that
/// Bazel gives them. Responses are a line each.
/// </summary>
internal sealed class JsonProtocol(RequestInput input) : IWorkProtocol
{
    public WorkRequest? Read()
    {
        while (true)
        {
            try
            {
                if (TryFindEnd(input.Arrived.Span, out int end))
                {
                    using JsonDocument document = JsonDocument.Parse(input.Arrived[..end]);
                    WorkRequest request = Decode(document.RootElement);
                    input.Take(end);
                    return request;
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
            {
                throw new CommandException(DiagnosticCode.RequestMalformed, "what was sent is no request in JSON");
            }

            if (!input.Wait())
            {
                return input.Arrived.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0
                    ? null
                    : throw new CommandException(DiagnosticCode.RequestMalformed, "the last request ends early");
            }
        }
    }

    public byte[] Format(WorkResponse response)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("exitCode", response.ExitCode);
            json.WriteString("output", response.Output);
            json.WriteNumber("requestId", response.Id);
            if (response.WasCancelled)
            {
                json.WriteBoolean("wasCancelled", true);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryFindEnd(ReadOnlySpan<byte> bytes, out int end)
    {
        var state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true });
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        bool isWhole = reader.Read() && reader.TrySkip();
        end = (int)reader.BytesConsumed;
        return isWhole && reader.TokenType == JsonTokenType.EndObject ? true
            : isWhole ? throw new JsonException()
            : false;
    }

    private static WorkRequest Decode(JsonElement element)
    {
        var request = new WorkRequest();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "arguments":
                    foreach (JsonElement argument in property.Value.EnumerateArray())
                    {
                        request.Arguments.Add(argument.GetString() ?? throw new JsonException());
                    }

                    break;
                case "requestId":
                    request.Id = property.Value.GetInt32();
                    break;
                case "cancel":
                    request.IsCancellation = property.Value.GetBoolean();
                    break;
                case "sandboxDir":
                    request.SandboxDirectory = property.Value.GetString() ?? "";
                    break;
            }
        }

        return request;
    }
}
