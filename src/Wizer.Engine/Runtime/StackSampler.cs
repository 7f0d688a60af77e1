using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Platform;

namespace Wizer.Engine.Runtime;

/// <summary>
/// Takes samples of the guest's stack: a thread asks for one at intervals, and the guest, where it polls next, notes which functions are
/// active and how much time has passed since the sample before.
/// </summary>
/// <remarks>
/// The interpreter polls every thousand branches or calls; machine code that is made for a store with a sampler polls at the start of each
/// function and of each turn of a loop. Time in a function that does neither, or whose call is made in place, is its caller's. Frames of
/// several activations, in both tiers, are found one after the other: those of machine code on the native stack, where each activation says
/// where the one before ended, and those of the interpreter from the place that each entry into machine code was noted with.
/// </remarks>
internal sealed unsafe class StackSampler : IStackSampler, IDisposable
{
    // Frames further out than this are left out, so that a runaway recursion costs no more.
    private const int MaxFrameCount = 500;

    private readonly Store _store;
    private readonly StackTree _tree = new();
    private readonly List<nint> _frames = [];
    private readonly List<Entry> _entries = [];
    private readonly ManualResetEvent _isOver = new(initialState: false);
    private readonly Thread _thread;
    private readonly TimeSpan _interval;
    private GuestContext* _context;
    private FuncData* _lastHostFunc;
    private ulong _last;

    // For each call of the host's under way: its thread, and where on that thread's stack the guest's frames end.
    private readonly List<(int Thread, nint End)> _calls = [];

    /// <exception cref="ArgumentOutOfRangeException">The interval is less than a millisecond.</exception>
    internal StackSampler(Store store, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        _store = store;
        _interval = interval;
        _thread = new Thread(AskAgainAndAgain) { IsBackground = true, Name = "stack samples" };
    }

    /// <summary>What was found; complete once no guest runs.</summary>
    internal StackTree Tree => _tree;

    /// <summary>The host calls the guest: time counts from now on.</summary>
    /// <param name="context">Where.</param>
    /// <param name="end">A place on the native stack that is further out than all frames of the guest.</param>
    internal void Begin(GuestContext* context, nint end)
    {
        int thread = Environment.CurrentManagedThreadId;
        bool isFirst = _calls.Count == 0;
        _calls.Add((thread, isFirst || _calls[^1].Thread != thread ? end : _calls[^1].End));
        if (!isFirst)
        {
            return;
        }

        if (_context == null)
        {
            _context = context;
            _thread.Start();
        }

        Volatile.Write(ref context->SampleRequested, 0);
        _last = SystemClock.MonotonicNanoseconds();
    }

    /// <summary>The guest has returned to the host. What has passed since the last sample is the function's that was called.</summary>
    internal void End(FuncData* func)
    {
        _calls.RemoveAt(_calls.Count - 1);
        if (_calls.Count == 0)
        {
            _frames.Clear();
            _frames.Add((nint)func);
            Note();
            _entries.Clear();
        }
    }

    /// <summary>A function of the host has returned to the guest.</summary>
    internal void HasCalled(GuestContext* context, FuncData* func)
    {
        if (Volatile.Read(ref context->SampleRequested) != 0)
        {
            // Whoever has called it polls soon.
            _lastHostFunc = func;
        }
    }

    /// <inheritdoc/>
    public void SampleLoop(GuestContext* context, ushort* code, ulong* frame)
    {
        Prepare(context);
        AddLoop(context, code, frame, isReturn: false);
        nint here;
        AddOuter(context, &here, (nint*)context->MachineExit, _entries.Count - 1);
        Note();
    }

    /// <inheritdoc/>
    public void SampleMachineCode(GuestContext* context, nint* stack)
    {
        Prepare(context);
        AddMachineCode(stack);
        var exit = (nint*)context->MachineExit;
        int entry = AddEntry(context, exit, (nint*)*exit, _entries.Count - 1, out nint* behind);
        AddOuter(context, behind, (nint*)*exit, entry);
        Note();
    }

    /// <inheritdoc/>
    public void EnterMachineCode(ushort* returnTo, ulong* frame, nint* native) =>
        _entries.Add(new Entry((nint)returnTo, (nint)frame, (nint)native));

    /// <inheritdoc/>
    public void LeaveMachineCode() => _entries.RemoveAt(_entries.Count - 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The thread writes into the context, which lives no longer than this.
        _isOver.Set();
        if (_context != null)
        {
            _thread.Join();
        }

        _isOver.Dispose();
    }

    private void AskAgainAndAgain()
    {
        while (!_isOver.WaitOne(_interval))
        {
            Volatile.Write(ref _context->SampleRequested, 1);
        }
    }

    private void Prepare(GuestContext* context)
    {
        Volatile.Write(ref context->SampleRequested, 0);
        _frames.Clear();
        if (_lastHostFunc != null)
        {
            _frames.Add((nint)_lastHostFunc);
            _lastHostFunc = null;
        }
    }

    private void Note()
    {
        ulong now = SystemClock.MonotonicNanoseconds();
        _tree.Add(_frames, now - _last);
        _last = now;
    }

    // The frames of one activation of the loop.
    private void AddLoop(GuestContext* context, ushort* code, ulong* frame, bool isReturn)
    {
        InterpreterHost host = Calls.HostOf(context);
        int back = isReturn ? 1 : 0;
        while (_frames.Count < MaxFrameCount)
        {
            if (code == &context->ReturnForeignCode)
            {
                code = (ushort*)frame[0];
                frame = (ulong*)frame[1];
            }

            if (code == null || code == &context->ExitCode || host.Code.FindPiece(code - back) is not { } piece)
            {
                return;
            }

            _frames.Add((nint)piece.Func);
            ulong* saved = frame + piece.Start[FrameHeader.SavedAt];
            code = (ushort*)saved[0];
            frame = (ulong*)saved[1];
            back = 1;
        }
    }

    // The frames of one activation of machine code.
    private void AddMachineCode(nint* stack)
    {
        MachineArena machine = _store.Machine!;
        while (*stack != MachineCode.EnterReturn && _frames.Count < MaxFrameCount && machine.Find(*stack) is { } function)
        {
            _frames.Add((nint)function.Func);
            stack = MachineFrames.Above(stack, function);
        }
    }

    // The loop that an activation of machine code was entered from, if it was one.
    private int AddEntry(GuestContext* context, nint* inner, nint* outer, int index, out nint* behind)
    {
        behind = inner;
        nint end = outer > inner ? Math.Min((nint)outer, _calls[^1].End) : _calls[^1].End;
        if (index < 0 || _entries[index].Native < (nint)inner || _entries[index].Native > end)
        {
            return index;
        }

        Entry entry = _entries[index];
        behind = (nint*)entry.Native;
        AddLoop(context, (ushort*)entry.ReturnTo, (ulong*)entry.Frame, isReturn: true);
        return index - 1;
    }

    // Further out: machine code that called what has been found, and so on. Where an activation ends is known, and where it called a
    // function that is no machine code is the first return address to one of the pieces that do this.
    private void AddOuter(GuestContext* context, nint* from, nint* exit, int index)
    {
        // Not on the stack of another thread, from which the host has called on.
        while (exit > from && (nint)exit < _calls[^1].End && _frames.Count < MaxFrameCount)
        {
            nint* at = from;
            while (at < exit && !MachineCode.IsCallReturn(*at))
            {
                at++;
            }

            if (at < exit)
            {
                // Behind it, what aligns the stack.
                AddMachineCode(at + 2);
            }

            var outer = (nint*)*exit;
            index = AddEntry(context, exit, outer, index, out from);
            exit = outer;
        }
    }

    private readonly record struct Entry(nint ReturnTo, nint Frame, nint Native);
}
