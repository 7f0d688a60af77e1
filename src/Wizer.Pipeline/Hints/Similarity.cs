namespace Wizer.Pipeline;

/// <summary>Which of several words somebody may have meant.</summary>
internal static class Similarity
{
    /// <summary>The original's command line proposes a word from here on.</summary>
    public const double OriginalThreshold = 0.7;

    /// <summary>What one letter in common does not reach.</summary>
    public const double StricterThreshold = 0.8;

    /// <summary>The most similar word, the last of equals, or null when none is similar enough.</summary>
    public static string? Closest(string word, List<string> candidates, double threshold = OriginalThreshold)
    {
        string? closest = null;
        double best = threshold;
        foreach (string candidate in candidates)
        {
            double similarity = Jaro(word, candidate);
            if (similarity > threshold && similarity >= best)
            {
                closest = candidate;
                best = similarity;
            }
        }

        return closest;
    }

    /// <summary>The Jaro similarity: 0 for words with nothing in common, 1 for equal words.</summary>
    internal static double Jaro(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length == b.Length ? 1 : 0;
        }

        // Characters match when they are equal and not far apart; matches in another order count half.
        int window = Math.Max(0, (Math.Max(a.Length, b.Length) / 2) - 1);
        var matchedA = new bool[a.Length];
        var matchedB = new bool[b.Length];
        int matches = 0;
        for (int i = 0; i < a.Length; i++)
        {
            int end = Math.Min(b.Length, i + window + 1);
            for (int j = Math.Max(0, i - window); j < end; j++)
            {
                if (!matchedB[j] && a[i] == b[j])
                {
                    matchedA[i] = matchedB[j] = true;
                    matches++;
                    break;
                }
            }
        }

        if (matches == 0)
        {
            return 0;
        }

        int outOfOrder = 0;
        for (int i = 0, j = 0; i < a.Length; i++)
        {
            if (matchedA[i])
            {
                while (!matchedB[j])
                {
                    j++;
                }

                outOfOrder += a[i] == b[j++] ? 0 : 1;
            }
        }

        double m = matches;
        return ((m / a.Length) + (m / b.Length) + ((m - (outOfOrder / 2)) / m)) / 3;
    }
}
