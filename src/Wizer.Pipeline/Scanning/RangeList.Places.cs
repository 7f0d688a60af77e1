using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

// Where its ranges are kept: eight bytes for each, since touching memory takes longer than all that is done with it, and as many again
// once there is one beyond 4 GiB.
internal sealed partial class RangeList
{
    // The lower halves of the first address and of the last one, which is that of the last byte: what ends at 4 GiB still has room.
    private ulong[] _lower = new ulong[FirstLength];

    // The upper halves, if they are not all zero.
    private ulong[]? _upper;

    // No span: spans of our structs would be compiled at start-up, every time.
    internal MemoryRange this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ulong lower = _lower[index];
            ulong[]? uppers = _upper;
            if (uppers is null)
            {
                return new MemoryRange((uint)lower, (lower >> 32) + 1);
            }

            ulong upper = uppers[index];
            return new MemoryRange((uint)lower | (upper << 32), ((lower >> 32) | (upper >> 32 << 32)) + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong StartOf(int index) => this[index].Start;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong EndOf(int index) => this[index].End;

    // Whatever was there before is overwritten.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Set(int index, ulong start, ulong end)
    {
        ulong last = end - 1;
        _lower[index] = (uint)start | (last << 32);
        if (_upper is not null || last > uint.MaxValue)
        {
            SetUpper(index, start, last);
        }
    }

    private void SetUpper(int index, ulong start, ulong last)
    {
        _upper ??= new ulong[_lower.Length];
        _upper[index] = (start >> 32) | (last >> 32 << 32);
    }

    private void Resize(int length)
    {
        _lower = Resized(_lower, length);
        _upper = _upper is null ? null : Resized(_upper, length);
    }

    private ulong[] Resized(ulong[] values, int length)
    {
        var resized = new ulong[length];
        Array.Copy(values, resized, Count);
        return resized;
    }
}
