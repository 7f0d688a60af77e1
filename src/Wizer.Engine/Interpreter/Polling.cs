using System.Runtime.CompilerServices;
using Wizer.Engine.Compiler;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>What the loop does every thousand branches and calls or so, which all count down to it.</summary>
internal static unsafe class Polling
{
    /// <summary>The loop goes on in a frame, and asks whether it may.</summary>
    /// <param name="context">On success it says where the loop goes on.</param>
    /// <param name="ip">Where it would: the start of a function, or the target of a branch.</param>
    /// <param name="fp">In which frame.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Poll(GuestContext* context, ushort* ip, ulong* fp)
    {
        context->PollCount = 1000;
        context->Code = ip;
        context->Frame = fp;
        if (Volatile.Read(ref context->InterruptRequested) != 0)
        {
            return TrapKind.Interrupted;
        }

        if (Volatile.Read(ref context->SampleRequested) != 0)
        {
            Calls.HostOf(context).Sampler!.SampleLoop(context, ip, fp);
        }

        ITierUp? tiering = Calls.HostOf(context).Tiering;
        return tiering == null ? TrapKind.None : tiering.Poll(context, ip, fp);
    }
}
