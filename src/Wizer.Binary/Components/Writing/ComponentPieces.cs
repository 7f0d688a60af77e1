namespace Wizer.Binary.Components;

/// <summary>
/// What has been written of a component: parts of the input and of what replaces it, neither of which is copied, and new bytes.
/// </summary>
internal sealed class ComponentPieces
{
    private ItemList<ReadOnlyMemory<byte>> _pieces = new(4);

    /// <summary>The bytes of all of them.</summary>
    internal long ByteLength { get; private set; }

    /// <summary>All of them, in order; nothing is to be added afterwards.</summary>
    internal ReadOnlyMemory<byte>[] ToArray() => _pieces.ToArray();

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
        for (int i = 0; i < others._pieces.Count; i++)
        {
            Add(others._pieces[i]);
        }
    }

    /// <summary>Goes on with bytes that stay as they are.</summary>
    internal void Add(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _pieces.Add(bytes);
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
}
