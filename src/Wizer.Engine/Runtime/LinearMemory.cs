using System.Runtime.InteropServices;
using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>A memory instance. Core 3.0, Execution: Memory Instances.</summary>
public sealed unsafe class LinearMemory : IDisposable
{
    private MemoryData* _data;

    /// <summary>Creates a memory of its type's minimum size, all zeros.</summary>
    public LinearMemory(MemoryType type)
    {
        Type = type;
        _data = (MemoryData*)NativeMemory.AllocZeroed((nuint)sizeof(MemoryData));
        _data->ByteLength = type.Limits.Minimum << type.PageSizeLog2;
        _data->Base = (byte*)NativeMemory.AllocZeroed((nuint)_data->ByteLength);
    }

    /// <summary>The type it was created with.</summary>
    public MemoryType Type { get; }

    /// <summary>The current size in bytes.</summary>
    public ulong ByteLength => _data->ByteLength;

    internal MemoryData* Data => _data;

    /// <summary>Looks at a part of the memory; the span is good until the memory grows or is disposed.</summary>
    /// <returns>False when the part reaches beyond the memory.</returns>
    public bool TryGetSpan(ulong address, int byteCount, out Span<byte> span)
    {
        if ((uint)byteCount > ByteLength || address > ByteLength - (uint)byteCount)
        {
            span = default;
            return false;
        }

        span = new Span<byte>(_data->Base + address, byteCount);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_data != null)
        {
            NativeMemory.Free(_data->Base);
            NativeMemory.Free(_data);
            _data = null;
        }
    }
}
