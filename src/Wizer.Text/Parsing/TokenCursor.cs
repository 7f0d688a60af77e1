using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wizer.Text;

/// <summary>A position among the tokens of a source, and the way every syntax error is reported.</summary>
/// <param name="source">The text the tokens refer to.</param>
/// <param name="tokens">All of them, or those of one balanced group.</param>
/// <param name="fileName">For errors.</param>
/// <param name="annotations">Those between the tokens.</param>
internal ref struct TokenCursor(ReadOnlySpan<byte> source, ReadOnlySpan<Token> tokens, string fileName, AnnotationList annotations)
{
    private readonly ReadOnlySpan<Token> _tokens = tokens;

    /// <summary>The text the tokens refer to.</summary>
    internal readonly ReadOnlySpan<byte> Source { get; } = source;

    /// <summary>For errors.</summary>
    internal readonly string FileName { get; } = fileName;

    /// <summary>Those between the tokens; what nobody took is misplaced.</summary>
    internal readonly AnnotationList Annotations { get; } = annotations;

    /// <summary>The index of the current token.</summary>
    internal int Position { get; set; }

    /// <summary>The current token; an <see cref="TokenKind.End"/> behind the last.</summary>
    internal readonly Token Current => Peek(0);

    /// <summary>What the current token is.</summary>
    internal readonly TokenKind Kind => Current.Kind;

    /// <summary>The text of the current token.</summary>
    internal readonly ReadOnlySpan<byte> Text => Current.Of(Source);

    /// <summary>A later token.</summary>
    internal readonly Token Peek(int ahead)
    {
        int index = Position + ahead;
        return index < _tokens.Length
            ? _tokens[index]
            : new Token(TokenKind.End, _tokens.IsEmpty ? 0 : _tokens[^1].Start + _tokens[^1].Length, 0);
    }

    /// <summary>Takes the current token, whatever it is.</summary>
    internal Token Take()
    {
        Token token = Current;
        Position++;
        return token;
    }

    /// <summary>Takes the current token when it is of a kind.</summary>
    internal bool TryTake(TokenKind kind, out Token token)
    {
        token = Current;
        if (token.Kind != kind)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Takes the current token, which must be of a kind.</summary>
    internal Token Expect(TokenKind kind)
    {
        if (!TryTake(kind, out Token token))
        {
            Unexpected();
        }

        return token;
    }

    /// <summary>Takes the parenthesis that ends a group.</summary>
    internal void Close() => Expect(TokenKind.RightParen);

    /// <summary>Whether the current token is this keyword.</summary>
    internal readonly bool AtKeyword(ReadOnlySpan<byte> keyword) => Kind == TokenKind.Keyword && Text.SequenceEqual(keyword);

    /// <summary>Takes the current token when it is this keyword.</summary>
    internal bool TryTakeKeyword(ReadOnlySpan<byte> keyword)
    {
        if (!AtKeyword(keyword))
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Takes the current token, which must be this keyword.</summary>
    internal void ExpectKeyword(ReadOnlySpan<byte> keyword)
    {
        if (!TryTakeKeyword(keyword))
        {
            Unexpected();
        }
    }

    /// <summary>Whether a group starts here whose first token is this keyword.</summary>
    internal readonly bool AtGroup(ReadOnlySpan<byte> keyword)
    {
        Token next = Peek(1);
        return Kind == TokenKind.LeftParen && next.Kind == TokenKind.Keyword && next.Of(Source).SequenceEqual(keyword);
    }

    /// <summary>Takes the parenthesis and the keyword when a group of that name starts here.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> keyword)
    {
        if (!AtGroup(keyword))
        {
            return false;
        }

        Position += 2;
        return true;
    }

    /// <summary>Moves past the group that starts here.</summary>
    internal void SkipGroup()
    {
        Token open = Expect(TokenKind.LeftParen);
        for (int depth = 1; depth != 0;)
        {
            switch (Take().Kind)
            {
                case TokenKind.LeftParen:
                    depth++;
                    break;
                case TokenKind.RightParen:
                    depth--;
                    break;
                case TokenKind.End:
                    Fail("unexpected token: the parenthesis is never closed", open);
                    break;
            }
        }
    }

    /// <summary>Moves past a token, or past the group that starts here.</summary>
    internal void SkipOne()
    {
        if (Kind == TokenKind.LeftParen)
        {
            SkipGroup();
        }
        else
        {
            Take();
        }
    }

    /// <summary>Takes the current token when it is an identifier.</summary>
    internal void SkipId() => TryTake(TokenKind.Id, out _);

    /// <summary>Whether the current token can be an index.</summary>
    internal readonly bool AtIndex => Kind is TokenKind.Nat or TokenKind.Id;

    /// <summary>Whether the token behind the current one can be an index.</summary>
    internal readonly bool IsAnotherIndexNext => Peek(1).Kind is TokenKind.Nat or TokenKind.Id;

    /// <summary>Takes a number of 32 bits.</summary>
    internal uint TakeU32() => (uint)TakeUnsigned(32, "i32 constant out of range");

    /// <summary>Takes a number without a sign.</summary>
    /// <param name="bits">How many it may have.</param>
    /// <param name="rangeError">What to say when it has more.</param>
    internal ulong TakeUnsigned(int bits, string rangeError)
    {
        Token token = Expect(TokenKind.Nat);
        if (!IntegerLiteral.TryParseUnsigned(token.Of(Source), bits, out ulong value))
        {
            Fail($"{rangeError}: {Quote(token.Of(Source))}", token);
        }

        return value;
    }

    /// <summary>Takes the next annotation of a kind between the token before and the current one.</summary>
    internal readonly bool TryTakeAnnotation(AnnotationKind kind, [NotNullWhen(true)] out Annotation? annotation)
    {
        if (ReferenceEquals(Annotations, AnnotationList.Empty))
        {
            // Nearly every text.
            annotation = null;
            return false;
        }

        int start = Position == 0 ? 0 : _tokens[Position - 1].Start;
        return Annotations.TryTake(kind, start, Current.Start, out annotation);
    }

    /// <summary>A cursor at the contents of an annotation.</summary>
    internal readonly TokenCursor At(Annotation annotation) => new(Source, annotation.Contents.Span, FileName, AnnotationList.Empty);

    /// <summary>
    /// A cursor at some of the tokens, with the annotations between those and behind the token before, which are taken here.
    /// </summary>
    internal readonly TokenCursor Part(int start, int end) => new(
        Source, _tokens[start..end], FileName, Annotations.TakeRange(_tokens[start - 1].Start, _tokens[end - 1].Start));

    /// <summary>Reports that the current token has no place here.</summary>
    [DoesNotReturn]
    internal readonly void Unexpected() => Unexpected(Current);

    /// <summary>Reports that a token has no place where it stands.</summary>
    [DoesNotReturn]
    internal readonly void Unexpected(Token token)
    {
        // The official interpreter knows its keywords when it splits tokens, so it never gets to wonder at an unknown one.
        ReadOnlySpan<byte> text = token.Of(Source);
        bool isUnknown = token.Kind == TokenKind.Reserved || (token.Kind == TokenKind.Keyword && !Keywords.IsKnown(text));
        Fail(
            token.Kind == TokenKind.End
                ? "unexpected token: the text ends here"
                : $"{(isUnknown ? "unknown operator" : "unexpected token")} {Quote(text)}",
            token);
    }

    /// <summary>Reports the current token, or, when it opens a group, what the group is.</summary>
    [DoesNotReturn]
    internal readonly void UnexpectedGroup() =>
        Unexpected(Kind == TokenKind.LeftParen && Peek(1).Kind is TokenKind.Keyword or TokenKind.Reserved
            ? Peek(1)
            : Current);

    /// <summary>Reports an error at the current token.</summary>
    [DoesNotReturn]
    internal readonly void Fail(string reason) => Fail(reason, Current);

    /// <summary>Reports an error at a token.</summary>
    [DoesNotReturn]
    internal readonly void Fail(string reason, Token token) => throw WatException.At(reason, FileName, Source, token.Start);

    /// <summary>Reports an error at an annotation.</summary>
    [DoesNotReturn]
    internal readonly void Fail(string reason, Annotation annotation) => throw WatException.At(reason, FileName, Source, annotation.Start);

    /// <summary>A text for a message: on one line and not too long.</summary>
    internal static string Quote(ReadOnlySpan<byte> text)
    {
        const int MaxLength = 60;
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxLength)]);
        return text.Length > MaxLength ? shown + "…" : shown;
    }
}
