using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The exceptions of a run. One that the guest may still refer to is kept until its end; most are forgotten the moment they are
/// caught.
/// </summary>
/// <param name="budget">Of what all exceptions that are kept take their bytes.</param>
internal sealed unsafe class ExceptionStorage(Budget* budget) : IDisposable
{
    private const ulong BlockByteLength = 64 << 10;

    // Each block begins with the address of the one before.
    private byte* _blocks;
    private byte* _next;
    private byte* _end;

    /// <summary>The bytes of all blocks with exceptions.</summary>
    internal ulong ByteLength { get; private set; }

    /// <summary>Makes an exception.</summary>
    /// <param name="tag">What kind.</param>
    /// <param name="values">As many slots as the tag says.</param>
    /// <returns>Null when there is no room for it.</returns>
    internal ExceptionData* TryCreate(TagData* tag, ulong* values)
    {
        ulong byteLength = ExceptionData.ByteLength(tag);
        if ((ulong)(_end - _next) < byteLength && !TryAddRoom(byteLength))
        {
            return null;
        }

        var exception = (ExceptionData*)_next;
        _next += byteLength;
        exception->Tag = tag;
        Buffer.MemoryCopy(values, ExceptionData.ValuesOf(exception), byteLength, (ulong)tag->ParameterSlots * sizeof(ulong));
        return exception;
    }

    /// <summary>Forgets an exception that nothing refers to, when it is the latest.</summary>
    internal void Forget(ExceptionData* exception)
    {
        if ((byte*)exception + ExceptionData.ByteLength(exception->Tag) == _next)
        {
            _next = (byte*)exception;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_blocks != null)
        {
            byte* before = *(byte**)_blocks;
            NativeBlock.Free(_blocks);
            _blocks = before;
        }

        _next = _end = null;
    }

    private bool TryAddRoom(ulong byteLength)
    {
        ulong size = Math.Max(BlockByteLength, byteLength + (ulong)sizeof(nint));
        if (size > budget->Remaining)
        {
            return false;
        }

        var block = (byte*)NativeBlock.TryAllocate(size);
        if (block == null)
        {
            return false;
        }

        *(byte**)block = _blocks;
        _blocks = block;
        ByteLength += size;
        budget->Remaining -= size;
        _next = block + sizeof(nint);
        _end = block + size;
        return true;
    }
}
