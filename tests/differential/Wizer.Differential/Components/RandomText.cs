using System.Text;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Components;

/// <summary>Characters of one to four bytes, and strings that fit Latin-1 or not, from the beginning or from somewhere on.</summary>
internal static class RandomText
{
    internal static Rune Rune(Prng random) => new(random.Below(5) switch
    {
        0 => random.Below(0x80),
        1 => 0x80 + random.Below(0x80),
        2 => 0x100 + random.Below(0xd800 - 0x100),
        3 => 0xe000 + random.Below(0x2000),
        _ => 0x10000 + random.Below(0x100000),
    });

    internal static string String(Prng random)
    {
        var text = new StringBuilder();
        int length = random.Pick([0, 1, 3, 10, 40]);
        int most = random.Below(4);
        for (int i = 0; i < length; i++)
        {
            text.Append(random.Below(most + 1) switch
            {
                0 => ((char)('a' + random.Below(26))).ToString(),
                1 => ((char)(0x80 + random.Below(0x80))).ToString(),
                _ => Rune(random).ToString(),
            });
        }

        return text.ToString();
    }
}
