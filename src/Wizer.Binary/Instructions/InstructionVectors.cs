namespace Wizer.Binary;

/// <summary>Walks the labels of a <c>br_table</c> without allocating: <c>foreach (uint label in instruction.Labels)</c>.</summary>
public ref struct LabelVector
{
    private WasmReader _reader;

    internal LabelVector(ReadOnlySpan<byte> encoded)
    {
        _reader = new WasmReader(encoded);
        Current = 0;
    }

    /// <summary>The label index the last <see cref="MoveNext"/> came to.</summary>
    public uint Current { get; private set; }

    /// <summary>Goes on to the next label; false after the last.</summary>
    public bool MoveNext()
    {
        if (_reader.IsAtEnd)
        {
            return false;
        }

        Current = _reader.ReadU32();
        return true;
    }

    /// <summary>The vector is its own enumerator.</summary>
    public readonly LabelVector GetEnumerator() => this;
}

/// <summary>Walks the types of a <c>select</c> without allocating.</summary>
public ref struct ValTypeVector
{
    private WasmReader _reader;

    internal ValTypeVector(ReadOnlySpan<byte> encoded)
    {
        _reader = new WasmReader(encoded);
        Current = default;
    }

    /// <summary>The type the last <see cref="MoveNext"/> came to.</summary>
    public ValType Current { get; private set; }

    /// <summary>Goes on to the next type; false after the last.</summary>
    public bool MoveNext()
    {
        if (_reader.IsAtEnd)
        {
            return false;
        }

        Current = TypeReader.ReadValType(ref _reader);
        return true;
    }

    /// <summary>The vector is its own enumerator.</summary>
    public readonly ValTypeVector GetEnumerator() => this;
}

/// <summary>Walks the clauses of a <c>try_table</c> without allocating.</summary>
public ref struct CatchVector
{
    private WasmReader _reader;

    internal CatchVector(ReadOnlySpan<byte> encoded)
    {
        _reader = new WasmReader(encoded);
        Current = default;
    }

    /// <summary>The clause the last <see cref="MoveNext"/> came to.</summary>
    public CatchClause Current { get; private set; }

    /// <summary>Goes on to the next clause; false after the last.</summary>
    public bool MoveNext()
    {
        if (_reader.IsAtEnd)
        {
            return false;
        }

        Current = CatchClause.Read(ref _reader);
        return true;
    }

    /// <summary>The vector is its own enumerator.</summary>
    public readonly CatchVector GetEnumerator() => this;
}
