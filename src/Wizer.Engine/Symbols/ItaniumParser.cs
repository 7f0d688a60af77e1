using System.Globalization;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Reads a name of C++ into a tree: a method for each rule of the grammar, which is null when the rule does not hold. Nothing is
/// tried twice but what the grammar leaves open.
/// </summary>
internal sealed partial class ItaniumParser(string name)
{
    // As deep as the original goes, in rules of the grammar; which names it gives up shows what it looks at.
    private const int MaxDepth = 96;

    // The parts of a nested name, and the tags of one: more is not printed.
    private const int MaxParts = 500;

    // How much deeper it looks for a type where there is none, for a built-in one, and at the end of a list of types.
    private const int NoType = 8;
    private const int BuiltIn = 3;
    private const int ListEnd = 1 + NoType;

    private readonly List<Substitution> _substitutions = [];
    private int _at;
    private int _depth;
    private bool _isInConversion;

    private bool IsAtEnd => _at >= name.Length;

    /// <summary>All of the name; null when something is left over.</summary>
    internal ItaniumNode? TryParse()
    {
        ItaniumNode? node = ParseMangledName();
        return IsAtEnd ? node : null;
    }

    private ItaniumNode? ParseMangledName() => Within(1, ParseAnyMangledName);

    private ItaniumNode? ParseAnyMangledName() =>
        TryTake("_Z") || TryTake("__Z") ? WithCloneSuffixes(ParseEncoding())
        : TryTake("___Z") || TryTake("____Z") ? ParseBlock()
        : TryTake("_GLOBAL_") ? ParseGlobal()
        : ParseType();

    // The copies that a compiler makes of a function: .cold, .constprop.0.
    private ItaniumNode? WithCloneSuffixes(ItaniumNode? encoding)
    {
        if (encoding == null || Peek() != '.')
        {
            return encoding;
        }

        List<ItaniumNode> items = [encoding];
        while (Peek() == '.')
        {
            int start = _at++;
            int first = _at;
            while (IsIdentifier(Peek()) && Peek() != '.')
            {
                _at++;
            }

            if (_at == first)
            {
                return null;
            }

            while (Peek() == '.' && IsNumberAt(1))
            {
                _at++;
                while (char.IsAsciiDigit(Peek()))
                {
                    _at++;
                }
            }

            items.Add(new ItaniumNode($" [clone {name[start.._at]}]"));
        }

        return new ItaniumNode(ItaniumKind.Sequence) { Items = items };
    }

    // Clang's blocks.
    private ItaniumNode? ParseBlock()
    {
        ItaniumNode? encoding = ParseEncoding();
        if (encoding == null || !TryTake("_block_invoke"))
        {
            return null;
        }

        bool hasNumber = TryTake('_') || TryTake('.');
        int first = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        if (hasNumber && _at == first)
        {
            return null;
        }

        return Sequence("invocation function for block in ", encoding);
    }

    // Functions that run before and after a program.
    private ItaniumNode? ParseGlobal()
    {
        char separator = Peek();
        char kind = Peek(1);
        if (separator is not ('_' or '.' or '$') || kind is not ('I' or 'D') || Peek(2) != '_')
        {
            return null;
        }

        _at += 3;
        ItaniumNode? node = ParseMangledName();
        return node == null ? null : Sequence(kind == 'I' ? "global constructors keyed to " : "global destructors keyed to ", node);
    }

    // What a function is called and takes, or what data is called.
    private ItaniumNode? ParseEncoding() => Within(1, () => Peek() is 'T' or 'G' ? Within(1, ParseSpecialName) : ParseFunction());

    private ItaniumNode? ParseFunction()
    {
        ItaniumNode? function = ParseName();
        if (function == null)
        {
            return null;
        }

        List<ItaniumNode> types = [];
        while (!IsAtEnd && Peek() is not ('E' or '.' or '_'))
        {
            ItaniumNode? type = Within(1, ParseType);
            if (type == null)
            {
                return null;
            }

            types.Add(type);
        }

        return IsAtEnd || Reaches(1 + ListEnd) ? new ItaniumNode(ItaniumKind.Encoding) { First = function, Items = types } : null;
    }

    private ItaniumNode? ParseSpecialName()
    {
        if (TryTake("TC"))
        {
            return ParseConstructionTable();
        }

        if (TryTake("GR"))
        {
            ItaniumNode? referent = ParseName();
            return referent != null && TryParseSequenceNumber(out int number)
                ? Sequence($"reference temporary #{number.ToString(CultureInfo.InvariantCulture)} for ", referent)
                : null;
        }

        (string Start, string Text, char Rule)[] rules =
        [
            ("TV", "{vtable(", 't'), ("TT", "{vtt(", 't'), ("TI", "typeinfo for ", 't'), ("TS", "typeinfo name for ", 't'),
            ("TH", "TLS init function for ", 'n'), ("TW", "TLS wrapper function for ", 'n'), ("GV", "guard variable for ", 'n'),
            ("GTn", "non-transaction clone for ", 'e'),
        ];
        foreach ((string start, string text, char rule) in rules)
        {
            if (TryTake(start))
            {
                ItaniumNode? node = rule == 't' ? ParseType() : rule == 'n' ? ParseName() : ParseEncoding();
                return node == null ? null : text[0] == '{' ? Sequence(text, node, ")}") : Sequence(text, node);
            }
        }

        if (TryTake("GT") && !IsAtEnd)
        {
            _at++;
            return ParseEncoding() is { } clone ? Sequence("transaction clone for ", clone) : null;
        }

        return TryTake('T') ? ParseThunk() : null;
    }

    // The table that a base class has while a class is made of it.
    private ItaniumNode? ParseConstructionTable()
    {
        ItaniumNode? type = ParseType();
        if (type == null || !TryParseNumber(isSigned: false, out _) || !TryTake('_'))
        {
            return null;
        }

        ItaniumNode? within = ParseType();
        return within == null ? null : Sequence("construction vtable for ", type, "-in-", within);
    }

    // A function that adjusts pointers and goes on in another.
    private ItaniumNode? ParseThunk()
    {
        bool isCovariant = TryTake('c');
        string? offset = ParseCallOffset();
        string? second = isCovariant && offset != null ? ParseCallOffset() : "";
        ItaniumNode? target = offset == null || second == null ? null : ParseEncoding();
        return target == null ? null : Sequence($"{{virtual override thunk({offset}{second}", target, ")}");
    }

    private string? ParseCallOffset()
    {
        string? first, second;
        if (TryTake('h'))
        {
            return TryParseNumber(isSigned: true, out first) && TryTake('_') ? $"{{offset({first})}}, " : null;
        }

        return TryTake('v')
            && TryParseNumber(isSigned: true, out first) && TryTake('_')
            && TryParseNumber(isSigned: true, out second) && TryTake('_')
            ? $"{{virtual offset({first}, {second})}}, "
            : null;
    }

    private char Peek(int distance = 0) => _at + distance < name.Length ? name[_at + distance] : '\0';

    private bool TryTake(char character)
    {
        if (Peek() != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TryTake(string text)
    {
        if (_at > name.Length || string.CompareOrdinal(name, _at, text, 0, text.Length) != 0)
        {
            return false;
        }

        _at += text.Length;
        return true;
    }

    // So many rules deeper than here.
    private ItaniumNode? Within(int levels, Func<ItaniumNode?> parse)
    {
        _depth += levels;
        ItaniumNode? node = Reaches(0) ? parse() : null;
        _depth -= levels;
        return node;
    }

    // Whether the original, which tries rule after rule, could look that much deeper from here.
    private bool Reaches(int levels) => _depth + levels <= MaxDepth;

    private static bool IsIdentifier(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '$' or '.';

    // Zero, or digits that do not begin with one.
    private bool IsNumberAt(int distance) =>
        char.IsAsciiDigit(Peek(distance)) && !(Peek(distance) == '0' && char.IsAsciiDigit(Peek(distance + 1)));

    /// <summary>Decimal digits, with an <c>n</c> for a minus.</summary>
    private bool TryParseNumber(bool isSigned, out string number)
    {
        string sign = isSigned && TryTake('n') ? "-" : "";
        int first = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        bool isZero = _at == first + 1 && name[first] == '0';
        number = isZero ? "0" : sign + name[first.._at];
        return _at > first && (isZero || name[first] != '0') && long.TryParse(name.AsSpan(first, _at - first), out _);
    }

    private bool TryParseCount(out int count)
    {
        count = 0;
        return TryParseNumber(isSigned: false, out string number) && int.TryParse(number, out count);
    }

    /// <summary>To the base 36, where nothing but the <c>_</c> behind it is zero.</summary>
    private bool TryParseSequenceNumber(out int number)
    {
        number = 0;
        if (TryTake('_'))
        {
            return true;
        }

        int first = _at;
        while (char.IsAsciiDigit(Peek()) || char.IsAsciiLetterUpper(Peek()))
        {
            char digit = name[_at++];
            number = (number * 36) + (digit <= '9' ? digit - '0' : digit - 'A' + 10);
            if (number > int.MaxValue / 40)
            {
                return false;
            }
        }

        number++;
        return _at > first && TryTake('_');
    }

    /// <summary>Decimal, where nothing but the <c>_</c> behind it is zero.</summary>
    private bool TryParseOrdinal(out int number)
    {
        number = 0;
        if (TryTake('_'))
        {
            return true;
        }

        bool isGood = TryParseCount(out number) && number < int.MaxValue && TryTake('_');
        number++;
        return isGood;
    }

    private ItaniumNode AddSubstitution(ItaniumNode node)
    {
        _substitutions.Add(new Substitution(node, IsType: true));
        return node;
    }

    // What can be referred to: a type, or a template or the start of a nested name.
    private readonly record struct Substitution(ItaniumNode Node, bool IsType);

    private static ItaniumNode Sequence(string before, ItaniumNode node, string after = "", ItaniumNode? last = null)
    {
        List<ItaniumNode> items = [new ItaniumNode(before), node, new ItaniumNode(after)];
        if (last != null)
        {
            items.Add(last);
        }

        return new ItaniumNode(ItaniumKind.Sequence) { Items = items };
    }
}
