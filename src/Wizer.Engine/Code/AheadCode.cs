using Wizer.Engine.Native;

namespace Wizer.Engine.Code;

/// <summary>Translated code of a function that has not been called yet, until <see cref="CodeArena"/> has taken it.</summary>
internal sealed unsafe class AheadCode : IDisposable
{
    private ushort* _units;
    private readonly int _length;

    internal AheadCode(ReadOnlySpan<ushort> units, int[]? loopPlaces)
    {
        LoopPlaces = loopPlaces;
        _length = units.Length;
        _units = (ushort*)NativeBlock.Allocate((ulong)_length * sizeof(ushort));
        units.CopyTo(new Span<ushort>(_units, _length));
    }

    /// <summary>The code.</summary>
    internal ReadOnlySpan<ushort> Units => new(_units, _length);

    /// <summary>How many slots a frame has.</summary>
    internal uint FrameSlots => *(uint*)_units;

    /// <summary>See <see cref="CodeArena.Piece.LoopPlaces"/>.</summary>
    internal int[]? LoopPlaces { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeBlock.Free(_units);
        _units = null;
    }
}
