using System.Buffers.Binary;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>Standard input that is a pipe of the host, on either layer: waiting, not waiting, and its end.</summary>
public sealed class StandardInputTests : IDisposable
{
    private readonly AnonymousPipeServerStream _writer = new(PipeDirection.Out);
    private readonly WasiGuest _guest = new();

    public static TheoryData<bool> Layers => [false, true];

    [Theory]
    [MemberData(nameof(Layers))]
    public void WhatIsThere_IsRead_AndTheEndIsTheEnd(bool portable)
    {
        Attach(portable);
        _writer.Write("first"u8);
        Assert.Equal("fir", _guest.MustRead(0, 3));
        Assert.Equal("st", _guest.MustRead(0, 100));
        _writer.Write("second"u8);
        Assert.Equal("second", _guest.MustRead(0, 100));
        _writer.Dispose();
        Assert.Equal("", _guest.MustRead(0, 100));
        Assert.Equal("", _guest.MustRead(0, 100));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void AWait_EndsWithWhatComes_OrAnInterrupt(bool portable)
    {
        Attach(portable);
        Task late = Task.Run(() =>
        {
            Thread.Sleep(60);
            _writer.Write("late"u8);
        });
        Assert.Equal("late", _guest.MustRead(0, 100));
        late.GetAwaiter().GetResult();
        using var source = new CancellationTokenSource(millisecondsDelay: 50);
        _guest.Interrupt = source.Token;
        Assert.Equal(Errno.Intr, _guest.Read(0, 4, out _));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void WhoeverDoesNotWait_IsToldToComeAgain(bool portable)
    {
        Attach(portable);
        _guest.Succeed("fd_fdstat_set_flags", 0, (ulong)FdFlags.Nonblock);
        Assert.Equal(Errno.Again, _guest.Read(0, 4, out _));
        Assert.Equal(1, _guest.Functions.Single(static f => f.Name == "fd_read").NondeterministicCallCount);
        _writer.Write("text"u8);
        Assert.Equal("text", ReadSoon());
        Assert.Equal(Errno.Again, _guest.Read(0, 4, out _));
        _writer.Dispose();
        Assert.Equal("", ReadSoon());

        // And waits again when it asks to.
        _guest.Succeed("fd_fdstat_set_flags", 0, 0);
        Assert.Equal("", _guest.MustRead(0, 4));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void ADeterministicGuest_Waits_AndFillsItsBuffer(bool portable)
    {
        Attach(portable, alwaysWaits: true);
        _guest.Succeed("fd_fdstat_set_flags", 0, (ulong)FdFlags.Nonblock);
        Task late = Task.Run(() =>
        {
            _writer.Write("in "u8);
            Thread.Sleep(60);
            _writer.Write("pieces"u8);
            _writer.Dispose();
        });
        Assert.Equal("in pieces", _guest.MustRead(0, 100));
        late.GetAwaiter().GetResult();
        Assert.Equal("", _guest.MustRead(0, 100));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void APoll_TellsWhetherThereIsSomething(bool portable)
    {
        Attach(portable);
        Assert.Equal([2UL], Poll(timeout: 20_000_000));
        _writer.Write("x"u8);
        Assert.Equal([1UL], Poll(timeout: 60_000_000_000));
        Assert.Equal("x", _guest.MustRead(0));
        _writer.Dispose();

        // The end is something to be told, too.
        Assert.Equal([1UL], Poll(timeout: 60_000_000_000));
    }

    public void Dispose()
    {
        _guest.Dispose();
        _writer.Dispose();
    }

    private void Attach(bool portable, bool alwaysWaits = false)
    {
        SafePipeHandle handle = _writer.ClientSafePipeHandle;
        HostFile file = portable || !OperatingSystem.IsLinux()
            ? new PortableStream(new AnonymousPipeClientStream(PipeDirection.In, handle), isTerminal: false)
            : new LinuxFile(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileType.Unknown);
        _guest.Replace(0, new FileDescriptor(file, isInput: true, alwaysWaits));
    }

    // Through the framework, what was written has yet to arrive.
    private string ReadSoon()
    {
        for (int i = 0; i < 2000; i++)
        {
            Errno errno = _guest.Read(0, 100, out string text);
            if (errno != Errno.Again)
            {
                Assert.Equal(Errno.Success, errno);
                return text;
            }

            Thread.Sleep(5);
        }

        throw new TimeoutException();
    }

    private ulong[] Poll(ulong timeout)
    {
        byte[] subscriptions = new byte[96];
        subscriptions[0] = 1;
        subscriptions[8] = 1;
        subscriptions[48] = 2;
        subscriptions[48 + 16] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(subscriptions.AsSpan(48 + 24), timeout);
        uint address = _guest.Put(subscriptions);
        uint events = _guest.Allocate(64);
        uint count = _guest.Allocate(4);
        _guest.Succeed("poll_oneoff", address, events, 2, count);
        return [.. Enumerable.Range(0, (int)_guest.U32(count)).Select(i => _guest.U64(events + (uint)i * 32))];
    }
}
