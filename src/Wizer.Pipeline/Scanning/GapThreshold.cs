namespace Wizer.Pipeline;

/// <summary>What decides which gaps are closed when there would be too many segments.</summary>
internal enum GapOrder
{
    /// <summary>The original's: the number of bytes.</summary>
    BySize,

    /// <summary>The bytes that closing it adds to the module (<see cref="SegmentCost.Weight"/>).</summary>
    ByWeight,

    /// <summary>The same, less what the two lengths take more than that of both together (<see cref="SegmentCost.Effect"/>).</summary>
    ByEffect,
}

/// <summary>
/// Says which gaps are the n smallest, by whatever key, when asked about all of them in order: every gap with a lower key, and
/// the first few with exactly that one.
/// </summary>
internal struct GapThreshold
{
    // Nearly all gaps are small, and counting those is much faster than putting them in order.
    internal const int SmallKeys = 1024;

    private int _equalsLeft;

    private GapThreshold(ulong key, int equalsLeft)
    {
        Key = key;
        _equalsLeft = equalsLeft;
    }

    /// <summary>The highest key that is closed; none that stays open is lower.</summary>
    internal ulong Key { get; }

    /// <summary>Finds the key that separates the smallest gaps from the rest, in expected O(n).</summary>
    /// <param name="keys">Those of all gaps, and perhaps room behind them; put in another order.</param>
    /// <param name="count">How many gaps there are.</param>
    /// <param name="closeCount">How many are to be closed: at least one, at most all.</param>
    internal static GapThreshold Find(ulong[] keys, int count, int closeCount)
    {
        if (TryFind(Count(keys, count), closeCount, out GapThreshold threshold))
        {
            return threshold;
        }

        ulong key = Select(keys, count, closeCount - 1);

        // All that are smaller stand before that place now, and equal ones on both sides of it.
        int smaller = 0;
        for (int i = 0; i < closeCount; i++)
        {
            smaller += keys[i] < key ? 1 : 0;
        }

        return new GapThreshold(key, closeCount - smaller);
    }

    private static int[] Count(ulong[] keys, int count)
    {
        var counts = new int[SmallKeys];
        for (int i = 0; i < count; i++)
        {
            ulong key = keys[i];
            if (key < SmallKeys)
            {
                counts[key]++;
            }
        }

        return counts;
    }

    /// <summary>The same for keys that have been counted, if it is one of the small ones that separates them.</summary>
    /// <param name="counts">How many gaps have each key below <see cref="SmallKeys"/>.</param>
    /// <param name="closeCount">How many gaps are to be closed.</param>
    /// <param name="threshold">What separates them.</param>
    internal static bool TryFind(int[] counts, int closeCount, out GapThreshold threshold)
    {
        int left = closeCount;
        for (int key = 0; key < counts.Length; key++)
        {
            if (left <= counts[key])
            {
                threshold = new GapThreshold((uint)key, left);
                return true;
            }

            left -= counts[key];
        }

        threshold = default;
        return false;
    }

    /// <summary>Whether this gap is one of them. Each gap is asked about once.</summary>
    internal bool Closes(ulong key) => key < Key || (key == Key && _equalsLeft-- > 0);

    /// <summary>The value that sorting would put at <paramref name="place"/>; what is smaller ends up before it.</summary>
    private static ulong Select(ulong[] values, int count, int place)
    {
        int low = 0;
        int high = count - 1;

        // A hostile order makes pivots useless; then sorting what is left keeps the time in O(n log n).
        for (int pivotsLeft = 64; low < high; pivotsLeft--)
        {
            if (pivotsLeft == 0)
            {
                Array.Sort(values, low, high - low + 1);
                return values[place];
            }

            ulong pivot = MedianOf(values[low], values[(low + high) >>> 1], values[high]);

            // Smaller, equal, unknown, larger: gaps repeat a lot, and equal ones are done with in one pass.
            int equal = low;
            int larger = high;
            for (int i = low; i <= larger;)
            {
                ulong value = values[i];
                if (value < pivot)
                {
                    values[i++] = values[equal];
                    values[equal++] = value;
                }
                else if (value > pivot)
                {
                    values[i] = values[larger];
                    values[larger--] = value;
                }
                else
                {
                    i++;
                }
            }

            if (place < equal)
            {
                high = equal - 1;
            }
            else if (place > larger)
            {
                low = larger + 1;
            }
            else
            {
                return pivot;
            }
        }

        return values[place];
    }

    private static ulong MedianOf(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
