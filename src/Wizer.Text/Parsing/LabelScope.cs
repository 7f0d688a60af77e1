namespace Wizer.Text;

/// <summary>The labels around an instruction, innermost last. Core 3.0, Text Format: Instructions, Labels.</summary>
/// <param name="identifiers">Gives them their symbols.</param>
/// <param name="names">Keeps the names of a function's labels.</param>
internal sealed class LabelScope(Identifiers identifiers, ModuleNames names)
{
    private readonly List<int> _labels = [];
    private uint? _func;
    private uint _blockCount;

    /// <summary>Begins with a body.</summary>
    internal void Begin(uint func)
    {
        _func = func;
        _blockCount = 0;
    }

    /// <summary>Ends with it: what comes next is a constant expression, whose labels nobody can name.</summary>
    internal void End() => _func = null;

    /// <summary>Takes the label of a block, if it has one.</summary>
    /// <param name="cursor">Behind the block's keyword.</param>
    /// <param name="name">What the <c>name</c> section calls the block, which its label is not always.</param>
    /// <returns>The label's symbol.</returns>
    internal int Take(ref TokenCursor cursor, out int name)
    {
        int label = cursor.TryTake(TokenKind.Id, out Token id) ? identifiers.Symbol(ref cursor, id) : Identifiers.NoSymbol;
        if (!identifiers.TryTakeName(ref cursor, "label", out name))
        {
            name = label;
        }

        return label;
    }

    /// <summary>Opens a block, whose label the instructions inside see.</summary>
    internal void Push(int label, int name)
    {
        // Blocks are numbered in the order of their opcodes, with or without a name.
        if (_func is { } func && name != Identifiers.NoSymbol)
        {
            names.LabelNames.Add((func, _blockCount, name));
        }

        _blockCount++;
        _labels.Add(label);
    }

    /// <summary>Closes the innermost block.</summary>
    internal void Pop() => _labels.RemoveAt(_labels.Count - 1);

    /// <summary>Takes a label index; by name, the innermost one of that name.</summary>
    internal uint TakeIndex(ref TokenCursor cursor)
    {
        if (cursor.Kind == TokenKind.Nat)
        {
            return cursor.TakeU32();
        }

        Token id = cursor.Expect(TokenKind.Id);
        int index = _labels.LastIndexOf(identifiers.Symbol(ref cursor, id));
        if (index < 0)
        {
            cursor.Fail($"unknown label {TokenCursor.Quote(id.Of(cursor.Source))}", id);
        }

        return (uint)(_labels.Count - 1 - index);
    }
}
