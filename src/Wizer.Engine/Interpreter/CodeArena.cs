namespace Wizer.Engine;

/// <summary>Where translated code lives: native chunks that never move and are freed together, and whose code is whose.</summary>
internal sealed unsafe class CodeArena : IDisposable
{
    private const int ChunkUnits = 128 * 1024;

    // Ascending by insertion within a chunk only; looked through linearly, and only when a backtrace is wanted.
    private readonly List<nint> _chunks = [];
    private nint[] _starts = new nint[64];
    private int[] _lengths = new int[64];
    private nint[] _funcs = new nint[64];
    private int _count;
    private ushort* _next;
    private int _left;

    /// <summary>Copies a function's code to where it stays.</summary>
    internal ushort* Add(FuncData* func, ReadOnlySpan<ushort> code)
    {
        if (code.Length > _left)
        {
            int units = Math.Max(ChunkUnits, code.Length);
            _next = NativeBlock.Allocate<ushort>(units);
            _left = units;
            _chunks.Add((nint)_next);
        }

        ushort* start = _next;
        code.CopyTo(new Span<ushort>(start, code.Length));

        // Eight-byte alignment, so that most 64-bit immediates do not straddle cache lines.
        int used = Math.Min((code.Length + 3) & ~3, _left);
        _next += used;
        _left -= used;
        Remember(func, start, code.Length);
        return start;
    }

    /// <summary>The function that the code belongs to, or null.</summary>
    internal FuncData* Find(ushort* code)
    {
        for (int i = 0; i < _count; i++)
        {
            if ((nint)code >= _starts[i] && (nint)code < _starts[i] + (_lengths[i] * sizeof(ushort)))
            {
                return (FuncData*)_funcs[i];
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint chunk in _chunks)
        {
            NativeBlock.Free((void*)chunk);
        }

        _chunks.Clear();
        _count = 0;
        _next = null;
        _left = 0;
    }

    private void Remember(FuncData* func, ushort* start, int length)
    {
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, _count * 2);
            Array.Resize(ref _lengths, _count * 2);
            Array.Resize(ref _funcs, _count * 2);
        }

        _starts[_count] = (nint)start;
        _lengths[_count] = length;
        _funcs[_count++] = (nint)func;
    }
}
