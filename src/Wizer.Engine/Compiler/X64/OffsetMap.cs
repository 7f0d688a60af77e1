namespace Wizer.Engine.Compiler.X64;

/// <summary>Which instruction of the module each place in a function's machine code belongs to.</summary>
internal sealed class OffsetMap
{
    private int[] _codeOffsets = new int[256];
    private int[] _moduleOffsets = new int[256];
    private int _count;

    /// <summary>The module offset of the first instruction that was added.</summary>
    internal int First => _moduleOffsets[0];

    /// <summary>Forgets all.</summary>
    internal void Clear() => _count = 0;

    /// <summary>From here on code is an instruction's; ascending.</summary>
    internal void Add(int codeOffset, int moduleOffset)
    {
        if (_count == _codeOffsets.Length)
        {
            Array.Resize(ref _codeOffsets, 2 * _count);
            Array.Resize(ref _moduleOffsets, 2 * _count);
        }

        _codeOffsets[_count] = codeOffset;
        _moduleOffsets[_count++] = moduleOffset;
    }

    /// <summary>The module offset of the instruction that a place in the code belongs to.</summary>
    /// <param name="behind">The place behind a machine instruction, as return addresses are.</param>
    internal int Find(int behind)
    {
        int low = 0;
        int high = _count;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (_codeOffsets[middle] < behind)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return _moduleOffsets[low];
    }
}
