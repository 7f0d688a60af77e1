using System.Runtime.CompilerServices;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>Moving many bytes, in pieces between which an interrupt is noticed.</summary>
internal static unsafe class BulkBytes
{
    /// <summary>How many are moved at a time: some milliseconds' worth.</summary>
    internal const ulong ChunkLength = 16 << 20;

    /// <summary>Copies bytes; the two places may overlap.</summary>
    internal static TrapKind Copy(GuestContext* context, byte* source, byte* target, ulong count)
    {
        // From the end that keeps overlapping bytes from being read after they were written.
        bool isBackward = target > source;
        while (count != 0)
        {
            ulong chunk = Math.Min(count, ChunkLength);
            count -= chunk;
            ulong skip = isBackward ? count : 0;
            Buffer.MemoryCopy(source + skip, target + skip, chunk, chunk);
            if (!isBackward)
            {
                source += chunk;
                target += chunk;
            }

            if (count != 0 && IsInterrupted(context))
            {
                return TrapKind.Interrupted;
            }
        }

        return TrapKind.None;
    }

    /// <summary>Fills bytes with a value.</summary>
    internal static TrapKind Fill(GuestContext* context, byte* target, byte value, ulong count)
    {
        // Not Span.Fill, which has no precompiled code.
        for (; count > ChunkLength; target += ChunkLength, count -= ChunkLength)
        {
            Unsafe.InitBlockUnaligned(target, value, (uint)ChunkLength);
            if (IsInterrupted(context))
            {
                return TrapKind.Interrupted;
            }
        }

        Unsafe.InitBlockUnaligned(target, value, (uint)count);
        return TrapKind.None;
    }

    /// <summary>Whether the guest was asked to stop.</summary>
    internal static bool IsInterrupted(GuestContext* context) => Volatile.Read(ref context->InterruptRequested) != 0;
}
