using System.Globalization;
using System.Text;

namespace Wizer.Engine.Symbols;

// Types. Each but the built-in ones can be referred to later.
internal sealed partial class ItaniumParser
{
    private static string? BuiltinType(char letter) => letter switch
    {
        'v' => "void",
        'w' => "wchar_t",
        'b' => "bool",
        'c' => "char",
        'a' => "signed char",
        'h' => "unsigned char",
        's' => "short",
        't' => "unsigned short",
        'i' => "int",
        'j' => "unsigned int",
        'l' => "long",
        'm' => "unsigned long",
        'x' => "long long",
        'y' => "unsigned long long",
        'n' => "__int128",
        'o' => "unsigned __int128",
        'f' => "float",
        'd' => "double",
        'e' => "long double",
        'g' => "__float128",
        'z' => "...",
        _ => null,
    };

    private static string? ExtendedType(char letter) => letter switch
    {
        'd' => "decimal64",
        'e' => "decimal128",
        'f' => "decimal32",
        'h' => "half",
        'i' => "char32_t",
        's' => "char16_t",
        'u' => "char8_t",
        'a' => "auto",
        'c' => "decltype(auto)",
        'n' => "std::nullptr_t",
        _ => null,
    };

    // The empty leaf tells a built-in type from a class.
    private static ItaniumNode Builtin(string text) => new(text) { Leaf = "" };

    private ItaniumNode? ParseType() => Within(1, ParseReferableType);

    private ItaniumNode? ParseReferableType()
    {
        ItaniumNode? node = ParseAnyType(out bool isFinal);
        return node == null || isFinal ? node : AddSubstitution(node);
    }

    /// <param name="isFinal">Whether it does not count as a substitution, or has been entered already.</param>
    private ItaniumNode? ParseAnyType(out bool isFinal)
    {
        isFinal = false;
        char first = Peek();
        if (BuiltinType(first) is { } builtin)
        {
            _at++;
            isFinal = true;
            return Reaches(BuiltIn) ? Builtin(builtin) : null;
        }

        if (first is 'r' or 'V' or 'K' or 'P' or 'R' or 'O' or 'C' or 'G' or 'M' or 'A' or 'F' or 'D' or 'T' && !Reaches(NoType))
        {
            return null;
        }

        switch (first)
        {
            case 'u':
                _at++;
                isFinal = true;
                return ParseSourceText() is { } vendor ? Builtin(vendor) : null;
            case 'r' or 'V' or 'K':
                return ParseQualified();
            case 'P':
                return ParseIndirection(ItaniumKind.Pointer);
            case 'R':
                return ParseIndirection(ItaniumKind.Reference);
            case 'O':
                return ParseIndirection(ItaniumKind.RvalueReference);
            case 'C' when Peek(1) is not ((>= '1' and <= '4') or 'I'):
                return ParsePostfix(" complex");
            case 'G':
                return ParsePostfix(" imaginary");
            case 'U':
                return ParseVendorQualified();
            case 'M':
                _at++;
                return Within(1, ParseType) is { } owner && Within(1, ParseType) is { } member
                    ? new ItaniumNode(ItaniumKind.MemberPointer) { First = owner, Second = member }
                    : null;
            case 'A':
                return Within(1, ParseArray);
            case 'F':
                return ParseFunctionType();
            case 'D':
                return ParseExtended(out isFinal);
            case 'T':
                return ParseParameterOrElaborated();
            case 'S' when Peek(1) != 't':
                return ParseSubstitutedType(out isFinal);
            case 'S':
                return ParseStandardType(out isFinal);
            default:
                return Within(1, ParseName);
        }
    }

    private ItaniumNode? ParseIndirection(ItaniumKind kind)
    {
        _at++;
        return ParseType() is { } target ? new ItaniumNode(kind) { First = target } : null;
    }

    private ItaniumNode? ParsePostfix(string text)
    {
        _at++;
        return ParseType() is { } type ? Sequence(type, new ItaniumNode(text)) : null;
    }

    private string ParseQualifiers()
    {
        bool isRestrict = TryTake('r');
        bool isVolatile = TryTake('V');
        bool isConst = TryTake('K');
        return (isConst ? " const" : "") + (isVolatile ? " volatile" : "") + (isRestrict ? " restrict" : "");
    }

    private string ParseReferenceQualifier() => TryTake('R') ? " &" : TryTake('O') ? " &&" : "";

    private ItaniumNode? ParseQualified()
    {
        string qualifiers = ParseQualifiers();
        if (Peek() == 'F' || (Peek() == 'D' && Peek(1) is 'o' or 'O' or 'x'))
        {
            return ParseFunctionType(qualifiers);
        }

        return ParseType() is { } type ? new ItaniumNode(ItaniumKind.Qualified) { First = type, Text = qualifiers } : null;
    }

    // What a function may throw; an empty text when nothing is said.
    private ItaniumNode? ParseExceptions()
    {
        if (TryTake("Do"))
        {
            return new ItaniumNode(" noexcept");
        }

        if (TryTake("DO"))
        {
            return ParseExpression() is { } condition && TryTake('E') ? Sequence(" noexcept(", condition, ")") : null;
        }

        return new ItaniumNode("");
    }

    private ItaniumNode? ParseFunctionType(string qualifiers = "")
    {
        ItaniumNode? exceptions = ParseExceptions();
        TryTake("Dx");
        if (exceptions == null || !TryTake('F'))
        {
            return null;
        }

        TryTake('Y');
        List<ItaniumNode> types = [];
        string reference = "";
        while (!TryTake('E'))
        {
            if (types.Count > 0 && Peek() is 'R' or 'O' && Peek(1) == 'E')
            {
                reference = ParseReferenceQualifier();
                continue;
            }

            ItaniumNode? type = Within(2, ParseType);
            if (type == null)
            {
                return null;
            }

            types.Add(type);
        }

        if (types.Count == 0 || !Reaches(2 + ListEnd))
        {
            return null;
        }

        ItaniumNode result = types[0];
        types.RemoveAt(0);
        bool isReference = reference.Length > 0 && qualifiers.Length == 0;
        return new ItaniumNode(ItaniumKind.Function)
        {
            First = result,
            Items = types,
            Text = qualifiers + (isReference ? "" : reference),
            Leaf = isReference ? reference.TrimStart() : null,
            Second = exceptions,
        };
    }

    private ItaniumNode? ParseVendorQualified()
    {
        _at++;
        string? qualifier = ParseSourceText();
        if (qualifier == null)
        {
            return null;
        }

        ItaniumNode after = new(" " + qualifier);
        if (Peek() == 'I')
        {
            if (WithTemplateArguments(after) is not { } template)
            {
                return null;
            }

            after = template;
        }

        return ParseType() is { } type ? Sequence(type, after) : null;
    }

    private ItaniumNode? ParseArray()
    {
        _at++;
        ItaniumNode? length = null;
        if (char.IsAsciiDigit(Peek()))
        {
            if (!TryParseNumber(isSigned: false, out string number))
            {
                return null;
            }

            length = new ItaniumNode(number);
        }
        else if (Peek() != '_')
        {
            length = ParseExpression();
            if (length == null)
            {
                return null;
            }
        }

        return TryTake('_') && ParseType() is { } element
            ? new ItaniumNode(ItaniumKind.Array) { First = element, Second = length }
            : null;
    }

    private ItaniumNode? ParseExtended(out bool isFinal)
    {
        isFinal = false;
        char letter = Peek(1);
        if (ExtendedType(letter) is { } text)
        {
            _at += 2;
            isFinal = true;
            return Builtin(text);
        }

        switch (letter)
        {
            case 'p':
                _at += 2;
                return ParseType() is { } pattern ? new ItaniumNode(ItaniumKind.Expansion) { First = pattern } : null;
            case 't' or 'T':
                return Within(1, ParseDecltype);
            case 'v':
                return ParseVector();
            case 'A' or 'R' or 'S':
                isFinal = true;
                return ParseFixedPoint();
            case 'F':
                isFinal = true;
                return ParseFloat();
            case 'B' or 'U':
                isFinal = true;
                return ParseBitInt();
            case '0' or '1' or '2' or '4':
                return ParseName();
            case 'o' or 'O' or 'x':
                return ParseFunctionType();
            default:
                return null;
        }
    }

    private ItaniumNode? ParseFixedPoint()
    {
        bool isSaturated = TryTake("DS");
        bool isAccumulator = Peek(1) == 'A';
        if (!TryTake("DA") && !TryTake("DR"))
        {
            return null;
        }

        string? size = Peek() switch
        {
            's' => "short ",
            't' => "unsigned short ",
            'i' => "",
            'j' => "unsigned ",
            'l' => "long ",
            'm' => "unsigned long ",
            _ => null,
        };
        _at++;
        return size == null ? null : Builtin((isSaturated ? "_Sat " : "") + size + (isAccumulator ? "_Accum" : "_Fract"));
    }

    private ItaniumNode? ParseFloat()
    {
        _at += 2;
        if (TryTake("16b"))
        {
            return Builtin("std::bfloat16_t");
        }

        if (!TryParseNumber(isSigned: false, out string width))
        {
            return null;
        }

        return TryTake('_') ? Builtin("_Float" + width) : TryTake('x') ? Builtin($"_Float{width}x") : null;
    }

    private ItaniumNode? ParseBitInt()
    {
        string text = Peek(1) == 'B' ? "signed _BitInt(" : "unsigned _BitInt(";
        _at += 2;
        return TryParseNumber(isSigned: false, out string width) && TryTake('_') ? Builtin($"{text}{width})") : null;
    }

    private ItaniumNode? ParseVector()
    {
        _at += 2;
        ItaniumNode? length = char.IsAsciiDigit(Peek())
            ? TryParseNumber(isSigned: false, out string number) ? new ItaniumNode(number) : null
            : ParseExpression();
        return length != null && TryTake('_') && ParseType() is { } element
            ? new ItaniumNode(ItaniumKind.Vector) { First = element, Second = length }
            : null;
    }

    private ItaniumNode? ParseDecltype()
    {
        _at += 2;
        return ParseExpression() is { } expression && TryTake('E') ? Sequence("decltype (", expression, ")") : null;
    }

    private ItaniumNode? ParseParameterOrElaborated()
    {
        string? keyword = Peek(1) switch
        {
            's' => "class ",
            'u' => "union ",
            'e' => "enum ",
            _ => null,
        };
        if (keyword != null)
        {
            _at += 2;
            return ParseName() is { } named ? Sequence(keyword, named) : null;
        }

        ItaniumNode? parameter = ParseTemplateParameter();
        if (parameter == null || Peek() != 'I' || _isInConversion)
        {
            return parameter;
        }

        // A template as an argument, with arguments of its own.
        AddSubstitution(parameter);
        return WithTemplateArguments(parameter);
    }

    // The original takes std alone for a type, too.
    private ItaniumNode? ParseStandardType(out bool isFinal)
    {
        int start = _at;
        int count = _substitutions.Count;
        isFinal = false;
        if (Within(1, ParseName) is { } node)
        {
            return node;
        }

        _at = start;
        _substitutions.RemoveRange(count, _substitutions.Count - count);
        return ParseSubstitutedType(out isFinal);
    }

    private ItaniumNode? ParseSubstitutedType(out bool isFinal)
    {
        ItaniumNode? node = ParseSubstitution(out _);
        isFinal = Peek() != 'I';
        return node == null || isFinal ? node : Within(2, () => WithTemplateArguments(node));
    }
}
