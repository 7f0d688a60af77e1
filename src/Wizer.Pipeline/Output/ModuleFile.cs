using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>
/// The file that a new module goes to. It appears only once it is complete: it is written without a name where that is possible
/// (see <see cref="UnnamedFile"/>), elsewhere beside its target, and takes the target's place in one step.
/// Devices and pipes have no other way than to be written directly, which happens once the module is complete.
/// </summary>
/// <remarks>
/// The target is settled when the object is made, links followed: a guest that may write to the directory cannot redirect the
/// output afterwards. What is replaced keeps its mode.
/// </remarks>
public sealed class ModuleFile : IModuleSink, IDisposable
{
    private static int s_temporaryCount;

    private readonly Lock _lock = new();
    private readonly string _target;
    private readonly FileKind _kind;
    private readonly bool _isHeldOpen;
    private string? _temporary;
    private bool _abandoned;

    private ModuleFile(string target, FileKind kind, bool isHeldOpen)
    {
        _target = target;
        _kind = kind;
        _isHeldOpen = isHeldOpen;
    }

    /// <summary>Finds out where a path leads, without creating or changing anything.</summary>
    /// <exception cref="WizerException">Nothing could be written there (<see cref="WizerError.OutputFailed"/>).</exception>
    public static ModuleFile At(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            FileKind kind = FileKinds.Of(path);
            string target = kind == FileKind.Stream || FileKinds.IsNoLink(path) ? path : ResolveLinks(path);
            if (kind == FileKind.Directory)
            {
                throw new UnauthorizedAccessException();
            }

            if (kind == FileKind.Absent && FileKinds.Of(DirectoryOf(target)) != FileKind.Directory)
            {
                throw new DirectoryNotFoundException();
            }

            // A link of /proc or /dev to an open file: whoever holds that file open must find the module in it, so it is
            // not replaced by another file.
            bool isHeldOpen = path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/dev/", StringComparison.Ordinal);
            return new ModuleFile(isHeldOpen ? path : target, kind, isHeldOpen);
        }
        catch (Exception error) when (IsFileError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="WizerException">The module could not be written; no part of it is left in a file's place.</exception>
    public void Write(ModuleSlices module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Write(stream => new StreamSink(stream).Write(module), handle => new FileSink(handle).Write(module));
    }

    /// <summary>Writes something else than a module, with the same care.</summary>
    /// <param name="produce">Writes it to a stream, which is not buffered.</param>
    internal void Write(Action<Stream> produce) => Write(produce, handle =>
    {
        using var borrowed = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false);
        using var stream = new FileStream(borrowed, FileAccess.Write, bufferSize: 0);
        produce(stream);
    });

    private void Write(Action<Stream> writeToStream, Action<SafeFileHandle> writeToFile)
    {
        try
        {
            if (_kind == FileKind.Stream || _isHeldOpen)
            {
                WriteInPlace(writeToStream);
            }
            else
            {
                Replace(writeToStream, writeToFile);
            }
        }
        catch (Exception error) when (IsFileError(error))
        {
            Throw.OutputNotWritten(error);
        }
        finally
        {
            RemoveTemporary();
        }
    }

    /// <summary>Removes what was not finished, and sees to it that nothing more is begun. For another thread, before it ends the process.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _abandoned = true;
            RemoveTemporary();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => RemoveTemporary();

    /// <summary>Whether an exception is one that file operations throw and that a user can do something about.</summary>
    internal static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private void Replace(Action<Stream> writeToStream, Action<SafeFileHandle> writeToFile)
    {
        SafeFileHandle handle;
        try
        {
            handle = UnnamedFile.TryCreate(DirectoryOf(_target)) ?? CreateTemporary();
        }
        catch (UnauthorizedAccessException) when (_kind == FileKind.Regular)
        {
            // The directory takes no new files, but the file may be writable all the same: better that than nothing.
            WriteInPlace(writeToStream);
            return;
        }
        catch (Exception error) when (IsFileError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
        }

        using (handle)
        {
            if (_kind == FileKind.Regular && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(handle, File.GetUnixFileMode(_target));
            }

            writeToFile(handle);
            if (_temporary is null && TryAppear(handle))
            {
                return;
            }
        }

        lock (_lock)
        {
            if (!_abandoned)
            {
                File.Move(_temporary!, _target, overwrite: true);
                _temporary = null;
            }
        }
    }

    // What has no name yet gets the target's, or, where that is taken, one from which it can be moved over the target.
    private bool TryAppear(SafeFileHandle handle)
    {
        lock (_lock)
        {
            if (_abandoned || (_kind == FileKind.Absent && UnnamedFile.TryName(handle, _target)))
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
            return false;
        }
    }

    // Space is not asked for up front: of a full disk .NET then keeps the error number to itself.
    private SafeFileHandle CreateTemporary()
    {
        for (int attempt = 0; ; attempt++)
        {
            string name = TemporaryName();
            lock (_lock)
            {
                try
                {
                    SafeFileHandle handle = File.OpenHandle(
                        name, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
                    _temporary = name;
                    return handle;
                }
                catch (IOException) when (attempt < 100 && FileKinds.Of(name) != FileKind.Absent)
                {
                }
            }
        }
    }

    // Short, and beginning with a dot: the target's own name, with something added, could be too long.
    private string TemporaryName() => Path.Combine(
        DirectoryOf(_target), $".wizer-{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaryCount)}.tmp");

    // A stream and not the handle, which cannot be written without being able to seek.
    private void WriteInPlace(Action<Stream> write)
    {
        using SafeFileHandle handle = OpenInPlace();
        using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        if (_kind == FileKind.Regular)
        {
            stream.SetLength(0);
        }

        write(stream);
    }

    private SafeFileHandle OpenInPlace()
    {
        try
        {
            return File.OpenHandle(_target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (IsFileError(error))
        {
            Throw.OutputNotCreated(error);
            throw;
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
                    File.Delete(_temporary);
                }
                catch (Exception error) when (IsFileError(error))
                {
                    // The error that led here is the one to report.
                }

                _temporary = null;
            }
        }
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".";

    // A link to a place where nothing is yet leads to the place. Of a relative path, .NET takes a relative link to be relative
    // to the root.
    private static string ResolveLinks(string path)
    {
        try
        {
            return File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
    }
}
