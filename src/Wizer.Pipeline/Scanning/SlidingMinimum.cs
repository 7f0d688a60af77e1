namespace Wizer.Pipeline;

/// <summary>
/// The lowest value among the last few places of a table, as places are added behind and dropped in front. Each is looked at
/// twice at most, however many stay.
/// </summary>
/// <param name="values">The table; what stands at a place must not change once that was added.</param>
internal sealed class SlidingMinimum(long[] values)
{
    // The lowest, then the lowest behind it, and so on to the last: what is followed by something lower will never matter.
    private readonly int[] _places = new int[values.Length];
    private int _first;
    private int _end;

    internal bool IsEmpty => _first == _end;

    /// <summary>Where the lowest value stands; the last place of several.</summary>
    internal int Place => _places[_first];

    /// <summary>The lowest value.</summary>
    internal long Value => values[_places[_first]];

    internal void Clear()
    {
        _first = 0;
        _end = 0;
    }

    /// <summary>Goes on to a place behind all others.</summary>
    internal void Add(int place)
    {
        while (_end > _first && values[_places[_end - 1]] >= values[place])
        {
            _end--;
        }

        _places[_end++] = place;
    }

    /// <summary>Drops the places up to <see cref="Place"/>.</summary>
    internal void DropPlace() => _first++;
}
