using System.Runtime.CompilerServices;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// Throwing. Entering a block with handlers costs nothing: what is thrown looks through the frames for one whose place in the
/// code has a handler, and the loop goes on there. Core 3.0, Execution: Exception Handling.
/// </summary>
/// <remarks>
/// The frames of one activation only. What nobody catches there ends it as <see cref="TrapKind.UncaughtException"/>, crosses the
/// host as a <see cref="WasmGuestException"/>, and is thrown anew where the guest called that host function.
/// </remarks>
internal static unsafe class Exceptions
{
    /// <summary>Throws a new exception.</summary>
    /// <param name="context">Who throws; on success it says where the loop goes on.</param>
    /// <param name="tag">The kind of exception.</param>
    /// <param name="values">As many slots as the tag says.</param>
    /// <param name="ip">The operation.</param>
    /// <param name="fp">Its frame.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind Throw(GuestContext* context, TagData* tag, ulong* values, ushort* ip, ulong* fp)
    {
        InterpreterHost host = Calls.HostOf(context);
        ExceptionData* exception = host.Exceptions.TryCreate(tag, values);
        if (exception == null)
        {
            return TrapKind.AllocationTooLarge;
        }

        host.PendingException = null;
        context->IsExceptionNew = 1;
        return Count(context, Unwind(context, exception, ip, 0, fp));
    }

    /// <summary>Throws an exception again.</summary>
    /// <param name="context">Who throws; on success it says where the loop goes on.</param>
    /// <param name="handle">The exception, or 0.</param>
    /// <param name="ip">The operation.</param>
    /// <param name="fp">Its frame.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TrapKind ThrowRef(GuestContext* context, ulong handle, ushort* ip, ulong* fp)
    {
        if (handle == 0)
        {
            return TrapKind.NullExceptionReference;
        }

        Calls.HostOf(context).PendingException = null;
        context->IsExceptionNew = 0;
        return Count(context, Unwind(context, (ExceptionData*)handle, ip, 0, fp));
    }

    /// <summary>A host function threw an exception of the guest.</summary>
    /// <param name="context">Who called it; on success it says where the loop goes on.</param>
    /// <param name="returnTo">Where the host function would have returned to.</param>
    /// <param name="fp">The frame it would have returned to.</param>
    internal static TrapKind ThrowFromHost(GuestContext* context, ushort* returnTo, ulong* fp) =>
        Unwind(context, context->Exception, returnTo, 1, fp);

    // A handler counts as the target of a branch does: a loop may go around by nothing else. What compiled code threw does not, since
    // that would nest.
    private static TrapKind Count(GuestContext* context, TrapKind trap) =>
        trap == 0 && --context->PollCount < 0 ? Polling.Poll(context, context->Code, context->Frame) : trap;

    // `back` is 1 when the code is where a call returns to, which may be behind the range that the call is in.
    private static TrapKind Unwind(GuestContext* context, ExceptionData* exception, ushort* code, int back, ulong* frame)
    {
        context->Exception = exception;
        if (Volatile.Read(ref context->InterruptRequested) != 0)
        {
            // A loop may consist of nothing but this.
            return TrapKind.Interrupted;
        }

        InterpreterHost host = Calls.HostOf(context);
        while (true)
        {
            if (code == &context->ReturnForeignCode)
            {
                code = (ushort*)frame[0];
                frame = (ulong*)frame[1];
            }

            if (code == &context->ExitCode)
            {
                return TrapKind.UncaughtException;
            }

            CodeArena.Piece piece = host.Code.FindPiece(code - back)!;
            FuncData* func = piece.Func;
            HandlerData* handler = FindHandler(func, (int)(code - back - piece.Start), exception->Tag);
            if (handler != null)
            {
                Deliver(context, frame, handler->Tag != null, handler->PayloadSlot, handler->ExceptionSlot);
                context->Instance = func->Instance;
                context->Code = func->Translated + handler->Target;
                context->Frame = frame;
                Calls.LoadMemory(context);
                return TrapKind.None;
            }

            ulong* saved = frame + piece.Start[FrameHeader.SavedAt];
            code = (ushort*)saved[0];
            frame = (ulong*)saved[1];
            back = 1;
        }
    }

    private static HandlerData* FindHandler(FuncData* func, int unit, TagData* tag)
    {
        int limit = int.MaxValue;
        HandlerData* end = func->Handlers + func->HandlerCount;
        for (HandlerData* handler = func->Handlers; handler < end; handler++)
        {
            if (unit < handler->Start || unit >= handler->End || handler->Block >= limit)
            {
                continue;
            }

            if (handler->DelegateTo != HandlerData.None)
            {
                limit = handler->DelegateTo;
            }
            else if (handler->Tag == null || handler->Tag == tag)
            {
                return handler;
            }
        }

        return null;
    }

    /// <summary>A handler has been found for the exception at hand: gives it what it catches.</summary>
    /// <param name="context">Who threw.</param>
    /// <param name="frame">The handler's.</param>
    /// <param name="takesValues">Whether it takes the exception's values.</param>
    /// <param name="payloadSlot">Where they go.</param>
    /// <param name="exceptionSlot">Where the exception goes, or <see cref="HandlerData.None"/>.</param>
    internal static void Deliver(GuestContext* context, ulong* frame, bool takesValues, int payloadSlot, int exceptionSlot)
    {
        InterpreterHost host = Calls.HostOf(context);
        host.PendingException = null;
        ExceptionData* exception = context->Exception;
        if (takesValues)
        {
            ulong byteLength = (ulong)exception->Tag->ParameterSlots * sizeof(ulong);
            Buffer.MemoryCopy(ExceptionData.ValuesOf(exception), frame + payloadSlot, byteLength, byteLength);
        }

        if (exceptionSlot != HandlerData.None)
        {
            frame[exceptionSlot] = (ulong)exception;
        }
        else if (context->IsExceptionNew != 0)
        {
            host.Exceptions.Forget(exception);
        }
    }
}
