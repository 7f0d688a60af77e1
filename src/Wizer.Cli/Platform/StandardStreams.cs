using System.Runtime.InteropServices;
using System.Text;
using Wizer.Engine;
using Wizer.Engine.Wasi;

namespace Wizer.Cli;

/// <summary>
/// The three streams every process has, unbuffered. Where there is a libc its own calls are used: they keep the offset that
/// the process shares with its parent, report a reader that went away, and need none of the console's set-up at start.
/// </summary>
internal static unsafe partial class StandardStreams
{
    private const int InterruptedErrno = 4;
    private const int BadDescriptorErrno = 9;
    private const int GetDescriptorFlags = 1; // F_GETFD
    private const int CloseOnExecute = 1; // FD_CLOEXEC

    private static int TryAgainErrno => OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Whether somebody may be looking at stderr.</summary>
    public static bool IsErrorTerminal => OperatingSystem.IsWindows() ? !Console.IsErrorRedirected : IsATty(2) == 1;

    /// <summary>Whether a path is stdout by another name.</summary>
    public static bool IsOutput(string path) => path is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>
    /// Takes its writers from the console. Making them, which whoever asks for one does, changes the mode of a Unix terminal for
    /// good.
    /// </summary>
    public static void ReplaceConsoleWriters()
    {
        if (!OperatingSystem.IsWindows())
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(TextWriter.Null);
        }
    }

    /// <summary>Reads from stdin.</summary>
    /// <returns>0 at its end.</returns>
    /// <exception cref="IOException">Its <c>HResult</c> is the error number where there is a libc.</exception>
    public static int ReadInput(Span<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using Stream input = Console.OpenStandardInput();
            return input.Read(bytes);
        }

        ThrowIfClosed(0);
        fixed (byte* start = bytes)
        {
            while (true)
            {
                nint count = Read(0, start, (nuint)bytes.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                WaitOrThrow(0, events: 1);
            }
        }
    }

    /// <summary>Writes all the bytes to stdout.</summary>
    /// <exception cref="IOException">Its <c>HResult</c> is the error number where there is a libc.</exception>
    public static void WriteOutput(ReadOnlySpan<byte> bytes) => WriteAll(1, bytes);

    /// <summary>Writes a text to stderr; if that fails, there is nowhere left to say so.</summary>
    public static void WriteError(string text)
    {
        try
        {
            WriteAll(2, Encoding.UTF8.GetBytes(PathBytes.ToText(text)));
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Writes all the bytes to stderr.</summary>
    /// <exception cref="IOException">Its <c>HResult</c> is the error number where there is a libc.</exception>
    public static void WriteErrorOutput(ReadOnlySpan<byte> bytes) => WriteAll(2, bytes);

    private static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using Stream output = descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
            output.Write(bytes);
            return;
        }

        ThrowIfClosed(descriptor);
        fixed (byte* start = bytes)
        {
            // Safe: written never exceeds the length.
            for (int written = 0; written < bytes.Length;)
            {
                nint count = Write(descriptor, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                }
                else
                {
                    WaitOrThrow(descriptor, events: 4);
                }
            }
        }
    }

    // Where the parent left a standard descriptor closed, the runtime's first own file or pipe gets its number: reading that
    // would never end, writing it would upset the runtime. What is inherited does not close on exec; the runtime's files do.
    private static void ThrowIfClosed(int descriptor)
    {
        if ((Fcntl(descriptor, GetDescriptorFlags, 0) & CloseOnExecute) != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(BadDescriptorErrno), BadDescriptorErrno);
        }
    }

    // A parent may have made its end of a pipe non-blocking, which makes ours so too.
    private static void WaitOrThrow(int descriptor, short events)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno == TryAgainErrno)
        {
            var wait = new PollDescriptor { Descriptor = descriptor, Events = events };
            _ = Poll(&wait, 1, -1);
        }
        else if (errno != InterruptedErrno)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(errno), errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsATty(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
