using System.Globalization;

namespace Wizer.Cli;

/// <summary>Reads the numbers among the values of options.</summary>
internal static class OptionNumber
{
    // What a timer can wait for.
    private const double MaxSeconds = 4_000_000;

    /// <summary>A count in decimal digits.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static ulong ParseCount(Option option, string value) =>
        TryParse(value, out ulong count)
            ? count
            : throw UsageException.InvalidNumber(option, value, "a number in decimal digits");

    /// <summary>A number of bytes: digits, and perhaps <c>K</c>, <c>M</c>, <c>G</c> or <c>T</c>, with or without <c>iB</c>.</summary>
    /// <exception cref="UsageException">It is none, or beyond 64 bits.</exception>
    public static ulong ParseBytes(Option option, string value)
    {
        int digits = value.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> unit = digits < 0 ? "" : value.AsSpan(digits);
        int log2 = unit switch
        {
            "" => 0,
            "K" or "k" or "KiB" => 10,
            "M" or "m" or "MiB" => 20,
            "G" or "g" or "GiB" => 30,
            "T" or "t" or "TiB" => 40,
            _ => -1,
        };
        bool isGood = TryParse(value.AsSpan(0, value.Length - unit.Length), out ulong count) && log2 >= 0
            && count <= ulong.MaxValue >> log2;
        return isGood
            ? count << log2
            : throw UsageException.InvalidNumber(option, value, "a number of bytes, for example 1000000, 512M or 4GiB");
    }

    /// <summary>A time in seconds, fractions allowed.</summary>
    /// <exception cref="UsageException">It is none, is not above zero, or more than a month.</exception>
    public static TimeSpan ParseSeconds(Option option, string value)
    {
        bool isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds);
        return isNumber && seconds is >= 0.001 and <= MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw UsageException.InvalidNumber(option, value, "a number of seconds, for example 30 or 0.5, up to 4000000");
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
