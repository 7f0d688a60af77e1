using System.Runtime.InteropServices;

namespace Wizer.Engine.Layout;

/// <summary>
/// One guest thread of execution: its slot stack, and what the loop and its helpers tell each other. Owned by the store, in
/// native memory; created by <c>Execution.CreateContext</c>.
/// </summary>
/// <remarks>
/// There is one stack only. A frame is parameters, locals, two slots that say where to return to (code, frame), operands; the
/// arguments of a call are the callee's first slots. Recursion is bounded by the size of the stack.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GuestContext
{
    /// <summary>No frame may reach beyond; null once an interrupt was requested, so that the next call notices.</summary>
    public ulong* SlotLimit;

    /// <summary>
    /// What machine code of a store with a sampler takes for <see cref="SlotLimit"/> first: also null while a sample is asked for. Beside
    /// it, so that code with a sampler is a byte longer and no more: calls take a fifth longer where functions lie otherwise.
    /// </summary>
    public ulong* SampledSlotLimit;

    /// <summary>Not 0 once an interrupt was requested; polled by backward branches and long helpers.</summary>
    public int InterruptRequested;

    /// <summary>
    /// Not 0 once a sample of the stack was asked for; set only where there is a sampler. Machine code polls it and the one above at once.
    /// </summary>
    public int SampleRequested;

    /// <summary>How many more branches and calls the loop makes before <c>Polling</c> looks around.</summary>
    public int PollCount;

    /// <summary>Why the guest ended; valid after a failed call.</summary>
    public TrapKind Trap;

    /// <summary>The instance whose code runs.</summary>
    public InstanceData* Instance;

    /// <summary>Where the guest trapped.</summary>
    public ushort* TrapCode;

    /// <summary>The frame that trapped.</summary>
    public ulong* TrapFrame;

    /// <summary>The first slot that a host function's callbacks into the guest may use; the base while none runs.</summary>
    public ulong* Free;

    /// <summary>The first slot of the stack.</summary>
    public ulong* SlotBase;

    /// <summary>The end of the stack, which <see cref="SlotLimit"/> is unless interrupted.</summary>
    public ulong* SlotEnd;

    /// <summary>The <see cref="GCHandle"/> of the <c>InterpreterHost</c>.</summary>
    public nint Host;

    /// <summary>Where the loop goes on after a helper; the loop has its own while it runs.</summary>
    public ushort* Code;

    /// <summary>The frame the loop goes on in after a helper.</summary>
    public ulong* Frame;

    /// <summary>The first byte of memory 0 of <see cref="Instance"/>; the loop has its own while it runs.</summary>
    public byte* Memory;

    /// <summary>The bytes of memory 0; none when there is no memory.</summary>
    public ulong MemoryLength;

    /// <summary>The memory of the store that was created last; see <see cref="MemoryData.Previous"/>.</summary>
    public MemoryData* LastMemory;

    /// <summary>What was thrown last.</summary>
    public ExceptionData* Exception;

    /// <summary>Not 0 while it is on its first way to a handler and nothing refers to it, neither of the guest nor of the host.</summary>
    public int IsExceptionNew;

    /// <summary>The structs and arrays; null before there are types of them.</summary>
    public GcHeapData* Heap;

    /// <summary>Below this address of the native stack everything is interpreted.</summary>
    public byte* NativeLimit;

    /// <summary>The native stack of the innermost activation of machine code: where a trap leaves it. See <c>MachineCode</c>.</summary>
    public byte* MachineExit;

    /// <summary>What machine code left for whoever entered it to call in its place; see <c>CompiledCalls.TailCallPending</c>.</summary>
    public FuncData* TailCallee;

    /// <summary>Machine code: where it goes on with what was thrown.</summary>
    public nint HandlerCode;

    /// <summary>The native stack that it goes on with there.</summary>
    public nint* HandlerStack;

    /// <summary>The frame of slots that it goes on in there.</summary>
    public ulong* HandlerFrame;

    /// <summary>The address beyond a memory that the last such trap was about; see <c>FaultAddresses</c>.</summary>
    public ulong FaultAddress;

    /// <summary>
    /// Not 0 while the native stack below <see cref="NativeLimit"/> has room for as many frames of machine code as all the slots have:
    /// then these need not look how much is left.
    /// </summary>
    public int HasNativeRoom;

    /// <summary>Which of the instructions that a superinstruction stands for trapped; or <c>CompiledCalls.FramesAreUnwound</c>.</summary>
    public int TrapPart;

    /// <summary>Not 0 when the plain loop runs the code, which knows no superinstructions.</summary>
    public int IsPlain;

    /// <summary>Not 0 while every write to a memory is noted: there is no compiled code then.</summary>
    public int AreWritesNoted;

    /// <summary>What machine code calls for a sample; see <c>MachineCode.SampleEntry</c>. 0 without a sampler.</summary>
    public nint SampleEntry;

    /// <summary>Code: <c>Op.Exit</c>, where the outermost frame of an activation returns to.</summary>
    public ushort ExitCode;

    /// <summary>Code: <c>Op.ReturnForeign</c>, where a call into another instance returns to.</summary>
    public ushort ReturnForeignCode;

    /// <summary>Asks the guest to end soon, with <see cref="TrapKind.Interrupted"/>. From any thread.</summary>
    public static void RequestInterrupt(GuestContext* context)
    {
        Volatile.Write(ref context->InterruptRequested, 1);
        Volatile.Write(ref *(nint*)&context->SlotLimit, 0);
        Volatile.Write(ref *(nint*)&context->SampledSlotLimit, 0);
    }

    /// <summary>Asks the guest to let its stack be looked at soon. From any thread, where there is a sampler.</summary>
    public static void RequestSample(GuestContext* context)
    {
        Volatile.Write(ref context->SampleRequested, 1);
        Volatile.Write(ref *(nint*)&context->SampledSlotLimit, 0);
    }

    /// <summary>Forgets a requested sample. From the thread that runs the guest.</summary>
    public static void ClearSample(GuestContext* context)
    {
        Volatile.Write(ref context->SampleRequested, 0);
        Volatile.Write(ref *(nint*)&context->SampledSlotLimit, (nint)context->SlotEnd);

        // An interrupt is for good, whoever was first.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref context->InterruptRequested) != 0)
        {
            Volatile.Write(ref *(nint*)&context->SampledSlotLimit, 0);
        }
    }

    /// <summary>Forgets a requested interrupt. From the thread that runs the guest.</summary>
    public static void ClearInterrupt(GuestContext* context)
    {
        Volatile.Write(ref context->InterruptRequested, 0);
        Volatile.Write(ref *(nint*)&context->SlotLimit, (nint)context->SlotEnd);
        Volatile.Write(ref *(nint*)&context->SampledSlotLimit, (nint)context->SlotEnd);
    }
}
