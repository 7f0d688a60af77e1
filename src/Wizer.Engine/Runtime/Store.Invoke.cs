using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

// The way into the guest and, through host functions, out of it and back in. No exception of the host crosses guest frames:
// it waits in the InterpreterHost until the guest's activation has ended with its status.
public sealed unsafe partial class Store
{
    // How deep host functions may call back into the guest: a guess at what nobody needs. The native stack has room for more, but
    // every collection looks through all of it, and what a hundred thousand of them take is minutes.
    private const int MaxActivationDepth = 10_000;

    private int _activationDepth;

    /// <summary>Calls a function of the store; the spans have as many slots as its type says.</summary>
    internal void Invoke(FuncData* func, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        GuestContext* context = Context;
        ulong* slots = context->Free;
        int slotCount = Math.Max(func->ParameterSlots, func->ResultSlots);

        // What nests on the native stack, and is not bounded by the slots, is host functions that call back.
        if (_activationDepth >= MaxActivationDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new WasmTrapException(TrapKind.CallStackExhausted);
        }

        if (context->SlotEnd - slots < slotCount)
        {
            throw CreateFailure(TrapKind.CallStackExhausted);
        }

        arguments.CopyTo(new Span<ulong>(slots, slotCount));
        InstanceData* calling = context->Instance;
        _activationDepth++;
        nint here;
        _sampler?.Begin(context, (nint)(&here));
        TrapKind status = Execution.Execute(context, func, slots);
        _sampler?.End(func);
        _activationDepth--;
        context->Instance = calling;
        context->Free = slots;
        if (status != TrapKind.None)
        {
            Fail(status);
        }

        new ReadOnlySpan<ulong>(slots, results.Length).CopyTo(results);
    }

    /// <summary>What a status that is no exception's becomes, without a backtrace; a limit of the store is its cause.</summary>
    internal Exception CreateFailure(TrapKind kind) => kind switch
    {
        TrapKind.Interrupted => new OperationCanceledException("the guest was interrupted", _interrupt.Token),
        TrapKind.CallStackExhausted => new WasmTrapException(kind, WasmLimitException.Stack(Options.StackByteLength)),
        TrapKind.AllocationTooLarge => new WasmTrapException(kind, WasmLimitException.Allocation(MemoryBudget)),
        _ => new WasmTrapException(kind),
    };

    private void Fail(TrapKind kind)
    {
        if (kind == TrapKind.UncaughtException)
        {
            // One that came through the host stays the same object, with the frames it has collected.
            WasmGuestException uncaught = _host.PendingException as WasmGuestException ?? new(this, Context->Exception);
            _host.PendingException = null;
            TrapBacktrace.Capture(this, uncaught);
            throw uncaught;
        }

        if (kind != TrapKind.HostException)
        {
            Exception raised = CreateFailure(kind);
            if (raised is WasmTrapException located)
            {
                TrapBacktrace.Capture(this, located);
            }

            throw raised;
        }

        Exception thrown = _host.PendingException!;
        _host.PendingException = null;

        // What ends the guest by design is thrown anew, without the host's stack trace: collecting that through thousands of
        // nested activations takes minutes. Anything else is a surprise, whose origin matters.
        if (thrown is WasmTrapException trap)
        {
            // It may have come through inner activations already, whose frames come first.
            TrapBacktrace.Capture(this, trap);
            throw trap;
        }

        if (thrown is OperationCanceledException canceled)
        {
            throw canceled;
        }

        ExceptionDispatchInfo.Throw(thrown);
    }
}
