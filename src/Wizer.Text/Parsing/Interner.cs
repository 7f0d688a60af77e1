namespace Wizer.Text;

/// <summary>
/// Gives every distinct identifier a small number, so that names are compared and hashed once and no string is made of them.
/// <c>$x</c> and <c>$"x"</c> are the same. Core 3.0, Text Format: Values, Identifiers.
/// </summary>
internal sealed class Interner
{
    private Entry[] _entries = new Entry[16];
    private int[] _buckets = NewBuckets(32);
    private int _count;

    /// <summary>The number of an identifier.</summary>
    /// <param name="source">The text of the token.</param>
    /// <param name="id">A <see cref="TokenKind.Id"/>.</param>
    internal int Intern(ReadOnlySpan<byte> source, Token id)
    {
        ReadOnlySpan<byte> text = id.Of(source)[1..];
        byte[]? decoded = text[0] == '"' ? StringLiteral.Decode(text) : null;
        ReadOnlySpan<byte> name = decoded ?? text;
        var hash = new HashCode();
        hash.AddBytes(name);
        int hashCode = hash.ToHashCode();

        ref int bucket = ref _buckets[hashCode & (_buckets.Length - 1)];
        for (int i = bucket; i >= 0; i = _entries[i].Next)
        {
            if (_entries[i].HashCode == hashCode && NameOf(source, i).SequenceEqual(name))
            {
                return i;
            }
        }

        if (_count == _entries.Length)
        {
            Grow();
            bucket = ref _buckets[hashCode & (_buckets.Length - 1)];
        }

        _entries[_count] = new Entry(hashCode, bucket, id.Start + 1, id.Length - 1, decoded);
        bucket = _count;
        return _count++;
    }

    /// <summary>The number of a name that is given as a string.</summary>
    /// <param name="source">The text of the token.</param>
    /// <param name="name">A <see cref="TokenKind.String"/> in UTF-8.</param>
    internal int InternString(ReadOnlySpan<byte> source, Token name) =>
        Intern(source, new Token(TokenKind.Id, name.Start - 1, name.Length + 1));

    /// <summary>The name behind a number, without <c>$</c> and quotes.</summary>
    internal ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> source, int symbol)
    {
        ref readonly Entry entry = ref _entries[symbol];
        return entry.Decoded ?? source.Slice(entry.Start, entry.Length);
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _count * 2);
        _buckets = NewBuckets(_buckets.Length * 2);
        for (int i = 0; i < _count; i++)
        {
            ref int bucket = ref _buckets[_entries[i].HashCode & (_buckets.Length - 1)];
            _entries[i] = _entries[i] with { Next = bucket };
            bucket = i;
        }
    }

    // A loop: what the framework has for this is compiled at run time.
    private static int[] NewBuckets(int length)
    {
        int[] buckets = new int[length];
        for (int i = 0; i < buckets.Length; i++)
        {
            buckets[i] = -1;
        }

        return buckets;
    }

    private readonly record struct Entry(int HashCode, int Next, int Start, int Length, byte[]? Decoded);
}
