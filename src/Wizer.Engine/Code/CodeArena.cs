using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;

namespace Wizer.Engine.Code;

/// <summary>
/// Where translated code lives, with its handlers: native chunks that never move and are freed together, and whose code is whose.
/// </summary>
internal sealed unsafe class CodeArena : IDisposable
{
    private const int ChunkUnits = 128 * 1024;
    private const int MaxSuppliedUnits = 8 * 1024;

    // Lists of objects: lists of values would have no precompiled code. Pieces ascend within a chunk.
    private readonly List<Chunk> _chunks = [];
    private readonly List<Piece> _pieces = [];
    private HandlerData*[] _handlers = new HandlerData*[0];
    private int _handlerCount;
    private ushort* _next;
    private int _left;

    // The pages of this part of the chunk are there; and what all chunks hold.
    private ushort* _supplied;
    private long _unitCount;

    /// <summary>Copies a function's code to where it stays.</summary>
    /// <param name="func">Whose it is.</param>
    /// <param name="code">The code.</param>
    /// <param name="loopPlaces">See <see cref="Piece.LoopPlaces"/>.</param>
    internal ushort* Add(FuncData* func, ReadOnlySpan<ushort> code, int[]? loopPlaces = null)
    {
        if (code.Length > _left)
        {
            _left = Math.Max(ChunkUnits, code.Length);
            _next = _supplied = (ushort*)NativeBlock.Allocate((ulong)_left * sizeof(ushort));
            _chunks.Add(new Chunk(_next, _left, _pieces.Count));
        }

        ushort* start = _next;
        Supply(start + code.Length);
        code.CopyTo(new Span<ushort>(start, code.Length));

        // Eight-byte alignment, so that fewer 64-bit immediates straddle cache lines.
        int used = Math.Min((code.Length + 3) & ~3, _left);
        _next += used;
        _left -= used;
        _unitCount += used;
        _pieces.Add(new Piece(func, start, code.Length, loopPlaces));
        return start;
    }

    // What is not there yet up to a unit, and beyond as much as there is code already, or a step.
    private void Supply(ushort* end)
    {
        if (end > _supplied)
        {
            end += Math.Min(_next + _left - end, Math.Min(_unitCount, MaxSuppliedUnits));
            FreshPages.Supply(_supplied, (ulong)((byte*)end - (byte*)_supplied));
            _supplied = end;
        }
    }

    /// <summary>Room for a function's handlers.</summary>
    internal HandlerData* AllocateHandlers(int count)
    {
        HandlerData* block = NativeBlock.Allocate<HandlerData>(count);
        if (_handlerCount == _handlers.Length)
        {
            var grown = new HandlerData*[Math.Max(16, _handlerCount * 2)];
            Array.Copy(_handlers, grown, _handlerCount);
            _handlers = grown;
        }

        _handlers[_handlerCount++] = block;
        return block;
    }

    /// <summary>The function that the code belongs to, or null.</summary>
    internal FuncData* Find(ushort* code)
    {
        Piece? piece = FindPiece(code);
        return piece == null ? null : piece.Func;
    }

    /// <summary>The code of a function that includes the unit, or null.</summary>
    internal Piece? FindPiece(ushort* code)
    {
        // Few chunks, of many pieces each.
        int index = _chunks.Count - 1;
        while (index >= 0 && (code < _chunks[index].Start || code >= _chunks[index].Start + _chunks[index].Length))
        {
            index--;
        }

        if (index < 0)
        {
            return null;
        }

        // The last piece that does not start behind the code.
        int low = _chunks[index].FirstPiece;
        int end = index + 1 < _chunks.Count ? _chunks[index + 1].FirstPiece : _pieces.Count;
        while (end - low > 1)
        {
            int middle = (low + end) >>> 1;
            if (code < _pieces[middle].Start)
            {
                end = middle;
            }
            else
            {
                low = middle;
            }
        }

        return code < _pieces[low].Start + _pieces[low].Length ? _pieces[low] : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Chunk chunk in _chunks)
        {
            NativeBlock.Free(chunk.Start);
        }

        for (int i = 0; i < _handlerCount; i++)
        {
            NativeBlock.Free(_handlers[i]);
        }

        _handlerCount = 0;
        _chunks.Clear();
        _pieces.Clear();
        _next = _supplied = null;
        _left = 0;
    }

    private sealed class Chunk(ushort* start, int length, int firstPiece)
    {
        internal ushort* Start { get; } = start;

        internal int Length { get; } = length;

        internal int FirstPiece { get; } = firstPiece;
    }

    /// <summary>A range of code, and whose it is.</summary>
    internal sealed class Piece(FuncData* func, ushort* start, int length, int[]? loopPlaces)
    {
        internal FuncData* Func { get; } = func;

        internal ushort* Start { get; } = start;

        internal int Length { get; } = length;

        /// <summary>Unit and module offset of each loop; null when more must be known of them than that.</summary>
        internal int[]? LoopPlaces { get; } = loopPlaces;
    }
}
