namespace Wizer.Engine.Symbols;

/// <summary>
/// Bounds what reading the debug information of one module may take, in steps: an attribute, an instruction of a line program, a
/// range. A few bytes can ask for a great many of them, since abbreviations, lists and names are shared.
/// </summary>
/// <remarks>
/// The numbers are guesses with room: what one backtrace takes of a large C++ program is about a step for each byte of the units that
/// it touches. All of it is gone in a second or two.
/// </remarks>
internal sealed class DwarfBudget
{
    /// <summary>What a thing costs that stays in memory, for each eight of its bytes.</summary>
    internal const int Kept = 16;

    /// <summary>What it costs to go on after something malformed.</summary>
    internal const int Recovery = 1 << 14;

    private const long Least = 1L << 25;
    private const long Most = 1L << 28;
    private const int StepsPerByte = 16;

    private long _left;

    /// <param name="byteLength">Of all debug sections.</param>
    internal DwarfBudget(long byteLength) => _left = Math.Min(Least + (byteLength * StepsPerByte), Most);

    internal bool IsExhausted => _left < 0;

    /// <exception cref="DwarfException">No more.</exception>
    internal void Spend(long steps)
    {
        _left -= steps;
        if (_left < 0)
        {
            DwarfException.TooExpensive();
        }
    }
}
