using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Interpreter;

/// <summary>The door to the interpreter: contexts, and calls into the guest.</summary>
internal static unsafe class Execution
{
    /// <summary>8 MiB of slots: some 300,000 frames of small functions.</summary>
    internal const int DefaultSlotCount = 1024 * 1024;

    /// <summary>Frames of a backtrace beyond this many are left out: they are deep recursion, and all alike.</summary>
    internal const int MaxBacktraceFrames = 1000;

    private const int KeptStackByteLength = 128 << 10;

    // Calls zero locals four at a time, and so a little more than the frame.
    private const int SlackSlots = 4;

    /// <summary>
    /// Whether this assembly runs precompiled code, without which the threaded loop is a bad choice. A method of this class says
    /// what holds for all: a test sees to it that the loop is in the image when anything is.
    /// </summary>
    internal static readonly bool IsPrecompiled = DetectPrecompiled();

    /// <summary>Creates the context that a store's guest code runs in.</summary>
    /// <param name="host">Kept alive by the context.</param>
    /// <param name="slotCount">The size of the stack, which bounds recursion.</param>
    /// <param name="isPlain">Whether the plain loop is to run although this assembly is precompiled.</param>
    internal static GuestContext* CreateContext(InterpreterHost host, int slotCount = DefaultSlotCount, bool isPlain = false)
    {
        var context = (GuestContext*)NativeBlock.Allocate((ulong)sizeof(GuestContext));
        context->SlotBase = (ulong*)NativeBlock.Allocate(((ulong)slotCount + SlackSlots) * sizeof(ulong));
        context->SlotEnd = context->SlotBase + slotCount;
        context->SlotLimit = context->SlotEnd;
        context->SampledSlotLimit = context->SlotEnd;
        context->Free = context->SlotBase;
        context->Host = GCHandle.ToIntPtr(GCHandle.Alloc(host));
        context->IsPlain = isPlain || !IsPrecompiled ? 1 : 0;
        context->ExitCode = (ushort)Op.Exit;
        context->ReturnForeignCode = (ushort)Op.ReturnForeign;
        return context;
    }

    /// <summary>Frees a context and the code translated for it. Nothing may run in it any more.</summary>
    internal static void FreeContext(GuestContext* context)
    {
        InterpreterHost host = Calls.HostOf(context);
        host.Tiering?.Dispose();
        host.Machine?.Dispose();
#if COUNT_OPERATIONS
        OperationCounts.Collect(host.Code);
#endif
        host.Code.Dispose();
        host.Exceptions.Dispose();
        GCHandle.FromIntPtr(context->Host).Free();
        NativeBlock.Free(context->SlotBase);
        NativeBlock.Free(context);
    }

    /// <summary>Has a context in which nothing runs forget all calls, and interrupts, that there were.</summary>
    internal static void Reset(GuestContext* context)
    {
        GuestContext.ClearInterrupt(context);
        context->Trap = TrapKind.None;
        context->TrapCode = null;
        context->TrapFrame = null;
        context->TrapPart = 0;
        context->FaultAddress = 0;
        context->Instance = null;
        context->Exception = null;
        context->IsExceptionNew = 0;
        context->Code = null;
        context->Frame = null;
        context->Memory = null;
        context->MemoryLength = 0;
        context->Free = context->SlotBase;
    }

    /// <summary>Gives the pages back of a stack that nothing runs on, but for those that every run takes.</summary>
    internal static void DiscardStack(GuestContext* context) =>
        AddressSpace.Discard((byte*)context->SlotBase + KeptStackByteLength, (byte*)context->SlotEnd);

    /// <summary>Calls a function; no exception leaves it.</summary>
    /// <param name="context">Where; a host function that calls back uses the context it was called in.</param>
    /// <param name="func">A function of the guest or of the host.</param>
    /// <param name="fp">
    /// At or above <see cref="GuestContext.Free"/>: the arguments, which the results replace. The function's frame lives from
    /// here on.
    /// </param>
    /// <returns>
    /// <see cref="TrapKind.None"/>, or why the guest ended; then <see cref="CaptureBacktrace"/> says where, until the next call.
    /// </returns>
    internal static TrapKind Execute(GuestContext* context, FuncData* func, ulong* fp)
    {
        byte* limit = context->NativeLimit;
        bool hadRoom = context->HasNativeRoom != 0;
        ulong need = FrameHeader.NativeBytesPerByte * (ulong)((byte*)context->SlotEnd - (byte*)context->SlotBase);
        context->NativeLimit = GuestThread.FindLimit(need, out bool hasRoom);
        UseNativeStack(context, hasRoom);
        context->TrapCode = null;
        context->TrapPart = 0;
        context->Trap = Run(context, func, fp);
        context->NativeLimit = limit;
        if (limit != null)
        {
            // An outer activation may be another thread's.
            UseNativeStack(context, hadRoom);
        }

        if (context->Trap != 0)
        {
            UnwindLoop(context);
        }

        return context->Trap;
    }

    private static void UseNativeStack(GuestContext* context, bool hasRoom)
    {
        if ((context->HasNativeRoom != 0) != hasRoom)
        {
            context->HasNativeRoom = hasRoom ? 1 : 0;
            Calls.HostOf(context).Machine?.UseNativeStack(hasRoom);
        }
    }

    /// <summary>Runs the loop where the context says, until the outermost frame of this activation returns.</summary>
    internal static TrapKind RunLoop(GuestContext* context)
    {
        if (context->IsPlain != 0)
        {
            return (TrapKind)PlainLoop.Run(context);
        }

        // Through an unmanaged function pointer: see the loop.
        delegate* unmanaged<GuestContext*, int> run = &ThreadedLoop.Run;
        return (TrapKind)run(context);
    }

    /// <summary>The frames that were active when the last call failed, innermost first.</summary>
    internal static List<InterpreterFrame> CaptureBacktrace(GuestContext* context)
    {
        List<InterpreterFrame> frames = Calls.HostOf(context).UnwoundFrames;
        FindOffsets(context, frames);
        return frames;
    }

    /// <summary>Notes the frames of a loop that failed, behind those that were unwound before; or instead of earlier ones.</summary>
    internal static void UnwindLoop(GuestContext* context)
    {
        FaultAddresses.Note(context);
        InterpreterHost host = Calls.HostOf(context);
        List<InterpreterFrame> frames = host.UnwoundFrames;
        bool isFirstKnown = context->TrapPart == CompiledCalls.FramesAreUnwound;
        if (!isFirstKnown)
        {
            frames.Clear();
        }

        int part = context->TrapPart;
        int back = 0;
        ushort* code = context->TrapCode;
        ulong* frame = context->TrapFrame;
        context->TrapCode = null;
        context->TrapPart = 0;
        while (code != null && frames.Count < MaxBacktraceFrames)
        {
            if (isFirstKnown)
            {
                // Where it returns to is no longer in the frame: machine code has locals there.
                code = context->Code;
                frame = context->Frame;
                isFirstKnown = false;
            }
            else
            {
                CodeArena.Piece? piece = host.Code.FindPiece(code - back);
                if (piece == null)
                {
                    break;
                }

                frames.Add(new InterpreterFrame(piece.Func, (int)(code - back - piece.Start), part));
                ulong* saved = frame + piece.Start[FrameHeader.SavedAt];
                code = (ushort*)saved[0];
                frame = (ulong*)saved[1];
            }

            if (code == &context->ReturnForeignCode)
            {
                code = (ushort*)frame[0];
                frame = (ulong*)frame[1];
            }

            if (code == &context->ExitCode)
            {
                break;
            }

            // From here on the code is where a call returns to: one unit back is the call.
            back = 1;
            part = 0;
        }
    }

    /// <summary>Finds the module offsets of frames. Not while a guest runs.</summary>
    internal static void FindOffsets(GuestContext* context, List<InterpreterFrame> frames)
    {
        // Each function is translated or compiled once more, not each frame: a thousand frames of a function of megabytes would take
        // minutes.
        InterpreterHost host = Calls.HostOf(context);
        Translator translator = host.TranslatorFor(context);
        for (int i = 0; i < frames.Count; i++)
        {
            if (frames[i].CodeOffset != InterpreterFrame.NotFound)
            {
                continue;
            }

            FuncData* func = frames[i].Func;
            bool isMachine = frames[i].Part == InterpreterFrame.MachinePart;
            if (isMachine)
            {
                host.Machine!.CompileForOffsets(func);
            }
            else
            {
                translator.TranslateForOffsets(func);
            }

            InterpreterFrame found = frames[i];
            for (int j = i; j < frames.Count; j++)
            {
                InterpreterFrame frame = frames[j];
                if (frame.Func != func || (frame.Part == InterpreterFrame.MachinePart) != isMachine)
                {
                    continue;
                }

                if (j == i || frame.Unit != found.Unit || frame.Part != found.Part)
                {
                    frame.CodeOffset = isMachine ? host.Machine!.FindOffset(frame.Unit) : translator.FindOffset(frame.Unit, frame.Part);
                    found = frame;
                }

                frame.CodeOffset = found.CodeOffset;
            }
        }
    }

    private static TrapKind Run(GuestContext* context, FuncData* func, ulong* fp)
    {
        if (func->IsHost != 0)
        {
            return Calls.CallHost(context, func, null, fp);
        }

        TrapKind trap;
        if (func->Code == null && (trap = Calls.Translate(context, func)) != 0)
        {
            return trap;
        }

        context->Instance = func->Instance;
        Calls.LoadMemory(context);
        if (func->IsCompiled && !CompiledCalls.IsNativeStackLow(context))
        {
            trap = (TrapKind)func->Entry(fp, context, func);
            context->TrapPart = CompiledCalls.FramesAreUnwound;
            context->TrapCode = null;
            return trap;
        }

        trap = Calls.EnterTranslated(context, func, fp, &context->ExitCode, null);
        return trap != 0 ? trap : RunLoop(context);
    }

    private static bool DetectPrecompiled()
    {
        // What is precompiled is not compiled by the JIT when it is first called. Ahead-of-time, nothing ever is.
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return true;
        }

        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        Canary();
        return JitInfo.GetCompiledMethodCount(currentThread: true) == before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Canary()
    {
    }
}

/// <summary>A frame of a backtrace.</summary>
/// <param name="func">Whose.</param>
/// <param name="unit">Where in its code, counted from the header; in machine code, in bytes from its start.</param>
/// <param name="part">Which of the instructions of a superinstruction, or <see cref="MachinePart"/>.</param>
internal sealed unsafe class InterpreterFrame(FuncData* func, int unit, int part)
{
    /// <summary>What <see cref="CodeOffset"/> is before it is looked for.</summary>
    internal const long NotFound = -1;

    /// <summary>What <see cref="Part"/> is in machine code.</summary>
    internal const int MachinePart = -2;

    /// <summary>Whose.</summary>
    internal FuncData* Func { get; } = func;

    /// <summary>Where in its code.</summary>
    internal int Unit { get; } = unit;

    /// <summary>Which of the instructions of a superinstruction.</summary>
    internal int Part { get; } = part;

    /// <summary>The module offset of the instruction.</summary>
    internal long CodeOffset { get; set; } = NotFound;
}
