using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// What all machine code of the process shares: the address space it lies in, the fixed pieces that lead into it, out of it and
/// from one tier to another, and the handler of faults. It comes into being when it is first asked for, and stays.
/// </summary>
/// <remarks>
/// <para>
/// Machine code is no managed code to the runtime: it is called as native code is, and calls back as native code does. It keeps the
/// frame of slots in rbx, the context in r14 and the first memory's base in r15; locals are in rbp, r8 to r13 and xmm6 to xmm15,
/// operands in rcx, rdx, rsi, rdi and xmm1 to xmm5, and rax and xmm0 are for whatever takes one instruction more. Where there are more
/// locals in use than registers for them, rdi is a local's, too. A callee keeps rbp, rbx and r12 to r15, as C's do. Arguments and results
/// are in slots, the first result also in rax or xmm0; integers among the first three arguments are in rcx, rdx and rsi, too, where the
/// start of machine code has them from, as long as the first three slots are theirs.
/// </para>
/// <para>
/// A tail call undoes the caller's frame on the native stack and jumps. The arguments are where the caller's own were, and so are the
/// results. A callee that has no machine code, or is of another instance, is called from here by who waits for the result: from machine
/// code as for any other call; where the activation ends, it ends with <see cref="CompiledCalls.TailCallPending"/>.
/// </para>
/// <para>
/// A trap leaves all frames of an activation at once: <see cref="MachineCalls.Unwind"/> notes them for the backtrace, and the stack
/// becomes what it was when the activation began. An access beyond a memory is a fault, for which the handler puts a call of the
/// trap in the place of the access.
/// </para>
/// <para>
/// What is thrown leaves only the frames within its handler. A function that has handlers pushes all registers that it has to keep, so
/// that nothing is lost with those frames, and nothing that a handler needs is in a register: see <see cref="MachineFrames"/>.
/// </para>
/// </remarks>
internal static unsafe class MachineCode
{
    /// <summary>Blocks are given to stores.</summary>
    internal const int BlockByteLength = 256 << 10;

    private const int BlockCount = 2048;

    private static readonly Lock s_lock = new();
    private static readonly bool[] s_isTaken = new bool[BlockCount];
    private static bool s_isInitialized;
    private static byte* s_region;

    /// <summary>Whether there is any. The first question may take a millisecond.</summary>
    internal static bool IsSupported
    {
        get
        {
            if (!s_isInitialized)
            {
                lock (s_lock)
                {
                    if (!s_isInitialized)
                    {
                        TryInitialize();
                        s_isInitialized = true;
                    }
                }
            }

            return EnterEntry != 0;
        }
    }

    /// <summary>Whether an access beyond a memory's guard is a trap; otherwise each address must be checked.</summary>
    internal static bool HandlesFaults { get; private set; }

    /// <summary>Runs code: <c>int (ulong* fp, GuestContext* context, void* code)</c>.</summary>
    internal static nint EnterEntry { get; private set; }

    /// <summary>Where a function that has no machine code is called: the callee in rdi, its frame in rbx.</summary>
    internal static nint InterpretEntry { get; private set; }

    /// <summary>The same, when the native stack is nearly used up.</summary>
    internal static nint InterpretDeepEntry { get; private set; }

    /// <summary>The same, for functions of the host and of other instances.</summary>
    internal static nint ForeignEntry { get; private set; }

    /// <summary>
    /// Where a function of any instance of the guest is called, when there are several: the callee in rdi, its frame in rbx.
    /// </summary>
    internal static nint AnyInstanceEntry { get; private set; }

    /// <summary>Traps: the kind in edi, called from the place that traps.</summary>
    internal static nint RaiseEntry { get; private set; }

    /// <summary>Traps: jumped to from the start of a function whose frame does not fit.</summary>
    internal static nint LimitEntry { get; private set; }

    /// <summary>Throws a new exception: the tag in rdi, the address of its values in rsi, called from the place that throws.</summary>
    internal static nint ThrowEntry { get; private set; }

    /// <summary>Throws an exception again: it is in rdi, or 0.</summary>
    internal static nint ThrowRefEntry { get; private set; }

    /// <summary>Takes a sample of the stack: called from the place that polls, and leaves all registers as they are.</summary>
    internal static nint SampleEntry { get; private set; }

    /// <summary>What the frames of an activation end with.</summary>
    internal static nint EnterReturn { get; private set; }

    /// <summary>
    /// Whether an address is where a call returns to that machine code has made of what is none: above it on the stack are eight bytes that
    /// align it, and then the place in the machine code.
    /// </summary>
    internal static bool IsCallReturn(nint address) => Array.IndexOf(s_callReturns, address) >= 0;

    private static nint[] s_callReturns = [];

    /// <summary>Takes blocks that lie one after the other; null when there are none left.</summary>
    internal static byte* TryTake(int count)
    {
        lock (s_lock)
        {
            int free = 0;
            for (int i = 0; i < BlockCount; i++)
            {
                free = s_isTaken[i] ? 0 : free + 1;
                if (free == count)
                {
                    int first = i - count + 1;
                    Mark(first, count, isTaken: true);
                    return s_region + ((long)first * BlockByteLength);
                }
            }
        }

        return null;
    }

    internal static void Return(byte* start, int count)
    {
        AddressSpace.Decommit(start, (ulong)count * BlockByteLength);
        lock (s_lock)
        {
            Mark((int)((start - s_region) / BlockByteLength), count, isTaken: false);
        }
    }

    private static void Mark(int first, int count, bool isTaken)
    {
        for (int i = first; i < first + count; i++)
        {
            s_isTaken[i] = isTaken;
        }
    }

    private static void TryInitialize()
    {
        if (!Processor.RunsX64ForLinux || Processor.IsRestricted)
        {
            return;
        }

        const ulong RegionByteLength = (ulong)BlockCount * BlockByteLength;
        s_region = AddressSpace.HasRoomFor(RegionByteLength) ? AddressSpace.TryReserve(RegionByteLength, isPermanent: true) : null;
        if (s_region == null)
        {
            return;
        }

        using var assembler = new Assembler();
        assembler.Reserve(4096);
        int features = EmitFeatures(assembler);
        int enter = EmitEnter(assembler, out int enterReturn, out int exit);
        int leave = EmitLeave(assembler, exit);
        int raise = EmitUnwind(assembler, UnwindReason.Raise, leave);
        int append = EmitUnwind(assembler, UnwindReason.Callee, leave);
        int limit = EmitUnwind(assembler, UnwindReason.Limit, leave);
        int throwNew = EmitThrow(
            assembler, (nint)(delegate* unmanaged<GuestContext*, nint*, ulong*, TagData*, ulong*, int>)&MachineCalls.Throw, leave);
        int throwAgain = EmitThrow(
            assembler, (nint)(delegate* unmanaged<GuestContext*, nint*, ulong*, ExceptionData*, int>)&MachineCalls.ThrowRef, leave);
        int pending = EmitPending(assembler, enterReturn, exit);
        int interpret = EmitCall(
            assembler, (nint)(delegate* unmanaged<ulong*, GuestContext*, FuncData*, int>)&MachineCalls.Interpret, append, pending,
            out int interpretReturn);
        int deep = EmitCall(
            assembler, (nint)(delegate* unmanaged<ulong*, GuestContext*, FuncData*, int>)&MachineCalls.InterpretDeep, append, 0,
            out int deepReturn);
        int foreign = EmitCall(
            assembler, (nint)(delegate* unmanaged<ulong*, GuestContext*, FuncData*, int>)&MachineCalls.CallForeign, append, pending,
            out int foreignReturn);
        int sample = EmitSample(assembler);
        int any = EmitAnyInstance(assembler, foreign);
        int fault = assembler.NewLabel();
        assembler.Bind(fault);
        assembler.MoveConstant(Gpr.Rdi, (ulong)TrapKind.MemoryOutOfBounds);
        assembler.Jump(raise);
        nint previous = FaultHandler.FindCurrent();
        int handler = EmitFaultHandler(assembler, fault, previous);
        assembler.Finish();

        s_isTaken[0] = true;
        ulong byteLength = ((ulong)assembler.Length + 4095) & ~4095UL;
        if (!AddressSpace.TryMakeExecutable(s_region, byteLength, isExecutable: false))
        {
            return;
        }

        assembler.Code.CopyTo(new Span<byte>(s_region, assembler.Length));
        if (!AddressSpace.TryMakeExecutable(s_region, byteLength, isExecutable: true) || !HasFeatures(EntryOf(features)))
        {
            return;
        }

        HandlesFaults = previous != 0 && FaultHandler.TryInstall(EntryOf(handler));
        InterpretEntry = EntryOf(interpret);
        InterpretDeepEntry = EntryOf(deep);
        ForeignEntry = EntryOf(foreign);
        AnyInstanceEntry = EntryOf(any);
        RaiseEntry = EntryOf(raise);
        LimitEntry = EntryOf(limit);
        ThrowEntry = EntryOf(throwNew);
        ThrowRefEntry = EntryOf(throwAgain);
        SampleEntry = EntryOf(sample);
        s_callReturns = [EntryOf(interpretReturn), EntryOf(deepReturn), EntryOf(foreignReturn)];
        EnterReturn = EntryOf(enterReturn);
        EnterEntry = EntryOf(enter);

        nint EntryOf(int label) => (nint)(s_region + assembler.OffsetOf(label));
    }

    // int (ulong* fp, GuestContext* context, void* code): registers and the way out of an outer activation are kept.
    private static int EmitEnter(Assembler assembler, out int enterReturn, out int exit)
    {
        Gpr[] kept = [Gpr.Rbp, Gpr.Rbx, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15];
        int label = assembler.NewLabel();
        enterReturn = assembler.NewLabel();
        exit = assembler.NewLabel();
        assembler.Bind(label);
        foreach (Gpr register in kept)
        {
            assembler.Push(register);
        }

        assembler.Memory(0xff, 6, Gpr.Rsi, Gpr.None, ContextOffsets.MachineExit, wide: false);
        assembler.Store(Gpr.Rsp, Gpr.Rsi, ContextOffsets.MachineExit, wide: true);
        assembler.Move(Gpr.Rbx, Gpr.Rdi, wide: true);
        assembler.Move(Gpr.R14, Gpr.Rsi, wide: true);
        assembler.Load(Gpr.R15, Gpr.Rsi, ContextOffsets.Memory, wide: true);
        assembler.Move(Gpr.Rax, Gpr.Rdx, wide: true);

        // More than the arguments are, perhaps: there is room behind the last slot.
        assembler.Load(Gpr.Rcx, Gpr.Rbx, 0, wide: true);
        assembler.Load(Gpr.Rdx, Gpr.Rbx, sizeof(long), wide: true);
        assembler.Load(Gpr.Rsi, Gpr.Rbx, 2 * sizeof(long), wide: true);
        assembler.CallTo(Gpr.Rax);
        assembler.Bind(enterReturn);
        assembler.MoveConstant(Gpr.Rax, 0);
        assembler.Bind(exit);
        assembler.Memory(0x8f, 0, Gpr.R14, Gpr.None, ContextOffsets.MachineExit, wide: false);
        for (int i = kept.Length - 1; i >= 0; i--)
        {
            assembler.Pop(kept[i]);
        }

        assembler.Return();
        return label;
    }

    // The status, or kind of trap, is in edi; at rsp is where the innermost frame goes on.
    private static int EmitUnwind(Assembler assembler, UnwindReason reason, int leave)
    {
        int label = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Move(Gpr.Rdx, Gpr.Rdi, wide: false);
        assembler.Move(Gpr.Rdi, Gpr.R14, wide: true);
        assembler.Move(Gpr.Rsi, Gpr.Rsp, wide: true);
        assembler.MoveConstant(Gpr.Rcx, (ulong)reason);
        assembler.Move(Gpr.R8, Gpr.Rbx, wide: true);
        assembler.OperateConstant(Alu.And, Gpr.Rsp, -16, wide: true);
        assembler.MoveConstant(
            Gpr.Rax, (ulong)(nint)(delegate* unmanaged<GuestContext*, nint*, int, UnwindReason, ulong*, int>)&MachineCalls.Unwind);
        assembler.CallTo(Gpr.Rax);
        assembler.Jump(leave);
        return label;
    }

    // What is thrown is in rdi and rsi; at rsp is the place behind.
    private static int EmitThrow(Assembler assembler, nint method, int leave)
    {
        int label = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Move(Gpr.Rcx, Gpr.Rdi, wide: true);
        assembler.Move(Gpr.R8, Gpr.Rsi, wide: true);
        assembler.Move(Gpr.Rdi, Gpr.R14, wide: true);
        assembler.Move(Gpr.Rsi, Gpr.Rsp, wide: true);
        assembler.Move(Gpr.Rdx, Gpr.Rbx, wide: true);
        assembler.OperateConstant(Alu.And, Gpr.Rsp, -16, wide: true);
        assembler.MoveConstant(Gpr.Rax, (ulong)method);
        assembler.CallTo(Gpr.Rax);
        assembler.Jump(leave);
        return label;
    }

    // Leaves all frames with the status in eax; with none, those within a handler.
    private static int EmitLeave(Assembler assembler, int exit)
    {
        int label = assembler.NewLabel();
        int handler = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Test(Gpr.Rax, Gpr.Rax, wide: false);
        assembler.JumpIf(Condition.Equal, handler);
        assembler.Load(Gpr.Rsp, Gpr.R14, ContextOffsets.MachineExit, wide: true);
        assembler.Jump(exit);
        assembler.Bind(handler);
        assembler.Load(Gpr.Rsp, Gpr.R14, ContextOffsets.HandlerStack, wide: true);
        assembler.Load(Gpr.Rbx, Gpr.R14, ContextOffsets.HandlerFrame, wide: true);
        assembler.Load(Gpr.Rax, Gpr.R14, ContextOffsets.HandlerCode, wide: true);
        assembler.JumpTo(Gpr.Rax);
        return label;
    }

    private static int EmitAnyInstance(Assembler assembler, int foreign)
    {
        int label = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Load(Gpr.Rax, Gpr.Rdi, FuncOffsets.Instance, wide: true);
        assembler.OperateAt(Alu.Cmp, Gpr.Rax, Gpr.R14, ContextOffsets.Instance, wide: true);
        assembler.JumpIf(Condition.NotEqual, foreign);
        assembler.JumpAt(Gpr.Rdi, FuncOffsets.MachineEntry);
        return label;
    }

    // What returns to where an activation ends is a tail call of whom the activation waits for.
    private static int EmitPending(Assembler assembler, int enterReturn, int exit)
    {
        int label = assembler.NewLabel();
        int isCall = assembler.NewLabel();
        assembler.Bind(label);
        assembler.LoadLabelAddress(Gpr.Rcx, enterReturn);
        assembler.OperateAt(Alu.Cmp, Gpr.Rcx, Gpr.Rsp, sizeof(long), wide: true);
        assembler.JumpIf(Condition.NotEqual, isCall);
        assembler.Store(Gpr.Rdi, Gpr.R14, ContextOffsets.TailCallee, wide: true);
        assembler.OperateConstant(Alu.Add, Gpr.Rsp, 2 * sizeof(long), wide: true);
        assembler.MoveConstant(Gpr.Rax, unchecked((uint)CompiledCalls.TailCallPending));
        assembler.Jump(exit);
        assembler.Bind(isCall);
        assembler.Return();
        return label;
    }

    // With all registers that machine code has values in, and the place behind the call in rsi.
    private static int EmitSample(Assembler assembler)
    {
        Gpr[] kept = [Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.Rbp];
        const int VectorCount = 16;
        const int VectorByteLength = 16;
        int label = assembler.NewLabel();
        assembler.Bind(label);
        foreach (Gpr register in kept)
        {
            assembler.Push(register);
        }

        assembler.Move(Gpr.Rbp, Gpr.Rsp, wide: true);
        assembler.Address(Gpr.Rsi, Gpr.Rbp, Gpr.None, kept.Length * sizeof(long), wide: true);
        assembler.OperateConstant(Alu.Sub, Gpr.Rsp, VectorCount * VectorByteLength, wide: true);
        assembler.OperateConstant(Alu.And, Gpr.Rsp, -16, wide: true);
        for (int i = 0; i < VectorCount; i++)
        {
            assembler.StoreVector(i, Gpr.Rbp, Gpr.None, -(i + 1) * VectorByteLength);
        }

        assembler.Move(Gpr.Rdi, Gpr.R14, wide: true);
        assembler.MoveConstant(Gpr.Rax, (ulong)(nint)(delegate* unmanaged<GuestContext*, nint*, void>)&MachineCalls.Sample);
        assembler.CallTo(Gpr.Rax);
        for (int i = 0; i < VectorCount; i++)
        {
            assembler.LoadVector(i, Gpr.Rbp, Gpr.None, -(i + 1) * VectorByteLength);
        }

        assembler.Move(Gpr.Rsp, Gpr.Rbp, wide: true);
        for (int i = kept.Length - 1; i >= 0; i--)
        {
            assembler.Pop(kept[i]);
        }

        assembler.Return();
        return label;
    }

    private static int EmitCall(Assembler assembler, nint method, int append, int pending, out int returnLabel)
    {
        int label = assembler.NewLabel();
        returnLabel = assembler.NewLabel();
        assembler.Bind(label);
        if (pending != 0)
        {
            assembler.Call(pending);
        }

        assembler.OperateConstant(Alu.Sub, Gpr.Rsp, 8, wide: true);
        assembler.Move(Gpr.Rdx, Gpr.Rdi, wide: true);
        assembler.Move(Gpr.Rdi, Gpr.Rbx, wide: true);
        assembler.Move(Gpr.Rsi, Gpr.R14, wide: true);
        assembler.MoveConstant(Gpr.Rax, (ulong)method);
        assembler.CallTo(Gpr.Rax);
        assembler.Bind(returnLabel);
        assembler.OperateConstant(Alu.Add, Gpr.Rsp, 8, wide: true);
        assembler.Move(Gpr.Rdi, Gpr.Rax, wide: false);
        assembler.Test(Gpr.Rdi, Gpr.Rdi, wide: false);
        assembler.JumpIf(Condition.NotEqual, append);
        assembler.Load(Gpr.Rax, Gpr.Rbx, 0, wide: true);
        assembler.LoadFloat(0, Gpr.Rbx, Gpr.None, 0, isDouble: true);
        assembler.Return();
        return label;
    }

    // void (int number, siginfo_t*, ucontext_t*): where machine code of ours was running and touched a memory of the store or the guard
    // behind it, it goes on with the trap, as though it had called that; otherwise it is for whoever handled faults before.
    private static int EmitFaultHandler(Assembler assembler, int fault, nint previous)
    {
        int label = assembler.NewLabel();
        int other = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Load(Gpr.Rax, Gpr.Rdx, FaultHandler.InstructionPointerOffset, wide: true);
        assembler.Move(Gpr.R8, Gpr.Rax, wide: true);
        assembler.MoveConstant(Gpr.Rcx, (ulong)(s_region + BlockByteLength));
        assembler.Operate(Alu.Sub, Gpr.Rax, Gpr.Rcx, wide: true);
        assembler.OperateConstant(Alu.Cmp, Gpr.Rax, (BlockCount - 1) * BlockByteLength, wide: true);
        assembler.JumpIf(Condition.AboveOrEqual, other);
        assembler.OperateConstantAt(Alu.Cmp, Gpr.Rsi, FaultHandler.CodeOffset, 0, wide: false);
        assembler.JumpIf(Condition.LessOrEqual, other);

        // A memory of the store, whichever: what was touched is in what is reserved for it.
        int next = assembler.NewLabel();
        int found = assembler.NewLabel();
        assembler.Load(Gpr.Rcx, Gpr.Rdx, FaultHandler.R14Offset, wide: true);
        assembler.Load(Gpr.R10, Gpr.Rcx, ContextOffsets.LastMemory, wide: true);
        assembler.Bind(next);
        assembler.Test(Gpr.R10, Gpr.R10, wide: true);
        assembler.JumpIf(Condition.Equal, other);
        assembler.Load(Gpr.R9, Gpr.Rsi, FaultHandler.AddressOffset, wide: true);
        assembler.OperateAt(Alu.Sub, Gpr.R9, Gpr.R10, MemoryOffsets.Base, wide: true);
        assembler.OperateAt(Alu.Cmp, Gpr.R9, Gpr.R10, MemoryOffsets.ReservedByteLength, wide: true);
        assembler.JumpIf(Condition.Below, found);
        assembler.Load(Gpr.R10, Gpr.R10, MemoryOffsets.Previous, wide: true);
        assembler.Jump(next);
        assembler.Bind(found);
        assembler.Store(Gpr.R9, Gpr.Rcx, ContextOffsets.FaultAddress, wide: true);

        // One more, as a return address is behind its call.
        assembler.OperateConstant(Alu.Add, Gpr.R8, 1, wide: true);
        assembler.Load(Gpr.Rcx, Gpr.Rdx, FaultHandler.StackPointerOffset, wide: true);
        assembler.OperateConstant(Alu.Sub, Gpr.Rcx, 8, wide: true);
        assembler.Store(Gpr.R8, Gpr.Rcx, 0, wide: true);
        assembler.Store(Gpr.Rcx, Gpr.Rdx, FaultHandler.StackPointerOffset, wide: true);
        assembler.LoadLabelAddress(Gpr.Rax, fault);
        assembler.Store(Gpr.Rax, Gpr.Rdx, FaultHandler.InstructionPointerOffset, wide: true);
        assembler.Return();
        assembler.Bind(other);
        assembler.MoveConstant(Gpr.Rax, (ulong)previous);
        assembler.JumpTo(Gpr.Rax);
        return label;
    }

    // void (uint leaf, uint* result): cpuid, and the states that the system saves behind it. Asked here and not of the runtime,
    // whose answers code that is compiled ahead of time cannot have.
    private static int EmitFeatures(Assembler assembler)
    {
        int label = assembler.NewLabel();
        assembler.Bind(label);
        assembler.Push(Gpr.Rbx);
        assembler.Move(Gpr.Rax, Gpr.Rdi, wide: false);
        assembler.MoveConstant(Gpr.Rcx, 0);
        assembler.Byte(0x0f);
        assembler.Byte(0xa2);
        assembler.Store(Gpr.Rbx, Gpr.Rsi, 0, wide: false);
        assembler.Store(Gpr.Rcx, Gpr.Rsi, 4, wide: false);

        // Which states the system saves may be asked where leaf 1 says so in bit 27.
        assembler.MoveConstant(Gpr.Rax, 0);
        assembler.OperateConstant(Alu.Cmp, Gpr.Rdi, 1, wide: false);
        int isOther = assembler.ShortJumpIf(Condition.NotEqual);
        assembler.TestConstant(Gpr.Rcx, 1 << 27, wide: false);
        int isUnknown = assembler.ShortJumpIf(Condition.Equal);
        assembler.MoveConstant(Gpr.Rcx, 0);
        assembler.Byte(0x0f);
        assembler.Byte(0x01);
        assembler.Byte(0xd0);
        assembler.BindShort(isOther);
        assembler.BindShort(isUnknown);
        assembler.Store(Gpr.Rax, Gpr.Rsi, 8, wide: false);
        assembler.Pop(Gpr.Rbx);
        assembler.Return();
        return label;
    }

    // AVX with its state saved, SSE 4.1, popcnt; AVX2, BMI 1 and 2; lzcnt: what processors have since 2013.
    private static bool HasFeatures(nint ask)
    {
        var features = (delegate* unmanaged<uint, uint*, void>)ask;
        uint* result = stackalloc uint[3];
        const uint Basic = (1 << 28) | (1 << 27) | (1 << 23) | (1 << 19) | (1 << 12);
        const uint Extended = (1 << 3) | (1 << 5) | (1 << 8);
        features(1, result);
        if ((result[1] & Basic) != Basic || (result[2] & 6) != 6)
        {
            return false;
        }

        features(7, result);
        if ((result[0] & Extended) != Extended)
        {
            return false;
        }

        features(0x8000_0001, result);
        return (result[1] & (1 << 5)) != 0;
    }
}

/// <summary>Why the frames of an activation end.</summary>
internal enum UnwindReason
{
    /// <summary>An instruction of the innermost frame trapped.</summary>
    Raise,

    /// <summary>What it called returned a status, and has noted the frames within.</summary>
    Callee,

    /// <summary>What it called does not fit.</summary>
    Limit,
}
