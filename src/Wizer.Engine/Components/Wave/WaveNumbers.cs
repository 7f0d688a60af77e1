namespace Wizer.Engine.Components.Wave;

/// <summary>What is a number: as JSON writes them, without a plus or leading zeros. Component Model, WAVE: Integers, Floats.</summary>
internal static class WaveNumbers
{
    internal static bool IsNumber(ReadOnlySpan<char> word, out bool isInteger)
    {
        ReadOnlySpan<char> rest = word.TrimStartOnce('-');
        int digits = DigitCount(rest);
        isInteger = digits == rest.Length;
        if (digits == 0 || (digits > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[digits..];
        if (rest.StartsWith('.'))
        {
            digits = DigitCount(rest[1..]);
            if (digits == 0)
            {
                return false;
            }

            rest = rest[(1 + digits)..];
        }

        if (rest.StartsWith('e') || rest.StartsWith('E'))
        {
            rest = rest[1..];
            rest = rest.StartsWith('+') ? rest[1..] : rest.TrimStartOnce('-');
            digits = DigitCount(rest);
            return digits > 0 && digits == rest.Length;
        }

        return rest.IsEmpty;
    }

    internal static ReadOnlySpan<char> TrimStartOnce(this ReadOnlySpan<char> text, char value) => text.StartsWith(value) ? text[1..] : text;

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? text.Length : length;
    }
}
