using System.Buffers;
using System.Text;

namespace Wizer.Cli;

/// <summary>
/// Writes the fields of a message in the wire format of Protocol Buffers. What is 0 or empty is left out, as its readers expect.
/// </summary>
internal sealed class ProtoWriter
{
    private const uint VarintType = 0;
    private const uint BytesType = 2;
    private const byte MoreBit = 0x80;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void WriteNumber(uint field, long value)
    {
        if (value != 0)
        {
            WriteVarint((field << 3) | VarintType);
            WriteVarint((ulong)value);
        }
    }

    public void WriteText(uint field, string value) => WriteBytes(field, Encoding.UTF8.GetBytes(value));

    public void WriteBytes(uint field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            WriteVarint((field << 3) | BytesType);
            WriteVarint((ulong)value.Length);
            _buffer.Write(value);
        }
    }

    /// <summary>Writes a message within the message.</summary>
    public void WriteMessage(uint field, ProtoWriter message) => WriteBytes(field, message.Written.Span);

    /// <summary>Writes the message behind its length, as in a stream of messages.</summary>
    public byte[] ToDelimited()
    {
        var length = new ProtoWriter();
        length.WriteVarint((ulong)_buffer.WrittenCount);
        return [.. length.Written.Span, .. _buffer.WrittenSpan];
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= MoreBit; value >>= 7)
        {
            _buffer.Write([(byte)(value | MoreBit)]);
        }

        _buffer.Write([(byte)value]);
    }
}
