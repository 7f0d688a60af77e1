using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>What the last component of a path is looked up for.</summary>
internal enum PathUse
{
    /// <summary>The entry itself, a symbolic link included.</summary>
    Entry,

    /// <summary>What the entry leads to, through symbolic links.</summary>
    Target,

    /// <summary>The name, to create or remove or rename what it stands for: a slash at its end is the host's to judge.</summary>
    Name,
}

/// <summary>
/// The only door to the file system: takes a guest's path, relative to a directory it holds, to one entry of an open
/// directory below. It goes component by component, follows links itself, and refuses whatever would lead outside: an
/// absolute path, <c>..</c> above the start, a link to either. Nothing is looked up twice by path, so nothing that others
/// rename or replace meanwhile leads outside either.
/// </summary>
internal sealed class PathResolver : IDisposable
{
    /// <summary>The longest path, of a guest or after following links; PATH_MAX on Linux.</summary>
    public const int PathByteLimit = 4096;

    private const int LinkLimit = 40; // as on Linux
    private const byte Slash = (byte)'/';

    private readonly HostDirectory _start;
    private readonly ulong _startIdentity;
    private HostDirectory[] _opened = new HostDirectory[4];
    private ulong[] _identities = new ulong[4];
    private int _openedCount;
    private int _linkCount;
    private byte[] _path;
    private int _position;

    private PathResolver(DirectoryDescriptor start, byte[] path)
    {
        _start = start.Directory;
        _startIdentity = start.Identity;
        _path = path;
    }

    /// <summary>The directory that the last component is in; good until this object is disposed.</summary>
    public HostDirectory Directory => _openedCount == 0 ? _start : _opened[_openedCount - 1];

    /// <summary>
    /// The last component, or <c>.</c> when the path leads to <see cref="Directory"/> itself. It may end in a slash when it was
    /// asked for as <see cref="PathUse.Name"/>.
    /// </summary>
    public byte[] Name { get; private set; } = [];

    /// <summary>The inode number, in deterministic runs, of what the path leads to.</summary>
    public ulong Identity => FileIdentity.Of(DirectoryIdentity, Name);

    private ulong DirectoryIdentity => _openedCount == 0 ? _startIdentity : _identities[_openedCount - 1];

    /// <summary>Finds the directory and the last component that a path leads to.</summary>
    /// <param name="start">Where the path begins and what it cannot leave.</param>
    /// <param name="path">In UTF-8, without NUL.</param>
    /// <param name="use">What the last component is for.</param>
    /// <param name="resolved">To be disposed after use; null after an error.</param>
    public static Errno Resolve(DirectoryDescriptor start, ReadOnlySpan<byte> path, PathUse use, out PathResolver? resolved)
    {
        resolved = null;
        if (path.IsEmpty)
        {
            return Errno.Noent;
        }

        if (path[0] == Slash)
        {
            return Errno.Perm;
        }

        if (path.Length >= PathByteLimit)
        {
            return Errno.Nametoolong;
        }

        var resolver = new PathResolver(start, path.ToArray());
        Errno errno = resolver.Run(use);
        if (errno == Errno.Success)
        {
            resolved = resolver;
        }
        else
        {
            resolver.Dispose();
        }

        return errno;
    }

    public void Dispose()
    {
        while (_openedCount != 0)
        {
            Pop();
        }
    }

    private Errno Run(PathUse use)
    {
        while (true)
        {
            ReadOnlySpan<byte> component = NextComponent(out bool isLast, out bool hasSlash);
            if (component.SequenceEqual(".."u8))
            {
                if (_openedCount == 0)
                {
                    return Errno.Perm;
                }

                Pop();
            }

            if (component.IsEmpty || component.SequenceEqual("."u8) || component.SequenceEqual(".."u8))
            {
                if (isLast)
                {
                    Name = "."u8.ToArray();
                    return Errno.Success;
                }

                continue;
            }

            Errno errno;
            if (isLast && (!hasSlash || use == PathUse.Name))
            {
                errno = use == PathUse.Target ? TryFollow(component, hasSlash) : Errno.Inval;
                if (errno is Errno.Inval or Errno.Noent)
                {
                    // Not a link, or nothing there yet. Should it become a link now, the host refuses to go through it.
                    Name = hasSlash ? [.. component, Slash] : component.ToArray();
                    return Errno.Success;
                }
            }
            else
            {
                // A slash at the end means the directory behind it, as if a dot came next.
                errno = Enter(component, hasSlash);
                if (errno == Errno.Success && isLast && _position == _path.Length)
                {
                    Name = "."u8.ToArray();
                    return Errno.Success;
                }
            }

            if (errno != Errno.Success)
            {
                return errno;
            }
        }
    }

    /// <summary>Takes the next component off the path. Several slashes count as one.</summary>
    private ReadOnlySpan<byte> NextComponent(out bool isLast, out bool hasSlash)
    {
        ReadOnlySpan<byte> rest = _path.AsSpan(_position);
        int length = rest.IndexOf(Slash);
        hasSlash = length >= 0;
        length = hasSlash ? length : rest.Length;
        int next = length;
        while (next < rest.Length && rest[next] == Slash)
        {
            next++;
        }

        _position += next;
        isLast = next == rest.Length;
        return rest[..length];
    }

    /// <summary>Goes into a directory, or puts what a link says in its place.</summary>
    private Errno Enter(ReadOnlySpan<byte> component, bool hasSlash)
    {
        Errno errno = Directory.OpenDirectory(component, out HostDirectory? directory);
        if (errno == Errno.Success)
        {
            if (_openedCount == _opened.Length)
            {
                Array.Resize(ref _opened, _openedCount * 2);
                Array.Resize(ref _identities, _openedCount * 2);
            }

            _identities[_openedCount] = FileIdentity.Of(DirectoryIdentity, component);
            _opened[_openedCount++] = directory!;
            return Errno.Success;
        }

        if (errno is Errno.Notdir or Errno.Loop)
        {
            errno = TryFollow(component, hasSlash);
            return errno == Errno.Inval ? Errno.Notdir : errno;
        }

        return errno;
    }

    /// <summary>Puts what a link says in front of the rest of the path; <see cref="Errno.Inval"/> when it is no link.</summary>
    private Errno TryFollow(ReadOnlySpan<byte> component, bool hasSlash)
    {
        Errno errno = Directory.ReadLink(component, out byte[] target);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (++_linkCount > LinkLimit)
        {
            return Errno.Loop;
        }

        if (target.Length == 0)
        {
            return Errno.Noent;
        }

        if (target[0] == Slash)
        {
            return Errno.Perm;
        }

        ReadOnlySpan<byte> rest = _path.AsSpan(_position);
        if (target.Length + 1 + rest.Length >= PathByteLimit)
        {
            return Errno.Nametoolong;
        }

        _path = hasSlash ? [.. target, Slash, .. rest] : target;
        _position = 0;
        return Errno.Success;
    }

    private void Pop()
    {
        _opened[--_openedCount].Dispose();
        _opened[_openedCount] = null!;
    }
}
