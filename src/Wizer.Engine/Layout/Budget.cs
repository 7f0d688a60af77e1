using System.Runtime.InteropServices;

namespace Wizer.Engine.Layout;

/// <summary>
/// A limit of the store, and what is left of it for all who share it. Owned by the store, in native memory: memories and tables
/// take from it when translated code grows them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Budget
{
    /// <summary>What there was at first.</summary>
    public ulong Limit;

    /// <summary>What nobody has taken yet.</summary>
    public ulong Remaining;

    /// <summary>How often a guest asked to grow something and was told that it cannot, because of this limit.</summary>
    public long RefusedGrowths;

    /// <summary>Nobody has taken anything.</summary>
    internal static void Reset(Budget* budget)
    {
        budget->Remaining = budget->Limit;
        budget->RefusedGrowths = 0;
    }

    /// <summary>Takes, or says that so much is not left.</summary>
    internal static bool TryTake(Budget* budget, ulong amount)
    {
        if (amount > budget->Remaining)
        {
            return false;
        }

        budget->Remaining -= amount;
        return true;
    }
}
