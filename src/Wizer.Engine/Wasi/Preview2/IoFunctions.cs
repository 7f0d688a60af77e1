using Wizer.Engine.Components;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary><c>wasi:io/error</c>.</summary>
internal static class IoError
{
    /// <summary><c>[method]error.to-debug-string</c></summary>
    internal static ComponentValue? ErrorToDebugString(scoped in Preview2Call call) =>
        ComponentValue.Of(ErrorCodes.Of(call.Resource<StreamFailure>(0).Errno));
}

/// <summary><c>wasi:io/streams</c>.</summary>
internal static class IoStreams
{
    /// <summary><c>[method]input-stream.read</c></summary>
    internal static ComponentValue? InputStreamRead(scoped in Preview2Call call) => Read(call, waits: false);

    /// <summary><c>[method]input-stream.blocking-read</c></summary>
    internal static ComponentValue? InputStreamBlockingRead(scoped in Preview2Call call) => Read(call, waits: true);

    /// <summary><c>[method]input-stream.skip</c></summary>
    internal static ComponentValue? InputStreamSkip(scoped in Preview2Call call) => Skip(call, waits: false);

    /// <summary><c>[method]input-stream.blocking-skip</c></summary>
    internal static ComponentValue? InputStreamBlockingSkip(scoped in Preview2Call call) => Skip(call, waits: true);

    /// <summary><c>[method]input-stream.subscribe</c></summary>
    internal static ComponentValue? InputStreamSubscribe(scoped in Preview2Call call)
    {
        InputStream stream = call.Resource<InputStream>(0);
        return call.Context.Own(
            Preview2Context.Pollable, stream.IsAlwaysReady ? Pollable.Ready() : Pollable.OfInput(stream.Source.Share()));
    }

    /// <summary><c>[method]output-stream.check-write</c></summary>
    internal static ComponentValue? OutputStreamCheckWrite(scoped in Preview2Call call) => call.Resource<OutputStream>(0).IsClosed
        ? StreamFailure.Closed
        : ComponentValue.Ok(ComponentValue.Of((ulong)OutputStream.MostAtOnce));

    /// <summary><c>[method]output-stream.write</c></summary>
    internal static ComponentValue? OutputStreamWrite(scoped in Preview2Call call) => Write(call, OutputStream.MostAtOnce);

    /// <summary><c>[method]output-stream.blocking-write-and-flush</c></summary>
    internal static ComponentValue? OutputStreamBlockingWriteAndFlush(scoped in Preview2Call call) =>
        Write(call, OutputStream.MostUnasked);

    /// <summary><c>[method]output-stream.write-zeroes</c></summary>
    internal static ComponentValue? OutputStreamWriteZeroes(scoped in Preview2Call call) => WriteZeroes(call, OutputStream.MostAtOnce);

    /// <summary><c>[method]output-stream.blocking-write-zeroes-and-flush</c></summary>
    internal static ComponentValue? OutputStreamBlockingWriteZeroesAndFlush(scoped in Preview2Call call) =>
        WriteZeroes(call, OutputStream.MostUnasked);

    /// <summary><c>[method]output-stream.flush</c></summary>
    internal static ComponentValue? OutputStreamFlush(scoped in Preview2Call call) =>
        call.Resource<OutputStream>(0).IsClosed ? StreamFailure.Closed : ComponentValue.Ok();

    /// <summary><c>[method]output-stream.blocking-flush</c></summary>
    internal static ComponentValue? OutputStreamBlockingFlush(scoped in Preview2Call call) => OutputStreamFlush(call);

    /// <summary><c>[method]output-stream.subscribe</c>: a write does its own waiting.</summary>
    internal static ComponentValue? OutputStreamSubscribe(scoped in Preview2Call call) =>
        call.Context.Own(Preview2Context.Pollable, Pollable.Ready());

    /// <summary><c>[method]output-stream.splice</c></summary>
    internal static ComponentValue? OutputStreamSplice(scoped in Preview2Call call) => Splice(call, waits: false);

    /// <summary><c>[method]output-stream.blocking-splice</c></summary>
    internal static ComponentValue? OutputStreamBlockingSplice(scoped in Preview2Call call) => Splice(call, waits: true);

    private static ComponentValue Read(scoped in Preview2Call call, bool waits) =>
        call.Resource<InputStream>(0).TryRead(call, call.U64(1), waits, out byte[] bytes, out ComponentValue error)
            ? ComponentValue.Ok(ComponentValue.Bytes(bytes))
            : error;

    private static ComponentValue Skip(scoped in Preview2Call call, bool waits) =>
        call.Resource<InputStream>(0).TryRead(call, call.U64(1), waits, out byte[] bytes, out ComponentValue error)
            ? ComponentValue.Ok(ComponentValue.Of((ulong)bytes.Length))
            : error;

    private static ComponentValue Write(scoped in Preview2Call call, int most)
    {
        byte[] bytes = call.Bytes(1);
        DemandPermitted(call, (ulong)bytes.Length, most);
        return call.Resource<OutputStream>(0).TryWrite(call, bytes, out ComponentValue error) ? ComponentValue.Ok() : error;
    }

    private static ComponentValue WriteZeroes(scoped in Preview2Call call, int most)
    {
        ulong length = call.U64(1);
        DemandPermitted(call, length, most);
        return call.Resource<OutputStream>(0).TryWrite(call, new byte[(int)length], out ComponentValue error)
            ? ComponentValue.Ok()
            : error;
    }

    private static void DemandPermitted(scoped in Preview2Call call, ulong length, int most)
    {
        if (length > (ulong)most)
        {
            throw new WasmTrapException($"`{call.Name}` may write {most} bytes at most, not {length}");
        }
    }

    private static ComponentValue Splice(scoped in Preview2Call call, bool waits)
    {
        OutputStream target = call.Resource<OutputStream>(0);
        if (target.IsClosed)
        {
            return StreamFailure.Closed;
        }

        ulong length = Math.Min(call.U64(2), OutputStream.MostAtOnce);
        return !call.Resource<InputStream>(1).TryRead(call, length, waits, out byte[] bytes, out ComponentValue error) ? error
            : target.TryWrite(call, bytes, out error) ? ComponentValue.Ok(ComponentValue.Of((ulong)bytes.Length))
            : error;
    }
}
