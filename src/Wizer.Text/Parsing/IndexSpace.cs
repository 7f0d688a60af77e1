namespace Wizer.Text;

/// <summary>An index space: how many entries it has, and which of them have identifiers. Core 3.0, Text Format: Modules, Indices.</summary>
/// <param name="category">What the entries are, as errors say it.</param>
internal sealed class IndexSpace(string category)
{
    // Numbers with a sign: the framework has precompiled code for those.
    private readonly Dictionary<int, int> _indices = [];
    private readonly List<(uint Index, int Symbol)> _names = [];

    /// <summary>What the entries are, as errors say it.</summary>
    internal string Category { get; } = category;

    /// <summary>How many entries there are.</summary>
    internal uint Count { get; private set; }

    /// <summary>The entries that have a name, by ascending index.</summary>
    internal List<(uint Index, int Symbol)> Names => _names;

    /// <summary>Adds an entry without an identifier.</summary>
    internal uint Add() => Count++;

    /// <summary>Adds entries without identifiers.</summary>
    internal void Add(uint count) => Count += count;

    /// <summary>Adds an entry with an identifier; false when the identifier is taken.</summary>
    internal bool TryAdd(int symbol)
    {
        if (!_indices.TryAdd(symbol, (int)Count))
        {
            return false;
        }

        _names.Add((Count++, symbol));
        return true;
    }

    /// <summary>Gives the latest entry another name than its identifier.</summary>
    internal void NameLatest(int symbol)
    {
        uint index = Count - 1;
        if (_names.Count != 0 && _names[^1].Index == index)
        {
            _names.RemoveAt(_names.Count - 1);
        }

        _names.Add((index, symbol));
    }

    /// <summary>Finds an entry by its identifier.</summary>
    internal bool TryFind(int symbol, out uint index)
    {
        bool isFound = _indices.TryGetValue(symbol, out int found);
        index = (uint)found;
        return isFound;
    }

    /// <summary>Forgets all entries.</summary>
    internal void Clear()
    {
        Count = 0;
        _indices.Clear();
        _names.Clear();
    }
}
