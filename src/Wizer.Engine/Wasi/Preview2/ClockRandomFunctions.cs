using System.Buffers.Binary;
using Wizer.Engine.Components;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary><c>wasi:clocks/monotonic-clock</c>.</summary>
internal static class ClocksMonotonicClock
{
    /// <summary><c>now</c></summary>
    internal static ComponentValue? Now(scoped in Preview2Call call)
    {
        ClocksWallClock.Count(call);
        return ComponentValue.Of(call.Wasi.Clock.GetTime(WasiClockId.Monotonic));
    }

    /// <summary><c>resolution</c></summary>
    internal static ComponentValue? Resolution(scoped in Preview2Call call)
    {
        ClocksWallClock.Count(call);
        return ComponentValue.Of(call.Wasi.Clock.GetResolution(WasiClockId.Monotonic));
    }

    /// <summary><c>subscribe-instant</c></summary>
    internal static ComponentValue? SubscribeInstant(scoped in Preview2Call call) =>
        call.Context.Own(Preview2Context.Pollable, Pollable.At(call.U64(0)));

    /// <summary><c>subscribe-duration</c></summary>
    internal static ComponentValue? SubscribeDuration(scoped in Preview2Call call)
    {
        ulong now = call.Wasi.Clock.GetTime(WasiClockId.Monotonic);
        ulong duration = call.U64(0);
        return call.Context.Own(
            Preview2Context.Pollable, Pollable.At(duration > ulong.MaxValue - now ? ulong.MaxValue : now + duration));
    }
}

/// <summary><c>wasi:clocks/wall-clock</c>.</summary>
internal static class ClocksWallClock
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary><c>now</c></summary>
    internal static ComponentValue? Now(scoped in Preview2Call call)
    {
        Count(call);
        return Datetime(call.Wasi.Clock.GetTime(WasiClockId.Realtime));
    }

    /// <summary><c>resolution</c></summary>
    internal static ComponentValue? Resolution(scoped in Preview2Call call)
    {
        Count(call);
        return Datetime(call.Wasi.Clock.GetResolution(WasiClockId.Realtime));
    }

    /// <summary>A <c>datetime</c>.</summary>
    /// <param name="nanoseconds">Since 1970.</param>
    internal static ComponentValue Datetime(ulong nanoseconds) => ComponentValue.Record(
        ("seconds", ComponentValue.Of(nanoseconds / NanosecondsPerSecond)),
        ("nanoseconds", ComponentValue.Of((uint)(nanoseconds % NanosecondsPerSecond))));

    /// <summary>The nanoseconds since 1970 of a <c>datetime</c>; null when they are too many.</summary>
    internal static ulong? Nanoseconds(ComponentValue datetime)
    {
        UInt128 total = (UInt128)datetime.Items[0].AsUInt64 * NanosecondsPerSecond + datetime.Items[1].AsUInt64;
        return total <= ulong.MaxValue ? (ulong)total : null;
    }

    // A clock that the embedder made says what the embedder wants.
    internal static void Count(scoped in Preview2Call call)
    {
        if (call.Wasi.IsHostClock)
        {
            call.AnswerVaries();
        }
    }
}

/// <summary><c>wasi:random/random</c>.</summary>
internal static class RandomRandom
{
    /// <summary><c>get-random-bytes</c></summary>
    internal static ComponentValue? GetRandomBytes(scoped in Preview2Call call)
    {
        ulong length = call.U64(0);
        if (length > Lifting.MaxByteLength)
        {
            throw new WasmTrapException($"`{call.Name}` was asked for {length} bytes, which are more than a list may have");
        }

        byte[] bytes = new byte[(int)length];
        Fill(call, bytes);
        return ComponentValue.Bytes(bytes);
    }

    /// <summary><c>get-random-u64</c></summary>
    internal static ComponentValue? GetRandomU64(scoped in Preview2Call call) => ComponentValue.Of(Number(call));

    internal static ulong Number(scoped in Preview2Call call)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(call, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private static void Fill(scoped in Preview2Call call, Span<byte> bytes)
    {
        if (!bytes.IsEmpty && call.Wasi.IsHostRandom)
        {
            call.AnswerVaries();
        }

        while (!bytes.IsEmpty && !call.Interrupt.IsCancellationRequested)
        {
            Span<byte> chunk = bytes[..Math.Min(bytes.Length, WasiCall.ChunkByteLength)];
            call.Wasi.Random.Fill(chunk);
            bytes = bytes[chunk.Length..];
        }
    }
}

/// <summary><c>wasi:random/insecure</c>: as good as the others.</summary>
internal static class RandomInsecure
{
    /// <summary><c>get-insecure-random-bytes</c></summary>
    internal static ComponentValue? GetInsecureRandomBytes(scoped in Preview2Call call) => RandomRandom.GetRandomBytes(call);

    /// <summary><c>get-insecure-random-u64</c></summary>
    internal static ComponentValue? GetInsecureRandomU64(scoped in Preview2Call call) => RandomRandom.GetRandomU64(call);
}

/// <summary><c>wasi:random/insecure-seed</c>.</summary>
internal static class RandomInsecureSeed
{
    /// <summary><c>insecure-seed</c></summary>
    internal static ComponentValue? InsecureSeed(scoped in Preview2Call call)
    {
        ulong first = RandomRandom.Number(call);
        return ComponentValue.Tuple(ComponentValue.Of(first), ComponentValue.Of(RandomRandom.Number(call)));
    }
}
