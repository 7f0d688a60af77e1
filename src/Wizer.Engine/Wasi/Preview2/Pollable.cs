using Wizer.Engine.Components;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>Something to wait for: a moment, input, or nothing at all.</summary>
internal sealed class Pollable : IDisposable
{
    // A wait for both a clock and input looks at the clock and for an interrupt this often.
    private const ulong SliceNanoseconds = 20_000_000;

    private readonly SharedDescriptor? _input;
    private readonly ulong _deadline;

    private Pollable(SharedDescriptor? input, ulong deadline)
    {
        _input = input;
        _deadline = deadline;
    }

    /// <summary>One that is ready.</summary>
    internal static Pollable Ready() => new(null, 0);

    /// <summary>One that is ready when the monotonic clock says so.</summary>
    internal static Pollable At(ulong deadline) => new(null, deadline);

    /// <summary>One that is ready when a read would not wait.</summary>
    /// <param name="input">It is one of the users.</param>
    internal static Pollable OfInput(SharedDescriptor input) => new(input, 0);

    public void Dispose() => _input?.Dispose();

    /// <summary>Waits until one of them is ready, or the guest is interrupted.</summary>
    /// <returns>The numbers of those that are.</returns>
    internal static List<int> Wait(scoped in Preview2Call call, IReadOnlyList<Pollable> pollables)
    {
        while (true)
        {
            List<int> ready = [];
            ulong wait = ulong.MaxValue;
            Descriptor? blocked = null;
            for (int i = 0; i < pollables.Count; i++)
            {
                if (pollables[i].IsReady(call.Wasi, ref wait, ref blocked))
                {
                    ready.Add(i);
                }
            }

            if (ready.Count != 0 || call.Interrupt.IsCancellationRequested)
            {
                return ready;
            }

            if (blocked is null)
            {
                call.Wasi.Clock.Sleep(wait, call.Interrupt);
            }
            else
            {
                blocked.WaitUntilReady(forWriting: false, (int)(Math.Min(wait, SliceNanoseconds) / 1_000_000));
            }
        }
    }

    /// <summary>Whether it is ready now.</summary>
    internal bool IsReady(WasiContext wasi)
    {
        ulong wait = 0;
        Descriptor? blocked = null;
        return IsReady(wasi, ref wait, ref blocked);
    }

    private bool IsReady(WasiContext wasi, ref ulong wait, ref Descriptor? blocked)
    {
        if (_input is not null)
        {
            if (_input.Descriptor.WaitUntilReady(forWriting: false, 0))
            {
                return true;
            }

            blocked ??= _input.Descriptor;
            return false;
        }

        ulong now = _deadline == 0 ? 0 : wasi.Clock.GetTime(WasiClockId.Monotonic);
        if (now < _deadline)
        {
            wait = Math.Min(wait, _deadline - now);
        }

        return now >= _deadline;
    }
}

/// <summary><c>wasi:io/poll</c>.</summary>
internal static class IoPoll
{
    /// <summary><c>[method]pollable.ready</c></summary>
    internal static ComponentValue? PollableReady(scoped in Preview2Call call)
    {
        CountVarying(call);
        return ComponentValue.Of(call.Resource<Pollable>(0).IsReady(call.Wasi));
    }

    /// <summary><c>[method]pollable.block</c>: the answer is the same, however long it takes.</summary>
    internal static ComponentValue? PollableBlock(scoped in Preview2Call call)
    {
        Pollable.Wait(call, [call.Resource<Pollable>(0)]);
        return null;
    }

    /// <summary><c>poll</c></summary>
    internal static ComponentValue? Poll(scoped in Preview2Call call)
    {
        IReadOnlyList<ComponentValue> handles = call[0].Items;
        if (handles.Count == 0)
        {
            throw new WasmTrapException($"`{call.Name}` was called with an empty list");
        }

        var pollables = new Pollable[handles.Count];
        for (int i = 0; i < pollables.Length; i++)
        {
            pollables[i] = call.Context.Resources.Get<Pollable>(handles[i].AsResource.Representation);
        }

        if (pollables.Length > 1)
        {
            CountVarying(call);
        }

        List<int> ready = Pollable.Wait(call, pollables);
        return ComponentValue.List(ready.ConvertAll(index => ComponentValue.Of((uint)index)).ToArray());
    }

    // Which of several things happens first is another matter than that something does.
    private static void CountVarying(scoped in Preview2Call call)
    {
        if (!call.Wasi.IsDeterministic)
        {
            call.AnswerVaries();
        }
    }
}
