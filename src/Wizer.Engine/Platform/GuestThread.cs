using System.Runtime.ExceptionServices;

namespace Wizer.Engine;

/// <summary>
/// Runs a guest on a thread of its own with a large stack. Interpreted calls take none of it, but host functions that call back
/// into the guest do, and the main thread's size is the environment's choice.
/// </summary>
public static class GuestThread
{
    /// <summary>Address space only; the system commits what is used. A guess: two orders above what was ever seen used.</summary>
    public const int StackByteLength = 64 << 20;

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
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackByteLength)
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
}
