using System.Globalization;
using System.Text;
using Wizer.Text;

namespace Wizer.TestSupport.Scripts;

/// <summary>What scripts of the component model have: components where others have modules, and values of its types.</summary>
internal ref partial struct ScriptParser
{
    private List<ComponentValue> TakeComponentValues()
    {
        List<ComponentValue> values = [];
        while (_cursor.Kind == TokenKind.LeftParen)
        {
            values.Add(TakeComponentValue());
        }

        return values;
    }

    /// <summary>Takes a value in its parentheses.</summary>
    private ComponentValue TakeComponentValue()
    {
        _cursor.Expect(TokenKind.LeftParen);
        ComponentValue value = TakeBareComponentValue();
        _cursor.Close();
        return value;
    }

    private ComponentValue TakeBareComponentValue()
    {
        string keyword = Encoding.UTF8.GetString(_cursor.Text);
        Token token = _cursor.Take();
        switch (keyword)
        {
            case "bool.const":
                bool isTrue = _cursor.TryTakeKeyword("true"u8);
                if (!isTrue)
                {
                    _cursor.ExpectKeyword("false"u8);
                }

                return new BoolValue(isTrue);
            case "u8.const" or "s8.const" or "u16.const" or "s16.const" or "u32.const" or "s32.const" or "u64.const" or "s64.const":
                string type = keyword[..^6];
                return new IntegerValue(type, TakeInteger(int.Parse(type.AsSpan(1), CultureInfo.InvariantCulture), type[0] == 's'));
            case "f32.const":
                return new FloatValue(IsDouble: false, TakeComponentFloat(32));
            case "f64.const":
                return new FloatValue(IsDouble: true, TakeComponentFloat(64));
            case "char.const":
                Token literal = _cursor.Current;
                string text = TakeString();
                if (text.Length == 0 || Rune.GetRuneAt(text, 0).Utf16SequenceLength != text.Length)
                {
                    _cursor.Fail("a character is expected", literal);
                }

                return new CharValue(Rune.GetRuneAt(text, 0));
            case "str.const":
                return new StringValue(TakeString());
            case "list.const":
                return new ListValue(TakeComponentValues());
            case "tuple.const":
                return new TupleValue(TakeComponentValues());
            case "record.const":
                return new RecordValue(TakeFields());
            case "variant.const":
                return new VariantValue(TakeString(), TakeOptionalComponentValue());
            case "enum.const":
                return new EnumValue(TakeString());
            case "flags.const":
                List<string> flags = [];
                while (_cursor.Kind == TokenKind.String)
                {
                    flags.Add(TakeString());
                }

                return new FlagsValue(flags);
            case "option.some":
                return new OptionValue(TakeComponentValue());
            case "option.none":
                return new OptionValue(null);
            case "result.ok":
                return new ResultValue(IsOk: true, TakeOptionalComponentValue());
            case "result.err":
                return new ResultValue(IsOk: false, TakeOptionalComponentValue());
            default:
                _cursor.Unexpected(token);
                return null!;
        }
    }

    private ComponentValue? TakeOptionalComponentValue() => _cursor.Kind == TokenKind.LeftParen ? TakeComponentValue() : null;

    /// <summary>Takes fields, whose values may stand without parentheses.</summary>
    private List<(string Name, ComponentValue Value)> TakeFields()
    {
        List<(string, ComponentValue)> fields = [];
        while (_cursor.TryOpen("field"u8))
        {
            string name = TakeString();
            fields.Add((name, _cursor.Kind == TokenKind.LeftParen ? TakeComponentValue() : TakeBareComponentValue()));
            _cursor.Close();
        }

        return fields;
    }

    private ulong TakeInteger(int bits, bool isSigned)
    {
        Token token = _cursor.Current;
        ulong value = TakeNumber(bits, isFloat: false, out _);
        if (isSigned)
        {
            // The sign is the topmost bit, and goes on upwards.
            return (ulong)((long)(value << (64 - bits)) >> (64 - bits));
        }

        if (token.Of(_source.Span)[0] == '-')
        {
            _cursor.Fail("constant out of range", token);
        }

        return value;
    }

    private ulong TakeComponentFloat(int bits)
    {
        Token token = _cursor.Current;
        ulong value = TakeNumber(bits, isFloat: true, out FloatExpectation expectation);
        if (expectation != FloatExpectation.Bits)
        {
            _cursor.Unexpected(token);
        }

        return value;
    }
}
