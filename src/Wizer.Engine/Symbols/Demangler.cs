namespace Wizer.Engine.Symbols;

/// <summary>Turns the names that compilers give to functions into those of the source, as the original prints them.</summary>
/// <remarks>
/// Rust's two ways come before that of C++, whose nested names the older of the two is made of: a name of C++ without parameters
/// is printed by the rules of Rust. What follows no rule, or is meant to take forever, stays as it is.
/// </remarks>
internal static class Demangler
{
    // Real ones have a few thousand characters. What is longer is meant to cost time.
    private const int MaxNameLength = 1 << 17;

    /// <summary>The name in the source's terms, or the same string.</summary>
    internal static string Demangle(string name) =>
        name.Length > MaxNameLength ? name : TryRust(name) ?? ItaniumDemangler.TryDemangle(name) ?? name;

    private static string? TryRust(string name)
    {
        string symbol = WithoutLinkTimeSuffix(name);
        string? text = RustLegacyDemangler.TryDemangle(symbol, out int length) ?? RustV0Demangler.TryDemangle(symbol, out length);
        if (text == null || length == symbol.Length)
        {
            return text;
        }

        // What a compiler appends to tell copies of a function apart is kept.
        string suffix = symbol[length..];
        return suffix[0] == '.' && IsPrintable(suffix) ? text + suffix : null;
    }

    // LLVM makes local names unique with the hash of a module when it optimizes several together.
    private static string WithoutLinkTimeSuffix(string name)
    {
        const string Mark = ".llvm.";
        int at = name.IndexOf(Mark, StringComparison.Ordinal);
        return at >= 0 && !name.AsSpan(at + Mark.Length).ContainsAnyExcept("0123456789ABCDEF@") ? name[..at] : name;
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
