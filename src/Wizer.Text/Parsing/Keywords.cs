using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Tells keywords from words that mean nothing. Only errors ask.</summary>
internal static class Keywords
{
    private static readonly HashSet<string> s_words =
    [
        "any", "anyref", "array", "arrayref", "before", "after", "binary", "catch", "catch_all", "catch_all_ref", "catch_ref",
        "data", "declare", "definition", "delegate", "do", "elem", "eq", "eqref", "exn", "exnref", "export", "extern",
        "externref", "f32", "f32x4", "f64", "f64x2", "field", "final", "func", "funcref", "global", "i16", "i16x8", "i31",
        "i31ref", "i32", "i32x4", "i64", "i64x2", "i8", "i8x16", "import", "inf", "instance", "item", "local", "memory", "module",
        "mut", "nan", "nan:arithmetic", "nan:canonical", "noexn", "noextern", "nofunc", "none", "null", "nullexnref",
        "nullexternref", "nullfuncref", "nullref", "offset", "pagesize", "param", "quote", "rec", "ref", "result", "shared",
        "start", "struct", "structref", "sub", "table", "tag", "then", "type", "unshared", "v128",

        // Those of components.
        "alias", "async", "bool", "borrow", "callback", "cancellable", "canon", "case", "char", "component", "core", "core-type",
        "dtor", "enum", "error", "error-context", "external-id", "flags", "future", "gc", "implements", "instantiate",
        "lift", "list", "lower", "map", "option", "outer", "own", "post-return", "realloc", "record", "rep", "resource",
        "s16", "s32", "s64", "s8", "stream", "string", "tuple", "u16", "u32", "u64", "u8", "value", "variant", "versionsuffix", "with",
    ];

    /// <summary>Whether a word that starts with a lower-case letter means something in the text format, somewhere.</summary>
    internal static bool IsKnown(ReadOnlySpan<byte> word) =>
        OpcodeTable.TryParse(word, out _)
        || NumberSyntax.IsSpecial(word)
        || IsArgument(word, "offset="u8)
        || IsArgument(word, "align="u8)
        || s_words.Contains(System.Text.Encoding.ASCII.GetString(word));

    private static bool IsArgument(ReadOnlySpan<byte> word, ReadOnlySpan<byte> prefix) =>
        word.StartsWith(prefix) && NumberSyntax.Classify(word[prefix.Length..]) == TokenKind.Nat;
}
