using System.Buffers.Binary;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Waiting for time to pass or for descriptors to become ready.</summary>
internal static class PollFunctions
{
    private const int SubscriptionByteLength = 48;
    private const int EventByteLength = 32;
    private const uint SubscriptionLimit = 4096;
    private const byte ClockType = 0;
    private const byte WriteType = 2;
    private const ushort AbsoluteTime = 1;

    // A wait for both a clock and a descriptor looks at the clock and for an interrupt this often.
    private const ulong SliceNanoseconds = 20_000_000;

    /// <summary><c>poll_oneoff(in, out, nsubscriptions, nevents*)</c></summary>
    public static Errno Oneoff(scoped in WasiCall call)
    {
        uint count = call.U32(2);
        if (count is 0 or > SubscriptionLimit)
        {
            return Errno.Inval;
        }

        if (!call.TryGetSpan(call.U32(0), count * SubscriptionByteLength, out Span<byte> source)
            || !call.TryGetSpan(call.U32(1), count * EventByteLength, out Span<byte> events)
            || !call.Contains(call.U32(3), sizeof(uint)))
        {
            return Errno.Fault;
        }

        // The events may be written over the subscriptions.
        byte[] subscriptions = source.ToArray();
        ulong[] deadlines = Deadlines(call, subscriptions);

        // To sleep is to get one answer in the end; which of several things happens first is another matter.
        if (count > 1 && !call.Context.IsDeterministic)
        {
            call.AnswerVaries();
        }

        while (true)
        {
            int eventCount = CollectEvents(
                call, subscriptions, deadlines, events, out ulong wait, out Descriptor? blocked, out bool forWriting);
            if (eventCount != 0)
            {
                call.TryWriteU32(call.U32(3), (uint)eventCount);
                return Errno.Success;
            }

            if (blocked is null)
            {
                call.Context.Clock.Sleep(wait, call.Interrupt);
            }
            else
            {
                blocked.WaitUntilReady(forWriting, (int)(Math.Min(wait, SliceNanoseconds) / 1_000_000));
            }

            if (call.IsInterrupted)
            {
                return Errno.Intr;
            }
        }
    }

    /// <summary>For each subscription to a clock, the time on that clock when it is due.</summary>
    private static ulong[] Deadlines(scoped in WasiCall call, ReadOnlySpan<byte> subscriptions)
    {
        var deadlines = new ulong[subscriptions.Length / SubscriptionByteLength];
        for (int i = 0; i < deadlines.Length; i++)
        {
            ReadOnlySpan<byte> subscription = subscriptions[(i * SubscriptionByteLength)..];
            uint clock = BinaryPrimitives.ReadUInt32LittleEndian(subscription[16..]);
            if (subscription[8] != ClockType || !ClockFunctions.IsClock(clock))
            {
                continue;
            }

            ulong timeout = BinaryPrimitives.ReadUInt64LittleEndian(subscription[24..]);
            bool isAbsolute = (BinaryPrimitives.ReadUInt16LittleEndian(subscription[40..]) & AbsoluteTime) != 0;
            ulong now = isAbsolute ? 0 : call.Context.Clock.GetTime((WasiClockId)clock);
            deadlines[i] = timeout > ulong.MaxValue - now ? ulong.MaxValue : now + timeout;
        }

        return deadlines;
    }

    /// <summary>Writes an event for all that is due or ready or wrong.</summary>
    /// <param name="call">The call.</param>
    /// <param name="subscriptions">All of them.</param>
    /// <param name="deadlines">Of those to clocks.</param>
    /// <param name="events">Room for as many.</param>
    /// <param name="wait">Nanoseconds until the next deadline.</param>
    /// <param name="blocked">A descriptor to wait for meanwhile, if there is one that is not ready.</param>
    /// <param name="forWriting">In which direction.</param>
    private static int CollectEvents(
        scoped in WasiCall call,
        ReadOnlySpan<byte> subscriptions,
        ReadOnlySpan<ulong> deadlines,
        Span<byte> events,
        out ulong wait,
        out Descriptor? blocked,
        out bool forWriting)
    {
        wait = ulong.MaxValue;
        blocked = null;
        forWriting = false;
        int count = 0;
        for (int i = 0; i < deadlines.Length; i++)
        {
            ReadOnlySpan<byte> subscription = subscriptions.Slice(i * SubscriptionByteLength, SubscriptionByteLength);
            byte type = subscription[8];
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(subscription[16..]);
            Errno errno;
            ulong byteCount = 0;
            if (type == ClockType)
            {
                errno = ClockFunctions.IsClock(id) ? Errno.Success : Errno.Inval;
                ulong now = errno == Errno.Success ? call.Context.Clock.GetTime((WasiClockId)id) : 0;
                if (errno == Errno.Success && now < deadlines[i])
                {
                    wait = Math.Min(wait, deadlines[i] - now);
                    continue;
                }
            }
            else if (type <= WriteType)
            {
                bool writing = type == WriteType;
                errno = call.Context.Find(id, Rights.PollFdReadwrite, out Descriptor descriptor);

                // A file never waits, whatever it was opened for.
                if (errno == Errno.Success && (descriptor.Type == FileType.Directory
                    || (descriptor.IsStream && !(writing ? descriptor.CanWrite : descriptor.CanRead))))
                {
                    errno = Errno.Badf;
                }

                if (errno == Errno.Success && !descriptor.WaitUntilReady(writing, 0))
                {
                    if (blocked is null)
                    {
                        blocked = descriptor;
                        forWriting = writing;
                    }

                    continue;
                }

                byteCount = errno == Errno.Success ? writing ? 1 : descriptor.AvailableByteCount() : 0;
            }
            else
            {
                errno = Errno.Inval;
            }

            Span<byte> result = events.Slice(count++ * EventByteLength, EventByteLength);
            subscription[..8].CopyTo(result);
            BinaryPrimitives.WriteUInt16LittleEndian(result[8..], (ushort)errno);
            result[10] = type;
            BinaryPrimitives.WriteUInt64LittleEndian(result[16..], byteCount);
            BinaryPrimitives.WriteUInt16LittleEndian(result[24..], 0);
        }

        return count;
    }
}
