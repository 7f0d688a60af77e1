using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>The guest as a process.</summary>
internal static class ProcessFunctions
{
    /// <summary><c>proc_exit(code)</c></summary>
    /// <exception cref="WasiExitException">Always.</exception>
    public static Errno Exit(scoped in WasiCall call) => throw new WasiExitException((int)call.U32(0));

    /// <summary><c>proc_raise(signal)</c>: there is nobody to send a signal to. Later editions of WASI dropped it.</summary>
    public static Errno Raise(scoped in WasiCall call) => Errno.Notsup;

    /// <summary><c>sched_yield()</c></summary>
    public static Errno Yield(scoped in WasiCall call)
    {
        Thread.Yield();
        return Errno.Success;
    }
}
