namespace Wizer.Binary;

/// <summary>
/// Checks all function bodies, big modules on every core. Workers take ranges of functions in order; whoever finds an error
/// stops the ranges behind it, and those before it are finished, so the error reported is always the lowest function's.
/// </summary>
internal sealed class CodeValidator
{
    // Starting a thread costs as much as checking some 30 KB.
    private const int MinParallelBytes = 512 * 1024;
    private const int RangeBytes = 64 * 1024;
    private const int MaxWorkers = 16;

    private readonly ValidationContext _context;
    private readonly ModuleInfo _module;
    private readonly CancellationToken _cancellation;
    private readonly Thread[] _helpers;
    private int[]? _firstUses;
    private uint _namedDataCount;
    private uint _namedElementCount;
    private ulong[] _referencedFuncs = ItemList<ulong>.Empty;
    private readonly Lock _lock = new();
    private int _nextFunc;
    private int _errorFunc = int.MaxValue;
    private WasmException? _error;
    private Exception? _failure;

    private CodeValidator(ValidationContext context, int maxWorkers, CancellationToken cancellation)
    {
        _context = context;
        _cancellation = cancellation;
        _module = context.Module;
        _helpers = new Thread[CodeLength() < MinParallelBytes ? 0 : Math.Clamp(maxWorkers, 1, MaxWorkers) - 1];
    }

    /// <summary>Whether other threads are at work, so that the one that called <see cref="Start"/> may do something else first.</summary>
    internal bool HasHelpers => _helpers.Length != 0;

    /// <summary>Begins to check all bodies on other threads, if there is enough to do for more than one.</summary>
    /// <param name="context">Complete.</param>
    /// <param name="maxWorkers">How many threads may work, the calling one included.</param>
    /// <param name="cancellation">Ends the work within a few milliseconds.</param>
    internal static CodeValidator Start(ValidationContext context, int maxWorkers, CancellationToken cancellation)
    {
        var code = new CodeValidator(context, maxWorkers, cancellation);
        for (int i = 0; i < code._helpers.Length; i++)
        {
            code._helpers[i] = new Thread(code.Work) { IsBackground = true, Name = "Wizer validation" };
            code._helpers[i].Start();
        }

        return code;
    }

    /// <summary>Checks what is left, on this thread too, and waits for the others.</summary>
    /// <returns>What the bodies use.</returns>
    internal ValidationResult Join()
    {
        Work();
        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }

        // Workers stop for it, so that the error of the lowest function may not have been found.
        _cancellation.ThrowIfCancellationRequested();
        if (_failure is not null)
        {
            throw new InvalidOperationException("validation failed", _failure);
        }

        if (_error is not null)
        {
            throw _error;
        }

        return new ValidationResult(_firstUses!, _namedDataCount, _namedElementCount, _referencedFuncs);
    }

    private int CodeLength()
    {
        ByteRange[] bodies = _module.Bodies;
        return bodies.Length == 0 ? 0 : bodies[^1].End - bodies[0].Offset;
    }

    private void Work()
    {
        var validator = new FunctionValidator(_context, recordsUses: true) { Cancellation = _cancellation };
        int func = -1;
        try
        {
            while (TakeRange(out func, out int end))
            {
                for (; func < end; func++)
                {
                    validator.Validate((uint)(func + _module.ImportedFuncCount), _module.Bodies[func]);
                }
            }
        }
        catch (WasmException error)
        {
            // Ranges are taken in order, so nothing this worker would have done later could come before.
            NoteError(func, error);
        }
        catch (Exception failure)
        {
            // Nobody could catch it on this thread.
            _failure = failure;
        }

        MergeUses(validator);
    }

    private bool TakeRange(out int start, out int end)
    {
        lock (_lock)
        {
            ByteRange[] bodies = _module.Bodies;
            start = _nextFunc;
            end = start;
            if (start >= bodies.Length || start > _errorFunc || _cancellation.IsCancellationRequested)
            {
                return false;
            }

            while (end < bodies.Length && bodies[end].End - bodies[start].Offset <= RangeBytes)
            {
                end++;
            }

            end = Math.Max(end, start + 1);
            _nextFunc = end;
            return true;
        }
    }

    private void NoteError(int func, WasmException error)
    {
        lock (_lock)
        {
            if (func < _errorFunc)
            {
                _errorFunc = func;
                _error = error;
            }
        }
    }

    private void MergeUses(FunctionValidator validator)
    {
        int[] uses = validator.FirstUses;
        lock (_lock)
        {
            _namedDataCount = Math.Max(_namedDataCount, validator.NamedDataCount);
            _namedElementCount = Math.Max(_namedElementCount, validator.NamedElementCount);
            MergeReferences(validator.ReferencedFuncs);

            // The validator is done with, so the first one's list can become everybody's.
            if (_firstUses is null)
            {
                _firstUses = uses;
                return;
            }

            for (int i = 0; i < uses.Length; i++)
            {
                if (uses[i] != 0 && (_firstUses[i] == 0 || uses[i] < _firstUses[i]))
                {
                    _firstUses[i] = uses[i];
                }
            }
        }
    }

    private void MergeReferences(ulong[] referencedFuncs)
    {
        if (_referencedFuncs.Length == 0)
        {
            _referencedFuncs = referencedFuncs;
            return;
        }

        for (int i = 0; i < referencedFuncs.Length; i++)
        {
            _referencedFuncs[i] |= referencedFuncs[i];
        }
    }
}
