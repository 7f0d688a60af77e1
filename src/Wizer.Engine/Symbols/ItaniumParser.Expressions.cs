using System.Globalization;

namespace Wizer.Engine.Symbols;

// Expressions, in template arguments, array lengths and decltype: written down as text with operands in between.
internal sealed partial class ItaniumParser
{
    private static ItaniumNode Operand(ItaniumNode node) => new(ItaniumKind.Operand) { First = node };

    private static ItaniumNode Sequence(params List<ItaniumNode> items) => new(ItaniumKind.Sequence) { Items = items };

    private static ItaniumNode List(List<ItaniumNode> items) => new(ItaniumKind.List) { Items = items };

    // An operator's name, with "operator" before it where it names a function.
    private ItaniumNode? ParseOperatorName()
    {
        ItaniumNode? node = ParseOperator(out _);
        return node == null ? null
            : node.Kind == ItaniumKind.Conversion ? new ItaniumNode(ItaniumKind.Conversion) { First = node.First, Text = "operator" }
            : Sequence("operator", node);
    }

    private ItaniumNode? ParseOperator(out int arity)
    {
        arity = 1;
        if (TryTake("cv"))
        {
            // Template arguments behind it are those of the operator.
            bool wasInConversion = _isInConversion;
            _isInConversion = true;
            ItaniumNode? type = Within(1, ParseType);
            _isInConversion = wasInConversion;
            return type == null ? null : new ItaniumNode(ItaniumKind.Conversion) { First = type };
        }

        if (TryTake("li"))
        {
            string? literal = ParseSourceText();
            return literal == null ? null : new ItaniumNode(literal + "::operator \"\"");
        }

        if (Peek() == 'v' && char.IsAsciiDigit(Peek(1)))
        {
            arity = Peek(1) - '0';
            _at += 2;
            string? vendor = ParseSourceText();
            return vendor == null ? null : new ItaniumNode($"{vendor}::operator {arity.ToString(CultureInfo.InvariantCulture)}");
        }

        if (_at + 2 > name.Length || !ItaniumOperators.TryFind(name.Substring(_at, 2), out string text, out arity))
        {
            return null;
        }

        _at += 2;
        return new ItaniumNode(text);
    }

    private ItaniumNode? ParseExpression() => Within(1, ParseAnyExpression);

    private ItaniumNode? ParseAnyExpression()
    {
        char first = Peek();
        if (char.IsAsciiDigit(first))
        {
            return ParseUnresolvedName();
        }

        switch (first)
        {
            case 'L':
                return Within(1, ParseLiteral);
            case 'T':
                return ParseTemplateParameter();
            case 'f' when Peek(1) is 'p' or 'L':
                return ParseFunctionParameter();
            default:
                return ParseSpecialExpression();
        }
    }

    private ItaniumNode? ParseSpecialExpression()
    {
        int start = _at;
        string code = _at + 2 <= name.Length ? name.Substring(_at, 2) : "";
        _at += 2;
        switch (code)
        {
            case "cl":
                return ParseCall();
            case "cv":
                return ParseConversion();
            case "tl":
                return ParseTypedList();
            case "il":
                return ParseExpression() is { } single && TryTake('E') ? Sequence("{", single, "}") : null;
            case "gs":
                return Peek() is 'n' or 'd' ? ParseAllocation("::") : ParseUnresolvedName(start);
            case "nw" or "na" or "dl" or "da":
                _at = start;
                return ParseAllocation("");
            case "pp" or "mm":
                return ParseStep(code == "pp" ? "++" : "--");
            case "dc":
                return ParseCast("dynamic_cast");
            case "sc":
                return ParseCast("static_cast");
            case "cc":
                return ParseCast("const_cast");
            case "rc":
                return ParseCast("reinterpret_cast");
            case "ti":
                return ParseType() is { } named ? Sequence("typeid (", named, ")") : null;
            case "te":
                return ParseWrapped("typeid (");
            case "st":
                return ParseType() is { } sized ? Sequence("sizeof (", sized, ")") : null;
            case "sz":
                return ParseWrapped("sizeof (");
            case "at":
                return ParseType() is { } aligned ? Sequence("alignof (", aligned, ")") : null;
            case "az":
                return ParseWrapped("alignof (");
            case "nx":
                return ParseWrapped("noexcept (");
            case "dt":
                return ParseMember(".");
            case "pt":
                return ParseMember("->");
            case "ds":
                return ParseExpression() is { } left && ParseExpression() is { } right
                    ? Sequence(left, new ItaniumNode(".*"), right)
                    : null;
            case "sZ":
                return ParseCount();
            case "sP":
                return ParsePackCount();
            case "sp":
                return ParseExpression() is { } pattern ? Sequence(Operand(pattern), new ItaniumNode("...")) : null;
            case "tw":
                return ParseExpression() is { } thrown ? Sequence("throw ", thrown) : null;
            case "tr":
                return new ItaniumNode("throw");
            case "sr" or "on" or "dn":
                return ParseUnresolvedName(start);
            default:
                _at = start;
                return ParseOperation();
        }
    }

    private ItaniumNode? ParseWrapped(string before) => ParseExpression() is { } node ? Sequence(before, node, ")") : null;

    private ItaniumNode? ParseOperation()
    {
        ItaniumNode? sign = ParseOperator(out int arity);
        if (sign == null || ParseExpression() is not { } first)
        {
            return null;
        }

        if (arity == 1)
        {
            return Sequence(sign, Operand(first));
        }

        if (ParseExpression() is not { } second)
        {
            return null;
        }

        if (arity == 2)
        {
            // Or the end of the template arguments would seem to be there.
            ItaniumNode operation = Sequence(Operand(first), sign, Operand(second));
            return sign.Text == ">" ? Sequence("(", operation, ")") : operation;
        }

        return arity == 3 && sign.Text == "?:" && ParseExpression() is { } third
            ? Sequence(Operand(first), new ItaniumNode("?"), Operand(second), new ItaniumNode(" : "), Operand(third))
            : null;
    }

    private List<ItaniumNode>? ParseExpressions(char end)
    {
        List<ItaniumNode> items = [];
        while (!TryTake(end))
        {
            ItaniumNode? item = ParseExpression();
            if (item == null)
            {
                return null;
            }

            items.Add(item);
        }

        return items;
    }

    private ItaniumNode? ParseCall() =>
        ParseExpression() is { } function && ParseExpressions('E') is { } arguments
            ? Sequence(Operand(function), new ItaniumNode("("), List(arguments), new ItaniumNode(")"))
            : null;

    private ItaniumNode? ParseConversion()
    {
        ItaniumNode? type = ParseType();
        if (type == null)
        {
            return null;
        }

        if (TryTake('_'))
        {
            return ParseExpressions('E') is { } arguments
                ? Sequence(type, new ItaniumNode("("), List(arguments), new ItaniumNode(")"))
                : null;
        }

        return ParseExpression() is { } operand
            ? Sequence(new ItaniumNode("("), type, new ItaniumNode(")("), operand, new ItaniumNode(")"))
            : null;
    }

    private ItaniumNode? ParseTypedList() =>
        ParseType() is { } type && ParseExpressions('E') is { } items
            ? Sequence(type, new ItaniumNode("{"), List(items), new ItaniumNode("}"))
            : null;

    private ItaniumNode? ParseAllocation(string before)
    {
        string? text = TryTake("nw") ? "new " : TryTake("na") ? "new[] " : TryTake("dl") ? "delete " : TryTake("da") ? "delete[] " : null;
        if (text == null)
        {
            return null;
        }

        if (text[0] == 'd')
        {
            return ParseExpression() is { } deleted ? Sequence(before + text, deleted) : null;
        }

        if (ParseExpressions('_') is not { } places || ParseType() is not { } type)
        {
            return null;
        }

        List<ItaniumNode> items = [new(before + text + "("), List(places), new(") "), type];
        if (TryTake("pi"))
        {
            if (ParseExpressions('E') is not { } arguments)
            {
                return null;
            }

            items.AddRange([new ItaniumNode("("), List(arguments), new ItaniumNode(")")]);
            return Sequence(items);
        }

        return TryTake('E') ? Sequence(items) : null;
    }

    private ItaniumNode? ParseStep(string text)
    {
        if (TryTake('_'))
        {
            return ParseExpression() is { } stepped ? Sequence(text, stepped) : null;
        }

        return ParseExpression() is { } operand ? Sequence(Operand(operand), new ItaniumNode(text)) : null;
    }

    private ItaniumNode? ParseCast(string text) =>
        ParseType() is { } type && ParseExpression() is { } operand
            ? Sequence(new ItaniumNode(text + "<"), type, new ItaniumNode(">("), operand, new ItaniumNode(")"))
            : null;

    private ItaniumNode? ParseMember(string text)
    {
        ItaniumNode? instance = ParseExpression();
        ItaniumNode? member = instance == null ? null : ParseSimpleName();
        if (instance == null || member == null)
        {
            return null;
        }

        return Sequence(
            text == "." ? Operand(instance) : instance,
            new ItaniumNode(text),
            member.Kind == ItaniumKind.Template ? Operand(member) : member);
    }

    // sizeof... of a template parameter or of a parameter.
    private ItaniumNode? ParseCount()
    {
        ItaniumNode? pack = Peek() == 'T' ? ParseTemplateParameter() : Peek() == 'f' ? ParseFunctionParameter() : null;
        return pack == null ? null : Sequence("sizeof...(", pack, ")");
    }

    private ItaniumNode? ParsePackCount()
    {
        List<ItaniumNode> arguments = [];
        while (!TryTake('E'))
        {
            ItaniumNode? argument = ParseTemplateArgument();
            if (argument == null)
            {
                return null;
            }

            arguments.Add(argument);
        }

        return Sequence("sizeof...(", List(arguments), ")");
    }

    private ItaniumNode? ParseFunctionParameter()
    {
        if (TryTake("fpT"))
        {
            return new ItaniumNode("this") { IsSimple = true };
        }

        if (TryTake("fL"))
        {
            if (!TryParseCount(out _) || !TryTake('p'))
            {
                return null;
            }
        }
        else if (!TryTake("fp"))
        {
            return null;
        }

        ParseQualifiers();
        return TryParseOrdinal(out int number)
            ? new ItaniumNode($"{{parm#{(number + 1).ToString(CultureInfo.InvariantCulture)}}}") { IsSimple = true }
            : null;
    }

    private ItaniumNode? ParseLiteral()
    {
        _at++;
        if (TryTake("_Z"))
        {
            return Within(1, ParseEncoding) is { } function && TryTake('E') ? function : null;
        }

        char letter = Peek();
        ItaniumNode? type = ParseType();
        if (type == null)
        {
            return null;
        }

        bool isSimpleType = type.Kind == ItaniumKind.Name && type.Leaf != null;
        bool isNegative = TryTake('n');
        int first = _at;
        while (!IsAtEnd && Peek() != 'E')
        {
            _at++;
        }

        string digits = name[first.._at];
        if (!TryTake('E'))
        {
            return null;
        }

        string value = (isNegative ? "-" : "") + digits;
        if (isSimpleType)
        {
            switch (letter)
            {
                case 'i':
                    return new ItaniumNode(value);
                case 'b' when value is "0" or "1":
                    return new ItaniumNode(value == "0" ? "false" : "true");
                case 'D' when type.Text == "std::nullptr_t":
                    return new ItaniumNode("nullptr");
                case 'f' or 'd':
                    value = $"{(isNegative ? "-" : "")}[{digits}]";
                    break;
            }
        }

        return Sequence("(", type, ")" + value);
    }

    private ItaniumNode? ParseSimpleName()
    {
        ItaniumNode? node = char.IsAsciiDigit(Peek()) ? ParseSourceName() : null;
        return node != null && Peek() == 'I' ? WithTemplateArguments(node) : node;
    }

    // A name that depends on template arguments, from the place of its gs or sr on.
    private ItaniumNode? ParseUnresolvedName(int start = -1)
    {
        _at = start < 0 ? _at : start;
        bool isGlobal = TryTake("gs");
        ItaniumNode? node;
        if (TryTake("srN"))
        {
            if (isGlobal)
            {
                return null;
            }

            node = ParseUnresolvedType();
            node = node == null ? null : ParseLevels(node);
        }
        else if (TryTake("sr"))
        {
            node = char.IsAsciiDigit(Peek()) ? ParseLevels(null) : isGlobal ? null : ParseUnresolvedType();
        }
        else
        {
            node = ParseBaseName();
            return node != null && isGlobal ? Sequence("::", node) : node;
        }

        ItaniumNode? last = node == null ? null : ParseBaseName();
        if (node == null || last == null)
        {
            return null;
        }

        ItaniumNode whole = Nested(node, last);
        return isGlobal ? Sequence("::", whole) : whole;
    }

    private ItaniumNode? ParseLevels(ItaniumNode? prefix)
    {
        int count = 0;
        for (; !TryTake('E'); count++)
        {
            ItaniumNode? level = ParseSimpleName();
            if (level == null)
            {
                return null;
            }

            prefix = prefix == null ? level : Nested(prefix, level);
        }

        return count == 0 ? null : prefix;
    }

    private ItaniumNode? ParseUnresolvedType()
    {
        switch (Peek())
        {
            case 'T':
                ItaniumNode? parameter = ParseTemplateParameter();
                if (parameter == null)
                {
                    return null;
                }

                AddSubstitution(parameter);
                if (Peek() != 'I')
                {
                    return parameter;
                }

                // The original looks up the parameter among these arguments.
                return ParseTemplateArguments() is { } arguments
                    ? AddSubstitution(new ItaniumNode(ItaniumKind.Template) { First = parameter, Items = arguments, IsSimple = true })
                    : null;
            case 'D' when Peek(1) is 't' or 'T':
                ItaniumNode? type = ParseDecltype();
                return type == null ? null : AddSubstitution(type);
            case 'S':
                return ParseSubstitution(out _);
            default:
                return null;
        }
    }

    private ItaniumNode? ParseBaseName()
    {
        if (TryTake("on"))
        {
            ItaniumNode? sign = ParseOperator(out _);
            return sign != null && Peek() == 'I' ? WithTemplateArguments(sign) : sign;
        }

        if (TryTake("dn"))
        {
            ItaniumNode? destroyed = char.IsAsciiDigit(Peek()) ? ParseSimpleName() : ParseUnresolvedType();
            return destroyed == null ? null : Sequence("~", destroyed);
        }

        return ParseSimpleName();
    }
}
