using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using Wizer.Engine.Code;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>A method to be compiled.</summary>
internal sealed record CompilerJob(HotFunction Function, HotLoop? Loop, CompiledMethod Method);

/// <summary>
/// Where RyuJIT works while the guest goes on. It begins with what the runtime loads for it, which takes tens of milliseconds
/// once; until then nobody need wait.
/// </summary>
[RequiresDynamicCode("Compiles at run time.")]
internal sealed class CompilerThread : IDisposable
{
    // RyuJIT recurses over expressions, which the compiler keeps shallow.
    private const int StackByteLength = 4 << 20;

    private static volatile bool s_isWarm;

    // Plain queues behind a lock: every store has them, hardly one has a job, and the library's own for threads are in an assembly that
    // nothing else loads.
    private readonly object _gate = new();
    private readonly Queue<CompilerJob> _jobs = new();
    private readonly Queue<CompilerJob> _completed = new();
    private volatile bool _hasCompleted;
    private volatile bool _isStopped;
    private Thread? _thread;

    /// <summary>Whether the runtime is ready for jobs. The first question sees to it that it will be.</summary>
    internal bool IsWarm()
    {
        if (_thread == null)
        {
            _thread = new Thread(Work, StackByteLength) { IsBackground = true, Name = "wasm compiler" };
            _thread.Start();
        }

        return s_isWarm;
    }

    /// <summary>Whether no more jobs are taken.</summary>
    internal bool IsStopped => _isStopped;

    /// <summary>Has it done, unless there is no more time for it.</summary>
    internal void Add(CompilerJob job)
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                _jobs.Enqueue(job);
                Monitor.Pulse(_gate);
            }
        }
    }

    internal bool TryTake([NotNullWhen(true)] out CompilerJob? job)
    {
        job = null;
        if (!_hasCompleted)
        {
            return false;
        }

        lock (_gate)
        {
            bool isTaken = _completed.TryDequeue(out job);
            _hasCompleted = _completed.Count != 0;
            return isTaken;
        }
    }

    /// <summary>The jobs that are left will not be done. A method that is being compiled touches nothing that is freed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Work()
    {
        if (!s_isWarm)
        {
            WarmUp();
            s_isWarm = true;
        }

        while (TryBegin(out CompilerJob? job))
        {
            try
            {
                job.Method.Prepare();
                lock (_gate)
                {
                    _completed.Enqueue(job);
                    _hasCompleted = true;
                }
            }
            catch (InvalidProgramException)
            {
                // It stays interpreted.
            }
        }
    }

    // Waits for a job; false at the end.
    private bool TryBegin([NotNullWhen(true)] out CompilerJob? job)
    {
        lock (_gate)
        {
            while (!_isStopped && _jobs.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            job = null;
            return !_isStopped && _jobs.TryDequeue(out job);
        }
    }

    // A method with a bit of everything, so that what emitting takes is loaded and compiled here.
    private static void WarmUp()
    {
        var method = new DynamicMethod(
            "nothing", typeof(int), [typeof(nint), typeof(nint), typeof(nint)], typeof(CompilerThread).Module, skipVisibility: true);
        var il = new CilWriter(method.GetILGenerator());
        LocalBuilder local = il.DeclareLocal(typeof(int));
        Label label = il.DefineLabel();
        il.LoadAddress(local);
        il.Emit(OpCodes.Ldind_I4);
        il.Store(local);
        il.Load(local);
        il.Branch(OpCodes.Brfalse, label);
        il.LoadArgument(0);
        il.Call(RuntimeMethods.LimitTrap);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(label);
        il.LoadArgument(0);
        il.LoadArgument(1);
        il.LoadArgument(2);
        il.LoadArgument(1);
        il.CallIndirect(typeof(int), [typeof(nint), typeof(nint), typeof(nint)]);
        il.Emit(OpCodes.Ret);
        new CompiledMethod(method, new OperationList()).Prepare();
    }
}
