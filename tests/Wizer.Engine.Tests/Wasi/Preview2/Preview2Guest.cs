using System.Text;
using Wizer.Engine.Components;
using Wizer.Engine.Tests.Components;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Preview2;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary>
/// Stands in for a guest of WASI 0.2: an instance of a component that imports everything, on whose imports the functions are called with
/// values that are of their types, as are their results. It may have a directory, which it finds open under the name <c>/guest</c> and
/// which is removed at the end.
/// </summary>
internal sealed class Preview2Guest : IPathGuest
{
    private static readonly CompiledComponent s_component = ComponentGuest.Compile(Preview2World.Write("0.2.3"));

    private readonly Store _store;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly string? _temporary;
    private readonly ComponentInstance _instance;

    // What the other edition has numbers for.
    private readonly List<ComponentValue?> _opened = [null, null, null];

    internal Preview2Guest(WasiOptions? options = null)
        : this(WasiContext.Create(options ?? new WasiOptions()), null)
    {
    }

    private Preview2Guest(WasiContext context, string? temporary)
    {
        _store = new Store(EngineOptions.Default, _interrupt.Token);
        _temporary = temporary;
        Wasi = new WasiPreview2(context);
        var linker = new ComponentLinker();
        Wasi.DefineIn(linker);
        _instance = linker.Instantiate(_store, s_component);
    }

    public WasiPreview2 Wasi { get; }

    public string HostPath => Path.Join(_temporary, "root");

    public string OutsidePath => Path.Join(_temporary, "outside");

    /// <summary>A guest with an empty directory.</summary>
    /// <param name="portable">Whether the file system is reached through the framework and not through the kernel.</param>
    /// <param name="options">Everything else.</param>
    internal static Preview2Guest WithDirectory(bool portable, WasiOptions? options = null)
    {
        string temporary = Directory.CreateTempSubdirectory("wizer-wasi-").FullName;
        var context = WasiContext.Create(options ?? new WasiOptions());
        var guest = new Preview2Guest(context, temporary);
        Directory.CreateDirectory(guest.HostPath);
        Directory.CreateDirectory(guest.OutsidePath);
        File.WriteAllText(Path.Join(guest.OutsidePath, "secret"), "secret");
        context.Preopen(new WasiPreopen(guest.HostPath, "/guest"), portable ? PortableDirectory.OpenPath : HostDirectory.Open);
        guest._opened.Add(guest.Call("wasi:filesystem/preopens", "get-directories")!.Value.Items[0].Items[0]);
        return guest;
    }

    /// <summary>The directory.</summary>
    internal ComponentValue Root => _opened[3]!.Value;

    internal void Interrupt() => _interrupt.Cancel();

    /// <summary>Calls a function; handles that it takes for itself may be passed as they were got.</summary>
    internal ComponentValue? Call(string owner, string name, params ComponentValue[] arguments)
    {
        ComponentImport? import = Array.Find(
            s_component.Imports, import => import.Plan is not null && import.Path[0] == $"{owner}@0.2.3" && import.Path[1] == name);
        Assert.NotNull(import?.Plan);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Kind == ComponentValueKind.Own)
            {
                arguments[i] = ComponentValue.Borrow(arguments[i].AsResource);
            }

            Assert.Null(ValueCheck.Mismatch(_instance, arguments[i], import.Plan.Parameters[i]));
        }

        Assert.Equal(import.Plan.Parameters.Length, arguments.Length);
        ComponentValue? result = null;
        _instance.Functions[import.Slot].Call(null, arguments, value => result = value);
        return result;
    }

    /// <summary>Calls a function of <c>wasi:filesystem/types</c> on a descriptor.</summary>
    internal ComponentValue OnDescriptor(string name, params ComponentValue[] arguments) =>
        Call("wasi:filesystem/types", $"[method]descriptor.{name}", arguments)!.Value;

    /// <summary>Calls a function of <c>wasi:io/streams</c>.</summary>
    internal ComponentValue Stream(string name, params ComponentValue[] arguments) =>
        Call("wasi:io/streams", $"[method]{name}", arguments)!.Value;

    internal static ComponentValue Follow(bool follow = true) => follow ? ComponentValue.Flags("symlink-follow") : ComponentValue.Flags();

    internal static ComponentValue Text(string text) => ComponentValue.Of(text);

    /// <summary>The error of a result, in the words of preview 1.</summary>
    internal static Errno ErrnoOf(ComponentValue result) => result.Label == "ok"
        ? Errno.Success
        : Array.Find(Enum.GetValues<Errno>(), errno => errno != Errno.Success && ErrorCodes.Of(errno) == result.Payload!.Value.Label);

    /// <summary>The value of a result that is no error.</summary>
    internal static ComponentValue Ok(ComponentValue result)
    {
        Assert.Equal("ok", result.Label);
        return result.Payload!.Value;
    }

    public Errno Open(
        string path,
        out uint fd,
        OpenFlags flags = OpenFlags.None,
        Rights rights = Rights.FdRead,
        bool follow = true,
        uint directory = WasiGuest.Root)
    {
        ComponentValue result = OnDescriptor(
            "open-at",
            _opened[(int)directory]!.Value,
            Follow(follow),
            Text(path),
            FlagsOf(
                ((flags & OpenFlags.Create) != 0, "create"),
                ((flags & OpenFlags.Directory) != 0, "directory"),
                ((flags & OpenFlags.Exclusive) != 0, "exclusive"),
                ((flags & OpenFlags.Truncate) != 0, "truncate")),
            FlagsOf(((rights & Rights.FdRead) != 0, "read"), ((rights & Rights.FdWrite) != 0, "write")));
        fd = uint.MaxValue;
        if (result.Label == "ok")
        {
            fd = (uint)_opened.Count;
            _opened.Add(result.Payload);
        }

        return ErrnoOf(result);
    }

    /// <summary>Opens what must be there.</summary>
    internal ComponentValue MustOpen(string path, OpenFlags flags = OpenFlags.None, Rights rights = Rights.FdRead)
    {
        Assert.Equal(Errno.Success, Open(path, out uint fd, flags, rights));
        return _opened[(int)fd]!.Value;
    }

    public Errno Read(uint fd, int byteLength, out string text)
    {
        ComponentValue result = OnDescriptor("read", _opened[(int)fd]!.Value, ComponentValue.Of((ulong)byteLength), ComponentValue.Of(0UL));
        text = result.Label == "ok" ? TextOf(result.Payload!.Value.Items[0]) : "";
        return ErrnoOf(result);
    }

    public void Close(uint fd)
    {
        _opened[(int)fd]!.Value.AsResource.Drop();
        _opened[(int)fd] = null;
    }

    public Errno CallPath(string function, string path) => ErrnoOf(OnDescriptor(
        function switch
        {
            "path_create_directory" => "create-directory-at",
            "path_remove_directory" => "remove-directory-at",
            _ => "unlink-file-at",
        },
        Root,
        Text(path)));

    public Errno Symlink(string target, string path) => ErrnoOf(OnDescriptor("symlink-at", Root, Text(target), Text(path)));

    public Errno Rename(string oldPath, string newPath) => ErrnoOf(OnDescriptor("rename-at", Root, Text(oldPath), Root, Text(newPath)));

    public Errno Link(string oldPath, string newPath) =>
        ErrnoOf(OnDescriptor("link-at", Root, Follow(false), Text(oldPath), Root, Text(newPath)));

    public Errno StatPath(string path, out ulong modificationTime)
    {
        ComponentValue result = OnDescriptor("stat-at", Root, Follow(), Text(path));
        ComponentValue? time = result.Label == "ok" ? result.Payload!.Value.Items[4].Payload : null;
        modificationTime = time is { } datetime ? ClocksWallClock.Nanoseconds(datetime)!.Value : 0;
        return ErrnoOf(result);
    }

    public Errno Write(uint fd, string text) => ErrnoOf(
        OnDescriptor("write", _opened[(int)fd]!.Value, ComponentValue.Bytes(Encoding.UTF8.GetBytes(text)), ComponentValue.Of(0UL)));

    public Errno SetTimes(string path) => ErrnoOf(
        OnDescriptor("set-times-at", Root, Follow(), Text(path), ComponentValue.Variant("no-change"), ComponentValue.Variant("now")));

    public Errno ReadLink(string path, out string target)
    {
        ComponentValue result = OnDescriptor("readlink-at", Root, Text(path));
        target = result.Label == "ok" ? result.Payload!.Value.AsString : "";
        return ErrnoOf(result);
    }

    public void Dispose()
    {
        _store.Dispose();
        Wasi.Dispose();
        _interrupt.Dispose();
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }

    /// <summary>Of a <c>list&lt;u8&gt;</c>.</summary>
    internal static string TextOf(ComponentValue bytes) =>
        Encoding.UTF8.GetString(bytes.Items.Select(item => (byte)item.AsUInt64).ToArray());

    private static ComponentValue FlagsOf(params (bool IsSet, string Flag)[] flags) =>
        ComponentValue.Flags(flags.Where(flag => flag.IsSet).Select(flag => flag.Flag).ToArray());
}
