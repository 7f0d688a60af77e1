using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary.Components;

/// <summary>What a name of an import or export is. Component Model, Explainer: Import and Export Definitions.</summary>
internal enum NameKind : byte
{
    /// <summary><c>a-b</c>.</summary>
    Label,

    /// <summary><c>[constructor]a</c>.</summary>
    Constructor,

    /// <summary><c>[method]a.b</c>.</summary>
    Method,

    /// <summary><c>[static]a.b</c>.</summary>
    Static,

    /// <summary><c>a:b/c@1.2.3</c>.</summary>
    Interface,

    /// <summary><c>unlocked-dep=&lt;a:b@*&gt;</c> or <c>locked-dep=&lt;a:b@1.2.3&gt;</c>.</summary>
    Dependency,

    /// <summary><c>url=&lt;...&gt;</c>.</summary>
    Url,

    /// <summary><c>integrity=&lt;sha256-...&gt;</c>.</summary>
    Hash,
}

/// <summary>A name that has been taken apart.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The whole name.</param>
/// <param name="Resource">The label of the resource of a constructor, method or static function; empty otherwise.</param>
/// <param name="Label">The label behind the dot of a method or static function; empty otherwise.</param>
internal readonly record struct ParsedName(NameKind Kind, string Text, string Resource, string Label)
{
    /// <summary>
    /// Names that must not stand side by side have the same key: they differ in case only, or in the annotation of one label.
    /// Component Model, Explainer: Name Uniqueness.
    /// </summary>
    internal string UniqueKey => Kind switch
    {
        NameKind.Constructor => "[constructor]" + Lower(Resource),
        NameKind.Method or NameKind.Static =>
            Lower(Resource) == Lower(Label) ? Lower(Label) : Lower(Resource) + "." + Lower(Label),
        NameKind.Label or NameKind.Interface => Lower(Text),
        _ => Text,
    };

    internal static string Lower(string text) => text.ToLowerInvariant();
}

/// <summary>
/// Takes names apart and checks them. What is wrong is the result, so that callers say what the name was for.
/// Component Model, Explainer: Import and Export Definitions.
/// </summary>
internal static class Names
{
    /// <summary>Parses the name of an import or export.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal static string? Parse(string text, string? versionSuffix, out ParsedName name)
    {
        name = new ParsedName(NameKind.Label, text, "", "");
        if (text.StartsWith('['))
        {
            return ParseAnnotated(text, ref name);
        }

        if (TryCut(text, "unlocked-dep=<", out string? rest) || TryCut(text, "locked-dep=<", out rest))
        {
            name = name with { Kind = NameKind.Dependency };
            return ParseDependency(rest, isLocked: text[0] == 'l');
        }

        if (TryCut(text, "url=<", out rest))
        {
            name = name with { Kind = NameKind.Url };
            return ParseUrl(rest);
        }

        if (TryCut(text, "integrity=<", out rest))
        {
            name = name with { Kind = NameKind.Hash };
            return ParseHashEnd(rest);
        }

        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return CheckLabel(text);
        }

        name = name with { Kind = NameKind.Interface };
        return ParseInterface(text, versionSuffix);
    }

    /// <summary>Whether a label is in kebab case.</summary>
    internal static bool IsLabel(ReadOnlySpan<char> text) => AreWords(text, allowUpper: true);

    private static string? CheckLabel(ReadOnlySpan<char> text) => IsLabel(text) ? null : $"`{text}` is not in kebab case";

    // Words between hyphens, each of one case; only the first must begin with a letter.
    private static bool AreWords(ReadOnlySpan<char> text, bool allowUpper)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0]))
        {
            return false;
        }

        int hyphen;
        while ((hyphen = text.IndexOf('-')) >= 0)
        {
            if (!IsWord(text[..hyphen], allowUpper))
            {
                return false;
            }

            text = text[(hyphen + 1)..];
        }

        return IsWord(text, allowUpper);
    }

    private static bool IsWord(ReadOnlySpan<char> text, bool allowUpper)
    {
        bool isLower = !text.IsEmpty;
        bool isUpper = allowUpper && isLower;
        foreach (char c in text)
        {
            isLower &= char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
            isUpper &= char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c);
        }

        return isLower || isUpper;
    }

    private static string? ParseAnnotated(string text, ref ParsedName name)
    {
        if (TryCut(text, "[constructor]", out string? rest))
        {
            name = name with { Kind = NameKind.Constructor, Resource = rest };
            return CheckLabel(rest);
        }

        bool isMethod = TryCut(text, "[method]", out rest);
        if (!isMethod && !TryCut(text, "[static]", out rest))
        {
            return $"`{text}` has an unknown annotation";
        }

        int dot = rest!.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return "failed to find `.` character";
        }

        name = new ParsedName(isMethod ? NameKind.Method : NameKind.Static, text, rest[..dot], rest[(dot + 1)..]);
        return CheckLabel(name.Resource) ?? CheckLabel(name.Label);
    }

    private static string? ParseInterface(string text, string? versionSuffix)
    {
        string? wrong = ParsePackage(text, out int end);
        if (wrong is not null)
        {
            return wrong;
        }

        if (end == text.Length || text[end] != '/')
        {
            return "expected `/` after package name";
        }

        int projection = end + 1;
        end = EndOfLabel(text, projection);
        wrong = CheckLabel(text.AsSpan(projection, end - projection));
        if (wrong is not null || end == text.Length)
        {
            return wrong;
        }

        return text[end] == '@' ? SemVer.Check(text[(end + 1)..] + versionSuffix) : $"trailing characters found: `{text[end..]}`";
    }

    private static string? ParsePackage(string text, out int end)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        end = colon < 0 ? text.Length : colon;
        string? wrong = CheckLowerLabel(text.AsSpan(0, end), "namespace");
        if (wrong is not null)
        {
            return wrong;
        }

        if (colon < 0)
        {
            return "expected `:` after namespace";
        }

        int package = colon + 1;
        end = EndOfLabel(text, package);
        return CheckLowerLabel(text.AsSpan(package, end - package), "package name");
    }

    private static int EndOfLabel(string text, int start)
    {
        int length = text.AsSpan(start).IndexOfAny(":/@");
        return length < 0 ? text.Length : start + length;
    }

    private static string? CheckLowerLabel(ReadOnlySpan<char> text, string what) =>
        CheckLabel(text) ?? (AreWords(text, allowUpper: false) ? null : $"{what} `{text}` is not lowercase");

    private static string? ParseDependency(string text, bool isLocked)
    {
        int close = text.IndexOf('>', StringComparison.Ordinal);
        if (close < 0)
        {
            return "failed to find `>` character";
        }

        string package = text[..close];
        string? wrong = ParsePackage(package, out int end);
        if (wrong is null && end != package.Length)
        {
            wrong = package[end] != '@' ? $"trailing characters found: `{package[end..]}`"
                : isLocked ? SemVer.Check(package[(end + 1)..])
                : CheckVersionRange(package[(end + 1)..]);
        }

        return wrong ?? ParseOptionalHash(text[(close + 1)..], isAllowed: isLocked);
    }

    private static string? CheckVersionRange(string text)
    {
        if (text == "*")
        {
            return null;
        }

        if (!text.StartsWith('{') || !text.EndsWith('}'))
        {
            return $"expected `*` or `{{` at the start of a version range: `{text}`";
        }

        string[] bounds = text[1..^1].Split(' ');
        if (bounds.Length > 2)
        {
            return $"more than two bounds in a version range: `{text}`";
        }

        int next = 0;
        if (bounds[0].StartsWith(">=", StringComparison.Ordinal))
        {
            if (SemVer.Check(bounds[next++][2..]) is string wrong)
            {
                return wrong;
            }

            if (next == bounds.Length)
            {
                return null;
            }
        }

        return bounds.Length - next == 1 && bounds[next].StartsWith('<')
            ? SemVer.Check(bounds[next][1..])
            : $"expected `>=` or `<` in a version range: `{text}`";
    }

    private static string? ParseUrl(string text)
    {
        int close = text.IndexOf('>', StringComparison.Ordinal);
        if (close < 0)
        {
            return "failed to find `>` character";
        }

        return text.AsSpan(0, close).Contains('<') ? "url cannot contain `<`" : ParseOptionalHash(text[(close + 1)..], isAllowed: true);
    }

    private static string? ParseOptionalHash(string text, bool isAllowed)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return isAllowed && TryCut(text, ",integrity=<", out string? rest)
            ? ParseHashEnd(rest)
            : $"trailing characters found: `{text}`";
    }

    // Subresource Integrity: hashes with spaces between them.
    private static string? ParseHashEnd(string text)
    {
        if (!text.EndsWith('>'))
        {
            return "failed to find `>` character";
        }

        string[] hashes = text[..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (hashes.Length == 0)
        {
            return "integrity hash cannot be empty";
        }

        foreach (string hash in hashes)
        {
            int hyphen = hash.IndexOf('-', StringComparison.Ordinal);
            if (hyphen < 0)
            {
                return "expected `-` after hash algorithm";
            }

            if (hash[..hyphen] is not ("sha256" or "sha384" or "sha512"))
            {
                return "unrecognized hash algorithm";
            }

            string value = hash[(hyphen + 1)..].Split('?')[0];
            if (value.Length == 0 || !System.Buffers.Text.Base64.IsValid(value))
            {
                return "not valid base64";
            }
        }

        return null;
    }

    private static bool TryCut(string text, string prefix, [NotNullWhen(true)] out string? rest)
    {
        rest = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
        return rest is not null;
    }
}

/// <summary>Checks versions. Semantic Versioning 2.0.0.</summary>
internal static class SemVer
{
    /// <summary>Checks a whole version.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal static string? Check(string text)
    {
        string? wrong = Find(text);
        return wrong is null ? null : $"`{text}` is not a valid semver: {wrong}";
    }

    private static string? Find(string text)
    {
        if (text.Length == 0)
        {
            return "empty string, expected a semver version";
        }

        string[] parts = ["major", "minor", "patch"];
        int at = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            if (at == start)
            {
                return at == text.Length
                    ? $"unexpected end of input while parsing {parts[i]} version number"
                    : $"unexpected character '{text[at]}' while parsing {parts[i]} version number";
            }

            if (at - start > 1 && text[start] == '0')
            {
                return $"invalid leading zero in {parts[i]} version number";
            }

            if (!ulong.TryParse(text.AsSpan(start, at - start), out _))
            {
                return $"value of {parts[i]} version number exceeds u64::MAX";
            }

            if (i == parts.Length - 1)
            {
                break;
            }

            if (at == text.Length)
            {
                return $"unexpected end of input while parsing {parts[i]} version number";
            }

            if (text[at] != '.')
            {
                return $"unexpected character '{text[at]}' after {parts[i]} version number";
            }

            at++;
        }

        string? wrong = null;
        if (at < text.Length && text[at] == '-')
        {
            int plus = text.IndexOf('+', at);
            int end = plus < 0 ? text.Length : plus;
            wrong = CheckIdentifiers(text[(at + 1)..end], "pre-release identifier", allowLeadingZeros: false);
            at = end;
        }

        if (wrong is null && at < text.Length && text[at] == '+')
        {
            wrong = CheckIdentifiers(text[(at + 1)..], "build metadata", allowLeadingZeros: true);
            at = text.Length;
        }

        return wrong ?? (at < text.Length ? $"unexpected character '{text[at]}' after patch version number" : null);
    }

    private static string? CheckIdentifiers(string text, string what, bool allowLeadingZeros)
    {
        foreach (string identifier in text.Split('.'))
        {
            if (identifier.Length == 0)
            {
                return $"empty identifier segment in {what}";
            }

            bool isNumber = true;
            foreach (char c in identifier)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return $"unexpected character '{c}' in {what}";
                }

                isNumber &= char.IsAsciiDigit(c);
            }

            if (!allowLeadingZeros && isNumber && identifier.Length > 1 && identifier[0] == '0')
            {
                return $"invalid leading zero in {what}";
            }
        }

        return null;
    }
}

/// <summary>Names that must differ in more than case. Component Model, Explainer: Name Uniqueness.</summary>
internal sealed class UniqueNames
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds a name.</summary>
    /// <param name="key">What must be unique.</param>
    /// <param name="name">The name itself.</param>
    /// <param name="previous">The name that was there before, or null.</param>
    /// <returns>False when there is one like it.</returns>
    internal bool Add(string key, string name, [NotNullWhen(false)] out string? previous)
    {
        previous = null;
        return _names.TryAdd(key, name) || !_names.TryGetValue(key, out previous);
    }
}

/// <summary>The resource types that are imported or exported at the top, which names of their functions refer to.</summary>
internal sealed class ResourceNames
{
    private readonly Dictionary<ResolvedResourceType, string> _names = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal void Add(ResolvedResourceType type, string name)
    {
        _names[type] = name;
        _known.Add(name);
    }

    internal bool Has(string name) => _known.Contains(name);

    internal bool TryGetName(ResolvedResourceType type, [NotNullWhen(true)] out string? name) => _names.TryGetValue(type, out name);
}
