using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wizer.Binary;

namespace Wizer.Engine.Native;

/// <summary>Blocks of native memory, counted: whoever allocates one frees it, and tests see that the count returns to zero.</summary>
internal static unsafe class NativeBlock
{
    private static int s_outstanding;

    /// <summary>Blocks not yet freed, in the whole process.</summary>
    internal static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>Allocates a zeroed block, at least one byte long.</summary>
    /// <exception cref="UnsupportedModuleException">The system has no more.</exception>
    internal static void* Allocate(ulong byteCount)
    {
        void* block = TryAllocate(byteCount);
        if (block == null)
        {
            throw new UnsupportedModuleException($"the system has no memory left for another {byteCount} bytes");
        }

        return block;
    }

    /// <summary>Allocates a zeroed block, at least one byte long; null when the system has no more.</summary>
    internal static void* TryAllocate(ulong byteCount)
    {
        void* block;
        try
        {
            block = NativeMemory.AllocZeroed((nuint)Math.Max(byteCount, 1));
        }
        catch (OutOfMemoryException)
        {
            return null;
        }

        Interlocked.Increment(ref s_outstanding);
        return block;
    }

    /// <summary>Allocates a zeroed block for <paramref name="count"/> items.</summary>
    // Inlined, because instantiations over the framework's own types are not precompiled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T* Allocate<T>(int count)
        where T : unmanaged => (T*)Allocate((ulong)count * (ulong)sizeof(T));

    /// <summary>Frees a block; null is fine.</summary>
    internal static void Free(void* block)
    {
        if (block != null)
        {
            NativeMemory.Free(block);
            Interlocked.Decrement(ref s_outstanding);
        }
    }
}
