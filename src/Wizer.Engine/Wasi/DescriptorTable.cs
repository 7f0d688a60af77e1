using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>The guest's descriptors by number.</summary>
internal sealed class DescriptorTable : IDisposable
{
    // A guess at what no sane program reaches; the host's own limit is usually lower.
    private const int Limit = 1 << 16;

    private Descriptor?[] _items = new Descriptor?[8];

    /// <summary>No number is as high.</summary>
    public uint End => (uint)_items.Length;

    public Descriptor? Find(uint fd) => fd < (uint)_items.Length ? _items[fd] : null;

    /// <summary>Gives a descriptor the lowest free number; it is disposed when there is none.</summary>
    public Errno Add(Descriptor descriptor, out uint fd)
    {
        int free = Array.IndexOf(_items, null);
        if (free < 0)
        {
            free = _items.Length;
            if (free >= Limit)
            {
                descriptor.Dispose();
                fd = 0;
                return Errno.Mfile;
            }

            Array.Resize(ref _items, free * 2);
        }

        _items[free] = descriptor;
        fd = (uint)free;
        return Errno.Success;
    }

    public Errno Close(uint fd)
    {
        if (Find(fd) is not { } descriptor)
        {
            return Errno.Badf;
        }

        _items[fd] = null;
        descriptor.Dispose();
        return Errno.Success;
    }

    /// <summary>Moves a descriptor to the number of another, which is closed.</summary>
    public Errno Renumber(uint from, uint to)
    {
        if (Find(from) is not { } moved || Find(to) is not { } closed)
        {
            return Errno.Badf;
        }

        if (from != to)
        {
            _items[to] = moved;
            _items[from] = null;
            closed.Dispose();
        }

        return Errno.Success;
    }

    public void Dispose()
    {
        foreach (Descriptor? descriptor in _items)
        {
            descriptor?.Dispose();
        }

        _items = [];
    }
}
