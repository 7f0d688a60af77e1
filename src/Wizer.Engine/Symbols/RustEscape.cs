using System.Globalization;
using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>How Rust shows a character within quotes.</summary>
internal static class RustEscape
{
    // Marks that take up space, and yet belong to the character before them: Unicode's Other_Grapheme_Extend.
    private static readonly int[] s_spacingMarks =
    [
        0x9be, 0x9d7, 0xb3e, 0xb57, 0xbbe, 0xbd7, 0xcc0, 0xcc2, 0xcc7, 0xcc8, 0xcca, 0xccb, 0xcd5, 0xcd6, 0xd3e, 0xd57, 0xdcf, 0xddf,
        0x1715, 0x1734, 0x1b35, 0x1b3b, 0x1b3d, 0x1b43, 0x1b44, 0x1baa, 0x1bf2, 0x1bf3, 0x302e, 0x302f, 0xa953, 0xa9c0,
        0x111c0, 0x11235, 0x1133e, 0x1134d, 0x11357, 0x114b0, 0x114bd, 0x115af, 0x116b6, 0x11930, 0x1193d, 0x11f41,
        0x1d165, 0x1d166, 0x1d16d, 0x1d16e, 0x1d16f, 0x1d170, 0x1d171, 0x1d172,
    ];

    /// <summary>Appends a character; the other quote than the one around it stays as it is.</summary>
    internal static void Append(StringBuilder text, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case 0:
                text.Append("\\0");
                break;
            case '\t':
                text.Append("\\t");
                break;
            case '\r':
                text.Append("\\r");
                break;
            case '\n':
                text.Append("\\n");
                break;
            case '\\':
                text.Append("\\\\");
                break;
            case '\'' or '"':
                text.Append(rune.Value == quote ? "\\" : "").Append((char)rune.Value);
                break;
            default:
                text.Append(IsShown(rune) ? rune.ToString() : $"\\u{{{rune.Value.ToString("x", CultureInfo.InvariantCulture)}}}");
                break;
        }
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => false,
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        UnicodeCategory.SpacingCombiningMark => Array.IndexOf(s_spacingMarks, rune.Value) < 0,
        _ => true,
    };
}
