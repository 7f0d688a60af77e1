using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Wizer.Engine;

// The way into the guest and, through host functions, out of it and back in. No exception of the host crosses guest frames:
// a host function's exception waits here until the guest's activation has ended with its status.
public sealed unsafe partial class Store
{
    private ExceptionDispatchInfo? _hostException;

    /// <summary>Calls a function of the store; the spans have as many slots as its type says.</summary>
    internal void Invoke(FuncData* func, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        ExecutionContext* context = Context;
        ulong* slots = context->StackTop;
        FrameData* frames = context->FrameTop;
        int slotCount = Math.Max(func->ParameterSlots, func->ResultSlots);

        // Only host functions that call back nest on the native stack, and nothing but its end limits them.
        if (context->StackLimit - slots < slotCount || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new WasmTrapException(TrapKind.CallStackExhausted);
        }

        arguments.CopyTo(new Span<ulong>(slots, slotCount));
        context->StackTop = slots + slotCount;
        int status = func->IsHost != 0 ? CallHost(context, func, null, slots) : Execute(context, func, slots);
        if (status != 0)
        {
            Exception failure = FailureOf((TrapKind)status, frames, context->FrameTop);
            context->StackTop = slots;
            context->FrameTop = frames;
            Rethrow(failure);
        }

        new ReadOnlySpan<ulong>(slots, results.Length).CopyTo(results);
        context->StackTop = slots;
        context->FrameTop = frames;
    }

    /// <summary>Calls a host function for the guest.</summary>
    /// <param name="context">Its <c>StackTop</c> is beyond the slots.</param>
    /// <param name="func">The host function.</param>
    /// <param name="caller">The calling instance, or null.</param>
    /// <param name="slots">The arguments; the results when it returns.</param>
    /// <returns>0, or a <see cref="TrapKind"/>.</returns>
    internal static int CallHost(ExecutionContext* context, FuncData* func, InstanceData* caller, ulong* slots)
    {
        Store store = Of(context);
        Caller from = caller == null ? store._hostCaller : store._instances[caller->Id].Caller;
        try
        {
            store._hostFunctions[func->FuncIndex](from, new Span<ulong>(slots, Math.Max(func->ParameterSlots, func->ResultSlots)));
            return 0;
        }
        catch (Exception e)
        {
            store._hostException = ExceptionDispatchInfo.Capture(e);
            return (int)TrapKind.Host;
        }
    }

    private static int Execute(ExecutionContext* context, FuncData* func, ulong* slots) => (int)TrapKind.Unreachable;

    private Exception FailureOf(TrapKind kind, FrameData* first, FrameData* end)
    {
        if (kind == TrapKind.Interrupted)
        {
            return new OperationCanceledException("the guest was interrupted", _interrupt.Token);
        }

        if (kind != TrapKind.Host)
        {
            return new WasmTrapException(kind) { Backtrace = TrapBacktrace.Capture(this, [], first, end) };
        }

        Exception thrown = _hostException!.SourceException;
        if (thrown is WasmTrapException trap)
        {
            // It may have come through inner activations already, whose frames come first.
            trap.Backtrace = TrapBacktrace.Capture(this, trap.Backtrace, first, end);
        }

        return thrown;
    }

    private void Rethrow(Exception failure)
    {
        ExceptionDispatchInfo? hostException = _hostException;
        _hostException = null;
        if (hostException != null && ReferenceEquals(hostException.SourceException, failure))
        {
            hostException.Throw();
        }

        throw failure;
    }

    private static ExecutionContext* CreateContext(EngineOptions options, nint self)
    {
        var context = NativeBlock.Allocate<ExecutionContext>(1);
        context->StackBase = NativeBlock.Allocate<ulong>(options.StackSlotCount);
        context->StackLimit = context->StackBase + options.StackSlotCount;
        context->StackTop = context->StackBase;
        context->FrameBase = NativeBlock.Allocate<FrameData>(options.MaxCallDepth);
        context->FrameLimit = context->FrameBase + options.MaxCallDepth;
        context->FrameTop = context->FrameBase;
        context->Store = self;
        return context;
    }

    private static void FreeContext(ExecutionContext* context)
    {
        NativeBlock.Free(context->StackBase);
        NativeBlock.Free(context->FrameBase);
        NativeBlock.Free(context);
    }
}
