using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wizer.Engine.Compiler;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The calls that the loop does not make itself: into untranslated functions, into the host, into other instances. Each leaves
/// in the context where the loop goes on.
/// </summary>
/// <remarks>
/// A call into another instance puts four slots below the callee's frame: the code and frame to return to, the calling instance,
/// the callee. The callee returns to <see cref="GuestContext.ReturnForeignCode"/>, with those slots as its frame.
/// </remarks>
internal static unsafe class Calls
{
    internal const int ForeignSlots = 4;

    /// <summary>The managed half of a context.</summary>
    internal static InterpreterHost HostOf(GuestContext* context) =>
        (InterpreterHost)GCHandle.FromIntPtr(context->Host).Target!;

    /// <summary>Translates a function of the guest on its first call.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="callee">Not a host function.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Translate(GuestContext* context, FuncData* callee)
    {
        InterpreterHost host = HostOf(context);
        try
        {
            if (host.Tiering is not { } tiering)
            {
                host.TranslatorFor(context).Translate(callee);
                return TrapKind.None;
            }

            if (!tiering.TryTranslate(callee))
            {
                host.TranslatorFor(context).Translate(callee);
            }

            tiering.Translated(context, callee);
            return TrapKind.None;
        }
        catch (Exception e)
        {
            host.PendingException = e;
            return TrapKind.HostException;
        }
    }

    /// <summary>Calls any function.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="callee">The function.</param>
    /// <param name="frame">The arguments; the results afterwards.</param>
    /// <param name="returnTo">Where the caller goes on.</param>
    /// <param name="fp">The caller's frame.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Foreign(GuestContext* context, FuncData* callee, ulong* frame, ushort* returnTo, ulong* fp)
    {
        TrapKind trap;
        if (callee->IsHost != 0)
        {
            trap = CallHost(context, callee, context->Instance, frame);
            context->Code = returnTo;
            context->Frame = fp;
            LoadMemory(context);
            return trap == TrapKind.UncaughtException ? Exceptions.ThrowFromHost(context, returnTo, fp) : trap;
        }

        if (callee->Code == null && (trap = Translate(context, callee)) != 0)
        {
            return trap;
        }

        if (callee->Instance == context->Instance)
        {
            LoadMemory(context);
            return Enter(context, callee, frame, returnTo, fp);
        }

        ulong* inner = frame + ForeignSlots;
        if (IsBeyondLimit(context, callee, inner))
        {
            return LimitTrap(context);
        }

        callee->CallCount++;
        Move(frame, inner, callee->ParameterSlots);
        frame[0] = (ulong)returnTo;
        frame[1] = (ulong)fp;
        frame[2] = (ulong)context->Instance;
        frame[3] = (ulong)callee;
        context->Instance = callee->Instance;
        LoadMemory(context);
        return Enter(context, callee, inner, &context->ReturnForeignCode, frame);
    }

    /// <summary>The end of a call into another instance.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="frame">The four slots below the callee's frame.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ReturnForeign(GuestContext* context, ulong* frame)
    {
        context->Code = (ushort*)frame[0];
        context->Frame = (ulong*)frame[1];
        context->Instance = (InstanceData*)frame[2];
        Move(frame + ForeignSlots, frame, ((FuncData*)frame[3])->ResultSlots);
        LoadMemory(context);
    }

    /// <summary>Calls any function in the place of the caller, whose frame ends.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="callee">The function; its results are the caller's.</param>
    /// <param name="fp">The caller's frame.</param>
    /// <param name="arguments">In that frame.</param>
    /// <param name="saved">Where the frame says where to return to.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Tail(GuestContext* context, FuncData* callee, ulong* fp, ulong* arguments, ulong* saved)
    {
        var returnTo = (ushort*)saved[0];
        var returnFrame = (ulong*)saved[1];
        if (callee->IsHost != 0)
        {
            // The caller's frame stays until the host is back, for the backtrace.
            TrapKind trap = CallHost(context, callee, context->Instance, arguments);
            if (trap == 0)
            {
                Move(arguments, fp, callee->ResultSlots);
                context->Code = returnTo;
                context->Frame = returnFrame;
                LoadMemory(context);
            }

            // The handlers around a tail call are not for its callee.
            return trap == TrapKind.UncaughtException ? Exceptions.ThrowFromHost(context, returnTo, returnFrame) : trap;
        }

        return Replace(context, callee, fp, arguments, returnTo, returnFrame, polls: true);
    }

    /// <summary>Makes the call that machine code has ended with: see <see cref="CompiledCalls.TailCallPending"/>.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="fp">The frame that has ended, which begins with the arguments.</param>
    /// <param name="returnTo">Where it would have returned to.</param>
    /// <param name="returnFrame">In which frame.</param>
    /// <param name="polls">Whether the call counts.</param>
    internal static TrapKind CallPending(GuestContext* context, ulong* fp, ushort* returnTo, ulong* returnFrame, bool polls)
    {
        context->TrapPart = 0;
        TrapKind trap = Replace(context, context->TailCallee, fp, fp, returnTo, returnFrame, polls);
        return trap == 0 || context->TrapPart == CompiledCalls.FramesAreUnwound ? trap : LeaveFrame(context, trap, returnTo, returnFrame);
    }

    // A function of the guest takes the place of the one whose frame it is.
    private static TrapKind Replace(
        GuestContext* context, FuncData* callee, ulong* fp, ulong* arguments, ushort* returnTo, ulong* returnFrame, bool polls)
    {
        TrapKind trap;
        if (callee->Code == null && (trap = Translate(context, callee)) != 0)
        {
            return trap;
        }

        // Who returns into another instance already need not be told again: tail calls between instances take constant space too.
        bool isForeign = callee->Instance != context->Instance && returnTo != &context->ReturnForeignCode;
        ulong* frame = isForeign ? fp + ForeignSlots : fp;
        if (IsBeyondLimit(context, callee, frame))
        {
            return LeaveFrame(context, LimitTrap(context), returnTo, returnFrame);
        }

        Move(arguments, frame, callee->ParameterSlots);
        callee->CallCount += callee->Instance != context->Instance ? 1UL : 0;
        if (isForeign)
        {
            fp[0] = (ulong)returnTo;
            fp[1] = (ulong)returnFrame;
            fp[2] = (ulong)context->Instance;
            fp[3] = (ulong)callee;
            returnTo = &context->ReturnForeignCode;
            returnFrame = fp;
        }

        context->Instance = callee->Instance;
        LoadMemory(context);
        trap = Enter(context, callee, frame, returnTo, returnFrame);
        if (trap != 0 || !polls || --context->PollCount >= 0)
        {
            return trap;
        }

        // Nothing else counts what is only reached by such calls.
        trap = Polling.Poll(context, context->Code, context->Frame);
        return trap == TrapKind.Interrupted && context->TrapPart != CompiledCalls.FramesAreUnwound
            ? LeaveFrame(context, trap, returnTo, returnFrame)
            : trap;
    }

    // The frame that traps has been replaced: the trace begins with where it would have returned to.
    private static TrapKind LeaveFrame(GuestContext* context, TrapKind trap, ushort* returnTo, ulong* returnFrame)
    {
        HostOf(context).UnwoundFrames.Clear();
        context->TrapPart = CompiledCalls.FramesAreUnwound;
        context->Code = returnTo;
        context->Frame = returnFrame;
        return trap;
    }

    /// <summary>Makes a translated function's frame and lets the loop go on there.</summary>
    internal static TrapKind Enter(GuestContext* context, FuncData* callee, ulong* frame, ushort* returnTo, ulong* fp) =>
        Enter(context, callee->Code, frame, returnTo, fp);

    /// <summary>The same, although the function may have been compiled.</summary>
    internal static TrapKind EnterTranslated(GuestContext* context, FuncData* callee, ulong* frame, ushort* returnTo, ulong* fp) =>
        Enter(context, callee->Translated, frame, returnTo, fp);

    private static TrapKind Enter(GuestContext* context, ushort* code, ulong* frame, ushort* returnTo, ulong* fp)
    {
        if (frame + *(uint*)code > context->SlotLimit)
        {
            return LimitTrap(context);
        }

        ulong* saved = frame + code[FrameHeader.SavedAt];
        for (ulong* zero = frame + code[FrameHeader.LocalsAt]; zero < saved; zero++)
        {
            *zero = 0;
        }

        saved[0] = (ulong)returnTo;
        saved[1] = (ulong)fp;
        context->Code = code + FrameHeader.Units;
        context->Frame = frame;
        return TrapKind.None;
    }

    /// <summary>Calls a host function; its exception becomes a status.</summary>
    internal static TrapKind CallHost(GuestContext* context, FuncData* callee, InstanceData* caller, ulong* slots)
    {
        InterpreterHost host = HostOf(context);
        int count = Math.Max(callee->ParameterSlots, callee->ResultSlots);
        context->Free = slots + count;
        try
        {
            host.CallHost(context, callee, caller, new Span<ulong>(slots, count));
            return TrapKind.None;
        }
        catch (Exception e)
        {
            host.PendingException = e;
            ExceptionData* thrown = host.GuestExceptionOf(e);
            if (thrown == null)
            {
                return TrapKind.HostException;
            }

            context->Exception = thrown;
            context->IsExceptionNew = 0;
            return TrapKind.UncaughtException;
        }
    }

    /// <summary>Waits for a notification, which nobody can give.</summary>
    /// <param name="context">Who waits.</param>
    /// <param name="nanoseconds">How long; forever when negative.</param>
    internal static TrapKind Wait(GuestContext* context, long nanoseconds)
    {
        InterpreterHost host = HostOf(context);
        if (nanoseconds < 0)
        {
            host.PendingException = host.TrapOf("deadlock: a wait without a timeout, and no other thread to end it");
            return TrapKind.HostException;
        }

        return host.Sleep(nanoseconds) ? TrapKind.None : TrapKind.Interrupted;
    }

    /// <summary>Whether a function may be called as another type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool IsSubtype(GuestContext* context, FuncData* callee, uint typeId) =>
        HostOf(context).IsSubtype(callee->TypeId, typeId);

    /// <summary>Takes the running instance's memory 0 into the context.</summary>
    internal static void LoadMemory(GuestContext* context)
    {
        InstanceData* instance = context->Instance;
        bool hasMemory = instance->MemoryCount != 0;
        context->Memory = hasMemory ? instance->Memories[0]->Base : null;
        context->MemoryLength = hasMemory ? instance->Memories[0]->ByteLength : 0;
    }

    /// <summary>The loop found something that is no operation: a mistake of the translator.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Corrupt(ushort* code)
    {
        Environment.FailFast($"the interpreter met operation {*code}, which does not exist");
        return 0;
    }

    private static bool IsBeyondLimit(GuestContext* context, FuncData* callee, ulong* frame) =>
        frame + *(uint*)callee->Code > context->SlotLimit;

    internal static TrapKind LimitTrap(GuestContext* context) =>
        context->InterruptRequested != 0 ? TrapKind.Interrupted : TrapKind.CallStackExhausted;

    internal static void Move(ulong* from, ulong* to, int count) =>
        Buffer.MemoryCopy(from, to, (ulong)count * sizeof(ulong), (ulong)count * sizeof(ulong));
}
