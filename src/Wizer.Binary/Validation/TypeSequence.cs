namespace Wizer.Binary;

/// <summary>
/// The types of some operands, deepest first: a result type of the specification. It stands in for a span, whose
/// instantiation over a type of ours would have to be compiled at start-up even where everything else is precompiled.
/// </summary>
internal readonly struct TypeSequence
{
    private readonly ValType[]? _types;
    private readonly ValType _single;

    /// <summary>The given types.</summary>
    internal TypeSequence(ValType[] types)
        : this(types, types.Length)
    {
    }

    /// <summary>The first of the given types.</summary>
    internal TypeSequence(ValType[] types, int count)
    {
        _types = types;
        Count = count;
    }

    /// <summary>One type, or none when it is the bottom type.</summary>
    internal TypeSequence(ValType single)
    {
        _single = single;
        Count = single.IsBottom ? 0 : 1;
    }

    internal int Count { get; }

    internal ValType this[int index] => _types is null ? _single : _types[index];

    internal ValType Last => this[Count - 1];

    internal TypeSequence WithoutLast() => _types is null ? default : new TypeSequence(_types, Count - 1);

    /// <summary>Copies all types to an array.</summary>
    internal void CopyTo(ValType[] target, int start)
    {
        if (_types is null)
        {
            if (Count != 0)
            {
                target[start] = _single;
            }

            return;
        }

        Array.Copy(_types, 0, target, start, Count);
    }
}
