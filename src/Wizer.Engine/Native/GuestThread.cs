using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Wizer.Engine.Native;

namespace Wizer.Engine;

/// <summary>
/// Runs a guest on a thread of its own with a large stack. Interpreted calls take none of it, but host functions that call back
/// into the guest do, and the main thread's size is the environment's choice.
/// </summary>
public static class GuestThread
{
    /// <summary>
    /// Address space only; the system commits what is used. Some thirty times the slots of the interpreter: compiled functions nest on it.
    /// Less where a limit on address space or data, which counts all of it, would leave little else.
    /// </summary>
    public const int StackByteLength = 256 << 20;

    private const int MinStackByteLength = 1 << 20;

    // For host functions, and whatever compiled code calls.
    private const int ReservedByteLength = 512 << 10;

    // What compiled code may use on a thread of unknown size, of the 128 KiB that the runtime can tell are left.
    private const int SmallByteLength = 64 << 10;

    [ThreadStatic]
    private static nint t_limit;

    [ThreadStatic]
    private static ulong t_byteLength;

    /// <summary>How far compiled code may use the stack of the current thread.</summary>
    /// <param name="need">What it may take beyond where it last looked how much is left.</param>
    /// <param name="hasRoom">Whether there is so much beyond the result, and as much again before it.</param>
    internal static unsafe byte* FindLimit(ulong need, out bool hasRoom)
    {
        hasRoom = t_limit != 0 && need <= t_byteLength / 2;
        if (hasRoom)
        {
            return (byte*)t_limit + need;
        }

        byte here;
        return t_limit != 0 ? (byte*)t_limit
            : RuntimeHelpers.TryEnsureSufficientExecutionStack() ? &here - SmallByteLength
            : &here;
    }

    /// <summary>Runs <paramref name="work"/> to its end on a new thread; its exception becomes the caller's.</summary>
    public static void Run(Action work) => Run(work, Timeout.InfiniteTimeSpan, static () => { });

    /// <summary>The same, and says when it takes long: the waiting thread is the clock, which needs no other.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="timeout">When to call <paramref name="expire"/>, unless the work is done before.</param>
    /// <param name="expire">Asks the work to end, which is waited for.</param>
    internal static void Run(Action work, TimeSpan timeout, Action expire)
    {
        ArgumentNullException.ThrowIfNull(work);
        ExceptionDispatchInfo? failure = null;
        int stackByteLength = ChooseStack();
        var thread = new Thread(
            () =>
            {
                try
                {
                    SetLimit(stackByteLength);
                    work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            stackByteLength)
        {
            IsBackground = true,
            Name = "wasm guest",
        };
        thread.Start();
        if (!thread.Join(timeout))
        {
            expire();
            thread.Join();
        }

        failure?.Throw();
    }

    private static unsafe void SetLimit(int stackByteLength)
    {
        byte here;
        t_byteLength = (ulong)(stackByteLength - ReservedByteLength);
        t_limit = (nint)(&here - t_byteLength);
    }

    /// <summary>How large the stack of such a thread is.</summary>
    /// <remarks>
    /// A quarter of what there is at most: the rest is for the guest. Where compiled code runs out of it, the interpreter goes on.
    /// </remarks>
    internal static int ChooseStack()
    {
        int byteLength = StackByteLength;
        while (byteLength > MinStackByteLength && !AddressSpace.IsAllowed(4UL * (uint)byteLength))
        {
            byteLength /= 2;
        }

        return byteLength;
    }
}
