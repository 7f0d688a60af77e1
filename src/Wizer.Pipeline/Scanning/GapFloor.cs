using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

/// <summary>Says below which size gaps need not be kept, as gaps are met: as many larger ones have been seen as can stay open.</summary>
/// <remarks>
/// It counts how many there are of each size, so that the answer for all gaps is there as soon as they have been met, and nearly so
/// long before: those of a memory resemble one another.
/// </remarks>
internal sealed class GapFloor
{
    // The last one is for all that are larger.
    private readonly int[] _counts = new int[GapThreshold.SmallKeys];
    private readonly int _maxCount;
    private ulong _least;
    private int _largerCount;

    /// <param name="least">Below, none are needed in any case.</param>
    /// <param name="maxCount">How many ranges can stay apart.</param>
    internal GapFloor(ulong least, int maxCount)
    {
        _least = Math.Min(least, GapThreshold.SmallKeys - 1);
        _maxCount = maxCount;
    }

    /// <summary>The size below which gaps are closed in the end, whatever else there is.</summary>
    internal ulong Least => _least;

    /// <summary>Counts a gap.</summary>
    /// <returns><see cref="Least"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Count(ulong gap)
    {
        if (gap > _least)
        {
            _counts[Math.Min(gap, GapThreshold.SmallKeys - 1)]++;
            if (++_largerCount >= _maxCount)
            {
                Rise();
            }
        }

        return _least;
    }

    // Larger ones alone are as many as there can be ranges, which is one more than gaps.
    private void Rise()
    {
        while (_largerCount >= _maxCount && _least < GapThreshold.SmallKeys - 1)
        {
            _largerCount -= _counts[++_least];
        }
    }
}
