using System.Runtime.InteropServices;
using Wizer.Engine.Native;

namespace Wizer.Engine.Runtime;

/// <summary>A copy of native memory, without the zeros at its end.</summary>
internal sealed unsafe class SavedBytes : IDisposable
{
    private byte* _copy;

    /// <param name="from">What to copy.</param>
    /// <param name="byteLength">How much, with the zeros.</param>
    internal SavedBytes(void* from, ulong byteLength)
    {
        var bytes = (byte*)from;
        while (byteLength != 0 && bytes[byteLength - 1] == 0)
        {
            int piece = (int)Math.Min(byteLength, 1UL << 20);
            byteLength -= (ulong)piece;
            byteLength += (ulong)(new ReadOnlySpan<byte>(bytes + byteLength, piece).LastIndexOfAnyExcept((byte)0) + 1);
        }

        ByteLength = byteLength;
        if (byteLength != 0)
        {
            _copy = (byte*)NativeBlock.Allocate(byteLength);
            NativeMemory.Copy(from, _copy, (nuint)byteLength);
        }
    }

    /// <summary>The size of the copy.</summary>
    internal ulong ByteLength { get; private set; }

    /// <summary>Copies back to where all is zero.</summary>
    internal void CopyTo(void* to) => NativeMemory.Copy(_copy, to, (nuint)ByteLength);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeBlock.Free(_copy);
        _copy = null;
        ByteLength = 0;
    }
}
