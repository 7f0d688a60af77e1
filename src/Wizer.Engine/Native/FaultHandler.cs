using System.Runtime.InteropServices;

namespace Wizer.Engine.Native;

/// <summary>
/// What the system calls when code touches memory that is not there: a handler in machine code, since it runs where no .NET code
/// may. On Linux only; elsewhere compiled code checks each address.
/// </summary>
internal static unsafe partial class FaultHandler
{
    // Where siginfo_t of x64 Linux says who sent the signal (nobody, when it is positive) and which address was meant, in bytes.
    internal const int CodeOffset = 8;
    internal const int AddressOffset = 16;

    // Where ucontext_t has the registers.
    internal const int R14Offset = 88;
    internal const int StackPointerOffset = 160;
    internal const int InstructionPointerOffset = 168;

    private const int SegmentationFault = 11;
    private const int HasInfo = 4;
    private const int OnOwnStack = 0x0800_0000;

    /// <summary>Who handles faults now: a function of three arguments (number, information, context); 0 when nobody does.</summary>
    internal static nint FindCurrent()
    {
        SignalAction action = default;
        bool isKnown = Sigaction(SegmentationFault, null, &action) == 0;

        // 0 and 1 are no handlers, but ways to end the process or to go on regardless.
        return isKnown && action.Handler > 1 && (action.Flags & HasInfo) != 0 ? action.Handler : 0;
    }

    /// <summary>Puts a handler in its place, for the rest of the process's life; it passes on what is not its business.</summary>
    internal static bool TryInstall(nint handler)
    {
        SignalAction action = default;
        if (Sigaction(SegmentationFault, null, &action) != 0)
        {
            return false;
        }

        action.Handler = handler;
        action.Flags |= HasInfo | OnOwnStack;
        return Sigaction(SegmentationFault, &action, null) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Sigaction(int signal, SignalAction* action, SignalAction* previous);

    // As glibc and musl have it.
    [StructLayout(LayoutKind.Sequential)]
    private struct SignalAction
    {
        internal nint Handler;
        internal fixed ulong Mask[16];
        internal int Flags;
        internal nint Restorer;
    }
}
