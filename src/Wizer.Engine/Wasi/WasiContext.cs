using System.Text;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Observing;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>The state behind the functions of one guest. Like the guest, it is used by one thread at a time.</summary>
internal sealed class WasiContext : IDisposable
{
    private readonly DeterministicWasiClock? _deterministicClock;
    private readonly byte[][] _environment;
    private readonly ObservationLog? _log;
    private int _preopenCount;

    private WasiContext(byte[][] arguments, byte[][] environment, WasiOptions options)
    {
        Arguments = arguments;
        _environment = environment;
        _log = options.Observations;
        IsEnvironmentInherited = options.IsEnvironmentInherited;
        if (options.Deterministic is { } deterministic)
        {
            Clock = _deterministicClock = new DeterministicWasiClock(deterministic);
            Random = new SeededWasiRandom(deterministic.RandomSeed);
        }
        else
        {
            Clock = options.Clock;
            Random = options.Random;
        }

        IsHostClock = Clock is SystemWasiClock;
        IsHostRandom = Random is SystemWasiRandom;
        if (_log is not null)
        {
            Clock = new ObservedClock(Clock, _log);
            Random = new ObservedRandom(Random, _log);
        }
    }

    /// <summary>In UTF-8, each with its terminator.</summary>
    public byte[][] Arguments { get; }

    /// <summary><c>NAME=value</c> in UTF-8, each with its terminator.</summary>
    public byte[][] Environment
    {
        get
        {
            // Whoever asks for it tells the guest something of it.
            _log?.HasSeenEnvironment = true;
            return _environment;
        }
    }

    /// <summary>How many variables <see cref="Environment"/> has.</summary>
    public int EnvironmentVariableCount => _environment.Length;

    public bool IsEnvironmentInherited { get; }

    /// <summary>Whether the guest has <see cref="Environment"/> in its memory, or had it.</summary>
    public bool IsEnvironmentKnown { get; set; }

    /// <summary>Whether nothing that the guest sees may depend on the machine.</summary>
    public bool IsDeterministic => _deterministicClock is not null;

    public IWasiClock Clock { get; }

    public IWasiRandom Random { get; }

    /// <summary>Whether <see cref="Clock"/> tells the time of the host.</summary>
    public bool IsHostClock { get; }

    /// <summary>Whether <see cref="Random"/> is the host's.</summary>
    public bool IsHostRandom { get; }

    public DescriptorTable Descriptors { get; } = new();

    /// <exception cref="ArgumentException">A text with a NUL in it, or a variable without a proper name.</exception>
    /// <exception cref="IOException">A directory cannot be opened.</exception>
    public static WasiContext Create(WasiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var arguments = new byte[options.Arguments.Count][];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Terminated(options.Arguments[i]);
        }

        var environment = new byte[options.Environment.Count][];
        for (int i = 0; i < environment.Length; i++)
        {
            WasiVariable variable = options.Environment[i];
            if (variable.Name.Length == 0 || variable.Name.Contains('=', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{variable.Name}' is no name for an environment variable");
            }

            environment[i] = Terminated($"{variable.Name}={variable.Value}");
        }

        var context = new WasiContext(arguments, environment, options);
        try
        {
            context.OpenStandardStreams(options);
            foreach (WasiPreopen preopen in options.Preopens)
            {
                context.Preopen(preopen, HostDirectory.Open);
            }
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return context;
    }

    /// <summary>A way to open the directory of a preopen by its path on the host.</summary>
    public delegate Errno DirectoryOpener(string hostPath, out HostDirectory? directory);

    /// <summary>Opens a directory and gives it to the guest.</summary>
    public void Preopen(WasiPreopen preopen, DirectoryOpener open)
    {
        Errno errno = open(preopen.HostPath, out HostDirectory? directory);
        if (errno != Errno.Success)
        {
            throw errno switch
            {
                Errno.Noent => new DirectoryNotFoundException($"failed to open directory '{preopen.HostPath}': no such directory"),
                Errno.Notdir => new IOException($"failed to open directory '{preopen.HostPath}': not a directory"),
                Errno.Acces => new IOException($"failed to open directory '{preopen.HostPath}': permission denied"),
                _ => new IOException($"failed to open directory '{preopen.HostPath}': {errno}"),
            };
        }

        if (_log is not null)
        {
            directory = new ObservedDirectory(directory!, _log, new Place(_preopenCount, preopen.HostPath, ""));
        }

        byte[] name = Encoding.UTF8.GetBytes(preopen.GuestPath);
        ulong identity = FileIdentity.OfPreopen(_preopenCount++, name);
        var descriptor = new DirectoryDescriptor(directory!, identity, name);
        descriptor.Grant(Rights.Preopen, Rights.PreopenInheriting);
        Descriptors.Add(descriptor, out _);
    }

    /// <summary>In a deterministic run, puts what every machine would say in the place of what this one says about a file.</summary>
    public void HideHost(ref Filestat stat, ulong identity)
    {
        stat.Device = 1;
        stat.Inode = identity;
        stat.LinkCount = 1;
        stat.Size = stat.Type == FileType.Directory ? 0 : stat.Size;
        stat.AccessTime = stat.ModificationTime = stat.ChangeTime = _deterministicClock!.Start;
    }

    /// <summary>
    /// A descriptor that may be used in a certain way. Whether that makes sense for its kind is for itself to say, but for the
    /// directions and the position of a transfer.
    /// </summary>
    public Errno Find(uint fd, Rights needed, out Descriptor descriptor)
    {
        descriptor = Descriptors.Find(fd)!;
        if (descriptor is null)
        {
            return Errno.Badf;
        }

        const Rights Transfer = Rights.FdRead | Rights.FdWrite;
        const Rights Positioning = Rights.FdSeek | Rights.FdTell;
        Rights lost = needed & descriptor.Lost;
        return (needed & Rights.FdRead) != 0 && !descriptor.CanRead ? Errno.Badf
            : (needed & Rights.FdWrite) != 0 && !descriptor.CanWrite ? Errno.Badf
            : (needed & Positioning) != 0 && descriptor.IsStream ? Errno.Spipe
            : lost == 0 ? Errno.Success
            : (lost & Transfer) != 0 ? Errno.Badf
            : Errno.Notcapable;
    }

    /// <summary>A directory that may be used in a certain way.</summary>
    public Errno FindDirectory(uint fd, Rights needed, out DirectoryDescriptor directory)
    {
        Errno errno = Find(fd, needed, out Descriptor descriptor);
        directory = (descriptor as DirectoryDescriptor)!;
        return descriptor is not null && directory is null ? Errno.Notdir : errno;
    }

    public void Dispose() => Descriptors.Dispose();

    private void OpenStandardStreams(WasiOptions options)
    {
        // Without a stream, input is at its end and output goes nowhere.
        Descriptors.Add(Open(0, options.Stdin, options), out _);
        Descriptors.Add(Open(1, options.Stdout, options), out _);
        Descriptors.Add(Open(2, options.Stderr, options), out _);
    }

    private Descriptor Open(int number, Stream? stream, WasiOptions options)
    {
        bool isInput = number == 0;
        Descriptor descriptor = stream is null && options.InheritStdio
            ? FileDescriptor.Standard(number, alwaysWaits: IsDeterministic, options.BeforeStandardStreamUse, _log)
            : new StreamDescriptor(stream ?? Stream.Null, isInput, fills: IsDeterministic, stream is null ? null : _log);
        Rights rights = isInput ? Rights.Input : Rights.Output;
        descriptor.Grant(rights, rights);
        return descriptor;
    }

    private static byte[] Terminated(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("an argument or environment variable has a NUL in it");
        }

        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
