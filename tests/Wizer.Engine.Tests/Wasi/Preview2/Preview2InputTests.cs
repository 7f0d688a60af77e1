using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary>Standard input that is a pipe of the host, on either layer: who waits for it, and who does not.</summary>
public sealed class Preview2InputTests : IDisposable
{
    private readonly AnonymousPipeServerStream _writer = new(PipeDirection.Out);
    private readonly Preview2Guest _guest = new();

    public static TheoryData<bool> Layers => [false, true];

    public void Dispose()
    {
        _guest.Dispose();
        _writer.Dispose();
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void AReadThatDoesNotWait_FindsNothing_AndOneThatWaits_FindsWhatComes(bool portable)
    {
        ComponentValue input = Attach(portable, alwaysWaits: false);
        ComponentValue pollable = _guest.Stream("input-stream.subscribe", input);
        Assert.Equal("ok([])", _guest.Stream("input-stream.read", input, ComponentValue.Of(4UL)).ToString());
        Assert.Equal(1, CountOf("[method]input-stream.read"));
        Assert.Equal("false", _guest.Call("wasi:io/poll", "[method]pollable.ready", pollable).ToString());
        Assert.Equal(1, CountOf("[method]pollable.ready"));
        Task late = Task.Run(() =>
        {
            Thread.Sleep(60);
            _writer.Write("late"u8);
        });
        _guest.Call("wasi:io/poll", "[method]pollable.block", pollable);
        Assert.Equal(
            "late", Preview2Guest.TextOf(Preview2Guest.Ok(_guest.Stream("input-stream.blocking-read", input, ComponentValue.Of(99UL)))));
        late.GetAwaiter().GetResult();
        _writer.Dispose();
        Assert.Equal("err(closed)", _guest.Stream("input-stream.blocking-read", input, ComponentValue.Of(4UL)).ToString());
        Assert.Equal("err(closed)", _guest.Stream("input-stream.read", input, ComponentValue.Of(4UL)).ToString());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void AClock_EndsAWaitForInput(bool portable)
    {
        ComponentValue input = Attach(portable, alwaysWaits: false);
        ComponentValue pollable = _guest.Stream("input-stream.subscribe", input);
        ComponentValue soon = _guest.Call("wasi:clocks/monotonic-clock", "subscribe-duration", ComponentValue.Of(30_000_000UL))!.Value;
        ComponentValue both = ComponentValue.List(ComponentValue.Borrow(pollable.AsResource), ComponentValue.Borrow(soon.AsResource));
        Assert.Equal("[1]", _guest.Call("wasi:io/poll", "poll", both).ToString());
        Assert.Equal(1, CountOf("poll"));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void ADeterministicGuest_Waits_AndFillsItsBuffer(bool portable)
    {
        ComponentValue input = Attach(portable, alwaysWaits: true);
        Task late = Task.Run(() =>
        {
            _writer.Write("in "u8);
            Thread.Sleep(60);
            _writer.Write("pieces"u8);
            _writer.Dispose();
        });
        Assert.Equal("in pie", Read(6));
        Assert.Equal("ces", Read(6));
        late.GetAwaiter().GetResult();

        string Read(ulong length) =>
            Preview2Guest.TextOf(Preview2Guest.Ok(_guest.Stream("input-stream.read", input, ComponentValue.Of(length))));
    }

    private ComponentValue Attach(bool portable, bool alwaysWaits)
    {
        SafePipeHandle handle = _writer.ClientSafePipeHandle;
        HostFile file = portable || !OperatingSystem.IsLinux()
            ? new PortableStream(new AnonymousPipeClientStream(PipeDirection.In, handle), isTerminal: false)
            : new LinuxFile(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileType.Unknown);
        DescriptorTable table = _guest.Wasi.Context.Wasi.Descriptors;
        Assert.Equal(Errno.Success, table.Close(0));
        Assert.Equal(Errno.Success, table.Add(new FileDescriptor(file, isInput: true, alwaysWaits), out uint number));
        Assert.Equal(0u, number);
        return _guest.Call("wasi:cli/stdin", "get-stdin")!.Value;
    }

    private long CountOf(string name) => _guest.Wasi.Functions.Single(function => function.Name == name).NondeterministicCallCount;
}
