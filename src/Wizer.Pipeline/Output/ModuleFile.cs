using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>
/// The file that a new module goes to. It appears only once it is complete: it is written without a name where that is possible
/// (see <see cref="UnnamedFile"/>), elsewhere beside its target, and takes the target's place in one step. What no other file can
/// take the place of (see <see cref="OutputTarget"/>) is overwritten, once the module is complete; so are devices and pipes.
/// </summary>
/// <remarks>
/// The target is settled when the object is made, links followed: a guest that may write to the directory cannot redirect the
/// output afterwards. What is there keeps its owner, its mode and its other names.
/// </remarks>
public sealed class ModuleFile : IModuleSink, IDisposable
{
    // A regular file is overwritten in less time than this, or its disk does not answer.
    private const int OverwritingMilliseconds = 2000;

    private static int s_temporaryCount;

    private readonly Lock _lock = new();
    private readonly OutputTarget _target;
    private string? _temporary;
    private bool _abandoned;

    private ModuleFile(OutputTarget target)
    {
        _target = target;
    }

    /// <summary>Where it goes, and how.</summary>
    internal OutputTarget Target => _target;

    /// <summary>Finds out where a path leads and whether that can be written, without creating or changing anything.</summary>
    /// <exception cref="WizerException">Nothing could be written there (<see cref="WizerError.OutputFailed"/>).</exception>
    public static ModuleFile At(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return new ModuleFile(OutputTarget.At(path));
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="WizerException">
    /// The module could not be written; no part of it is left in a file's place, unless that file had to be overwritten and its
    /// disk failed.
    /// </exception>
    public void Write(ModuleSlices module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Write(stream => new StreamSink(stream).Write(module), handle => new FileSink(handle).Write(module), () => module.ByteLength);
    }

    /// <summary>Writes something else than a module, with the same care.</summary>
    /// <param name="produce">Writes it to a stream, which is not buffered. May be called again, and then writes the same.</param>
    internal void Write(Action<Stream> produce) => Write(
        produce,
        handle =>
        {
            using var borrowed = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false);
            using var stream = new FileStream(borrowed, FileAccess.Write, bufferSize: 0);
            produce(stream);
        },
        () =>
        {
            using var counter = new CountingStream();
            produce(counter);
            return counter.Length;
        });

    private void Write(Action<Stream> writeToStream, Action<SafeFileHandle> writeToFile, Func<long> countBytes)
    {
        try
        {
            if (_target.Way == OutputWay.Stream)
            {
                WriteToStream(writeToStream);
            }
            else if (_target.File is { } file)
            {
                Overwrite(file, countBytes(), writeToFile);
            }
            else if (!TryReplace(writeToFile))
            {
                RemoveTemporary();
                WriteInPlace(writeToFile, countBytes);
            }
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            Throw.OutputNotWritten(error);
        }
        finally
        {
            RemoveTemporary();
        }
    }

    /// <summary>
    /// Removes what was not finished, and sees to it that nothing more is begun. For another thread, before it ends the process.
    /// </summary>
    /// <remarks>Waits for a file that is being overwritten, since what was in it is lost.</remarks>
    public void Abandon()
    {
        if (_lock.TryEnter(OverwritingMilliseconds))
        {
            try
            {
                _abandoned = true;
                RemoveTemporary();
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        RemoveTemporary();
        _target.File?.Dispose();
    }

    // False when no other file can take the target's place, or look like it.
    private bool TryReplace(Action<SafeFileHandle> write)
    {
        using (SafeFileHandle? unnamed = UnnamedFile.TryCreate(_target.Directory))
        {
            if (unnamed is not null)
            {
                if (!TryFill(unnamed, write))
                {
                    return false;
                }

                if (TryAppear(unnamed))
                {
                    return _temporary is null || TryMove();
                }
            }
        }

        using (SafeFileHandle? named = TryCreateTemporary())
        {
            if (named is null || !TryFill(named, write))
            {
                return false;
            }
        }

        return TryMove();
    }

    private bool TryFill(SafeFileHandle file, Action<SafeFileHandle> write)
    {
        if (_target.Kind == FileKind.Regular && !FileResemblance.TryGive(file, _target.Path, _target.Status))
        {
            return false;
        }

        write(file);
        return true;
    }

    // What has no name yet gets the target's, or, where that is taken, one from which it can be moved over the target. False where
    // it cannot have any: not every file system gives names to what had none, and not every sandbox lets it.
    private bool TryAppear(SafeFileHandle handle)
    {
        lock (_lock)
        {
            try
            {
                if (_abandoned || (_target.Kind == FileKind.Absent && UnnamedFile.TryName(handle, _target.Path)))
                {
                    return true;
                }

                string name;
                do
                {
                    name = TemporaryName();
                }
                while (!UnnamedFile.TryName(handle, name));
                _temporary = name;
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    // Null when the directory takes no new files of this name.
    private SafeFileHandle? TryCreateTemporary()
    {
        for (int attempt = 0; ; attempt++)
        {
            string name = TemporaryName();
            lock (_lock)
            {
                try
                {
                    SafeFileHandle handle = HostFiles.Create(name);
                    _temporary = name;
                    return handle;
                }
                catch (IOException) when (attempt < 100 && FileKinds.Of(name) != FileKind.Absent)
                {
                }
                catch (Exception error) when (HostFiles.IsError(error) && IsRefusal(error))
                {
                    return null;
                }
            }
        }
    }

    // Rather than one of room: that is not there for the file in its place, either.
    private static bool IsRefusal(Exception error)
    {
        const int NoSpace = 28;
        const int Quota = 122;
        return error is not IOException { HResult: NoSpace or Quota };
    }

    // Short, and beginning with a dot: the target's own name, with something added, could be too long.
    private string TemporaryName() => Path.Combine(
        _target.Directory, $".wizer-{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaryCount)}.tmp");

    private bool TryMove()
    {
        lock (_lock)
        {
            if (_abandoned)
            {
                return true;
            }

            try
            {
                HostFiles.Rename(_temporary!, _target.Path);
                _temporary = null;
                return true;
            }
            catch (Exception error) when (HostFiles.IsError(error))
            {
                return false;
            }
        }
    }

    // The file that is there, or a new one under its own name: it goes again when it cannot be completed.
    private void WriteInPlace(Action<SafeFileHandle> write, Func<long> countBytes)
    {
        long byteLength = countBytes();
        lock (_lock)
        {
            if (!_abandoned)
            {
                using SafeFileHandle file = OpenInPlace();
                FileOverwriting.Overwrite(file, byteLength, write);
                _temporary = null;
            }
        }
    }

    private SafeFileHandle OpenInPlace()
    {
        try
        {
            if (_target.Kind == FileKind.Regular)
            {
                return HostFiles.OpenToWrite(_target.Path, followsLink: false);
            }

            SafeFileHandle file = HostFiles.Create(_target.Path);
            _temporary = _target.Path;
            return file;
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
        }
    }

    private void Overwrite(SafeFileHandle file, long byteLength, Action<SafeFileHandle> write)
    {
        lock (_lock)
        {
            if (!_abandoned)
            {
                FileOverwriting.Overwrite(file, byteLength, write);
            }
        }
    }

    // A stream and not the handle, which cannot be written without being able to seek.
    private void WriteToStream(Action<Stream> write)
    {
        SafeFileHandle handle;
        try
        {
            handle = HostFiles.OpenToWrite(_target.Path, followsLink: true);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
        }

        using (handle)
        {
            using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            write(stream);
        }
    }

    private void RemoveTemporary()
    {
        lock (_lock)
        {
            if (_temporary is not null)
            {
                try
                {
                    HostFiles.Delete(_temporary);
                }
                catch (Exception error) when (HostFiles.IsError(error))
                {
                    // The error that led here is the one to report.
                }

                _temporary = null;
            }
        }
    }
}
