using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Clocks.</summary>
internal static class ClockFunctions
{
    /// <summary><c>clock_res_get(id, resolution*)</c></summary>
    public static Errno ResGet(scoped in WasiCall call)
    {
        uint id = call.U32(0);
        if (!IsClock(id))
        {
            return Errno.Inval;
        }

        Count(call);
        return call.TryWriteU64(call.U32(1), call.Context.Clock.GetResolution((WasiClockId)id)) ? Errno.Success : Errno.Fault;
    }

    /// <summary><c>clock_time_get(id, precision, time*)</c>; the precision is a hint.</summary>
    public static Errno TimeGet(scoped in WasiCall call)
    {
        uint id = call.U32(0);
        if (!IsClock(id))
        {
            return Errno.Inval;
        }

        Count(call);
        return call.TryWriteU64(call.U32(2), call.Context.Clock.GetTime((WasiClockId)id)) ? Errno.Success : Errno.Fault;
    }

    // A clock that the embedder made says what the embedder wants.
    private static void Count(scoped in WasiCall call)
    {
        if (call.Context.IsHostClock)
        {
            call.AnswerVaries();
        }
    }

    public static bool IsClock(uint id) => id <= (uint)WasiClockId.ThreadCpuTime;
}
