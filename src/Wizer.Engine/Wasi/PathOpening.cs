using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Opens what a path leads to; how, is the same in all editions of WASI.</summary>
internal static class PathOpening
{
    /// <summary>Opens or creates a file, or opens a directory.</summary>
    /// <param name="context">The guest's.</param>
    /// <param name="parent">Where the path begins and what it cannot leave.</param>
    /// <param name="path">In UTF-8, without NUL.</param>
    /// <param name="follows">Whether a symbolic link at its end is followed.</param>
    /// <param name="mode">How.</param>
    /// <param name="opened">What was opened, without rights; null after an error.</param>
    public static Errno Open(
        WasiContext context, DirectoryDescriptor parent, ReadOnlySpan<byte> path, bool follows, in OpenMode mode, out Descriptor? opened)
    {
        opened = null;

        // To create a file exclusively is never to follow a link to where it might be.
        const OpenFlags New = OpenFlags.Create | OpenFlags.Exclusive;
        follows &= (mode.Open & New) != New;
        Errno errno = PathResolver.Resolve(parent, path, follows ? PathUse.Target : PathUse.Entry, out PathResolver? resolved);
        if (errno != Errno.Success)
        {
            return errno == Errno.Noent && (mode.Open & OpenFlags.Create) != 0 && IsNewDirectory(parent, path) ? Errno.Isdir : errno;
        }

        using (resolved)
        {
            errno = resolved!.Directory.Open(resolved.Name, mode, out HostFile? file, out HostDirectory? directory);
            if (errno == Errno.Notdir && resolved.Directory.ReadLink(resolved.Name, out _) == Errno.Success)
            {
                // Where links are not followed, the link is what is in the way, as it is for a file.
                errno = Errno.Loop;
            }

            if (errno != Errno.Success)
            {
                return errno;
            }

            if (directory is not null && mode.Write)
            {
                directory.Dispose();
                return Errno.Isdir;
            }

            opened = file is not null
                ? new FileDescriptor(file, mode, resolved.Identity, alwaysWaits: context.IsDeterministic)
                : new DirectoryDescriptor(directory!, resolved.Identity);
            opened.Path = parent.PathOf(path);
            return Errno.Success;
        }
    }

    // A name with a slash behind it is that of a directory, and those are not created by opening.
    private static bool IsNewDirectory(DirectoryDescriptor parent, ReadOnlySpan<byte> path)
    {
        Errno errno = PathResolver.Resolve(parent, path, PathUse.Name, out PathResolver? resolved);
        using (resolved)
        {
            return errno == Errno.Success && resolved!.Name[^1] == '/';
        }
    }
}
