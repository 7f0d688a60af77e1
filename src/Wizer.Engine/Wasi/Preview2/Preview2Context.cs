using Wizer.Engine.Components;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>The state behind the functions of one component: that of a guest of preview 1, and what handles stand for.</summary>
internal sealed class Preview2Context : IDisposable
{
    internal const string IoError = "wasi:io/error.error";
    internal const string Pollable = "wasi:io/poll.pollable";
    internal const string InputStream = "wasi:io/streams.input-stream";
    internal const string OutputStream = "wasi:io/streams.output-stream";
    internal const string TerminalInput = "wasi:cli/terminal-input.terminal-input";
    internal const string TerminalOutput = "wasi:cli/terminal-output.terminal-output";
    internal const string Descriptor = "wasi:filesystem/types.descriptor";
    internal const string DirectoryEntryStream = "wasi:filesystem/types.directory-entry-stream";
    internal const string Network = "wasi:sockets/network.network";

    private readonly Dictionary<string, ComponentResourceType> _types = [];

    internal Preview2Context(WasiContext wasi) => Wasi = wasi;

    internal WasiContext Wasi { get; }

    internal ResourceTable Resources { get; } = new();

    /// <summary>The resource type of a name, such as <c>wasi:io/streams.input-stream</c>.</summary>
    internal ComponentResourceType TypeOf(string name)
    {
        if (!_types.TryGetValue(name, out ComponentResourceType? type))
        {
            type = new ComponentResourceType(name, Resources.Remove);
            _types.Add(name, type);
        }

        return type;
    }

    /// <summary>Gives something to the guest, which owns it from now on.</summary>
    internal ComponentValue Own(string type, object item) =>
        ComponentValue.Own(new ComponentResource(TypeOf(type), Resources.Add(type, item)));

    public void Dispose()
    {
        Resources.Dispose();
        Wasi.Dispose();
    }
}

/// <summary>What handles of a component stand for, by representation.</summary>
internal sealed class ResourceTable : IDisposable
{
    // Ours: they are the host's memory, which no limit of the store counts.
    internal const int Limit = 1 << 18;

    private readonly List<object?> _items = [];
    private readonly List<string> _types = [];
    private readonly List<int> _free = [];

    /// <summary>The types of those that there are.</summary>
    internal IEnumerable<string> Types => _types.Where((_, i) => _items[i] is not null);

    internal T Get<T>(uint representation)
        where T : class => (T)_items[(int)representation]!;

    /// <exception cref="WasmTrapException">There are too many; the item is disposed then.</exception>
    internal uint Add(string type, object item)
    {
        if (_free.Count != 0)
        {
            int free = _free[^1];
            _free.RemoveAt(_free.Count - 1);
            _items[free] = item;
            _types[free] = type;
            return (uint)free;
        }

        if (_items.Count == Limit)
        {
            (item as IDisposable)?.Dispose();
            throw new WasmTrapException($"too many resources of WASI: at most {Limit} are supported");
        }

        _items.Add(item);
        _types.Add(type);
        return (uint)_items.Count - 1;
    }

    internal void Remove(uint representation)
    {
        (_items[(int)representation] as IDisposable)?.Dispose();
        _items[(int)representation] = null;
        _free.Add((int)representation);
    }

    public void Dispose()
    {
        foreach (object? item in _items)
        {
            (item as IDisposable)?.Dispose();
        }

        _items.Clear();
        _types.Clear();
        _free.Clear();
    }
}
