namespace Wizer.Pipeline;

/// <summary>A set of functions of a module, by index.</summary>
/// <param name="count">How many functions there are at first.</param>
internal sealed class FuncSet(int count)
{
    private ulong[] _bits = new ulong[(count + 63) / 64];

    internal bool IsEmpty
    {
        get
        {
            foreach (ulong bits in _bits)
            {
                if (bits != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal void Add(uint funcIndex)
    {
        EnsureLength((int)(funcIndex >> 6) + 1);
        _bits[funcIndex >> 6] |= 1UL << (int)(funcIndex & 63);
    }

    internal void Add(FuncSet others) => Add(others._bits);

    /// <summary>Adds those of a list of bits; it may be empty.</summary>
    internal void Add(ulong[] bits)
    {
        EnsureLength(bits.Length);
        for (int i = 0; i < bits.Length; i++)
        {
            _bits[i] |= bits[i];
        }
    }

    internal void Remove(FuncSet others)
    {
        for (int i = 0; i < Math.Min(_bits.Length, others._bits.Length); i++)
        {
            _bits[i] &= ~others._bits[i];
        }
    }

    /// <summary>The indices, in order.</summary>
    internal uint[] ToArray()
    {
        var indices = new List<uint>();
        for (uint i = 0; i < (uint)_bits.Length * 64; i++)
        {
            if ((_bits[i >> 6] & (1UL << (int)(i & 63))) != 0)
            {
                indices.Add(i);
            }
        }

        return indices.ToArray();
    }

    private void EnsureLength(int length)
    {
        if (length > _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max(length, _bits.Length * 2));
        }
    }
}
