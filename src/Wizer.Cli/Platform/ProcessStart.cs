using System.Globalization;
using System.Runtime.InteropServices;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>How long ago this process was started, which the runtime does not say with the precision of a short run.</summary>
internal static unsafe partial class ProcessStart
{
    private const int ThreadCpuClock = 3;
    private const int BootClock = 7;

    // Linux counts the starts of processes in hundredths of a second, whatever its own clock does.
    private const long TickNanoseconds = 10_000_000;

    /// <summary>The time since then. To be asked on the main thread.</summary>
    public static TimeSpan Elapsed()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ElapsedOnLinux() : DateTime.Now - System.Diagnostics.Process.GetCurrentProcess().StartTime;
        }
        catch (Exception error) when (HostFiles.IsError(error)
            || error is FormatException or IndexOutOfRangeException or EntryPointNotFoundException)
        {
            return TimeSpan.Zero;
        }
    }

    // The start is known to a hundredth of a second. Within that, it is the time that the main thread has run since, or has
    // waited to run: it hardly ever waits for anything else before it comes here.
    private static TimeSpan ElapsedOnLinux()
    {
        long now = Now(BootClock);
        string stat = File.ReadAllText("/proc/self/stat");

        // The name of the program, in parentheses, may hold anything; the start is the 20th field behind it.
        long ticks = long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        long most = now - (ticks * TickNanoseconds);
        string[] scheduling = File.ReadAllText("/proc/self/schedstat").Split(' ');
        long ran = Now(ThreadCpuClock) + long.Parse(scheduling[1], CultureInfo.InvariantCulture);
        return TimeSpan.FromMicroseconds(Math.Clamp(ran, Math.Max(0, most - TickNanoseconds), Math.Max(0, most)) / 1000);
    }

    private static long Now(int clock)
    {
        long* time = stackalloc long[2];
        return ClockGetTime(clock, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : throw new IOException();
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);
}
