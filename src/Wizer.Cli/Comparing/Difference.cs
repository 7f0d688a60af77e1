using System.Globalization;

namespace Wizer.Cli;

/// <summary>Something that two modules do not have alike.</summary>
/// <param name="Item">What it is.</param>
/// <param name="Before">How the first has it; null when it does not.</param>
/// <param name="After">How the second has it; null when it does not.</param>
internal sealed record Difference(string Item, string? Before, string? After);

/// <summary>The differences of one kind: how many there are, and the first of them.</summary>
/// <param name="kind">The kind, as programs read it.</param>
/// <param name="title">The kind, as people read it.</param>
/// <param name="limit">How many are kept.</param>
internal sealed class DifferenceGroup(string kind, string title, int limit)
{
    private readonly List<Difference> _items = [];

    public string Kind => kind;

    public string Title => title;

    /// <summary>How many there are, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Difference> Items => _items;

    /// <summary>Adds one that there is.</summary>
    public void Add(string item, string? before, string? after)
    {
        Count++;
        if (_items.Count < limit)
        {
            _items.Add(new Difference(item, before, after));
        }
    }

    /// <summary>Adds some that are not shown.</summary>
    public void AddRest(int count) => Count += count;

    /// <summary>Adds one, if the two are not the same.</summary>
    public void AddIfOther(string item, string? before, string? after)
    {
        if (before != after)
        {
            Add(item, before, after);
        }
    }
}

/// <summary>Bytes of a memory that two modules do not begin with alike.</summary>
/// <param name="Address">Where they begin.</param>
/// <param name="ByteLength">How many there are; a few equal ones between others are among them.</param>
internal readonly record struct DifferentRange(ulong Address, ulong ByteLength);

/// <summary>What is different in a memory.</summary>
/// <param name="before">What the first module puts there.</param>
/// <param name="after">What the second does.</param>
/// <param name="ranges">Where they differ.</param>
internal sealed class MemoryDifferences(MemoryImage before, MemoryImage after, RangeCollector ranges)
{
    public MemoryImage Before => before;

    public MemoryImage After => after;

    public RangeCollector Ranges => ranges;
}

/// <summary>What is different in two modules, or in two components but for the modules within.</summary>
/// <param name="path">Where they stand in the files, or an empty text for the files themselves.</param>
/// <param name="beforeByteLength">The size of the first.</param>
/// <param name="afterByteLength">The size of the second.</param>
internal sealed class Differences(string path, int beforeByteLength, int afterByteLength)
{
    public string Path => path;

    public int BeforeByteLength => beforeByteLength;

    public int AfterByteLength => afterByteLength;

    public List<DifferenceGroup> Groups { get; } = [];

    public List<MemoryDifferences> Memories { get; } = [];

    /// <summary>Whether nothing is different, as far as one looks.</summary>
    public bool IsEmpty => Memories.Count == 0 && Groups.TrueForAll(static group => group.Count == 0);

    /// <summary>Adds that the bytes differ, where nothing else does: lengths of numbers between the sections, say.</summary>
    public void AddEncoding(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) => Group("encoding", "Encoding", 1).Add(
        string.Create(CultureInfo.InvariantCulture, $"from 0x{before.CommonPrefixLength(after):x} on"),
        "as it is",
        "the same in other bytes");

    /// <summary>A group that is shown if it gets something.</summary>
    public DifferenceGroup Group(string kind, string title, int limit)
    {
        var group = new DifferenceGroup(kind, title, limit);
        Groups.Add(group);
        return group;
    }
}
