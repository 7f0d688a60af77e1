namespace Wizer.Binary.Components;

/// <summary>
/// What has been written of a component: parts of the input and of what replaces it, neither of which is copied, and new bytes.
/// </summary>
internal sealed class ComponentPieces
{
    // No list: those of such values are compiled at run time.
    private ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[4];
    private int _count;

    /// <summary>The bytes of all of them.</summary>
    internal long ByteLength { get; private set; }

    /// <summary>All of them, in order.</summary>
    internal ReadOnlyMemory<byte>[] ToArray() => Copy(_count);

    /// <summary>These, and nothing else.</summary>
    internal static ComponentPieces Of(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var all = new ComponentPieces();
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            all.Add(piece);
        }

        return all;
    }

    /// <summary>Goes on with other ones.</summary>
    internal void Add(ComponentPieces others)
    {
        for (int i = 0; i < others._count; i++)
        {
            Add(others._pieces[i]);
        }
    }

    /// <summary>Goes on with bytes that stay as they are.</summary>
    internal void Add(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            if (_count == _pieces.Length)
            {
                _pieces = Copy(_count * 2);
            }

            _pieces[_count++] = bytes;
            ByteLength += bytes.Length;
        }
    }

    /// <summary>Goes on with what is written now.</summary>
    internal void Add(Action<WasmWriter> write)
    {
        using var buffer = new PooledBuffer();
        write(new WasmWriter(buffer));
        Add(buffer.ToArray());
    }

    /// <summary>Goes on with a section.</summary>
    /// <exception cref="OverflowException">It is longer than the binary format allows.</exception>
    internal void AddSection(ComponentSectionId id, ComponentPieces contents)
    {
        uint size = checked((uint)contents.ByteLength);
        Add(writer =>
        {
            writer.WriteByte((byte)id);
            writer.WriteU32(size);
        });
        Add(contents);
    }

    private ReadOnlyMemory<byte>[] Copy(int length)
    {
        var copy = new ReadOnlyMemory<byte>[length];
        Array.Copy(_pieces, copy, _count);
        return copy;
    }
}
