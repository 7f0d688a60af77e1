namespace Wizer.Engine;

/// <summary>Where translated code lives: native chunks that never move and are freed together, and whose code is whose.</summary>
internal sealed unsafe class CodeArena : IDisposable
{
    private const int ChunkUnits = 128 * 1024;

    // Lists of objects: lists of values would have no precompiled code.
    private readonly List<Piece> _chunks = [];
    private readonly List<Piece> _pieces = [];
    private ushort* _next;
    private int _left;

    /// <summary>Copies a function's code to where it stays.</summary>
    internal ushort* Add(FuncData* func, ReadOnlySpan<ushort> code)
    {
        if (code.Length > _left)
        {
            _left = Math.Max(ChunkUnits, code.Length);
            _next = (ushort*)NativeBlock.Allocate((ulong)_left * sizeof(ushort));
            _chunks.Add(new Piece(null, _next, _left));
        }

        ushort* start = _next;
        code.CopyTo(new Span<ushort>(start, code.Length));

        // Eight-byte alignment, so that fewer 64-bit immediates straddle cache lines.
        int used = Math.Min((code.Length + 3) & ~3, _left);
        _next += used;
        _left -= used;
        _pieces.Add(new Piece(func, start, code.Length));
        return start;
    }

    /// <summary>The function that the code belongs to, or null. Looks at all of them: for backtraces.</summary>
    internal FuncData* Find(ushort* code)
    {
        Piece? piece = FindPiece(code);
        return piece == null ? null : piece.Func;
    }

    /// <summary>The code of a function that includes the unit, or null.</summary>
    internal Piece? FindPiece(ushort* code)
    {
        foreach (Piece piece in _pieces)
        {
            if (code >= piece.Start && code < piece.Start + piece.Length)
            {
                return piece;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Piece chunk in _chunks)
        {
            NativeBlock.Free(chunk.Start);
        }

        _chunks.Clear();
        _pieces.Clear();
        _next = null;
        _left = 0;
    }

    /// <summary>A range of code, and whose it is.</summary>
    internal sealed class Piece(FuncData* func, ushort* start, int length)
    {
        internal FuncData* Func { get; } = func;

        internal ushort* Start { get; } = start;

        internal int Length { get; } = length;
    }
}
