using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Wizer.Text;

/// <summary>
/// Splits a source into tokens, once and for all: what refers forward is parsed when its names are known, so tokens are looked
/// at more than once. White space, comments and the annotations that mean nothing are gone afterwards; texts stay where they
/// are, and the other annotations are a list of their own.
/// Core 3.0, Text Format: Lexical Format.
/// </summary>
internal ref struct Lexer
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly string _fileName;
    private readonly List<Annotation> _annotations;
    private Token[] _tokens;
    private int _count;
    private int _position;

    private Lexer(ReadOnlySpan<byte> source, string fileName)
    {
        _source = source;
        _fileName = fileName;

        // Dense texts have a token every four or five bytes; one growth step covers them.
        _tokens = new Token[(source.Length / 8) + 16];
        _annotations = [];
        _count = 0;
        _position = 0;
    }

    /// <summary>The tokens of a source, the last one being <see cref="TokenKind.End"/>.</summary>
    /// <param name="source">The text.</param>
    /// <param name="fileName">For errors.</param>
    /// <param name="annotations">Those that mean something, in order.</param>
    /// <exception cref="WatException">A character, comment, string, identifier or annotation is malformed.</exception>
    internal static ReadOnlyMemory<Token> Tokenize(ReadOnlySpan<byte> source, string fileName, out ReadOnlyMemory<Annotation> annotations)
    {
        var lexer = new Lexer(source, fileName);
        lexer.CheckUtf8();
        lexer.Run();
        annotations = lexer._annotations.ToArray();
        return lexer._tokens.AsMemory(0, lexer._count);
    }

    private readonly byte this[int ahead] =>
        _position + ahead < _source.Length ? _source[_position + ahead] : (byte)0;

    private void Run()
    {
        while (SkipSpace())
        {
            switch (_source[_position])
            {
                case (byte)'(' when this[1] == '@':
                    TakeAnnotation();
                    break;
                case (byte)'(':
                    Add(TokenKind.LeftParen, 1);
                    break;
                case (byte)')':
                    Add(TokenKind.RightParen, 1);
                    break;
                default:
                    int length = ScanRun(out TokenKind kind);
                    if (kind == TokenKind.Id)
                    {
                        CheckId(length);
                    }

                    Add(kind, length);
                    break;
            }
        }

        Add(TokenKind.End, 0);
    }

    private void Add(TokenKind kind, int length)
    {
        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, checked(_count * 2));
        }

        _tokens[_count++] = new Token(kind, _position, length);
        _position += length;
    }

    /// <summary>Moves past white space and comments; false at the end of the source.</summary>
    private bool SkipSpace()
    {
        while (_position < _source.Length)
        {
            switch (_source[_position])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    _position++;
                    break;
                case (byte)';' when this[1] == ';':
                    int length = _source[_position..].IndexOfAny((byte)'\n', (byte)'\r');
                    _position = length < 0 ? _source.Length : _position + length;
                    break;
                case (byte)'(' when this[1] == ';':
                    SkipBlockComment();
                    break;
                default:
                    return true;
            }
        }

        return false;
    }

    private void SkipBlockComment()
    {
        int start = _position;
        int depth = 0;
        do
        {
            int next = _source[_position..].IndexOfAny((byte)'(', (byte)';');
            if (next < 0)
            {
                Fail("unclosed comment", start);
            }

            _position += next;
            if (_source[_position] == '(' && this[1] == ';')
            {
                depth++;
                _position += 2;
            }
            else if (_source[_position] == ';' && this[1] == ')')
            {
                depth--;
                _position += 2;
            }
            else
            {
                _position++;
            }
        }
        while (depth != 0);
    }

    /// <summary>Moves past an annotation, and keeps it when it means something.</summary>
    private void TakeAnnotation()
    {
        int start = _position;
        if (!Annotation.TryParseKind(TakeAnnotationId(), out AnnotationKind kind))
        {
            SkipAnnotation(start);
            return;
        }

        List<Token> contents = [];
        for (int depth = 1; depth != 0;)
        {
            if (!SkipSpace())
            {
                Fail("unclosed annotation", start);
            }

            if (_source[_position] == '(' && this[1] == '@')
            {
                // There is no meaning to an annotation within one.
                int inner = _position;
                TakeAnnotationId();
                SkipAnnotation(inner);
                continue;
            }

            TokenKind token;
            int length = 1;
            switch (_source[_position])
            {
                case (byte)'(':
                    depth++;
                    token = TokenKind.LeftParen;
                    break;
                case (byte)')':
                    depth--;
                    token = TokenKind.RightParen;
                    break;
                default:
                    length = ScanRun(out token);
                    break;
            }

            contents.Add(new Token(token, _position, length));
            _position += length;
        }

        _annotations.Add(new Annotation(kind, start, contents.ToArray()));
    }

    /// <summary>Takes <c>(@id</c>, or <c>(@"id"</c>, and returns the identifier.</summary>
    private ReadOnlySpan<byte> TakeAnnotationId()
    {
        int start = _position;
        _position += 2;
        int length = CharClass.CountIdChars(_source[_position..]);
        bool isString = this[0] == '"';
        if (isString)
        {
            length = TryScanString(_position, out string? error);
            if (error is not null && length != 1)
            {
                Fail(error, _position + length);
            }

            // One whose first character is wrong is empty.
            if (length > 2)
            {
                CheckUtf8(_position, length);
            }
            else
            {
                length = 0;
            }
        }

        if (length == 0)
        {
            Fail("empty annotation id", start);
        }

        ReadOnlySpan<byte> id = _source.Slice(_position, length);
        _position += length;
        return isString ? StringLiteral.Decode(id) : id;
    }

    /// <summary>Moves from behind the identifier of an annotation to behind its end.</summary>
    private void SkipAnnotation(int start)
    {
        for (int depth = 1; depth != 0;)
        {
            if (!SkipSpace())
            {
                Fail("unclosed annotation", start);
            }

            switch (_source[_position])
            {
                case (byte)'(':
                    depth++;
                    _position++;
                    break;
                case (byte)')':
                    depth--;
                    _position++;
                    break;
                default:
                    _position += ScanRun(out _);
                    break;
            }
        }
    }

    /// <summary>The length of the longest run of characters and strings that nothing delimits, and what it is.</summary>
    private readonly int ScanRun(out TokenKind kind)
    {
        int end = _position;
        int stringCount = 0;
        bool hasPunctuation = false;
        while (end < _source.Length)
        {
            byte b = _source[end];
            if (b == '"')
            {
                int length = TryScanString(end, out string? error);
                if (error is not null)
                {
                    // `$` before a string that is none is an identifier without a name.
                    bool isId = end == _position + 1 && _source[_position] == '$';
                    Fail(isId ? "empty identifier" : error, isId ? _position : end + length);
                }

                end += length;
                stringCount++;
            }
            else if (CharClass.IsReservedPunctuation(b))
            {
                if (b == ';' && end + 1 < _source.Length && _source[end + 1] == ';')
                {
                    break;
                }

                end++;
                hasPunctuation = true;
            }
            else
            {
                int length = CharClass.CountIdChars(_source[end..]);
                if (length == 0)
                {
                    break;
                }

                end += length;
            }
        }

        if (end == _position)
        {
            Fail("illegal character", _position);
        }

        kind = Classify(_source[_position..end], stringCount, hasPunctuation);
        return end - _position;
    }

    private static TokenKind Classify(ReadOnlySpan<byte> run, int stringCount, bool hasPunctuation)
    {
        if (hasPunctuation || stringCount > 1)
        {
            return TokenKind.Reserved;
        }

        bool endsInString = run[^1] == '"';
        return run[0] switch
        {
            (byte)'"' => stringCount == 1 && endsInString ? TokenKind.String : TokenKind.Reserved,
            (byte)'$' => stringCount == 0 || (run[1] == '"' && endsInString) ? TokenKind.Id : TokenKind.Reserved,
            _ when stringCount != 0 => TokenKind.Reserved,
            >= (byte)'a' and <= (byte)'z' => TokenKind.Keyword,
            >= (byte)'0' and <= (byte)'9' or (byte)'+' or (byte)'-' => NumberSyntax.Classify(run),
            _ => TokenKind.Reserved,
        };
    }

    /// <summary>
    /// The length of the string at <paramref name="start"/>, quotes included; or what is wrong with it, and how far it is good.
    /// </summary>
    private readonly int TryScanString(int start, out string? error)
    {
        int at = start + 1;
        while (at < _source.Length)
        {
            byte b = _source[at];
            switch (b)
            {
                case (byte)'"':
                    error = null;
                    return at + 1 - start;
                case (byte)'\n':
                    error = "unclosed string";
                    return at - start;
                case < 0x20 or 0x7f:
                    error = "illegal control character in string literal";
                    return at - start;
                case (byte)'\\':
                    int length = StringLiteral.ScanEscape(_source[at..]);
                    if (length == 0)
                    {
                        error = "illegal escape";
                        return at - start;
                    }

                    at += length;
                    break;
                default:
                    at++;
                    break;
            }
        }

        error = "unclosed string";
        return 0;
    }

    private readonly void CheckId(int length)
    {
        if (length == 1 || (length == 3 && this[1] == '"'))
        {
            Fail("empty identifier", _position);
        }

        if (this[1] == '"')
        {
            CheckUtf8(_position + 1, length - 1);
        }
    }

    private readonly void CheckUtf8(int stringStart, int stringLength)
    {
        if (!StringLiteral.IsUtf8(_source.Slice(stringStart, stringLength)))
        {
            Fail("malformed UTF-8 encoding", stringStart);
        }
    }

    /// <summary>A source is a sequence of Unicode characters, comments included.</summary>
    private readonly void CheckUtf8()
    {
        if (Utf8.IsValid(_source))
        {
            return;
        }

        int at = 0;
        while (Rune.DecodeFromUtf8(_source[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        Fail("malformed UTF-8 encoding", at);
    }

    [DoesNotReturn]
    private readonly void Fail(string reason, int offset) => throw WatException.At(reason, _fileName, _source, offset);
}
