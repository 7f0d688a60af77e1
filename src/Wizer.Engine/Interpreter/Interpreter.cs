using System.Runtime.InteropServices;

namespace Wizer.Engine;

/// <summary>The door to the interpreter: contexts, and calls into the guest.</summary>
internal static unsafe class Interpreter
{
    /// <summary>8 MiB of slots: some 300,000 frames of small functions.</summary>
    internal const int DefaultSlotCount = 1024 * 1024;

    /// <summary>Creates the context that a store's guest code runs in.</summary>
    /// <param name="host">Kept alive by the context.</param>
    /// <param name="slotCount">The size of the stack, which bounds recursion.</param>
    internal static ExecutionContext* CreateContext(InterpreterHost host, int slotCount = DefaultSlotCount)
    {
        var context = (ExecutionContext*)NativeMemory.AllocZeroed((nuint)sizeof(ExecutionContext));
        context->SlotBase = (ulong*)NativeMemory.AlignedAlloc((nuint)slotCount * sizeof(ulong), 64);
        context->SlotEnd = context->SlotBase + slotCount;
        context->SlotLimit = context->SlotEnd;
        context->Free = context->SlotBase;
        context->Host = GCHandle.ToIntPtr(GCHandle.Alloc(host));
        return context;
    }

    /// <summary>Frees a context. Nothing may run in it any more.</summary>
    internal static void FreeContext(ExecutionContext* context)
    {
        GCHandle.FromIntPtr(context->Host).Free();
        NativeMemory.AlignedFree(context->SlotBase);
        NativeMemory.Free(context);
    }

    /// <summary>Calls a function; no exception leaves it.</summary>
    /// <param name="context">Where; a host function that calls back uses the context it was called in.</param>
    /// <param name="func">A function of the guest or of the host.</param>
    /// <param name="fp">
    /// At or above <see cref="ExecutionContext.Free"/>: the arguments, which the results replace. The function's frame lives from
    /// here on.
    /// </param>
    /// <returns>
    /// <see cref="TrapKind.None"/>, or why the guest ended; then <see cref="CaptureBacktrace"/> says where, until the next call.
    /// </returns>
    internal static TrapKind Execute(ExecutionContext* context, FuncData* func, ulong* fp)
    {
        context->Trap = func->Code == null ? TrapKind.Unreachable : TrapKind.None;
        return context->Trap;
    }

    /// <summary>The frames that were active when the last call failed, innermost first.</summary>
    internal static List<InterpreterFrame> CaptureBacktrace(ExecutionContext* context) => [];
}

/// <summary>A frame of a backtrace.</summary>
/// <param name="func">Whose.</param>
/// <param name="codeOffset">The module offset of the instruction, or -1.</param>
internal readonly unsafe struct InterpreterFrame(FuncData* func, long codeOffset)
{
    /// <summary>Whose.</summary>
    internal FuncData* Func { get; } = func;

    /// <summary>The module offset of the instruction, or -1.</summary>
    internal long CodeOffset { get; } = codeOffset;
}
