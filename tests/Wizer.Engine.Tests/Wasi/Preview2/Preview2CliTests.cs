using System.Text;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary>Environment, arguments, exits, standard streams, clocks, random numbers and what has no network.</summary>
public sealed class Preview2CliTests
{
    [Fact]
    public void EnvironmentAndArguments_AreTheOptions()
    {
        using var guest = new Preview2Guest(new WasiOptions
        {
            Arguments = ["program", "é"],
            Environment = [new WasiVariable("A", "1"), new WasiVariable("B", "x=y")],
        });
        Assert.Equal("[(\"A\", \"1\"), (\"B\", \"x=y\")]", guest.Call("wasi:cli/environment", "get-environment").ToString());
        Assert.Equal("[\"program\", \"é\"]", guest.Call("wasi:cli/environment", "get-arguments").ToString());
        Assert.Equal("none", guest.Call("wasi:cli/environment", "initial-cwd").ToString());
        Assert.Equal((1, 0), CountsOf(guest, "get-environment"));
        Assert.True(guest.Wasi.Context.Wasi.IsEnvironmentKnown);
    }

    [Fact]
    public void AnInheritedEnvironment_CountsAsVarying()
    {
        using var guest = new Preview2Guest(new WasiOptions { IsEnvironmentInherited = true, Deterministic = new DeterministicOptions() });
        guest.Call("wasi:cli/environment", "get-environment");
        Assert.Equal((1, 1), CountsOf(guest, "get-environment"));
    }

    [Fact]
    public void Exits_EndTheGuest()
    {
        using var guest = new Preview2Guest();
        Assert.Equal(0, Exit("exit", ComponentValue.Ok()));
        Assert.Equal(1, Exit("exit", ComponentValue.Error()));
        Assert.Equal(42, Exit("exit-with-code", ComponentValue.Of((byte)42)));

        int Exit(string name, ComponentValue argument) =>
            Assert.Throws<WasiExitException>(() => guest.Call("wasi:cli/exit", name, argument)).ExitCode;
    }

    [Fact]
    public void Output_GoesWhereTheOptionsSay()
    {
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        using var guest = new Preview2Guest(new WasiOptions { Stdout = stdout, Stderr = stderr });
        ComponentValue output = guest.Call("wasi:cli/stdout", "get-stdout")!.Value;
        ComponentValue errors = guest.Call("wasi:cli/stderr", "get-stderr")!.Value;
        Assert.Equal("ok(1048576)", guest.Stream("output-stream.check-write", output).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.write", output, ComponentValue.Bytes("to stdout"u8)).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.blocking-write-and-flush", errors, ComponentValue.Bytes("to stderr"u8)).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.write-zeroes", output, ComponentValue.Of(2UL)).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.blocking-write-zeroes-and-flush", output, ComponentValue.Of(1UL)).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.flush", output).ToString());
        Assert.Equal("ok", guest.Stream("output-stream.blocking-flush", output).ToString());
        Assert.Equal("to stdout\0\0\0", Encoding.UTF8.GetString(stdout.ToArray()));
        Assert.Equal("to stderr", Encoding.UTF8.GetString(stderr.ToArray()));
        Assert.True(IsReady(guest, guest.Stream("output-stream.subscribe", output)));
    }

    [Theory]
    [InlineData("output-stream.write", 1_048_577)]
    [InlineData("output-stream.blocking-write-and-flush", 4097)]
    public void MoreThanIsPermitted_Traps(string function, int length)
    {
        using var guest = new Preview2Guest();
        ComponentValue output = guest.Call("wasi:cli/stdout", "get-stdout")!.Value;
        Assert.Equal("ok", guest.Stream(function, output, ComponentValue.Bytes(new byte[length - 1])).ToString());
        string message = Assert.Throws<WasmTrapException>(
            () => guest.Stream(function, output, ComponentValue.Bytes(new byte[length]))).Message;
        Assert.Equal($"`wasi:io/streams.[method]{function}` may write {length - 1} bytes at most, not {length}", message);
    }

    [Fact]
    public void ABrokenStream_FailsOnce_AndIsClosedThen()
    {
        using var guest = new Preview2Guest(new WasiOptions { Stdout = new BrokenStream() });
        ComponentValue output = guest.Call("wasi:cli/stdout", "get-stdout")!.Value;
        ComponentValue failure = guest.Stream("output-stream.write", output, ComponentValue.Bytes("x"u8)).Payload!.Value;
        Assert.Equal("last-operation-failed", failure.Label);
        Assert.Equal("\"io\"", guest.Call("wasi:io/error", "[method]error.to-debug-string", failure.Payload!.Value).ToString());
        Assert.Equal("some(io)", guest.Call("wasi:filesystem/types", "filesystem-error-code", failure.Payload!.Value).ToString());
        Assert.Equal("none", guest.Call("wasi:http/types", "http-error-code", failure.Payload!.Value).ToString());
        Assert.Equal("err(closed)", guest.Stream("output-stream.write", output, ComponentValue.Bytes("x"u8)).ToString());
        Assert.Equal("err(closed)", guest.Stream("output-stream.check-write", output).ToString());
        Assert.Equal("err(closed)", guest.Stream("output-stream.flush", output).ToString());
    }

    [Fact]
    public void Input_IsReadToItsEnd()
    {
        using var stdin = new MemoryStream("0123456789"u8.ToArray());
        using var stdout = new MemoryStream();
        using var guest = new Preview2Guest(new WasiOptions { Stdin = stdin, Stdout = stdout });
        ComponentValue input = guest.Call("wasi:cli/stdin", "get-stdin")!.Value;
        ComponentValue output = guest.Call("wasi:cli/stdout", "get-stdout")!.Value;
        Assert.True(IsReady(guest, guest.Stream("input-stream.subscribe", input)));
        Assert.Equal("ok([])", guest.Stream("input-stream.read", input, ComponentValue.Of(0UL)).ToString());
        Assert.Equal("01", Preview2Guest.TextOf(Preview2Guest.Ok(guest.Stream("input-stream.read", input, ComponentValue.Of(2UL)))));
        Assert.Equal("ok(1)", guest.Stream("input-stream.skip", input, ComponentValue.Of(1UL)).ToString());
        Assert.Equal("ok(1)", guest.Stream("input-stream.blocking-skip", input, ComponentValue.Of(1UL)).ToString());
        Assert.Equal("ok(2)", guest.Stream("output-stream.splice", output, input, ComponentValue.Of(2UL)).ToString());
        Assert.Equal("ok(4)", guest.Stream("output-stream.blocking-splice", output, input, ComponentValue.Of(ulong.MaxValue)).ToString());
        Assert.Equal("456789", Encoding.UTF8.GetString(stdout.ToArray()));
        Assert.Equal("err(closed)", guest.Stream("input-stream.blocking-read", input, ComponentValue.Of(1UL)).ToString());
        Assert.Equal("err(closed)", guest.Stream("input-stream.read", input, ComponentValue.Of(1UL)).ToString());
        Assert.Equal("err(closed)", guest.Stream("output-stream.splice", output, input, ComponentValue.Of(2UL)).ToString());
    }

    [Fact]
    public void StreamsThatAreNone_AreEmpty_AndNoTerminals()
    {
        using var guest = new Preview2Guest();
        ComponentValue input = guest.Call("wasi:cli/stdin", "get-stdin")!.Value;
        Assert.Equal("err(closed)", guest.Stream("input-stream.read", input, ComponentValue.Of(1UL)).ToString());
        foreach (string name in new[] { "stdin", "stdout", "stderr" })
        {
            Assert.Equal("none", guest.Call($"wasi:cli/terminal-{name}", $"get-terminal-{name}").ToString());
        }
    }

    [Fact]
    public void Clocks_AreThoseOfTheOptions()
    {
        using var guest = new Preview2Guest(new WasiOptions { Deterministic = new DeterministicOptions { UnixSeconds = 1_700_000_000 } });
        Assert.Equal("{seconds: 1700000000, nanoseconds: 0}", guest.Call("wasi:clocks/wall-clock", "now").ToString());
        Assert.Equal("2000000", guest.Call("wasi:clocks/monotonic-clock", "now").ToString());
        Assert.Equal("{seconds: 1700000000, nanoseconds: 2000000}", guest.Call("wasi:clocks/wall-clock", "now").ToString());
        Assert.Equal("{seconds: 0, nanoseconds: 1000000}", guest.Call("wasi:clocks/wall-clock", "resolution").ToString());
        Assert.Equal("1000000", guest.Call("wasi:clocks/monotonic-clock", "resolution").ToString());
        Assert.All(guest.Wasi.Functions, function => Assert.Equal(0, function.NondeterministicCallCount));
        using var host = new Preview2Guest();
        host.Call("wasi:clocks/monotonic-clock", "now");
        Assert.Equal(1, host.Wasi.Functions.Single(function => function.NondeterministicCallCount != 0).CallCount);
    }

    [Fact]
    public void Sleeping_TakesNoTimeInADeterministicRun()
    {
        using var guest = new Preview2Guest(new WasiOptions { Deterministic = new DeterministicOptions() });
        ComponentValue hour = guest.Call("wasi:clocks/monotonic-clock", "subscribe-duration", ComponentValue.Of(3_600_000_000_000UL))!.Value;
        ComponentValue day = guest.Call("wasi:clocks/monotonic-clock", "subscribe-instant", ComponentValue.Of(86_400_000_000_000UL))!.Value;
        Assert.False(IsReady(guest, hour));
        Assert.Equal("[1]", guest.Call("wasi:io/poll", "poll", ComponentValue.List(Lent(day), Lent(hour))).ToString());
        Assert.True(IsReady(guest, hour));
        guest.Call("wasi:io/poll", "[method]pollable.block", day);
        Assert.True(IsReady(guest, day));
        Assert.InRange(guest.Call("wasi:clocks/monotonic-clock", "now")!.Value.AsUInt64, 86_400_000_000_000UL, 86_401_000_000_000UL);
        Assert.Equal(
            "`wasi:io/poll.poll` was called with an empty list",
            Assert.Throws<WasmTrapException>(() => guest.Call("wasi:io/poll", "poll", ComponentValue.List())).Message);
    }

    [Fact]
    public void AnInterrupt_EndsAWait()
    {
        using var guest = new Preview2Guest();
        ComponentValue never = guest.Call("wasi:clocks/monotonic-clock", "subscribe-duration", ComponentValue.Of(ulong.MaxValue))!.Value;
        guest.Interrupt();
        guest.Call("wasi:io/poll", "[method]pollable.block", never);
        Assert.Equal("[]", guest.Call("wasi:io/poll", "poll", ComponentValue.List(Lent(never))).ToString());
    }

    [Fact]
    public void RandomNumbers_AreOneSequenceInADeterministicRun()
    {
        using var guest = new Preview2Guest(new WasiOptions { Deterministic = new DeterministicOptions { RandomSeed = 1234567 } });
        Assert.Equal("6457827717110365317", guest.Call("wasi:random/random", "get-random-u64").ToString());
        Assert.Equal("3203168211198807973", guest.Call("wasi:random/insecure", "get-insecure-random-u64").ToString());
        byte[] bytes = guest.Call("wasi:random/random", "get-random-bytes", ComponentValue.Of(8UL))!.Value.PackedItems!.Bytes;
        Assert.Equal(9817491932198370423UL, BitConverter.ToUInt64(bytes));
        Assert.Empty(guest.Call("wasi:random/insecure", "get-insecure-random-bytes", ComponentValue.Of(0UL))!.Value.Items);
        Assert.Equal(2, guest.Call("wasi:random/insecure-seed", "insecure-seed")!.Value.Items.Distinct().Count());
        Assert.All(guest.Wasi.Functions, function => Assert.Equal(0, function.NondeterministicCallCount));
        Assert.Contains(
            "more than a list may have",
            Assert.Throws<WasmTrapException>(() => guest.Call("wasi:random/random", "get-random-bytes", ComponentValue.Of(1UL << 40))).Message,
            StringComparison.Ordinal);
        using var host = new Preview2Guest();
        Assert.NotEqual(host.Call("wasi:random/random", "get-random-u64"), host.Call("wasi:random/random", "get-random-u64"));
        Assert.Equal((2, 2), CountsOf(host, "get-random-u64"));
    }

    [Fact]
    public void Sockets_AreNotSupported()
    {
        using var guest = new Preview2Guest();
        ComponentValue network = guest.Call("wasi:sockets/instance-network", "instance-network")!.Value;
        Assert.Equal(
            "err(not-supported)",
            guest.Call("wasi:sockets/tcp-create-socket", "create-tcp-socket", ComponentValue.Enum("ipv4")).ToString());
        Assert.Equal(
            "err(not-supported)",
            guest.Call("wasi:sockets/udp-create-socket", "create-udp-socket", ComponentValue.Enum("ipv6")).ToString());
        Assert.Equal(
            "err(not-supported)",
            guest.Call("wasi:sockets/ip-name-lookup", "resolve-addresses", network, ComponentValue.Of("example.org")).ToString());
    }

    [Fact]
    public void WhatHasNoErrorForIt_Traps_AndNamesTheCall()
    {
        using var guest = new Preview2Guest();
        Assert.Equal(
            "`wasi:http/types.[constructor]fields` is not supported: a component that is initialized has no network and serves nobody",
            Assert.Throws<WasmTrapException>(() => guest.Call("wasi:http/types", "[constructor]fields")).Message);
    }

    [Fact]
    public void Resources_AreFreedWhenTheyAreDropped()
    {
        using var guest = new Preview2Guest();
        for (int i = 0; i < 2 * ResourceLimit; i++)
        {
            guest.Call("wasi:cli/stdout", "get-stdout")!.Value.AsResource.Drop();
        }

        const string Message = "too many resources of WASI: at most 262144 are supported";
        Assert.Equal(Message, Assert.Throws<WasmTrapException>(() =>
        {
            for (int i = 0; i <= ResourceLimit; i++)
            {
                guest.Call("wasi:cli/stdout", "get-stdout");
            }
        }).Message);
    }

    private const int ResourceLimit = Engine.Wasi.Preview2.ResourceTable.Limit;

    private static ComponentValue Lent(ComponentValue handle) => ComponentValue.Borrow(handle.AsResource);

    private static bool IsReady(Preview2Guest guest, ComponentValue pollable) =>
        guest.Call("wasi:io/poll", "[method]pollable.ready", pollable)!.Value.AsBoolean;

    private static (long Calls, long Varying) CountsOf(Preview2Guest guest, string name)
    {
        WasiPreview2Function function = guest.Wasi.Functions.Single(function => function.Name == name);
        return (function.CallCount, function.NondeterministicCallCount);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("no space");
    }
}
