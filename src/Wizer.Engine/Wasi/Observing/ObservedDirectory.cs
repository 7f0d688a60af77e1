using System.Text;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>
/// A directory of the host, and what a guest sees of it. Since every path is taken apart into steps of such objects, whichever WASI the
/// guest speaks, nothing of the file system gets past it.
/// </summary>
internal sealed class ObservedDirectory(HostDirectory inner, ObservationLog log, Place place) : HostDirectory
{
    public override Errno OpenDirectory(ReadOnlySpan<byte> name, out HostDirectory? directory)
    {
        Errno errno = inner.OpenDirectory(name, out directory);
        Place entry = place.Entry(name);
        if (errno == Errno.Success)
        {
            log.Record(Question.Status, entry, Answers.Directory);
            directory = new ObservedDirectory(directory!, log, entry);
        }
        else
        {
            RecordFailure(name, entry, errno);
        }

        return errno;
    }

    public override Errno Open(ReadOnlySpan<byte> name, in OpenMode mode, out HostFile? file, out HostDirectory? directory)
    {
        Place entry = place.Entry(name);
        const OpenFlags Changing = OpenFlags.Create | OpenFlags.Truncate;
        bool changes = mode.Write || (mode.Open & Changing) != 0;
        if (changes)
        {
            _ = BeforeChange(name, isSeen: (mode.Open & OpenFlags.Truncate) == 0);
        }

        Errno errno = inner.Open(name, mode, out file, out directory);
        if (errno != Errno.Success)
        {
            RecordFailure(name, entry, errno);
            return errno;
        }

        if (directory is not null)
        {
            log.Record(Question.Status, entry, Answers.Directory);
            directory = new ObservedDirectory(directory, log, entry);
        }
        else if (!changes)
        {
            file = Observe(file!, entry);
        }

        if (changes && file is not null)
        {
            log.Change(entry);
        }

        return errno;
    }

    public override Errno Stat(ReadOnlySpan<byte> name, out Filestat result)
    {
        Errno errno = inner.Stat(name, out result);
        RecordStatus(name, place.Entry(name), errno, result, withSize: true);
        return errno;
    }

    public override Errno ReadLink(ReadOnlySpan<byte> name, out byte[] target)
    {
        Errno errno = inner.ReadLink(name, out target);
        Place entry = place.Entry(name);
        if (errno == Errno.Success)
        {
            log.Record(Question.Target, entry, Encoding.UTF8.GetString(target));
        }
        else
        {
            RecordFailure(name, entry, errno);
        }

        return errno;
    }

    public override Errno List(out HostEntry[] entries)
    {
        Errno errno = inner.List(out entries);
        if (errno == Errno.Success)
        {
            log.Record(Question.Listing, place, Answers.OfEntries(entries), entries.Length);
        }
        else
        {
            log.Report($"`{place.HostPath}` could not be listed ({errno})");
        }

        return errno;
    }

    public override Errno SetTimes(ReadOnlySpan<byte> name, FileTimes times)
    {
        Place entry = BeforeChange(name, isSeen: true);
        return AfterChange(inner.SetTimes(name, times), entry);
    }

    public override Errno CreateDirectory(ReadOnlySpan<byte> name)
    {
        Place entry = BeforeChange(name, isSeen: false);
        return AfterChange(inner.CreateDirectory(name), entry);
    }

    public override Errno RemoveDirectory(ReadOnlySpan<byte> name)
    {
        Place entry = BeforeChange(name, isSeen: false);
        return AfterChange(inner.RemoveDirectory(name), entry);
    }

    public override Errno RemoveFile(ReadOnlySpan<byte> name)
    {
        Place entry = BeforeChange(name, isSeen: false);
        return AfterChange(inner.RemoveFile(name), entry);
    }

    public override Errno CreateSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        Place entry = BeforeChange(name, isSeen: false);
        return AfterChange(inner.CreateSymbolicLink(name, target), entry);
    }

    public override Errno Rename(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        var target = (ObservedDirectory)newDirectory;
        Place entry = BeforeChange(name, isSeen: true);
        Place newEntry = target.BeforeChange(newName, isSeen: false);
        Errno errno = inner.Rename(name, target.Inner, newName);
        AfterChange(errno, entry);
        return AfterChange(errno, newEntry);
    }

    public override Errno Link(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        var target = (ObservedDirectory)newDirectory;
        BeforeChange(name, isSeen: true);
        Place newEntry = target.BeforeChange(newName, isSeen: false);
        return AfterChange(inner.Link(name, target.Inner, newName), newEntry);
    }

    public override Errno Sync(bool dataOnly) => inner.Sync(dataOnly);

    public override void Dispose() => inner.Dispose();

    private HostDirectory Inner => inner;

    /// <summary>Looks at what is there before the guest changes it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isSeen">Whether the guest may see what a file held before: with what it writes, or under another name.</param>
    /// <returns>Its place.</returns>
    private Place BeforeChange(ReadOnlySpan<byte> name, bool isSeen)
    {
        Place entry = place.Entry(name);
        Errno errno = inner.Stat(Trim(name), out Filestat stat);
        RecordStatus(name, entry, errno, stat, withSize: false);
        if (errno == Errno.Success && stat.Type == FileType.RegularFile)
        {
            log.FinishFiles(stat.Inode);
            if (isSeen)
            {
                RecordContents(name, entry);
            }
        }

        return entry;
    }

    // What fails because of what is there, which is known, will fail again.
    private Errno AfterChange(Errno errno, Place entry)
    {
        switch (errno)
        {
            case Errno.Success:
                log.Change(entry);
                break;
            case Errno.Noent or Errno.Exist or Errno.Notdir or Errno.Isdir or Errno.Loop or Errno.Inval or Errno.Nametoolong:
                break;
            default:
                log.Report($"`{entry.HostPath}` could not be changed ({errno})");
                break;
        }

        return errno;
    }

    private void RecordContents(ReadOnlySpan<byte> name, Place entry)
    {
        if (inner.Open(Trim(name), new OpenMode { Read = true }, out HostFile? file, out HostDirectory? directory) == Errno.Success)
        {
            directory?.Dispose();
            if (file is not null)
            {
                // Closed at once, it is hashed from its start to its end.
                Observe(file, entry).Dispose();
            }
        }
    }

    private HostFile Observe(HostFile file, Place entry)
    {
        if (file.Type != FileType.RegularFile)
        {
            log.Record(Question.Status, entry, Answers.Other);
            log.Report($"`{entry.HostPath}` is neither a file nor a directory");
            return file;
        }

        if (file.Stat(out Filestat stat) != Errno.Success)
        {
            log.Report($"`{entry.HostPath}` could not be looked at");
            return file;
        }

        return log.KnowsContents(entry, stat) ? file : new ObservedFile(file, log, entry, stat);
    }

    private void RecordStatus(ReadOnlySpan<byte> name, Place entry, Errno errno, in Filestat stat, bool withSize)
    {
        if (errno != Errno.Success)
        {
            RecordFailure(name, entry, errno);
            return;
        }

        log.Record(Question.Status, entry, Answers.OfType(stat.Type));
        if (withSize && stat.Type == FileType.RegularFile)
        {
            log.Record(Question.Size, entry, Answers.OfNumber(stat.Size), (long)stat.Size);
        }
        else if (withSize && stat.Type == FileType.SymbolicLink)
        {
            // The size of a link is that of its target's name.
            _ = ReadLink(Trim(name), out _);
        }
    }

    // What is there decides whether a step fails: a file where a directory is needed, a link where none is followed.
    private void RecordFailure(ReadOnlySpan<byte> name, Place entry, Errno errno)
    {
        switch (errno)
        {
            case Errno.Noent:
                log.Record(Question.Status, entry, Answers.Absent);
                break;
            case Errno.Notdir or Errno.Loop or Errno.Inval or Errno.Isdir or Errno.Exist
                when inner.Stat(Trim(name), out Filestat stat) == Errno.Success:
                log.Record(Question.Status, entry, Answers.OfType(stat.Type));
                break;
            case Errno.Nametoolong:
                break; // wherever it is asked
            default:
                log.Record(Question.Status, entry, Answers.OfError(errno));
                log.Report($"`{entry.HostPath}` could not be looked at ({errno})");
                break;
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> name) => name[^1] == (byte)'/' ? name[..^1] : name;
}
