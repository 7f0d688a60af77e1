using System.Runtime.CompilerServices;
using Wizer.Engine.Layout;
using Wizer.Engine.Platform;

namespace Wizer.Engine.Interpreter;

/// <summary>Moving many bytes, in pieces between which an interrupt is noticed.</summary>
internal static unsafe class BulkBytes
{
    /// <summary>How many are moved at a time: some milliseconds' worth.</summary>
    internal const ulong ChunkLength = 16 << 20;

    // To ask about pages takes a tenth of the time of filling so many bytes.
    private const uint MinFreshLength = 256 << 10;

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
        for (; count > ChunkLength; target += ChunkLength, count -= ChunkLength)
        {
            FillChunk(target, value, (uint)ChunkLength);
            if (IsInterrupted(context))
            {
                return TrapKind.Interrupted;
            }
        }

        FillChunk(target, value, (uint)count);
        return TrapKind.None;
    }

    private static void FillChunk(byte* target, byte value, uint count)
    {
        if (count >= MinFreshLength)
        {
            FreshPages.SupplyUnlessResident(target, count);
        }

        // Not Span.Fill, which has no precompiled code.
        Unsafe.InitBlockUnaligned(target, value, count);
    }

    /// <summary>Whether the guest was asked to stop.</summary>
    internal static bool IsInterrupted(GuestContext* context) => Volatile.Read(ref context->InterruptRequested) != 0;
}
