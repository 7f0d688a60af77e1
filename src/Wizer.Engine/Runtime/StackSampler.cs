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

    // The guest runs at least this many times as long as the sample before has taken, whatever a sample costs on this machine.
    private const ulong MinGuestShare = 40;
    private const ulong NanosecondsInMillisecond = 1_000_000;

    private readonly Store _store;
    private readonly StackTree _tree = new();

    // Arrays, not lists: those of such values would be compiled while the guest waits. Innermost first.
    private readonly nint[] _frames = new nint[MaxFrameCount];
    private readonly int[] _places = new int[MaxFrameCount];
    private int _frameCount;

    // For each entry from the loop into machine code where that goes on and in which frame, and a place on the native stack: three numbers.
    private nint[] _entries = new nint[48];
    private int _entryCount;
    private readonly ManualResetEvent _isOver = new(initialState: false);
    private readonly Thread _thread;
    private readonly int _interval;
    private volatile int _pause;
    private GuestContext* _context;
    private FuncData* _lastHostFunc;

    // The instance of the function that was found last, and whether anybody asks where in its functions the guest was.
    private InstanceData* _lastInstance;
    private bool _hasPlaces;

    // When the guest went on after the last sample, and when it was stopped for this one.
    private ulong _last;
    private ulong _now;

    // For each call of the host's under way: its thread, and where on that thread's stack the guest's frames end.
    private nint[] _calls = new nint[16];
    private int _callCount;

    /// <exception cref="ArgumentOutOfRangeException">The interval is less than a millisecond.</exception>
    internal StackSampler(Store store, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        _store = store;
        _interval = _pause = (int)Math.Min(interval.TotalMilliseconds, int.MaxValue);
        _thread = new Thread(AskAgainAndAgain) { IsBackground = true, Name = "stack samples" };
    }

    /// <summary>What was found; complete once no guest runs.</summary>
    internal StackTree Tree => _tree;

    /// <summary>The host calls the guest: time counts from now on.</summary>
    /// <param name="context">Where.</param>
    /// <param name="end">A place on the native stack that is further out than all frames of the guest.</param>
    internal void Begin(GuestContext* context, nint end)
    {
        nint thread = Environment.CurrentManagedThreadId;
        bool isOfTheSame = _callCount != 0 && _calls[2 * (_callCount - 1)] == thread;
        nint outermost = isOfTheSame ? StackEnd : end;
        if (2 * _callCount == _calls.Length)
        {
            Array.Resize(ref _calls, 2 * _calls.Length);
        }

        _calls[2 * _callCount] = thread;
        _calls[(2 * _callCount) + 1] = outermost;
        if (_callCount++ != 0)
        {
            return;
        }

        if (_context == null)
        {
            _context = context;
            _thread.Start();
        }

        GuestContext.ClearSample(context);
        _last = SystemClock.MonotonicNanoseconds();
    }

    /// <summary>The guest has returned to the host. What has passed since the last sample is the function's that was called.</summary>
    internal void End(FuncData* func)
    {
        if (--_callCount == 0)
        {
            _frameCount = 0;
            _now = SystemClock.MonotonicNanoseconds();
            AddFrame(func, 0);
            Note();
            _entryCount = 0;
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
        AddOuter(context, &here, (nint*)context->MachineExit, _entryCount - 1);
        Note();
    }

    /// <inheritdoc/>
    public void SampleMachineCode(GuestContext* context, nint* stack)
    {
        Prepare(context);
        AddMachineCode(stack);
        var exit = (nint*)context->MachineExit;
        int entry = AddEntry(context, exit, (nint*)*exit, _entryCount - 1, out nint* behind);
        AddOuter(context, behind, (nint*)*exit, entry);
        Note();
    }

    /// <inheritdoc/>
    public void EnterMachineCode(ushort* returnTo, ulong* frame, nint* native)
    {
        if (3 * _entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _entries.Length);
        }

        _entries[3 * _entryCount] = (nint)returnTo;
        _entries[(3 * _entryCount) + 1] = (nint)frame;
        _entries[(3 * _entryCount) + 2] = (nint)native;
        _entryCount++;
    }

    /// <inheritdoc/>
    public void LeaveMachineCode() => _entryCount--;

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
        while (!_isOver.WaitOne(_pause))
        {
            GuestContext.RequestSample(_context);
        }
    }

    private void Prepare(GuestContext* context)
    {
        _now = SystemClock.MonotonicNanoseconds();
        GuestContext.ClearSample(context);
        _frameCount = 0;
        if (_lastHostFunc != null)
        {
            AddFrame(_lastHostFunc, 0);
            _lastHostFunc = null;
        }
    }

    private void Note()
    {
        _tree.Add(_frames, _places, _frameCount, _now - _last);
        _last = SystemClock.MonotonicNanoseconds();
        _pause = PauseAfter(_last - _now, _interval);
    }

    /// <summary>How long the guest is left alone after a sample, in milliseconds.</summary>
    /// <param name="cost">The nanoseconds that the sample has taken.</param>
    /// <param name="interval">What was asked for, in milliseconds.</param>
    internal static int PauseAfter(ulong cost, int interval)
    {
        // A machine that stood still meanwhile does not end all sampling.
        ulong pause = Math.Min(cost, 2 * NanosecondsInMillisecond) * MinGuestShare / NanosecondsInMillisecond;
        return Math.Max((int)pause, interval);
    }

    // The frames of one activation of the loop.
    private void AddLoop(GuestContext* context, ushort* code, ulong* frame, bool isReturn)
    {
        InterpreterHost host = Calls.HostOf(context);
        int back = isReturn ? 1 : 0;
        while (_frameCount < MaxFrameCount)
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

            AddFrame(piece.Func, PlaceInLoop((int)(code - back - piece.Start)));
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
        while (*stack != MachineCode.EnterReturn && _frameCount < MaxFrameCount && machine.Find(*stack) is { } function)
        {
            AddFrame(function.Func, PlaceInMachineCode((int)(*stack - function.Start)));
            stack = MachineFrames.Above(stack, function);
        }
    }

    // The loop that an activation of machine code was entered from, if it was one.
    private int AddEntry(GuestContext* context, nint* inner, nint* outer, int index, out nint* behind)
    {
        behind = inner;
        nint end = outer > inner ? Math.Min((nint)outer, StackEnd) : StackEnd;
        if (index < 0 || _entries[(3 * index) + 2] < (nint)inner || _entries[(3 * index) + 2] > end)
        {
            return index;
        }

        behind = (nint*)_entries[(3 * index) + 2];
        AddLoop(context, (ushort*)_entries[3 * index], (ulong*)_entries[(3 * index) + 1], isReturn: true);
        return index - 1;
    }

    // Further out: machine code that called what has been found, and so on. Where an activation ends is known, and where it called a
    // function that is no machine code is the first return address to one of the pieces that do this.
    private void AddOuter(GuestContext* context, nint* from, nint* exit, int index)
    {
        // Not on the stack of another thread, from which the host has called on.
        while (exit > from && (nint)exit < StackEnd && _frameCount < MaxFrameCount)
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

    private void AddFrame(FuncData* func, int place)
    {
        if (place != 0 && func->Instance != _lastInstance)
        {
            _lastInstance = func->Instance;
            _hasPlaces = _store.InstanceOf(_lastInstance).HasDebugSections;
        }

        _places[_frameCount] = _hasPlaces ? place : 0;
        _frames[_frameCount++] = (nint)func;
    }

    // Places are told apart only where debug information could say more about them. None is 0.
    private static int PlaceInLoop(int unit) => unit + 1;

    private static int PlaceInMachineCode(int at) => -at;

    /// <summary>A frame of the tree, as backtraces have them; null where no place was noted.</summary>
    internal static InterpreterFrame? FrameAt(FuncData* func, int place) => place switch
    {
        0 => null,
        > 0 => new InterpreterFrame(func, place - 1, 0),
        < 0 => new InterpreterFrame(func, -place, InterpreterFrame.MachinePart),
    };

    // Of this thread's stack.
    private nint StackEnd => _calls[(2 * _callCount) - 1];
}
