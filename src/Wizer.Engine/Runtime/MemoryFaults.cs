using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>
/// Which address an access went to that was beyond its memory. Whoever traps notes what it has computed, in
/// <see cref="GuestContext.FaultAddress"/>; the rest is found out here, from the instruction, when somebody asks.
/// </summary>
internal static unsafe class MemoryFaults
{
    // The original reserves so much for a memory, and so much more behind it: 32-bit addresses need no check before small offsets.
    private const ulong ReservedByteLength = 1UL << 32;
    private const ulong GuardByteLength = 32 << 20;
    private const int PageSizeLog2 = 16;
    private const ulong PageByteLength = 1UL << PageSizeLog2;

    /// <summary>Adds the address to a trap, when the instruction that trapped is a load or a store and the original would tell.</summary>
    /// <param name="store">Where it trapped.</param>
    /// <param name="frame">The innermost one.</param>
    /// <param name="trap">An access beyond a memory, or beyond a data segment.</param>
    internal static void Describe(Store store, InterpreterFrame frame, WasmTrapException trap)
    {
        if (frame.CodeOffset < 0)
        {
            return;
        }

        InstanceData* instance = frame.Func->Instance;
        ModuleInfo module = store.InstanceOf(instance).Module;
        var reader = new WasmReader(module.Bytes.Span[(int)frame.CodeOffset..], frame.CodeOffset);
        InstructionReader.Read(ref reader, out Instruction instruction);
        if (!IsAccess(instruction.Opcode))
        {
            return;
        }

        MemoryData* memory = instance->Memories[instruction.Index];
        ulong address = store.Context->FaultAddress;
        ulong index = address - instruction.Value;
        ulong end = instruction.Value + (ulong)OpcodeTable.Width(instruction.Opcode);
        if (address >= instruction.Value && end > instruction.Value && IsTold(module.Memories[instruction.Index].Type, index, end, memory))
        {
            // An access that begins within the memory faults where that ends.
            trap.SetFault(Math.Max(address, memory->ByteLength), memory->ByteLength);
        }
    }

    // To wait and to notify are calls in the original, and it tells nothing of those.
    private static bool IsAccess(Opcode opcode) =>
        OpcodeTable.Immediates(opcode) is ImmediateKind.MemArg or ImmediateKind.MemArgLane
            && OpcodeTable.Family(opcode) is not (OpcodeFamily.AtomicWait or OpcodeFamily.AtomicNotify);

    // Where the original's code checks an address, a trap has none; where it relies on the processor, that tells it.
    private static bool IsTold(in MemoryType type, ulong index, ulong end, MemoryData* memory)
    {
        bool is64 = type.Limits.Is64;
        ulong endPages = (end >> PageSizeLog2) + ((end & (PageByteLength - 1)) == 0 ? 0UL : 1);
        if (type.PageSizeLog2 != PageSizeLog2 || endPages > type.Limits.Maximum)
        {
            return false;
        }

        bool isReserved = !is64 || type.Limits.Maximum <= ReservedByteLength >> PageSizeLog2;
        if (!isReserved)
        {
            return end <= GuardByteLength && index <= memory->ByteLength;
        }

        bool isUnchecked = !is64 && uint.MaxValue + end <= ReservedByteLength + GuardByteLength;
        return isUnchecked || (end <= ReservedByteLength && index <= ReservedByteLength - end);
    }
}
