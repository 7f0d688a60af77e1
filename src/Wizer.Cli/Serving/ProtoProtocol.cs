using System.Text;

namespace Wizer.Cli;

/// <summary>Requests and responses as messages of Protocol Buffers, each behind its length: worker_protocol.proto of Bazel.</summary>
internal sealed class ProtoProtocol(RequestInput input) : IWorkProtocol
{
    private const int MaxLengthByteCount = 5;

    public WorkRequest? Read()
    {
        if (!TryReadLength(out int length))
        {
            return null;
        }

        while (input.Arrived.Length < length)
        {
            if (!input.Wait())
            {
                throw new CommandException(DiagnosticCode.RequestMalformed, "the last request ends early");
            }
        }

        try
        {
            WorkRequest request = Decode(input.Arrived.Span[..length]);
            input.Take(length);
            return request;
        }
        catch (InvalidDataException error)
        {
            throw NoRequest(error);
        }
    }

    public byte[] Format(WorkResponse response)
    {
        var message = new ProtoWriter();
        message.WriteNumber(1, response.ExitCode);
        message.WriteText(2, response.Output);
        message.WriteNumber(3, response.Id);
        message.WriteNumber(4, response.WasCancelled ? 1 : 0);
        return message.ToDelimited();
    }

    private static WorkRequest Decode(ReadOnlySpan<byte> message)
    {
        var request = new WorkRequest();
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    request.Arguments.Add(Engine.PathBytes.Decode(reader.Bytes));
                    break;
                case 3:
                    request.Id = (int)reader.Number;
                    break;
                case 4:
                    request.IsCancellation = reader.Number != 0;
                    break;
                case 6:
                    request.SandboxDirectory = Engine.PathBytes.Decode(reader.Bytes);
                    break;
            }
        }

        return request;
    }

    private bool TryReadLength(out int length)
    {
        length = 0;
        for (int i = 0; i < MaxLengthByteCount; i++)
        {
            while (input.Arrived.IsEmpty)
            {
                if (!input.Wait())
                {
                    return i == 0 ? false : throw new CommandException(DiagnosticCode.RequestMalformed, "the last request ends early");
                }
            }

            byte b = input.Arrived.Span[0];
            input.Take(1);
            length |= (b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                return length is >= 0 and <= RequestInput.MaxByteLength ? true : throw NoRequest(null);
            }
        }

        throw NoRequest(null);
    }

    private static CommandException NoRequest(Exception? error) => new(
        DiagnosticCode.RequestMalformed,
        "what was sent is no request in Protocol Buffers",
        error is null ? null : new CommandException(DiagnosticCode.RequestMalformed, error.Message))
    {
        Hint = "--worker-protocol=json reads requests in JSON",
    };
}
