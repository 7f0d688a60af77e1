using System.Buffers.Binary;
using System.Text;
using Wizer.Binary;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>
/// Stands in for a guest: calls the functions by name on a memory of its own. It may have a directory, which it finds open as
/// descriptor 3 under the name <c>/guest</c> and which is removed at the end.
/// </summary>
internal sealed class WasiGuest : IPathGuest
{
    /// <summary>The directory's descriptor.</summary>
    public const uint Root = 3;

    private readonly WasiPreview1 _wasi;
    private readonly Dictionary<string, WasiFunction> _functions = [];
    private readonly string? _temporary;
    private readonly Store _store = new();
    private uint _free = 1024;

    public WasiGuest(WasiOptions? options = null)
        : this(WasiContext.Create(options ?? new WasiOptions()), null)
    {
    }

    private WasiGuest(WasiContext context, string? temporary)
    {
        _wasi = new WasiPreview1(context);
        _temporary = temporary;
        Memory = new LinearMemory(_store, new MemoryType(new Limits(16, 16)));
        foreach (WasiFunction function in _wasi.Functions)
        {
            _functions.Add(function.Name, function);
        }
    }

    public LinearMemory Memory { get; }

    public IReadOnlyList<WasiFunction> Functions => _wasi.Functions;

    public CancellationToken Interrupt { get; set; }

    /// <summary>The path of the directory on the host.</summary>
    public string HostPath => Path.Join(_temporary, "root");

    /// <summary>The path of a directory beside it, which the guest must never see.</summary>
    public string OutsidePath => Path.Join(_temporary, "outside");

    /// <summary>A guest with an empty directory.</summary>
    /// <param name="portable">Whether the file system is reached through the framework and not through the kernel.</param>
    /// <param name="options">Everything else.</param>
    public static WasiGuest WithDirectory(bool portable, WasiOptions? options = null)
    {
        string temporary = Directory.CreateTempSubdirectory("wizer-wasi-").FullName;
        var context = WasiContext.Create(options ?? new WasiOptions());
        var guest = new WasiGuest(context, temporary);
        Directory.CreateDirectory(guest.HostPath);
        Directory.CreateDirectory(guest.OutsidePath);
        File.WriteAllText(Path.Join(guest.OutsidePath, "secret"), "secret");
        context.Preopen(new WasiPreopen(guest.HostPath, "/guest"), portable ? PortableDirectory.OpenPath : HostDirectory.Open);
        return guest;
    }

    /// <summary>Puts something in the place of a standard stream.</summary>
    public void Replace(uint fd, Descriptor descriptor)
    {
        descriptor.Grant(descriptor.CanRead ? Rights.Input : Rights.Output, Rights.None);
        Succeed("fd_close", fd);
        Assert.Equal(Errno.Success, _wasi.Context.Descriptors.Add(descriptor, out uint number));
        Assert.Equal(fd, number);
    }

    public Descriptor Find(uint fd)
    {
        Assert.NotNull(_wasi.Context.Descriptors.Find(fd));
        return _wasi.Context.Descriptors.Find(fd)!;
    }

    public unsafe Errno Call(string name, params ReadOnlySpan<ulong> arguments)
    {
        WasiFunction function = _functions[name];
        Assert.Equal(function.Type.ParameterSlotCount, arguments.Length);
        ulong[] slots = new ulong[Math.Max(1, arguments.Length)];
        arguments.CopyTo(slots);
        function.Call(Memory.Data, Interrupt, slots);
        return (Errno)slots[0];
    }

    public void Succeed(string name, params ReadOnlySpan<ulong> arguments) => Assert.Equal(Errno.Success, Call(name, arguments));

    /// <summary>Takes back all that was allocated.</summary>
    public void FreeAll() => _free = 1024;

    /// <summary>Room in the guest's memory.</summary>
    public uint Allocate(int byteLength)
    {
        uint address = _free;
        _free += ((uint)byteLength + 7) & ~7u;
        return address;
    }

    public uint Put(ReadOnlySpan<byte> bytes)
    {
        uint address = Allocate(bytes.Length);
        bytes.CopyTo(Bytes(address, bytes.Length));
        return address;
    }

    public uint PutText(string text, out uint byteLength)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byteLength = (uint)bytes.Length;
        return Put(bytes);
    }

    /// <summary>A list of buffers, each as address and length.</summary>
    public uint PutVectors(params ReadOnlySpan<uint> words)
    {
        uint address = Allocate(words.Length * 4);
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Bytes(address + (uint)i * 4, 4), words[i]);
        }

        return address;
    }

    public Span<byte> Bytes(uint address, int byteLength)
    {
        Assert.True(Memory.TryGetSpan(address, byteLength, out Span<byte> span));
        return span;
    }

    public ushort U16(uint address) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(address, 2));

    public uint U32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(address, 4));

    public ulong U64(uint address) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(address, 8));

    public string Text(uint address, uint byteLength) => Encoding.UTF8.GetString(Bytes(address, (int)byteLength));

    // What a C library makes of the functions.

    public Errno Open(
        string path,
        out uint fd,
        OpenFlags flags = OpenFlags.None,
        Rights rights = Rights.FdRead,
        FdFlags fdFlags = FdFlags.None,
        bool follow = true,
        uint directory = Root)
    {
        uint address = PutText(path, out uint length);
        uint result = Allocate(4);
        Errno errno = Call(
            "path_open", directory, follow ? 1u : 0, address, length, (ulong)flags, (ulong)rights, (ulong)rights, (ulong)fdFlags, result);
        fd = errno == Errno.Success ? U32(result) : uint.MaxValue;
        return errno;
    }

    public uint MustOpen(string path, OpenFlags flags = OpenFlags.None, Rights rights = Rights.FdRead, FdFlags fdFlags = FdFlags.None)
    {
        Assert.Equal(Errno.Success, Open(path, out uint fd, flags, rights, fdFlags));
        return fd;
    }

    /// <summary>Calls a function that takes a directory and a path and nothing else.</summary>
    public Errno CallPath(string function, string path, uint directory = Root)
    {
        uint address = PutText(path, out uint length);
        return Call(function, directory, address, length);
    }

    Errno IPathGuest.Open(string path, out uint fd, OpenFlags flags, Rights rights, bool follow, uint directory) =>
        Open(path, out fd, flags, rights, FdFlags.None, follow, directory);

    void IPathGuest.Close(uint fd) => Succeed("fd_close", fd);

    Errno IPathGuest.CallPath(string function, string path) => CallPath(function, path);

    Errno IPathGuest.StatPath(string path, out ulong modificationTime)
    {
        Errno errno = Stat(path, out uint filestat);
        modificationTime = U64(filestat + 48);
        return errno;
    }

    Errno IPathGuest.Write(uint fd, string text) => Write(fd, text, out _);

    Errno IPathGuest.SetTimes(string path)
    {
        uint address = PutText(path, out uint length);
        return Call("path_filestat_set_times", Root, 1, address, length, 0, 0, (ulong)TimeFlags.ModificationNow);
    }

    public Errno Symlink(string target, string path)
    {
        uint from = PutText(target, out uint fromLength);
        uint to = PutText(path, out uint toLength);
        return Call("path_symlink", from, fromLength, Root, to, toLength);
    }

    public Errno Rename(string oldPath, string newPath)
    {
        uint from = PutText(oldPath, out uint fromLength);
        uint to = PutText(newPath, out uint toLength);
        return Call("path_rename", Root, from, fromLength, Root, to, toLength);
    }

    public Errno Link(string oldPath, string newPath)
    {
        uint from = PutText(oldPath, out uint fromLength);
        uint to = PutText(newPath, out uint toLength);
        return Call("path_link", Root, 0, from, fromLength, Root, to, toLength);
    }

    public Errno Stat(string path, out uint filestat, bool follow = true)
    {
        uint address = PutText(path, out uint length);
        filestat = Allocate(Filestat.ByteLength);
        return Call("path_filestat_get", Root, follow ? 1u : 0, address, length, filestat);
    }

    public Errno ReadLink(string path, out string target)
    {
        uint address = PutText(path, out uint length);
        uint buffer = Allocate(512);
        uint used = Allocate(4);
        Errno errno = Call("path_readlink", Root, address, length, buffer, 512, used);
        target = errno == Errno.Success ? Text(buffer, U32(used)) : "";
        return errno;
    }

    public Errno Read(uint fd, int byteLength, out string text)
    {
        uint buffer = Allocate(byteLength);
        uint count = Allocate(4);
        Errno errno = Call("fd_read", fd, PutVectors(buffer, (uint)byteLength), 1, count);
        text = errno == Errno.Success ? Text(buffer, U32(count)) : "";
        return errno;
    }

    public string MustRead(uint fd, int byteLength = 4096)
    {
        Assert.Equal(Errno.Success, Read(fd, byteLength, out string text));
        return text;
    }

    public Errno Write(uint fd, string text, out uint count)
    {
        uint address = PutText(text, out uint length);
        uint result = Allocate(4);
        Errno errno = Call("fd_write", fd, PutVectors(address, length), 1, result);
        count = errno == Errno.Success ? U32(result) : 0;
        return errno;
    }

    public void MustWrite(uint fd, string text)
    {
        Assert.Equal(Errno.Success, Write(fd, text, out uint count));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), (int)count);
    }

    /// <summary>The names that a directory lists, read with a buffer of this size as a C library does.</summary>
    public List<string> List(uint fd, int bufferByteLength = 4096)
    {
        const int HeaderByteLength = 24;
        var names = new List<string>();
        uint buffer = Allocate(bufferByteLength);
        uint used = Allocate(4);
        ulong cookie = 0;
        while (true)
        {
            Succeed("fd_readdir", fd, buffer, (ulong)bufferByteLength, cookie, used);
            uint byteCount = U32(used);
            uint at = 0;
            while (at + HeaderByteLength <= byteCount)
            {
                uint nameLength = U32(buffer + at + 16);
                if (at + HeaderByteLength + nameLength > byteCount)
                {
                    break;
                }

                cookie = U64(buffer + at);
                names.Add(Text(buffer + at + HeaderByteLength, nameLength));
                at += HeaderByteLength + nameLength;
            }

            if (byteCount < bufferByteLength)
            {
                return names;
            }

            Assert.NotEqual(0u, at);
        }
    }

    public void Dispose()
    {
        _wasi.Dispose();
        _store.Dispose();
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }
}
