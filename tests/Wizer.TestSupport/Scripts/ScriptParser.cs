using System.Text;
using Wizer.Binary;
using Wizer.Text;

namespace Wizer.TestSupport.Scripts;

/// <summary>Parses the commands of a script. See the official interpreter's README, <i>Scripts</i>.</summary>
internal ref partial struct ScriptParser
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly ReadOnlyMemory<Token> _tokens;
    private readonly ReadOnlyMemory<Annotation> _annotations;
    private TokenCursor _cursor;

    // Whether the latest definition or instance is a component's, so that what follows is about components.
    private bool _isComponent;

    private ScriptParser(ReadOnlyMemory<byte> source, string fileName)
    {
        _source = source;
        _tokens = Lexer.Tokenize(source.Span, fileName, out _annotations);
        _cursor = new TokenCursor(source.Span, _tokens.Span, fileName, AnnotationList.Empty);
    }

    internal static List<ScriptCommand> Parse(ReadOnlyMemory<byte> source, string fileName)
    {
        var parser = new ScriptParser(source, fileName);
        return parser.Run();
    }

    private List<ScriptCommand> Run()
    {
        List<ScriptCommand> commands = [];
        var lines = new LineCounter();
        bool isScript = IsCommand(_cursor.Peek(1).Of(_source.Span));
        if (!isScript)
        {
            // A file may also be one module without its parentheses.
            var module = new TextScriptModule(_source, _tokens, _annotations, 0, _cursor.FileName);
            return [new ModuleCommand(1, null, module, IsDefinition: false)];
        }

        while (_cursor.Kind != TokenKind.End)
        {
            Token open = _cursor.Expect(TokenKind.LeftParen);
            commands.Add(TakeCommand(lines.LineOf(_source.Span, open.Start)));
            _cursor.Close();
        }

        return commands;
    }

    private static bool IsCommand(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("module"u8) || word.SequenceEqual("component"u8) || word.SequenceEqual("register"u8) || word.SequenceEqual("invoke"u8)
        || word.SequenceEqual("get"u8) || word.StartsWith("assert_"u8);

    private ScriptCommand TakeCommand(int line)
    {
        string keyword = Encoding.UTF8.GetString(_cursor.Text);
        switch (keyword)
        {
            case "module" or "component":
                _cursor.Take();
                _isComponent = keyword == "component";
                return TakeModuleCommand(line);
            case "register":
                _cursor.Take();
                return new RegisterCommand(line, TakeString(), TakeOptionalId());
            case "invoke" or "get":
                return new ActionCommand(line, TakeAction());
            case "assert_return":
                _cursor.Take();
                ScriptAction action = TakeActionGroup();
                return action is ComponentInvokeAction
                    ? new AssertComponentReturnCommand(line, action, TakeComponentValues())
                    : new AssertReturnCommand(line, action, TakePatterns());
            case "assert_trap" when IsModuleNext:
                return TakeModuleFailure(line, ModuleFailure.Trap);
            case "assert_trap":
                return TakeActionFailure(line, ActionFailure.Trap);
            case "assert_exhaustion":
                return TakeActionFailure(line, ActionFailure.Exhaustion);
            case "assert_exception":
                return TakeActionFailure(line, ActionFailure.Exception);
            case "assert_malformed":
                return TakeModuleFailure(line, ModuleFailure.Malformed);
            case "assert_invalid":
                return TakeModuleFailure(line, ModuleFailure.Invalid);
            case "assert_unlinkable":
                return TakeModuleFailure(line, ModuleFailure.Unlinkable);
            case "assert_malformed_custom":
                return TakeModuleFailure(line, ModuleFailure.MalformedCustom);
            case "assert_invalid_custom":
                return TakeModuleFailure(line, ModuleFailure.InvalidCustom);
            default:
                _cursor.Unexpected();
                return null!;
        }
    }

    private readonly bool IsModuleNext =>
        _cursor.Peek(2).Of(_source.Span).SequenceEqual("module"u8) || _cursor.Peek(2).Of(_source.Span).SequenceEqual("component"u8);

    private ScriptCommand TakeModuleCommand(int line)
    {
        if (_cursor.TryTakeKeyword("instance"u8))
        {
            return new InstanceCommand(line, TakeOptionalId(), TakeOptionalId(), _isComponent);
        }

        bool isDefinition = _cursor.TryTakeKeyword("definition"u8);
        ScriptModule module = TakeModule(out string? name, _isComponent);
        return new ModuleCommand(line, name, module, isDefinition);
    }

    /// <summary>Takes a module or component from behind its keyword to before its closing parenthesis.</summary>
    private ScriptModule TakeModule(out string? name, bool isComponent)
    {
        int idPosition = _cursor.Position;
        name = TakeOptionalId();
        if (_cursor.TryTakeKeyword("binary"u8))
        {
            return new BinaryScriptModule(TakeStrings()) { IsComponent = isComponent };
        }

        if (_cursor.TryTakeKeyword("quote"u8))
        {
            return new QuoteScriptModule(TakeStrings(), _cursor.FileName) { IsComponent = isComponent };
        }

        // What is within a component may name it.
        int start = isComponent ? idPosition : _cursor.Position;
        while (_cursor.Kind is not (TokenKind.RightParen or TokenKind.End))
        {
            if (_cursor.Kind == TokenKind.LeftParen)
            {
                _cursor.SkipGroup();
            }
            else
            {
                _cursor.Take();
            }
        }

        return new TextScriptModule(
            _source, _tokens[start..(_cursor.Position + 1)], _annotations, _tokens.Span[start - 1].Start, _cursor.FileName)
        {
            IsComponent = isComponent,
        };
    }

    private AssertModuleFailsCommand TakeModuleFailure(int line, ModuleFailure failure)
    {
        _cursor.Take();
        _cursor.Expect(TokenKind.LeftParen);
        bool isComponent = _cursor.TryTakeKeyword("component"u8);
        if (!isComponent)
        {
            _cursor.ExpectKeyword("module"u8);
        }

        _cursor.TryTakeKeyword("definition"u8);
        ScriptModule module = TakeModule(out _, isComponent);
        _cursor.Close();
        return new AssertModuleFailsCommand(line, failure, module, TakeString());
    }

    private AssertActionFailsCommand TakeActionFailure(int line, ActionFailure failure)
    {
        _cursor.Take();
        ScriptAction action = TakeActionGroup();
        string message = failure == ActionFailure.Exception ? "" : TakeString();
        return new AssertActionFailsCommand(line, failure, action, message);
    }

    private ScriptAction TakeActionGroup()
    {
        _cursor.Expect(TokenKind.LeftParen);
        ScriptAction action = TakeAction();
        _cursor.Close();
        return action;
    }

    private ScriptAction TakeAction()
    {
        if (_cursor.TryTakeKeyword("get"u8))
        {
            return new GetAction(TakeOptionalId(), TakeString());
        }

        _cursor.ExpectKeyword("invoke"u8);
        string? instance = TakeOptionalId();
        string name = TakeString();
        if (_isComponent)
        {
            return new ComponentInvokeAction(instance, name, TakeComponentValues());
        }

        List<ScriptValue> arguments = [];
        while (_cursor.Kind == TokenKind.LeftParen)
        {
            Token open = _cursor.Current;
            if (TakePattern() is not ExactPattern { Value: ScriptValue value })
            {
                _cursor.Unexpected(open);
                break;
            }

            arguments.Add(value);
        }

        return new InvokeAction(instance, name, arguments);
    }

    private List<ResultPattern> TakePatterns()
    {
        List<ResultPattern> patterns = [];
        while (_cursor.Kind == TokenKind.LeftParen)
        {
            patterns.Add(TakePattern());
        }

        return patterns;
    }

    private ResultPattern TakePattern()
    {
        _cursor.Expect(TokenKind.LeftParen);
        string keyword = Encoding.UTF8.GetString(_cursor.Text);
        Token token = _cursor.Take();
        ResultPattern? pattern = keyword switch
        {
            "i32.const" => Exact(ScriptValueKind.I32, TakeNumber(32, isFloat: false, out _)),
            "i64.const" => Exact(ScriptValueKind.I64, TakeNumber(64, isFloat: false, out _)),
            "f32.const" => TakeFloat(ScriptValueKind.F32, 32),
            "f64.const" => TakeFloat(ScriptValueKind.F64, 64),
            "v128.const" => TakeVector(),
            "either" => new EitherPattern(TakePatterns()),
            "ref.null" when _cursor.Kind == TokenKind.RightParen => new AnyNullPattern(),
            "ref.null" => TakeNull(),
            "ref.extern" when _cursor.Kind == TokenKind.Nat => Exact(ScriptValueKind.RefExtern, TakeNumber(32, isFloat: false, out _)),
            "ref.host" => Exact(ScriptValueKind.RefHost, TakeNumber(32, isFloat: false, out _)),
            _ when keyword.StartsWith("ref.", StringComparison.Ordinal)
                && TypeKeywords.TryParseHeapType(Encoding.UTF8.GetBytes(keyword[4..]), out HeapType type) => new RefTypePattern(type),
            _ => null,
        };
        if (pattern is null)
        {
            _cursor.Unexpected(token);
        }

        _cursor.Close();
        return pattern!;
    }

    private static ExactPattern Exact(ScriptValueKind kind, ulong bits) => new(new ScriptValue(kind, bits));

    private ExactPattern TakeNull()
    {
        if (!TypeKeywords.TryParseHeapType(_cursor.Text, out HeapType type))
        {
            _cursor.Unexpected();
        }

        _cursor.Take();
        return new ExactPattern(new ScriptValue(ScriptValueKind.RefNull, 0, 0, type));
    }

    private ResultPattern TakeFloat(ScriptValueKind kind, int bits)
    {
        ulong value = TakeNumber(bits, isFloat: true, out FloatExpectation expectation);
        return expectation == FloatExpectation.Bits ? Exact(kind, value) : new NaNPattern(kind, expectation);
    }

    private ResultPattern TakeVector()
    {
        if (!VectorLiteral.TryParseShape(_cursor.Text, out int laneBits, out bool isFloat))
        {
            _cursor.Unexpected();
        }

        _cursor.Take();
        var lanes = new (FloatExpectation Expectation, ulong Bits)[128 / laneBits];
        UInt128 bits = 0;
        for (int i = 0; i < lanes.Length; i++)
        {
            ulong lane = TakeNumber(laneBits, isFloat, out FloatExpectation expectation);
            lanes[i] = (expectation, lane);
            bits |= (UInt128)lane << (i * laneBits);
        }

        return Array.Exists(lanes, lane => lane.Expectation != FloatExpectation.Bits)
            ? new FloatLanesPattern(laneBits == 32 ? ScriptValueKind.F32 : ScriptValueKind.F64, lanes)
            : new ExactPattern(new ScriptValue(ScriptValueKind.V128, (ulong)bits, (ulong)(bits >> 64)));
    }

    private ulong TakeNumber(int bits, bool isFloat, out FloatExpectation expectation)
    {
        expectation = FloatExpectation.Bits;
        if (isFloat && _cursor.TryTakeKeyword("nan:canonical"u8))
        {
            expectation = FloatExpectation.CanonicalNaN;
            return 0;
        }

        if (isFloat && _cursor.TryTakeKeyword("nan:arithmetic"u8))
        {
            expectation = FloatExpectation.ArithmeticNaN;
            return 0;
        }

        Token token = _cursor.Take();
        ReadOnlySpan<byte> text = token.Of(_source.Span);
        if (isFloat ? !VectorLiteral.IsFloat(token.Kind, text) : token.Kind is not (TokenKind.Nat or TokenKind.Int))
        {
            _cursor.Unexpected(token);
        }

        ulong value;
        bool fits;
        if (!isFloat)
        {
            fits = IntegerLiteral.TryParse(text, bits, out value);
        }
        else if (bits == 32)
        {
            fits = FloatLiteral.TryParseF32(text, out uint single);
            value = single;
        }
        else
        {
            fits = FloatLiteral.TryParseF64(text, out value);
        }

        if (!fits)
        {
            _cursor.Fail("constant out of range", token);
        }

        return value;
    }

    private string? TakeOptionalId() => _cursor.TryTake(TokenKind.Id, out Token id) ? Encoding.UTF8.GetString(id.Of(_source.Span)) : null;

    private string TakeString() =>
        Encoding.UTF8.GetString(StringLiteral.Decode(_cursor.Expect(TokenKind.String).Of(_source.Span)));

    private byte[] TakeStrings()
    {
        using var bytes = new PooledBuffer();
        StringList.Take(ref _cursor, bytes);
        return bytes.ToArray();
    }

    /// <summary>Counts lines as commands go by, so that a long script is not counted from its start for each of them.</summary>
    private struct LineCounter
    {
        private int _offset;
        private int _newlines;

        internal int LineOf(ReadOnlySpan<byte> source, int offset)
        {
            _newlines += source[_offset..offset].Count((byte)'\n');
            _offset = offset;
            return _newlines + 1;
        }
    }
}
