using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>What machine code calls, and how it is called. Exceptions leave none of these: a status does.</summary>
internal static unsafe class MachineCalls
{
    /// <summary>What <see cref="FuncData.Entry"/> is of a function that has machine code.</summary>
    internal static int Enter(ulong* fp, GuestContext* context, FuncData* func)
    {
        int status = Enter(fp, context, func->MachineEntry);
        return status == CompiledCalls.TailCallPending ? CompiledCalls.CallPending(fp, context) : status;
    }

    /// <summary>What <see cref="FuncData.LoopEntry"/> is of such a function.</summary>
    internal static int EnterFromLoop(ulong* fp, GuestContext* context, FuncData* func) => Enter(fp, context, func->MachineEntry);

    /// <summary>The same where there is a sampler, which has to know where the loop goes on.</summary>
    internal static int EnterFromSampledLoop(ulong* fp, GuestContext* context, FuncData* func)
    {
        // The frame that the loop has made for the call says so, until machine code has its locals there.
        ulong* saved = fp + Math.Max(func->ParameterSlots, func->ResultSlots);
        return EnterSampled(context, func->MachineEntry, fp, (ushort*)saved[0], (ulong*)saved[1]);
    }

    private static int EnterSampled(GuestContext* context, nint code, ulong* fp, ushort* returnTo, ulong* frame)
    {
        IStackSampler sampler = Calls.HostOf(context).Sampler!;
        nint here;
        sampler.EnterMachineCode(returnTo, frame, &here);
        int status = Enter(fp, context, code);
        sampler.LeaveMachineCode();
        return status;
    }

    /// <summary>Takes a sample of the stack.</summary>
    /// <param name="context">Whose.</param>
    /// <param name="stack">Where the innermost frame's place in its code is, and above it that frame.</param>
    [UnmanagedCallersOnly]
    internal static void Sample(GuestContext* context, nint* stack)
    {
        if (Volatile.Read(ref context->SampleRequested) != 0)
        {
            Calls.HostOf(context).Sampler!.SampleMachineCode(context, stack);
        }
    }

    /// <summary>Runs machine code of the running instance, from the start of a function or from a loop.</summary>
    internal static int Enter(ulong* fp, GuestContext* context, nint code) =>
        ((delegate* unmanaged<ulong*, GuestContext*, nint, int>)MachineCode.EnterEntry)(fp, context, code);

    /// <summary>Runs machine code in the place of interpreted code, from a loop or the start of a function to its end.</summary>
    /// <param name="context">On success it says where the interpreter goes on.</param>
    /// <param name="code">Where.</param>
    /// <param name="fp">The function's frame.</param>
    /// <param name="returnTo">Where the interpreter goes on then.</param>
    /// <param name="frame">The frame it goes on in.</param>
    internal static TrapKind Run(GuestContext* context, nint code, ulong* fp, ushort* returnTo, ulong* frame)
    {
        int status = context->SampleEntry == 0
            ? Enter(fp, context, code)
            : EnterSampled(context, code, fp, returnTo, frame);
        return CompiledCalls.Finish(context, status, fp, returnTo, frame, polls: false);
    }

    /// <summary>Calls a function of the running instance that has no machine code.</summary>
    [UnmanagedCallersOnly]
    internal static int Interpret(ulong* fp, GuestContext* context, FuncData* callee) =>
        callee->IsCompiled && !CompiledCalls.IsNativeStackLow(context)
            ? callee->Entry(fp, context, callee)
            : CompiledCalls.Interpret(fp, context, callee);

    /// <summary>Calls a function in the way that takes the least of the native stack.</summary>
    [UnmanagedCallersOnly]
    internal static int InterpretDeep(ulong* fp, GuestContext* context, FuncData* callee) => CompiledCalls.Interpret(fp, context, callee);

    /// <inheritdoc cref="CompiledCalls.CallForeign"/>
    [UnmanagedCallersOnly]
    internal static int CallForeign(ulong* fp, GuestContext* context, FuncData* callee) => CompiledCalls.CallForeign(fp, context, callee);

    /// <summary>Whether a function may be called as another type.</summary>
    [UnmanagedCallersOnly]
    internal static int IsSubtype(GuestContext* context, FuncData* callee, int typeId) =>
        Calls.IsSubtype(context, callee, (uint)typeId) ? 1 : 0;

    /// <inheritdoc cref="BulkBytes.Copy"/>
    [UnmanagedCallersOnly]
    internal static int Move(byte* target, byte* source, ulong count, GuestContext* context) =>
        (int)BulkBytes.Copy(context, source, target, count);

    /// <inheritdoc cref="BulkBytes.Fill"/>
    [UnmanagedCallersOnly]
    internal static int Fill(byte* target, int value, ulong count, GuestContext* context) =>
        (int)BulkBytes.Fill(context, target, (byte)value, count);

    [UnmanagedCallersOnly]
    internal static int Rare(GuestContext* context, ulong* fp, ushort* operation) => (int)RareOperations.Run(context, fp, operation);

    [UnmanagedCallersOnly]
    internal static int VectorMemory(GuestContext* context, ulong* fp, ushort* operation) =>
        (int)Interpreter.VectorMemory.Run(context, fp, operation);

    [UnmanagedCallersOnly]
    internal static int VectorLane(GuestContext* context, ulong* fp, ushort* operation)
    {
        VectorLanes.Run(fp, operation);
        return 0;
    }

    [UnmanagedCallersOnly]
    internal static int Wide(GuestContext* context, ulong* fp, ushort* operation)
    {
        WideArithmetic.Run(fp, operation);
        return 0;
    }

    [UnmanagedCallersOnly]
    internal static int Shuffle(GuestContext* context, ulong* fp, ushort* operation)
    {
        VectorLanes.Shuffle(fp + operation[1], fp + operation[2], fp + operation[3], operation + 4);
        return 0;
    }

    [UnmanagedCallersOnly]
    internal static int Vector(GuestContext* context, ulong* fp, ushort* operation)
    {
        nint method = Unsafe.ReadUnaligned<nint>(operation + 5);
        ((delegate*<ulong*, ulong*, ulong*, ulong*, void>)method)(
            fp + operation[1], fp + operation[2], fp + operation[3], fp + operation[4]);
        return 0;
    }

    /// <summary>Leaves frames of an activation: all of them, which are noted, or those within a handler for what was thrown.</summary>
    /// <param name="context">Whose.</param>
    /// <param name="stack">Where the innermost frame's place in its code is, and above it that frame.</param>
    /// <param name="status">Why they end.</param>
    /// <param name="reason">Who says so.</param>
    /// <param name="fp">The slots of what the innermost frame called; its own when that trapped.</param>
    /// <returns>The status for whoever began the activation; 0 when it goes on in a handler.</returns>
    [UnmanagedCallersOnly]
    internal static int Unwind(GuestContext* context, nint* stack, int status, UnwindReason reason, ulong* fp)
    {
        InterpreterHost host = Calls.HostOf(context);
        return status == (int)TrapKind.UncaughtException && MachineFrames.TryCatch(context, host, stack, fp, isCallee: true)
            ? 0
            : NoteFrames(context, host, stack, status, reason);
    }

    /// <summary>Throws a new exception.</summary>
    /// <param name="context">Who throws.</param>
    /// <param name="stack">See <see cref="Unwind"/>.</param>
    /// <param name="fp">The slots of the innermost frame.</param>
    /// <param name="tag">The kind of exception.</param>
    /// <param name="values">As many slots as the tag says.</param>
    /// <returns>See <see cref="Unwind"/>.</returns>
    [UnmanagedCallersOnly]
    internal static int Throw(GuestContext* context, nint* stack, ulong* fp, TagData* tag, ulong* values)
    {
        InterpreterHost host = Calls.HostOf(context);
        ExceptionData* exception = host.Exceptions.TryCreate(tag, values);
        return exception == null
            ? NoteFrames(context, host, stack, (int)TrapKind.AllocationTooLarge, UnwindReason.Raise)
            : Throw(context, host, stack, fp, exception, isNew: true);
    }

    /// <summary>Throws an exception again.</summary>
    /// <param name="context">Who throws.</param>
    /// <param name="stack">See <see cref="Unwind"/>.</param>
    /// <param name="fp">The slots of the innermost frame.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <returns>See <see cref="Unwind"/>.</returns>
    [UnmanagedCallersOnly]
    internal static int ThrowRef(GuestContext* context, nint* stack, ulong* fp, ExceptionData* exception)
    {
        InterpreterHost host = Calls.HostOf(context);
        return exception == null
            ? NoteFrames(context, host, stack, (int)TrapKind.NullExceptionReference, UnwindReason.Raise)
            : Throw(context, host, stack, fp, exception, isNew: false);
    }

    private static int Throw(
        GuestContext* context, InterpreterHost host, nint* stack, ulong* fp, ExceptionData* exception, bool isNew)
    {
        host.PendingException = null;
        context->Exception = exception;
        context->IsExceptionNew = isNew ? 1 : 0;
        if (Volatile.Read(ref context->InterruptRequested) != 0)
        {
            return NoteFrames(context, host, stack, (int)TrapKind.Interrupted, UnwindReason.Raise);
        }

        return MachineFrames.TryCatch(context, host, stack, fp, isCallee: false)
            ? 0
            : NoteFrames(context, host, stack, (int)TrapKind.UncaughtException, UnwindReason.Raise);
    }

    // From the innermost on.
    private static int NoteFrames(GuestContext* context, InterpreterHost host, nint* stack, int status, UnwindReason reason)
    {
        if (reason == UnwindReason.Limit)
        {
            status = (int)Calls.LimitTrap(context);
        }

        if (reason != UnwindReason.Callee)
        {
            host.UnwoundFrames.Clear();
        }

        var machine = (MachineArena)host.Machine!;
        while (*stack != MachineCode.EnterReturn && host.UnwoundFrames.Count < Execution.MaxBacktraceFrames)
        {
            MachineFunction function = MachineFrames.FunctionAt(machine, *stack);
            host.UnwoundFrames.Add(new InterpreterFrame(function.Func, (int)(*stack - function.Start), InterpreterFrame.MachinePart));
            stack = MachineFrames.Above(stack, function);
        }

        return status;
    }
}
