using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The instructions of the threads proposal. A store runs one thread only, which alone sees its memories: plain accesses are
/// atomic and in order, and there is never anybody to wake. Threads proposal, Execution: Atomic Memory Instructions.
/// </summary>
internal static unsafe class Atomics
{
    private enum WaitResult : uint
    {
        NotEqual = 1,
        TimedOut = 2,
    }

    /// <summary>Executes one of them.</summary>
    /// <param name="context">Who asks.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="opcode">Not the fence, which does nothing.</param>
    /// <param name="address">An i32 is zero-extended.</param>
    /// <param name="a">The first operand after the address.</param>
    /// <param name="b">The second one.</param>
    /// <param name="offset">The immediate.</param>
    /// <param name="result">Where the result goes, if there is one.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Run(
        GuestContext* context, MemoryData* memory, Opcode opcode, ulong address, ulong a, ulong b, ulong offset, ulong* result)
    {
        ulong at = address + offset;
        var width = (ulong)OpcodeTable.Width(opcode);
        bool isBeyond = at < address || memory->ByteLength < width || at > memory->ByteLength - width;
        if ((at & (width - 1)) != 0)
        {
            return TrapKind.UnalignedAtomic;
        }

        if (isBeyond)
        {
            context->FaultAddress = at;
            return TrapKind.MemoryOutOfBounds;
        }

        byte* bytes = memory->Base + at;
        OpcodeFamily family = OpcodeTable.Family(opcode);
        switch (family)
        {
            case OpcodeFamily.AtomicNotify:
                *result = 0;
                return TrapKind.None;

            case OpcodeFamily.AtomicWait:
                if (memory->IsShared == 0)
                {
                    return TrapKind.ExpectedSharedMemory;
                }

                ulong expected = width == sizeof(uint) ? (uint)a : a;
                *result = (ulong)(RareOperations.Load(bytes, width) == expected ? WaitResult.TimedOut : WaitResult.NotEqual);
                return *result == (ulong)WaitResult.NotEqual ? TrapKind.None : Calls.Wait(context, (long)b);

            case OpcodeFamily.AtomicLoad:
                *result = RareOperations.Load(bytes, width);
                return TrapKind.None;

            case OpcodeFamily.AtomicStore:
                RareOperations.Store(bytes, width, a);
                return TrapKind.None;

            default:
                ulong before = RareOperations.Load(bytes, width);
                RareOperations.Store(bytes, width, Modify(family, before, a, b, width));
                *result = before;
                return TrapKind.None;
        }
    }

    // The bits of the operands beyond the width do not matter: that of `a` is compared within it, and stores cut off.
    private static ulong Modify(OpcodeFamily family, ulong before, ulong a, ulong b, ulong width) => family switch
    {
        OpcodeFamily.AtomicAdd => before + a,
        OpcodeFamily.AtomicSub => before - a,
        OpcodeFamily.AtomicAnd => before & a,
        OpcodeFamily.AtomicOr => before | a,
        OpcodeFamily.AtomicXor => before ^ a,
        OpcodeFamily.AtomicXchg => a,
        OpcodeFamily.AtomicCmpxchg => before == (a & (ulong.MaxValue >> (int)(64 - (8 * width)))) ? b : before,
        _ => throw new InvalidOperationException($"no operation for {family}"),
    };
}
