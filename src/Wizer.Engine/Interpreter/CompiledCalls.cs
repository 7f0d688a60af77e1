using System.Runtime.CompilerServices;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The seam between the tiers: what compiled code calls to get out of itself, and what the interpreter calls to get in. A status
/// other than 0 has been noted with its frames in <see cref="InterpreterHost.UnwoundFrames"/>, innermost first.
/// </summary>
/// <remarks>
/// Compiled code nests on the native stack, the interpreter does not. Where little is left of it, all functions are interpreted,
/// so that recursion ends where the slots end in both.
/// </remarks>
internal static unsafe class CompiledCalls
{
    /// <summary>Calls a function of the running instance that is not compiled, or is not to run as such.</summary>
    /// <param name="fp">The arguments; the results afterwards.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="callee">Not a host function.</param>
    internal static int Interpret(ulong* fp, GuestContext* context, FuncData* callee)
    {
        TrapKind trap;
        context->TrapCode = null;
        context->TrapPart = 0;
        if (callee->Translated == null)
        {
            trap = Calls.Translate(context, callee);
            if (trap != 0)
            {
                return Fail(context, trap);
            }

            if (callee->IsCompiled && !IsNativeStackLow(context))
            {
                return callee->Entry(fp, context, callee);
            }
        }

        trap = Calls.EnterTranslated(context, callee, fp, &context->ExitCode, null);
        if (trap == 0)
        {
            trap = --context->PollCount < 0 ? Polling.Poll(context, context->Code, context->Frame) : TrapKind.None;
            if (trap == 0)
            {
                trap = Execution.RunLoop(context);
            }
        }

        return trap == 0 ? 0 : Fail(context, trap);
    }

    /// <summary>Calls a function of the host or of another instance.</summary>
    /// <inheritdoc cref="Interpret"/>
    internal static int CallForeign(ulong* fp, GuestContext* context, FuncData* callee)
    {
        if (callee->IsHost != 0)
        {
            TrapKind trap = Calls.CallHost(context, callee, context->Instance, fp);
            Calls.LoadMemory(context);
            if (trap != 0)
            {
                context->TrapCode = null;
                context->TrapPart = 0;
                return Fail(context, trap);
            }

            return 0;
        }

        // As the interpreter does, so that recursion ends at the same depth.
        ulong* inner = fp + Calls.ForeignSlots;
        if (inner + Math.Max(callee->ParameterSlots, callee->ResultSlots) > context->SlotLimit)
        {
            return LimitTrap(context);
        }

        callee->CallCount++;
        InstanceData* caller = context->Instance;
        Calls.Move(fp, inner, callee->ParameterSlots);
        context->Instance = callee->Instance;
        Calls.LoadMemory(context);
        int status = IsNativeStackLow(context) ? Interpret(inner, context, callee) : callee->Entry(inner, context, callee);
        context->Instance = caller;
        Calls.LoadMemory(context);
        Calls.Move(inner, fp, callee->ResultSlots);
        return status;
    }

    /// <summary>
    /// A status of machine code: the function entered, or one that took its place, has ended with a tail call of
    /// <see cref="GuestContext.TailCallee"/>, which has no machine code or is of another instance. The arguments are where its own
    /// were. Functions that call each other so, in whichever tier, take constant space: who waits for the result is always the same.
    /// </summary>
    internal const int TailCallPending = -1;

    /// <summary>Makes the pending call, for who is no loop to make it: in a loop that all such calls from there on are left to.</summary>
    internal static int CallPending(ulong* fp, GuestContext* context)
    {
        context->TrapCode = null;
        TrapKind trap = Calls.CallPending(context, fp, &context->ExitCode, null, polls: true);
        if (trap == 0)
        {
            trap = Execution.RunLoop(context);
        }

        return trap == 0 ? 0 : Fail(context, trap);
    }

    /// <summary>The frame of a compiled function does not fit: the caller's call traps.</summary>
    internal static int LimitTrap(GuestContext* context)
    {
        Calls.HostOf(context).UnwoundFrames.Clear();
        return (int)Calls.LimitTrap(context);
    }

    /// <summary>An instruction of compiled code trapped, or its helper did.</summary>
    /// <param name="context">Where.</param>
    /// <param name="func">Whose code.</param>
    /// <param name="offset">Counted from the start of the body.</param>
    /// <param name="status">Why.</param>
    internal static int Raise(GuestContext* context, FuncData* func, int offset, int status)
    {
        Calls.HostOf(context).UnwoundFrames.Clear();
        return Unwind(context, func, offset, status);
    }

    /// <summary>A function that compiled code called returned a status.</summary>
    /// <inheritdoc cref="Raise"/>
    internal static int Unwind(GuestContext* context, FuncData* func, int offset, int status)
    {
        InterpreterHost host = Calls.HostOf(context);
        if (host.UnwoundFrames.Count < Execution.MaxBacktraceFrames)
        {
            long bodyOffset = host.ModuleOf(func->Instance).BodyOf((uint)func->FuncIndex).Offset;
            host.UnwoundFrames.Add(new InterpreterFrame(func, 0, 0) { CodeOffset = bodyOffset + offset });
        }

        return status;
    }

    /// <summary>Whether a function may be called as another type.</summary>
    internal static bool IsSubtype(GuestContext* context, FuncData* callee, int typeId) =>
        Calls.IsSubtype(context, callee, (uint)typeId);

    /// <summary><see cref="Op.Compiled"/>: runs the function whose frame the loop has just made.</summary>
    /// <param name="context">On success it says where the loop goes on.</param>
    /// <param name="callee">The function.</param>
    /// <param name="fp">Its frame.</param>
    /// <param name="saved">Where that says where to return to.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Enter(GuestContext* context, FuncData* callee, ulong* fp, ulong* saved)
    {
        var returnTo = (ushort*)saved[0];
        var frame = (ulong*)saved[1];
        if (IsNativeStackLow(context))
        {
            return Calls.EnterTranslated(context, callee, fp, returnTo, frame);
        }

        TrapKind trap = Finish(context, callee->LoopEntry(fp, context, callee), fp, returnTo, frame, polls: true);
        if (trap != 0)
        {
            // Machine code has its locals there, and the backtrace goes on from here.
            saved[0] = (ulong)returnTo;
            saved[1] = (ulong)frame;
        }

        return trap;
    }

    /// <summary>Runs compiled code in the place of interpreted code, to the end of the function.</summary>
    /// <param name="context">On success it says where the loop goes on.</param>
    /// <param name="func">The function.</param>
    /// <param name="entry">Its compiled code.</param>
    /// <param name="fp">Its frame.</param>
    /// <param name="returnTo">Where the loop goes on then.</param>
    /// <param name="frame">The frame it goes on in.</param>
    internal static TrapKind Run(
        GuestContext* context, FuncData* func, delegate*<ulong*, GuestContext*, FuncData*, int> entry, ulong* fp,
        ushort* returnTo, ulong* frame) => Finish(context, entry(fp, context, func), fp, returnTo, frame, polls: false);

    /// <summary>What is left to do once compiled code has run in the place of interpreted code.</summary>
    /// <param name="context">On success it says where the loop goes on.</param>
    /// <param name="status">What the code ended with.</param>
    /// <param name="fp">The frame it ran in.</param>
    /// <param name="returnTo">Where the loop goes on when nothing is left.</param>
    /// <param name="frame">The frame it goes on in then.</param>
    /// <param name="polls">Whether a pending call counts; not while <see cref="Polling"/>, which would nest.</param>
    internal static TrapKind Finish(
        GuestContext* context, int status, ulong* fp, ushort* returnTo, ulong* frame, bool polls)
    {
        if (status == TailCallPending)
        {
            return Calls.CallPending(context, fp, returnTo, frame, polls);
        }

        var trap = (TrapKind)status;
        if (trap == TrapKind.UncaughtException)
        {
            // What handlers compiled functions have were asked.
            trap = Exceptions.ThrowFromHost(context, returnTo, frame);
            if (trap == 0)
            {
                context->TrapPart = 0;
                return trap;
            }
        }

        // The frames are known but for those of the running loop, whose first one is this.
        context->TrapPart = trap == 0 ? 0 : FramesAreUnwound;
        context->Code = returnTo;
        context->Frame = frame;
        return trap;
    }

    /// <summary>What <see cref="GuestContext.TrapPart"/> is when the frame that failed is among those unwound.</summary>
    internal const int FramesAreUnwound = -1;

    /// <summary>Whether what is left of the native stack is only for those who cannot do without.</summary>
    internal static bool IsNativeStackLow(GuestContext* context)
    {
        byte here;
        return &here < context->NativeLimit;
    }

    private static int Fail(GuestContext* context, TrapKind trap)
    {
        // An interpreter of its own ends here; its frames end the ones that compiled code unwound, when there are any.
        Execution.UnwindLoop(context);
        return (int)trap;
    }
}
