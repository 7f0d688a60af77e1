namespace Wizer.Binary;

/// <summary>
/// The items of a section while they are read. The count in front of them comes from the file, so it only sizes the first
/// allocation up to a bound: what a hostile count claims is never reserved, only what was really read.
/// </summary>
internal struct ItemList<T>
{
    private const int MaxInitialCapacity = 1 << 14;

    private T[] _items;
    private int _count;

    internal ItemList(int expectedCount)
    {
        _items = expectedCount == 0 ? [] : new T[Math.Min(expectedCount, MaxInitialCapacity)];
        _count = 0;
    }

    internal readonly int Count => _count;

    internal void Add(T item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, _count * 2));
        }

        _items[_count++] = item;
    }

    internal void AddRange(ReadOnlySpan<T> items)
    {
        foreach (T item in items)
        {
            Add(item);
        }
    }

    /// <summary>The items; the list is not to be used afterwards.</summary>
    internal T[] ToArray()
    {
        if (_count != _items.Length)
        {
            Array.Resize(ref _items, _count);
        }

        return _items;
    }
}
