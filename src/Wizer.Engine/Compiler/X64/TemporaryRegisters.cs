using System.Numerics;

namespace Wizer.Engine.Compiler.X64;

/// <summary>The registers for entries of the operand stack and for what an instruction needs on its way: which of them are free.</summary>
internal sealed class TemporaryRegisters
{
    private const uint MostGprs = (1u << (int)Gpr.Rcx) | (1u << (int)Gpr.Rdx) | (1u << (int)Gpr.Rsi) | (1u << (int)Gpr.Rdi);

    /// <summary>The vector registers there are.</summary>
    internal const uint AllVectors = 0x3e;

    /// <summary>The general registers there are in the function at hand, a bit for each: three, or four.</summary>
    internal uint AllGprs { get; private set; } = MostGprs;

    /// <summary>The general registers that nobody holds.</summary>
    internal uint FreeGprs { get; private set; }

    /// <summary>The vector registers that nobody holds.</summary>
    internal uint FreeVectors { get; private set; }

    /// <summary>Whether a register of one kind is free.</summary>
    internal bool HasFree(bool isInteger) => (isInteger ? FreeGprs : FreeVectors) != 0;

    /// <summary>Whether a general register is free.</summary>
    internal bool IsFree(Gpr register) => (FreeGprs & (1u << (int)register)) != 0;

    /// <summary>All of them are free, but for general registers that locals have.</summary>
    internal void Reset(uint usedByLocals)
    {
        FreeGprs = AllGprs = MostGprs & ~usedByLocals;
        FreeVectors = AllVectors;
    }

    /// <summary>Takes a general register, of which one is free.</summary>
    internal Gpr TakeGpr()
    {
        int register = BitOperations.TrailingZeroCount(FreeGprs);
        FreeGprs &= FreeGprs - 1;
        return (Gpr)register;
    }

    /// <summary>Takes a vector register, of which one is free.</summary>
    internal int TakeVector()
    {
        int register = BitOperations.TrailingZeroCount(FreeVectors);
        FreeVectors &= FreeVectors - 1;
        return register;
    }

    /// <summary>Takes a certain general register.</summary>
    internal void Take(Gpr register) => FreeGprs &= ~(1u << (int)register);

    /// <summary>Gives a general register back; one that is a local's stays that.</summary>
    internal void Release(Gpr register) => FreeGprs |= (1u << (int)register) & AllGprs;

    /// <summary>Gives a vector register back.</summary>
    internal void ReleaseVector(int register) => ReleaseVectors(1u << register);

    /// <summary>Gives vector registers back, a bit for each.</summary>
    internal void ReleaseVectors(uint registers) => FreeVectors |= registers;
}
