namespace Wizer.Text;

/// <summary>What a token is. Core 3.0, Text Format: Lexical Format, Tokens.</summary>
internal enum TokenKind : byte
{
    /// <summary>The source ends here; every token sequence ends with one.</summary>
    End,

    /// <summary><c>(</c>.</summary>
    LeftParen,

    /// <summary><c>)</c>.</summary>
    RightParen,

    /// <summary>
    /// Starts with a lower-case letter: an instruction, <c>func</c>, <c>offset=8</c>, also <c>inf</c> and <c>nan:0x1</c>.
    /// </summary>
    Keyword,

    /// <summary>A natural number: digits or hexadecimal digits.</summary>
    Nat,

    /// <summary>An integer with a sign.</summary>
    Int,

    /// <summary>A number with a point or an exponent, or a signed <c>inf</c> or <c>nan</c>.</summary>
    Float,

    /// <summary><c>"…"</c>; its escapes are well formed.</summary>
    String,

    /// <summary><c>$name</c>, or <c>$"name"</c>.</summary>
    Id,

    /// <summary>None of these, but delimited like one.</summary>
    Reserved,
}
