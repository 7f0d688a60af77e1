using System.Globalization;

namespace Wizer.Engine.Symbols;

// What functions, variables and types are called.
internal sealed partial class ItaniumParser
{
    private static readonly ItaniumNode s_std = new(ItaniumKind.Standard) { Text = "std" };

    // The classes of the standard library that have a letter of their own.
    private static ItaniumNode? StandardClass(char letter) => letter switch
    {
        'a' => Standard("std::allocator", "allocator"),
        'b' => Standard("std::basic_string", "basic_string"),
        's' => Standard("std::string", "string"),
        'i' => Standard("std::basic_istream<char, std::char_traits<char> >", "basic_istream"),
        'o' => Standard("std::ostream", "ostream"),
        'd' => Standard("std::basic_iostream<char, std::char_traits<char> >", "basic_iostream"),
        _ => null,
    };

    private static ItaniumNode Standard(string text, string leaf) => new(ItaniumKind.Standard) { Text = text, Leaf = leaf };

    private ItaniumNode? ParseName() => Within(1, () => Peek() switch
    {
        'N' => Within(1, ParseNestedName),
        'Z' => Within(1, ParseLocalName),
        _ => ParseUnscopedName(),
    });

    private ItaniumNode? ParseUnscopedName()
    {
        ItaniumNode? node;
        if (Peek() == 'S' && Peek(1) != 't')
        {
            // Earlier names need arguments here: without any, they name a type.
            node = ParseSubstitution(out _);
            return node != null && Peek() == 'I' ? WithTemplateArguments(node) : null;
        }

        bool isStandard = TryTake("St");
        if (isStandard && Peek() == 'I')
        {
            return WithTemplateArguments(s_std);
        }

        node = ParseUnqualifiedName();
        if (node != null && isStandard)
        {
            node = Nested(s_std, node);
        }

        if (node == null || Peek() != 'I')
        {
            return node;
        }

        return WithTemplateArguments(AddSubstitution(node));
    }

    private static ItaniumNode Nested(ItaniumNode first, ItaniumNode second) =>
        new(ItaniumKind.Nested) { First = first, Second = second };

    private ItaniumNode? WithTemplateArguments(ItaniumNode node)
    {
        List<ItaniumNode>? arguments = ParseTemplateArguments();
        return arguments == null ? null : new ItaniumNode(ItaniumKind.Template) { First = node, Items = arguments };
    }

    private ItaniumNode? ParseNestedName()
    {
        _at++;
        string qualifiers = ParseQualifiers() + ParseReferenceQualifier();
        ItaniumNode? node = null;
        bool isName = false;
        for (int count = 0; !TryTake('E'); count++)
        {
            bool isSubstitution = Peek() == 'S';
            bool isStart = node == null || isSubstitution || Peek() == 'T' || (Peek() == 'D' && Peek(1) is 't' or 'T');
            _depth += 2;
            node = !Reaches(4) || count > MaxParts ? null
                : isStart ? ParsePrefixStart(out isSubstitution, out isName)
                : ParsePrefixPart(node!, out isName);
            _depth -= 2;
            if (node == null)
            {
                return null;
            }

            // The whole is entered where it is a type, and only there.
            if (Peek() != 'E' && !isSubstitution)
            {
                _substitutions.Add(new Substitution(node, IsType: false));
            }
        }

        return isName ? new ItaniumNode(ItaniumKind.Member) { First = node, Text = qualifiers } : null;
    }

    // What stands for several parts is taken by the original where it does not come first, too, and hides what did.
    private ItaniumNode? ParsePrefixStart(out bool isSubstitution, out bool isName)
    {
        isSubstitution = false;
        isName = false;
        switch (Peek())
        {
            case 'S' when Peek(1) == 't':
                int start = _at;
                _at += 2;
                if (ParseUnqualifiedName() is { } within)
                {
                    isName = true;
                    return Nested(s_std, within);
                }

                _at = start;
                isSubstitution = true;
                return ParseSubstitution(out _);
            case 'S':
                isSubstitution = true;
                ItaniumNode? node = ParseSubstitution(out bool isType);
                isName = !isType;
                return node;
            case 'T':
                return ParseTemplateParameter();
            case 'D' when Peek(1) is 't' or 'T':
                return ParseDecltype();
            default:
                isName = true;
                return ParseUnqualifiedName();
        }
    }

    private ItaniumNode? ParsePrefixPart(ItaniumNode prefix, out bool isName)
    {
        isName = true;
        if (Peek() == 'I')
        {
            return WithTemplateArguments(prefix);
        }

        ItaniumNode? part = ParseUnqualifiedName();
        if (part == null)
        {
            return null;
        }

        // A lambda that initializes a member of a class, whose tags are not told.
        ItaniumNode member = part.Kind == ItaniumKind.Tagged ? part.First! : part;
        if (member.Kind == ItaniumKind.Name && Peek() == 'M' && Peek(1) != 'E')
        {
            _at++;
            part = member;
        }

        return Nested(prefix, part);
    }

    // What is within a function.
    private ItaniumNode? ParseLocalName()
    {
        _at++;
        ItaniumNode? function = ParseEncoding();
        if (function == null || !TryTake('E'))
        {
            return null;
        }

        ItaniumNode? entity;
        if (TryTake('s'))
        {
            entity = new ItaniumNode("string literal");
        }
        else if (TryTake('d'))
        {
            // Within a default argument: which one, and what, is not told.
            bool isNumbered = TryTake('n');
            return !(isNumbered && Peek() == '_') && TryParseOrdinal(out _) && ParseName() is { } hidden
                ? new ItaniumNode(ItaniumKind.Local) { First = function, Second = hidden, IsSimple = true }
                : null;
        }
        else
        {
            entity = ParseName();
        }

        return entity != null && TryParseDiscriminator()
            ? new ItaniumNode(ItaniumKind.Local) { First = function, Second = entity }
            : null;
    }

    // Tells apart what has the same name.
    private bool TryParseDiscriminator()
    {
        if (Peek() != '_')
        {
            return true;
        }

        if (char.IsAsciiDigit(Peek(1)))
        {
            _at += 2;
            return true;
        }

        return Peek(1) != '_' || (TryTake("__") && TryParseCount(out int number) && number >= 10 && TryTake('_'));
    }

    private ItaniumNode? ParseUnqualifiedName()
    {
        ItaniumNode? node = Within(2, ParseUntaggedName);
        for (int count = 0; node != null && TryTake('B'); count++)
        {
            string? tag = count > MaxParts ? null : ParseSourceText();
            node = tag == null ? null : new ItaniumNode(ItaniumKind.Tagged) { First = node, Text = tag };
        }

        return node;
    }

    private ItaniumNode? ParseUntaggedName()
    {
        char first = Peek();
        if (char.IsAsciiDigit(first))
        {
            return ParseSourceName();
        }

        if (first == 'L')
        {
            // Internal to a file.
            _at++;
            ItaniumNode? node = ParseSourceName();
            return node != null && TryParseDiscriminator() ? node : null;
        }

        if (TryTake("Ut"))
        {
            // The first two are both the first to the original.
            if (!TryParseOrdinal(out int number))
            {
                return null;
            }

            string shown = Math.Max(number, 1).ToString(CultureInfo.InvariantCulture);
            return new ItaniumNode(ItaniumKind.Unnamed) { Text = $"{{unnamed type#{shown}}}" };
        }

        if (TryTake("Ul"))
        {
            return ParseLambda();
        }

        return first is 'C' or 'D' ? ParseConstructor() : ParseOperatorName();
    }

    private ItaniumNode? ParseLambda()
    {
        List<ItaniumNode> types = [];
        while (!TryTake('E'))
        {
            ItaniumNode? type = Within(2, ParseType);
            if (type == null || !Reaches(2 + ListEnd))
            {
                return null;
            }

            types.Add(type);
            if (ItaniumNode.IsVoid(types[0]) && Peek() != 'E')
            {
                return null;
            }
        }

        return types.Count > 0 && TryParseOrdinal(out int number)
            ? new ItaniumNode(ItaniumKind.Lambda) { Items = types, Text = (number + 1).ToString(CultureInfo.InvariantCulture) }
            : null;
    }

    private ItaniumNode? ParseConstructor()
    {
        bool isDestructor = Peek() == 'D';
        _at++;
        if (isDestructor)
        {
            if (Peek() is not ('0' or '1' or '2' or '4'))
            {
                return null;
            }

            _at++;
            return new ItaniumNode(ItaniumKind.Destructor);
        }

        bool isInherited = TryTake('I');
        if (Peek() < '1' || Peek() > (isInherited ? '2' : '4'))
        {
            return null;
        }

        _at++;
        ItaniumNode? from = isInherited ? ParseName() : null;
        return isInherited && from == null ? null : new ItaniumNode(ItaniumKind.Constructor) { First = from };
    }

    private ItaniumNode? ParseSourceName()
    {
        string? text = ParseSourceText();
        if (text == null)
        {
            return null;
        }

        bool isAnonymous = text.Length >= 10
            && text.StartsWith("_GLOBAL_", StringComparison.Ordinal) && text[8] is '_' or '.' or '$' && text[9] == 'N';
        return new ItaniumNode(isAnonymous ? "(anonymous namespace)" : text);
    }

    private string? ParseSourceText()
    {
        if (!TryParseCount(out int length) || length == 0 || length > name.Length - _at)
        {
            return null;
        }

        int first = _at;
        for (int end = first + length; _at < end; _at++)
        {
            if (!IsIdentifier(name[_at]))
            {
                return null;
            }
        }

        return name.Substring(first, length);
    }

    private ItaniumNode? ParseSubstitution(out bool isType)
    {
        _at++;
        isType = true;
        char letter = Peek();
        if (char.IsAsciiLetterLower(letter))
        {
            _at++;
            return letter == 't' ? s_std : StandardClass(letter);
        }

        if (!TryParseSequenceNumber(out int number) || number >= _substitutions.Count)
        {
            return null;
        }

        isType = _substitutions[number].IsType;
        return _substitutions[number].Node;
    }

    private ItaniumNode? ParseTemplateParameter()
    {
        _at++;
        return TryParseOrdinal(out int number) ? new ItaniumNode(ItaniumKind.TemplateParameter) { Index = number } : null;
    }

    private List<ItaniumNode>? ParseTemplateArguments()
    {
        _at++;
        _depth++;
        List<ItaniumNode>? arguments = ParseArguments();
        _depth--;
        return arguments is { Count: > 0 } ? arguments : null;
    }

    private List<ItaniumNode>? ParseArguments()
    {
        List<ItaniumNode> arguments = [];
        while (!TryTake('E'))
        {
            ItaniumNode? argument = Within(1, ParseTemplateArgument);
            if (argument == null)
            {
                return null;
            }

            arguments.Add(argument);
        }

        return Reaches(1 + ListEnd) ? arguments : null;
    }

    private ItaniumNode? ParseTemplateArgument()
    {
        switch (Peek())
        {
            case 'X':
                _at++;
                return ParseExpression() is { } expression && TryTake('E') ? expression : null;
            case 'L':
                return Within(1, ParseLiteral);
            case 'J' or 'I':
                _at++;
                return ParseArguments() is { } arguments ? new ItaniumNode(ItaniumKind.ArgumentPack) { Items = arguments } : null;
            default:
                return ParseType();
        }
    }
}
