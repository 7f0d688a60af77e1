using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Reads a whole input, once, into memory of its own.</summary>
internal static class InputFile
{
    /// <summary>What stands for a path in messages about stdin.</summary>
    public const string StandardInputName = "<stdin>";

    private const string ReadFailed = "failed to read input Wasm module";

    /// <summary>Reads a file, or stdin when the path is null. The caller disposes the bytes.</summary>
    /// <exception cref="CommandException">It cannot be opened or read.</exception>
    public static MemoryManager<byte> Read(string? path)
    {
        if (path is null)
        {
            return ReadStandardInput();
        }

        return ReadFile(path, HostFiles.IsDirectory(path) ? ReadFailed : "failed to open input file");
    }

    /// <summary>Reads a file. The caller disposes the bytes, or keeps them until the process ends.</summary>
    /// <param name="path">The file.</param>
    /// <param name="openFailed">What to say when it cannot be opened; if that names the file, the cause does not.</param>
    /// <exception cref="CommandException">It cannot be opened or read.</exception>
    public static MemoryManager<byte> ReadFile(string path, string openFailed)
    {
        using SafeFileHandle handle = Open(path, openFailed);
        NativeBuffer? buffer = null;
        try
        {
            // One byte more than a regular file holds, so that the read that meets its end needs no more room.
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            long length = stream.CanSeek ? stream.Length : 65536;
            buffer = new NativeBuffer((int)Math.Min(length + 1, Array.MaxLength));
            while (true)
            {
                int count = stream.Read(FreeSpan(buffer));
                if (count == 0)
                {
                    return buffer;
                }

                buffer.Advance(count);
            }
        }
        catch (Exception error)
        {
            ((IDisposable?)buffer)?.Dispose();
            throw FileError.Is(error) ? CommandException.File(DiagnosticCode.InputUnreadable, ReadFailed, error, path) : error;
        }
    }

    private static NativeBuffer ReadStandardInput()
    {
        var buffer = new NativeBuffer(65536);
        try
        {
            while (true)
            {
                int count = StandardStreams.ReadInput(FreeSpan(buffer));
                if (count == 0)
                {
                    return buffer;
                }

                buffer.Advance(count);
            }
        }
        catch (Exception error)
        {
            ((IDisposable)buffer).Dispose();
            throw FileError.Is(error) ? CommandException.File(DiagnosticCode.InputUnreadable, ReadFailed, error, null) : error;
        }
    }

    private static Span<byte> FreeSpan(NativeBuffer buffer)
    {
        Span<byte> free = buffer.GetFreeSpan();
        return free.IsEmpty
            ? throw new CommandException(
                DiagnosticCode.InputUnreadable,
                ReadFailed,
                new CommandException(DiagnosticCode.InputUnreadable, "the module is larger than 2 GiB"))
            : free;
    }

    private static SafeFileHandle Open(string path, string openFailed)
    {
        try
        {
            // A directory can be opened, but not read.
            return HostFiles.IsDirectory(path) ? throw FileError.IsADirectory() : HostFiles.OpenToRead(path);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            string? name = openFailed.Contains(path, StringComparison.Ordinal) ? null : path;
            throw CommandException.File(DiagnosticCode.InputUnreadable, openFailed, error, name);
        }
    }
}
