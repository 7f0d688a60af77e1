namespace Wizer.Binary;

/// <summary>
/// The items of a section while they are read. The count in front of them comes from the file, so it only sizes the first
/// allocation up to a bound: what a hostile count claims is never reserved, only what was really read.
/// </summary>
internal struct ItemList<T>
{
    private const int MaxInitialCapacity = 1 << 14;

#pragma warning disable CA1825 // Array.Empty would be compiled at start-up: see GrowableArray.
    /// <summary>No items.</summary>
    internal static readonly T[] Empty = new T[0];
#pragma warning restore CA1825

    private T[] _items;
    private int _count;

    internal ItemList(int expectedCount)
    {
        _items = expectedCount == 0 ? Empty : new T[Math.Min(expectedCount, MaxInitialCapacity)];
        _count = 0;
    }

    internal readonly int Count => _count;

    /// <summary>One of the items.</summary>
    internal readonly ref T this[int index] => ref _items[index];

    internal void Add(T item)
    {
        if (_count == _items.Length)
        {
            _items = GrowableArray.Resize(_items, _count, Math.Max(4, _count * 2));
        }

        _items[_count++] = item;
    }

    internal void AddRange(T[] items)
    {
        foreach (T item in items)
        {
            Add(item);
        }
    }

    internal void Clear() => _count = 0;

    /// <summary>The items; the list is not to be used afterwards.</summary>
    internal T[] ToArray()
    {
        if (_count == 0)
        {
            return Empty;
        }

        if (_count != _items.Length)
        {
            _items = GrowableArray.Resize(_items, _count, _count);
        }

        return _items;
    }
}
