using System.Runtime.InteropServices;
using System.Text;

namespace Wizer.Cli.Tests;

/// <summary>A terminal of the test's own, which keeps what is written to it.</summary>
internal sealed unsafe partial class Terminal : IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100; // O_RDWR | O_NOCTTY

    private readonly int _master;

    public Terminal()
    {
        _master = Open(ReadWriteNoControl);
        byte* name = stackalloc byte[128];
        if (_master < 0 || Grant(_master) != 0 || Unlock(_master) != 0 || NameOf(_master, name, 128) != 0)
        {
            throw new InvalidOperationException("no pseudo-terminal");
        }

        Path = Marshal.PtrToStringUTF8((nint)name)!;
    }

    /// <summary>What to redirect a stream to.</summary>
    public string Path { get; }

    /// <summary>All that was written, once whoever writes has closed it.</summary>
    public string ReadToEnd()
    {
        var text = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = Read(_master, start, (nuint)buffer.Length);
            }

            // The last one to close a terminal is an error to its reader.
            if (count <= 0)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }

            text.Write(buffer[..(int)count]);
        }
    }

    public void Dispose() => _ = Close(_master);

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int Open(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int NameOf(int master, byte* name, nuint byteLength);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nuint byteLength);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
