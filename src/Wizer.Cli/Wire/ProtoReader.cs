namespace Wizer.Cli;

/// <summary>Reads the fields of a message in the wire format of Protocol Buffers, whichever there are.</summary>
/// <param name="message">All of it.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int VarintBitLimit = 64;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the field read last.</summary>
    public uint Field { get; private set; }

    /// <summary>What it holds, when that is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>What it holds, when that is bytes, a text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads a field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">This is no such message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = ReadVarint();
        Field = (uint)(tag >> 3);
        Number = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = ReadVarint();
                break;
            case 1:
                _ = Take(sizeof(ulong));
                break;
            case 2:
                Bytes = Take(ReadVarint());
                break;
            case 5:
                _ = Take(sizeof(uint));
                break;
            default:
                throw new InvalidDataException("a field of an unknown type");
        }

        return Field != 0 ? true : throw new InvalidDataException("a field without a number");
    }

    private ReadOnlySpan<byte> Take(ulong byteLength)
    {
        if (byteLength > (ulong)_rest.Length)
        {
            throw new InvalidDataException("a field that ends early");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)byteLength];
        _rest = _rest[(int)byteLength..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < VarintBitLimit; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number that is too long");
    }
}
