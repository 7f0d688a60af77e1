using System.Runtime.InteropServices;

namespace Wizer.Engine.Native;

/// <summary>
/// Writes to pages of this process that no instruction may write to, proc_pid_mem(5) of Linux. Whoever makes a page writable and executable
/// again has every processor that runs a thread of the process forget what it knows of it, twice.
/// </summary>
internal static unsafe partial class CodeWriter
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;

    // Open as long as the process lives; -1 where there is no such file, or it may not be written.
    private static readonly int s_memory = Open("/proc/self/mem", ReadWrite | CloseOnExec);

    /// <summary>Whether there is a way, so far; tests say otherwise.</summary>
    internal static bool IsAvailable { get; set; } = s_memory >= 0;

    /// <summary>Writes bytes to where they may be read or executed.</summary>
    /// <returns>False when the system refuses, perhaps in the middle; it is not asked again.</returns>
    internal static bool TryWrite(byte* to, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            int written = 0;
            while (written < bytes.Length)
            {
                nint count = Pwrite(s_memory, from + written, (nuint)(bytes.Length - written), (nint)(to + written));
                if (count <= 0)
                {
                    IsAvailable = false;
                    return false;
                }

                written += (int)count;
            }
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "pwrite")]
    private static partial nint Pwrite(int file, byte* bytes, nuint byteCount, nint offset);
}
