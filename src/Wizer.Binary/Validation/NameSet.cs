namespace Wizer.Binary;

/// <summary>
/// Names seen so far, by their bytes and without decoding them. The hash is seeded per process, so that no module can choose
/// names that all collide.
/// </summary>
internal sealed class NameSet
{
    // Indices plus one of _names, chained by _next; buckets are a power of two.
    private readonly int[] _buckets;
    private readonly int[] _next;
    private readonly ByteRange[] _names;
    private int _count;

    /// <summary>Creates an empty set.</summary>
    /// <param name="capacity">How many names will be added at most.</param>
    internal NameSet(int capacity)
    {
        int bucketCount = 4;
        while (bucketCount < capacity)
        {
            bucketCount *= 2;
        }

        _buckets = new int[bucketCount];
        _next = new int[capacity];
        _names = new ByteRange[capacity];
    }

    /// <summary>Adds a name.</summary>
    /// <returns>False when it is there already.</returns>
    internal bool Add(ByteRange name, ReadOnlySpan<byte> module)
    {
        ReadOnlySpan<byte> bytes = name.Of(module);
        HashCode hash = default;
        hash.AddBytes(bytes);
        ref int bucket = ref _buckets[hash.ToHashCode() & (_buckets.Length - 1)];
        for (int i = bucket - 1; i >= 0; i = _next[i] - 1)
        {
            if (_names[i].Of(module).SequenceEqual(bytes))
            {
                return false;
            }
        }

        int index = _count++;
        _names[index] = name;
        _next[index] = bucket;
        bucket = index + 1;
        return true;
    }
}
