using Wizer.Binary;
using Wizer.Engine.Wasi;

namespace Wizer.Engine;

/// <summary>
/// WASI preview 1 for one guest: its descriptors, and the 46 functions on them. Functions may be called by one thread at a
/// time; different objects share nothing.
/// </summary>
/// <remarks>WASI snapshot preview 1, wasi_snapshot_preview1.witx.</remarks>
public sealed class WasiPreview1 : IDisposable
{
    /// <summary>The module that the functions are imported from.</summary>
    public const string ModuleName = "wasi_snapshot_preview1";

    // Made once: a process may pre-initialize thousands of modules.
    private static readonly WasiDefinition[] s_definitions = Define();

    private readonly WasiFunction[] _functions;

    /// <summary>Opens the preopened directories and makes the functions.</summary>
    /// <exception cref="ArgumentException">An argument or environment variable has a NUL in it.</exception>
    /// <exception cref="IOException">A directory to preopen cannot be opened.</exception>
    public WasiPreview1(WasiOptions options)
        : this(WasiContext.Create(options))
    {
    }

    internal WasiPreview1(WasiContext context)
    {
        Context = context;
        _functions = new WasiFunction[s_definitions.Length];
        for (int i = 0; i < _functions.Length; i++)
        {
            _functions[i] = new WasiFunction(context, s_definitions[i]);
        }
    }

    /// <summary>All the functions, by name; they may be called until this object is disposed.</summary>
    public IReadOnlyList<WasiFunction> Functions => _functions;

    internal WasiContext Context { get; }

    internal IWasiClock Clock => Context.Clock;

    /// <summary>Defines all the functions, under <see cref="ModuleName"/>.</summary>
    public void DefineIn(Linker linker)
    {
        ArgumentNullException.ThrowIfNull(linker);
        linker.Define(ModuleName, _functions);
    }

    /// <summary>Closes everything the guest has open.</summary>
    public void Dispose() => Context.Dispose();

    private static WasiDefinition[] Define()
    {
        return
        [
            Function("args_get", "ii", ArgumentFunctions.ArgsGet),
            Function("args_sizes_get", "ii", ArgumentFunctions.ArgsSizesGet),
            Function("clock_res_get", "ii", ClockFunctions.ResGet),
            Function("clock_time_get", "iIi", ClockFunctions.TimeGet),
            Function("environ_get", "ii", ArgumentFunctions.EnvironGet),
            Function("environ_sizes_get", "ii", ArgumentFunctions.EnvironSizesGet),
            Function("fd_advise", "iIIi", FileFunctions.Advise),
            Function("fd_allocate", "iII", FileFunctions.Allocate),
            Function("fd_close", "i", DescriptorFunctions.Close),
            Function("fd_datasync", "i", FileFunctions.Datasync),
            Function("fd_fdstat_get", "ii", DescriptorFunctions.FdstatGet),
            Function("fd_fdstat_set_flags", "ii", DescriptorFunctions.FdstatSetFlags),
            Function("fd_fdstat_set_rights", "iII", DescriptorFunctions.FdstatSetRights),
            Function("fd_filestat_get", "ii", FileFunctions.FilestatGet),
            Function("fd_filestat_set_size", "iI", FileFunctions.FilestatSetSize),
            Function("fd_filestat_set_times", "iIIi", FileFunctions.FilestatSetTimes),
            Function("fd_pread", "iiiIi", FileFunctions.Pread),
            Function("fd_prestat_dir_name", "iii", DescriptorFunctions.PrestatDirName),
            Function("fd_prestat_get", "ii", DescriptorFunctions.PrestatGet),
            Function("fd_pwrite", "iiiIi", FileFunctions.Pwrite),
            Function("fd_read", "iiii", FileFunctions.Read),
            Function("fd_readdir", "iiiIi", DirectoryFunctions.Readdir),
            Function("fd_renumber", "ii", DescriptorFunctions.Renumber),
            Function("fd_seek", "iIii", FileFunctions.Seek),
            Function("fd_sync", "i", FileFunctions.Sync),
            Function("fd_tell", "ii", FileFunctions.Tell),
            Function("fd_write", "iiii", FileFunctions.Write),
            Function("path_create_directory", "iii", PathFunctions.CreateDirectory),
            Function("path_filestat_get", "iiiii", PathFunctions.FilestatGet),
            Function("path_filestat_set_times", "iiiiIIi", PathFunctions.FilestatSetTimes),
            Function("path_link", "iiiiiii", PathFunctions.Link),
            Function("path_open", "iiiiiIIii", PathFunctions.Open),
            Function("path_readlink", "iiiiii", PathFunctions.Readlink),
            Function("path_remove_directory", "iii", PathFunctions.RemoveDirectory),
            Function("path_rename", "iiiiii", PathFunctions.Rename),
            Function("path_symlink", "iiiii", PathFunctions.Symlink),
            Function("path_unlink_file", "iii", PathFunctions.UnlinkFile),
            Function("poll_oneoff", "iiii", PollFunctions.Oneoff),
            Function("proc_exit", "i", ProcessFunctions.Exit, resultCount: 0),
            Function("proc_raise", "i", ProcessFunctions.Raise),
            Function("random_get", "ii", RandomFunctions.Get),
            Function("sched_yield", "", ProcessFunctions.Yield),
            Function("sock_accept", "iii", SocketFunctions.NoSocket),
            Function("sock_recv", "iiiiii", SocketFunctions.NoSocket),
            Function("sock_send", "iiiii", SocketFunctions.NoSocket),
            Function("sock_shutdown", "ii", SocketFunctions.NoSocket),
        ];
    }

    /// <param name="name">The name under which modules import it.</param>
    /// <param name="parameters">One letter each: <c>i</c> for i32, <c>I</c> for i64.</param>
    /// <param name="body">Its errno is the result.</param>
    /// <param name="resultCount">0 for the one function that does not return.</param>
    private static WasiDefinition Function(string name, string parameters, WasiBody body, int resultCount = 1)
    {
        // Arrays made with new: Array.Empty of a type from another assembly would be compiled at start.
        var types = new ValType[parameters.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = parameters[i] == 'i' ? ValType.I32 : ValType.I64;
        }

        var results = new ValType[resultCount];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = ValType.I32;
        }

        return new WasiDefinition(name, new FuncType(types, results), body);
    }
}
