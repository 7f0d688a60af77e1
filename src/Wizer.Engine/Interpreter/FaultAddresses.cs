using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// Which address the loop's access beyond a memory went to. Its handlers keep none: the other half of this class, which is made from
/// the same table, computes it once more.
/// </summary>
internal static unsafe partial class FaultAddresses
{
    /// <summary>Notes it for the trap that just ended the loop, when that was in the first step of its operation.</summary>
    internal static void Note(GuestContext* context)
    {
        if (context->TrapCode != null && context->TrapPart == 0 && TryFind(context->TrapCode, context->TrapFrame, out ulong address))
        {
            context->FaultAddress = address;
        }
    }
}
