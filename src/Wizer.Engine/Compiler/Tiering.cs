using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler.Cil;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler;

/// <summary>
/// Decides what is compiled, by which compiler, and when: a function whose calls and branches make it worth the time that compiling
/// it takes, which goes by the size of its body. The loop counts for all functions together and asks every thousand events or so; the
/// function that runs then gets the credit.
/// </summary>
/// <remarks>
/// Machine code of ours is cheap to make: it is tried first, for whole functions, which are entered in their loops, too. What is left
/// is for RyuJIT, which takes longer, and so for a function, or one of its loops, that has earned that. Both compilers work on threads
/// of their own where there is a second processor; whatever they make begins to run at a poll of the guest's thread. What is compiled
/// changes nothing but the time a guest takes, so that it does not matter when the other threads are done.
/// </remarks>
internal sealed unsafe class Tiering : ITierUp
{
    // Larger bodies are beyond what RyuJIT optimizes, whatever they consist of.
    private const int MaxBodyByteLength = 20_000;

    // The loop's own overhead per function, in bytes of its body.
    private const int BaseByteLength = 200;

    private const int MinInterval = 512;

    private const int MaxHeat = int.MaxValue / 2;

    private const int StubUnits = FrameHeader.Units + 6;

    private readonly InterpreterHost _host;
    private readonly MachineArena? _machine;
    private readonly MachineThread? _machineThread;
    private AheadQueue? _ahead;
    private InstanceData* _recorded;
    private int[] _calls = [];
    private int _callCount;
    private readonly bool _isEager;
    private readonly bool _isExhaustive;
    private readonly int _threshold;
    private readonly int _machineThreshold;
    private readonly List<HotFunction> _functions = [];
    private readonly List<CompiledMethod> _methods = [];
    private CompilerThread? _thread;
    private uint _random = 1;
    private int _interval;

    /// <param name="host">The store that it works for.</param>
    /// <param name="machine">Its machine code; null when there is to be none.</param>
    /// <param name="options">What is compiled, and when.</param>
    internal Tiering(InterpreterHost host, MachineArena? machine, in TieringOptions options)
    {
        _host = host;
        _machine = machine;
        _isExhaustive = options.Mode == TierMode.CompileEverything;
        _threshold = options.Threshold;
        _isEager = _threshold == 0;
        _machineThreshold = _isEager ? 0 : options.MachineThreshold;
        if (_isExhaustive || _isEager || !options.CompilesInBackground || Environment.ProcessorCount == 1)
        {
            return;
        }

        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            _thread = new CompilerThread();
        }

        if (machine != null)
        {
            _machineThread = new MachineThread(host);
        }
    }

    /// <summary>Whether the code that it makes could run here.</summary>
#if COUNT_OPERATIONS
    internal static bool IsSupported => false;
#else
    internal static bool IsSupported => Environment.Is64BitProcess && BitConverter.IsLittleEndian;
#endif

    /// <summary>How many methods were compiled.</summary>
    internal int MethodCount => _methods.Count + (_machine?.FunctionCount ?? 0);

    /// <summary>Whether a function that is called first has been translated before.</summary>
    public bool TryTranslate(FuncData* func)
    {
        using AheadCode? code = _ahead?.TakeCode(func);
        if (code == null)
        {
            return false;
        }

        func->Translated = _host.Code.Add(func, code.Units, code.LoopPlaces);
        func->Code = func->Translated;
        return true;
    }

    /// <summary>An instance is about to do what a profile of its module is of.</summary>
    internal void UseProfile(GuestContext* context, InstanceData* instance, FunctionProfile profile)
    {
        // A store that has run before has code of what was busy then.
        if (_machine == null || _isExhaustive || _ahead != null)
        {
            return;
        }

        _ahead = new AheadQueue(_host, context, instance, profile);
        if (_machineThread != null && IsForAnyThread(_host.ModuleOf(instance)))
        {
            _machineThread.Add(_ahead);
        }
    }

    /// <summary>How many of the functions that were busy by the profile run machine code.</summary>
    internal int ProfiledFunctionCount => _ahead?.CountCompiled() ?? 0;

    /// <summary>Begins to record which functions of an instance are called.</summary>
    internal void BeginProfile(InstanceData* instance) => _recorded = instance;

    /// <summary>Writes what has been recorded.</summary>
    internal byte[] WriteProfile()
    {
        var areHot = new bool[_callCount];
        for (int i = 0; i < areHot.Length; i++)
        {
            areHot[i] = _recorded->Funcs[_calls[i]]->HotIndex != 0;
        }

        return FunctionProfile.Write(_host.ModuleOf(_recorded), _calls.AsSpan(0, _callCount), areHot);
    }

    /// <summary>A function was translated, and will be called next.</summary>
    public void Translated(GuestContext* context, FuncData* func)
    {
        if (func->Instance == _recorded)
        {
            Record(func);
        }

        if (_ahead != null && _ahead.IsHot(func))
        {
            CompileProfiled(context, func);
        }

        if (_isExhaustive)
        {
            HotFunction hot = HotFunctionOf(context, func);
            if (!TryMachineCode(hot))
            {
                Request(hot, HotLoop.None);
            }
        }
    }

    /// <summary>See <see cref="Polling.Poll"/>.</summary>
    public TrapKind Poll(GuestContext* context, ushort* ip, ulong* fp)
    {
        int events = _interval;
        _random = (_random * 1103515245) + 12345;

        // At odd distances: a loop whose branches repeat with the same period would hide its inner loops.
        _interval = _isEager ? 0 : MinInterval + (int)((_random >> 16) & (2 * MinInterval - 1));
        context->PollCount = _interval;
        if (_thread != null)
        {
            InstallCompleted();
        }

        if (_machineThread is { HasCompleted: true })
        {
            InstallMachineCode(context, _machineThread.Take());
        }

        CodeArena.Piece? piece = _host.Code.FindPiece(ip);
        if (piece == null || piece.Start != piece.Func->Translated)
        {
            return TrapKind.None;
        }

        FuncData* func = piece.Func;
        func->Heat = Math.Min(func->Heat + events, MaxHeat);
        if (func->HotIndex == 0)
        {
            int byteLength = _host.ModuleOf(func->Instance).BodyOf((uint)func->FuncIndex).Length;
            int threshold = _machine != null ? _machineThreshold : _threshold;
            if (func->Heat < (long)threshold * (BaseByteLength + byteLength))
            {
                return TrapKind.None;
            }
        }

        HotFunction hot = HotFunctionOf(context, func);
        if (CompiledCalls.IsNativeStackLow(context) || (!TryMachineCode(hot) && hot.State is HotState.Refused or HotState.Compiling))
        {
            return TrapKind.None;
        }

        return Poll(context, hot, (int)(ip - piece.Start), fp);
    }

    /// <summary>The guest has done its part: the second core is needed elsewhere.</summary>
    internal void Stop()
    {
        _thread?.Dispose();
        _machineThread?.Stop();
    }

    /// <summary>What code is made from may be touched when this returns: nobody is reading it. Behind <see cref="Stop"/>.</summary>
    internal void WaitUntilIdle() => _machineThread?.WaitUntilIdle();

    /// <summary>Another guest is going to run: goes on with what <see cref="Stop"/> ended.</summary>
    internal void Resume()
    {
        _machineThread?.Resume();
        if (!RuntimeFeature.IsDynamicCodeSupported || _thread is not { IsStopped: true })
        {
            return;
        }

        InstallCompleted();
        _thread = new CompilerThread();
        foreach (HotFunction hot in _functions)
        {
            hot.ForgetRequests();
        }
    }

    /// <summary>Whether another thread compiles, and has not been stopped.</summary>
    internal bool IsCompilingInBackground => _thread is { IsStopped: false } || _machineThread is { IsStopped: false };

    /// <inheritdoc/>
    public void Dispose()
    {
        _machineThread?.Dispose();
        _ahead?.Dispose();
        _thread?.Dispose();
        foreach (CompiledMethod method in _methods)
        {
            method.Free();
        }

        _methods.Clear();
    }

    private TrapKind Poll(GuestContext* context, HotFunction hot, int unit, ulong* fp)
    {
        HotLoop? loop = hot.FindLoop(unit);

        // A function that begins with a loop does not say which of the two it is at.
        bool isStart = unit == FrameHeader.Units && loop == null;
        hot.IsCalledOften |= isStart;

        ulong* saved = fp + hot.Func->Translated[FrameHeader.SavedAt];
        if (hot.State == HotState.MachineCode)
        {
            nint code = loop != null ? loop.MachineEntry : isStart ? hot.Func->MachineEntry : 0;
            if (code == 0)
            {
                return TrapKind.None;
            }

            loop?.StoreConstants(fp);
            return MachineCalls.Run(context, code, fp, (ushort*)saved[0], (ulong*)saved[1]);
        }

        // What has one long call wants its loop compiled, and everything else the function: of that, later calls are the larger part.
        bool wantsLoop = loop != null && (!hot.IsCalledOften || hot.Func->IsCompiled);
        if (!(wantsLoop ? loop!.IsRequested : hot.State == HotState.Requested) && hot.Func->Heat >= hot.NextHeat)
        {
            Request(hot, wantsLoop ? loop!.Offset : HotLoop.None);
        }

        nint entry = loop?.Entry ?? 0;
        if (isStart && hot.Func->IsCompiled)
        {
            entry = (nint)hot.Func->Entry;
        }

        if (entry == 0)
        {
            return TrapKind.None;
        }

        // The next time that it is interpreted, it has been called again.
        loop?.StoreConstants(fp);
        hot.IsCalledOften = true;
        return CompiledCalls.Run(
            context, hot.Func, (delegate*<ulong*, GuestContext*, FuncData*, int>)entry, fp, (ushort*)saved[0], (ulong*)saved[1]);
    }

    private HotFunction HotFunctionOf(GuestContext* context, FuncData* func)
    {
        if (func->HotIndex == 0)
        {
            ByteRange body = _host.ModuleOf(func->Instance).BodyOf((uint)func->FuncIndex);
            _functions.Add(new HotFunction(func, _host.ModuleOf(func->Instance))
            {
                IsBeyondRyuJit = body.Length > MaxBodyByteLength || func->HandlerCount != 0,
                NextHeat = (long)_threshold * (BaseByteLength + body.Length),
            });
            func->HotIndex = _functions.Count;
            if ((!_functions[^1].IsBeyondRyuJit || _machine != null) && !_isExhaustive)
            {
                int[]? places = _host.Code.FindPiece(func->Translated)!.LoopPlaces;
                _functions[^1].SetLoops(_host.TranslatorFor(context).LoopsOf(func, places));
            }
        }

        return _functions[func->HotIndex - 1];
    }

    // Whether the function has machine code of ours: at the first question, that is tried.
    private bool TryMachineCode(HotFunction hot)
    {
        if (hot.State == HotState.Untried)
        {
            if (_machineThread != null && IsForAnyThread(hot.Module) && _machineThread.TryAdd(hot))
            {
                hot.State = HotState.Compiling;
                return false;
            }

            try
            {
                SetMachineState(hot, _machine != null && _machine.TryCompile(hot));
            }
            catch (OutOfMemoryException)
            {
                // Nobody above the loop could catch it, and the interpreter does as well.
                SetMachineState(hot, isCompiled: false);
            }
        }

        return hot.State == HotState.MachineCode;
    }

    // How structs and arrays lie in memory is found out when code first asks, and the table of that is for one thread.
    private static bool IsForAnyThread(ModuleInfo module)
    {
        foreach (SubType type in module.Types)
        {
            if (type.Composite is not FuncType)
            {
                return false;
            }
        }

        return true;
    }

    // What was busy the last time is compiled at its first call, if it has not been before.
    private void CompileProfiled(GuestContext* context, FuncData* func)
    {
        HotFunction hot = HotFunctionOf(context, func);
        if (_machineThread != null)
        {
            InstallMachineCode(context, _machineThread.Take());
        }

        if (hot.State != HotState.Untried)
        {
            return;
        }

        using MachineResult? kept = _ahead!.TakeKept(func);
        if (kept != null)
        {
            SetMachineState(hot, kept.TryLink(hot, _machine!));
        }
        else if (!_ahead.TryClaim(func))
        {
            hot.State = HotState.Compiling;
        }
        else if (_ahead.TryTakeBudget(func))
        {
            TryMachineCode(hot);
        }
    }

    private void InstallMachineCode(GuestContext* context, List<MachineResult> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        try
        {
            _machine!.Add(results);
        }
        catch (OutOfMemoryException)
        {
            // What has not got its code by now does without.
        }

        foreach (MachineResult result in results)
        {
            if (result.Func->Translated == null)
            {
                _ahead!.Keep(result);
                continue;
            }

            HotFunction hot = HotFunctionOf(context, result.Func);
            SetMachineState(hot, result.TryLink(hot, _machine!));
            result.Dispose();
        }
    }

    private void Record(FuncData* func)
    {
        if (_callCount == _calls.Length)
        {
            Array.Resize(ref _calls, Math.Max(64, 2 * _callCount));
        }

        _calls[_callCount++] = func->FuncIndex;
    }

    private void SetMachineState(HotFunction hot, bool isCompiled)
    {
        if (isCompiled)
        {
            hot.State = HotState.MachineCode;
            InstallStub(hot.Func);
        }
        else
        {
            hot.State = hot.IsBeyondRyuJit ? HotState.Refused : HotState.Interpreted;
        }
    }

    private void Request(HotFunction hot, long loopOffset)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            hot.State = HotState.Refused;
            return;
        }

        if (hot.State == HotState.Refused || (_thread != null && !_thread.IsWarm()))
        {
            return;
        }

        hot.NextHeat = Math.Min(2 * hot.NextHeat, MaxHeat);
        HotLoop? loop = loopOffset == HotLoop.None ? null : hot.FindLoopAt(loopOffset);
        if (loop != null)
        {
            loop.IsRequested = true;
        }
        else
        {
            hot.State = HotState.Requested;
        }

        CompiledMethod? method = MethodCompiler.TryEmit(_host, hot.Func, loopOffset);
        if (method == null)
        {
            hot.State = HotState.Refused;
            return;
        }

        _methods.Add(method);
        var job = new CompilerJob(hot, loop, method);
        if (_thread != null)
        {
            _thread.Add(job);
        }
        else
        {
            Prepare(hot, job);
        }
    }

    private void Prepare(HotFunction hot, CompilerJob job)
    {
        try
        {
            job.Method.Prepare();
            Install(job);
        }
        catch (Exception) when (!_isExhaustive)
        {
            // The interpreter does as well.
            hot.State = HotState.Refused;
        }
    }

    private void InstallCompleted()
    {
        while (_thread!.TryTake(out CompilerJob? job))
        {
            Install(job);
        }
    }

    private void Install(CompilerJob job)
    {
        if (job.Loop != null)
        {
            job.Loop.Entry = job.Method.Entry;
            return;
        }

        job.Function.Func->Entry = (delegate*<ulong*, GuestContext*, FuncData*, int>)job.Method.Entry;
        job.Function.Func->LoopEntry = job.Function.Func->Entry;
        InstallStub(job.Function.Func);
    }

    // For the interpreter's calls, an operation that calls compiled code; its frame is as large, but saves where results do not reach.
    private void InstallStub(FuncData* func)
    {
        int saved = Math.Max(func->ParameterSlots, func->ResultSlots);
        Span<ushort> stub = stackalloc ushort[StubUnits];
        stub[0] = func->Translated[0];
        stub[1] = func->Translated[1];
        stub[FrameHeader.SavedAt] = (ushort)saved;
        stub[FrameHeader.LocalsAt] = (ushort)saved;
        stub[FrameHeader.Units] = (ushort)Op.Compiled;
        stub[FrameHeader.Units + 1] = (ushort)saved;
        for (int i = 0; i < sizeof(nint) / sizeof(ushort); i++)
        {
            stub[FrameHeader.Units + 2 + i] = (ushort)((ulong)func >> (16 * i));
        }

        func->Code = _host.Code.Add(func, stub);
    }
}
