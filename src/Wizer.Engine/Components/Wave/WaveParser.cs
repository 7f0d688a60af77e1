using System.Globalization;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components.Wave;

/// <summary>
/// Parses values of given types. A text says little about its type, so that it is always the type that leads. Component Model, WAVE.
/// </summary>
internal sealed class WaveParser(WaveCursor cursor)
{
    /// <summary>Parses the arguments of a call, up to the end of the text.</summary>
    /// <param name="type">The type of the function.</param>
    /// <param name="hasParentheses">Whether there are any arguments.</param>
    internal ComponentValue[] ParseArguments(ResolvedFuncType type, bool hasParentheses)
    {
        ResolvedValType[] parameters = type.Parameters;
        var values = new List<ComponentValue>(parameters.Length);
        hasParentheses = hasParentheses && cursor.TryTake('(');
        bool hasMore = hasParentheses && !cursor.IsNext(')');
        while (hasMore)
        {
            if (values.Count == parameters.Length)
            {
                throw cursor.Expected("`)` behind the last argument");
            }

            values.Add(Parse(parameters[values.Count]));
            hasMore = cursor.TryTake(',') && !cursor.IsNext(')');
        }

        if (hasParentheses && !cursor.IsNext(')'))
        {
            throw cursor.Expected("`,` or `)`");
        }

        while (values.Count < parameters.Length)
        {
            if (parameters[values.Count].Kind != ValTypeKind.Option)
            {
                string expected = WaveTypes.Expectation(parameters[values.Count]);
                throw cursor.Expected($"{expected}, for the parameter `{type.Labels[values.Count]}`");
            }

            values.Add(ComponentValue.None);
        }

        if (hasParentheses)
        {
            cursor.Position++;
            cursor.SkipSpace();
        }

        return cursor.IsAtEnd ? [.. values] : throw cursor.Expected("the end");
    }

    private ComponentValue Parse(ResolvedValType type)
    {
        switch (type.Kind)
        {
            case ValTypeKind.Primitive:
                return ParsePrimitive(type);
            case ValTypeKind.List or ValTypeKind.FixedList:
                return ParseList(type);
            case ValTypeKind.Map:
                return ComponentValue.List(ParseAll(type, '[', ']', _ => ParseTuple(type)));
            case ValTypeKind.Tuple:
                return ParseTuple(type);
            case ValTypeKind.Record:
                return ParseRecord(type);
            case ValTypeKind.Flags:
                return ParseFlags(type);
            case ValTypeKind.Variant or ValTypeKind.Enum:
                return ParseCase(type);
            case ValTypeKind.Option:
                return ParseOption(type);
            case ValTypeKind.Result:
                return ParseResult(type);
            default:
                throw cursor.Fail($"a value of a type with {WaveTypes.NameOf(type)} cannot be written");
        }
    }

    private ComponentValue ParsePrimitive(ResolvedValType type)
    {
        switch (type.Primitive)
        {
            case PrimitiveValType.Bool:
                return cursor.TryTakeWord("true") ? ComponentValue.Of(true)
                    : cursor.TryTakeWord("false") ? ComponentValue.Of(false)
                    : throw Expected(type);
            case PrimitiveValType.Char:
                return cursor.IsNext('\'') ? ComponentValue.Of(WaveStrings.ReadChar(cursor)) : throw Expected(type);
            case PrimitiveValType.String:
                return cursor.IsNext('"') ? ComponentValue.Of(WaveStrings.ReadString(cursor)) : throw Expected(type);
            case PrimitiveValType.F32 or PrimitiveValType.F64:
                return ParseFloat(type);
            case PrimitiveValType.ErrorContext:
                throw cursor.Fail($"a value of a type with {WaveTypes.NameOf(type)} cannot be written");
            default:
                return ParseInteger(type);
        }
    }

    private ComponentValue ParseInteger(ResolvedValType type)
    {
        ReadOnlySpan<char> word = cursor.PeekWord();
        (Int128 least, Int128 most) = WaveTypes.RangeOf(type.Primitive);
        if (!WaveNumbers.IsNumber(word, out bool isInteger)
            || !isInteger
            || !Int128.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 value)
            || value < least
            || value > most)
        {
            throw Expected(type);
        }

        cursor.Position += word.Length;
        return ComponentValue.Primitive(ValuePlan.ValueKindOf(type.Primitive), (ulong)value);
    }

    private ComponentValue ParseFloat(ResolvedValType type)
    {
        ReadOnlySpan<char> word = cursor.PeekWord();
        double? special = word switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => null,
        };
        if (special is null && !WaveNumbers.IsNumber(word, out _))
        {
            throw Expected(type);
        }

        cursor.Position += word.Length;
        return type.Primitive == PrimitiveValType.F32
            ? ComponentValue.Of((float?)special ?? float.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture))
            : ComponentValue.Of(special ?? double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private ComponentValue ParseList(ResolvedValType type)
    {
        int start = cursor.Position;
        ComponentValue[] items = ParseAll(type, '[', ']', _ => Parse(type.Elements[0]!));
        return type.Kind == ValTypeKind.List || (uint)items.Length == type.Length
            ? ComponentValue.List(items)
            : throw cursor.Fail(start, $"expected {WaveTypes.Expectation(type)}, found {items.Length}");
    }

    private ComponentValue ParseTuple(ResolvedValType type)
    {
        int count = type.Elements.Length;
        ComponentValue[] items = ParseAll(
            type, '(', ')', i => i < count ? Parse(type.Elements[i]!) : throw cursor.Expected($"`)` behind {count} values of a tuple"));
        return items.Length == count
            ? ComponentValue.Tuple(items)
            : throw cursor.Fail(cursor.Position - 1, $"expected {count} values of a tuple, found {items.Length}");
    }

    /// <summary>Parses values between brackets, with a comma behind the last or without.</summary>
    private ComponentValue[] ParseAll(ResolvedValType type, char open, char close, Func<int, ComponentValue> parse)
    {
        cursor.Expect(open, WaveTypes.Expectation(type));
        var items = new List<ComponentValue>();
        bool hasMore = !cursor.IsNext(close);
        while (hasMore)
        {
            items.Add(parse(items.Count));
            hasMore = cursor.TryTake(',') && !cursor.IsNext(close);
        }

        cursor.Expect(close, $"`,` or `{close}`");
        return [.. items];
    }

    private ComponentValue ParseRecord(ResolvedValType type)
    {
        cursor.Expect('{', WaveTypes.Expectation(type));
        var values = new ComponentValue?[type.Labels.Length];
        bool hasMore = !cursor.TryTake(':');
        while (hasMore)
        {
            int index = TakeLabel(type, "field", isSet: i => values[i] is not null);
            cursor.Expect(':', "`:` behind the name of a field");
            values[index] = Parse(type.Elements[index]!);
            hasMore = cursor.TryTake(',') && !cursor.IsNext('}');
        }

        if (!cursor.IsNext('}'))
        {
            throw cursor.Expected("`,` or `}`");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is null && type.Elements[i]!.Kind != ValTypeKind.Option)
            {
                throw cursor.Expected($"the field `{type.Labels[i]}`");
            }
        }

        cursor.Position++;
        return ComponentValue.Record(type.Labels, Array.ConvertAll(values, value => value ?? ComponentValue.None));
    }

    private ComponentValue ParseFlags(ResolvedValType type)
    {
        cursor.Expect('{', WaveTypes.Expectation(type));
        bool[] isSet = new bool[type.Labels.Length];
        bool hasMore = !cursor.IsNext('}');
        while (hasMore)
        {
            isSet[TakeLabel(type, "flag", i => isSet[i])] = true;
            hasMore = cursor.TryTake(',') && !cursor.IsNext('}');
        }

        cursor.Expect('}', "`,` or `}`");
        return ComponentValue.Flags([.. type.Labels.Where((_, i) => isSet[i])]);
    }

    /// <summary>Takes the name of a field or flag, which may not come twice.</summary>
    private int TakeLabel(ResolvedValType type, string what, Func<int, bool> isSet)
    {
        ReadOnlySpan<char> word = cursor.PeekWord();
        int index = Array.IndexOf(type.Labels, word.TrimStartOnce('%').ToString());
        if (index < 0)
        {
            throw cursor.Expected($"one of the {what}s {WaveTypes.ListOf(type.Labels)}");
        }

        if (isSet(index))
        {
            throw cursor.Fail($"the {what} `{type.Labels[index]}` comes twice");
        }

        cursor.Position += word.Length;
        return index;
    }

    private ComponentValue ParseCase(ResolvedValType type)
    {
        ReadOnlySpan<char> word = cursor.PeekWord();
        string label = word.TrimStartOnce('%').ToString();
        int index = Array.IndexOf(type.Labels, label);
        if (index < 0)
        {
            throw Expected(type);
        }

        // A reader without types would take it for something else.
        if (word.Length == label.Length && ComponentValueText.IsKeyword(label))
        {
            throw cursor.Fail($"the case `{label}` is written `%{label}`");
        }

        cursor.Position += word.Length;
        return type.Kind == ValTypeKind.Enum
            ? ComponentValue.Enum(label)
            : ComponentValue.Variant(label, ParsePayload(label, type.Elements[index]));
    }

    private ComponentValue? ParsePayload(string label, ResolvedValType? type)
    {
        if (type is null)
        {
            return cursor.IsNext('(') ? throw cursor.Fail($"`{label}` carries no value") : null;
        }

        cursor.Expect('(', $"`(` and a value of `{label}`");
        ComponentValue value = Parse(type);
        cursor.Expect(')', $"`)` behind the value of `{label}`");
        return value;
    }

    private ComponentValue ParseOption(ResolvedValType type)
    {
        if (cursor.TryTakeWord("none"))
        {
            ParsePayload("none", null);
            return ComponentValue.None;
        }

        ResolvedValType some = type.Elements[0]!;
        return cursor.TryTakeWord("some") ? ComponentValue.Some(ParsePayload("some", some)!.Value)
            : WaveTypes.MayStandAlone(some) ? ComponentValue.Some(Parse(some))
            : throw Expected(type);
    }

    private ComponentValue ParseResult(ResolvedValType type)
    {
        ResolvedValType? ok = type.Elements[0];
        return cursor.TryTakeWord("ok") ? ComponentValue.Ok(ParsePayload("ok", ok))
            : cursor.TryTakeWord("err") ? ComponentValue.Error(ParsePayload("err", type.Elements[1]))
            : WaveTypes.MayStandAlone(ok) ? ComponentValue.Ok(Parse(ok!))
            : throw Expected(type);
    }

    private WaveFormatException Expected(ResolvedValType type) => cursor.Expected(WaveTypes.Expectation(type));
}
