using System.Runtime.ExceptionServices;

namespace Wizer.Pipeline;

/// <summary>Scans the pieces of a large memory on all processors.</summary>
/// <remarks>
/// Threads of its own: those of the pool, and loops over them, would be compiled at run time, which takes longer than they save.
/// </remarks>
internal sealed class ParallelScan
{
    private readonly PieceList _pieces;
    private readonly RangeList _ranges;
    private readonly int[] _starts;
    private readonly int _chunkCount;
    private readonly RangeList?[] _found;
    private readonly RangeList?[] _spares;
    private int _spareCount;
    private int _lastTaken = -1;
    private int _joinedCount;
    private ExceptionDispatchInfo? _error;

    /// <param name="pieces">What to read, in address order.</param>
    /// <param name="ranges">Where what is found is added, in that order.</param>
    internal ParallelScan(PieceList pieces, RangeList ranges)
    {
        _pieces = pieces;
        _ranges = ranges;

        // A thread's chunk is one large piece or many small ones, so that scattered pages cost little beyond their bytes.
        _starts = pieces.Group(MemoryScanner.ChunkByteLength, out _chunkCount);
        _found = new RangeList?[_chunkCount];
        _spares = new RangeList?[_chunkCount];
    }

    internal void Run()
    {
        ulong guess = GapSample.Guess(_pieces, _starts, _chunkCount, _ranges.CreateEmpty());
        if (guess != 0)
        {
            _ranges.Assume(guess);
            RunOnce();
            if (_ranges.Count > _ranges.Budget.MaxCount)
            {
                return;
            }

            // Smaller ones will stay as well.
            _ranges.Restart();
            _spareCount = _joinedCount = 0;
            _lastTaken = -1;
        }

        RunOnce();
    }

    private void RunOnce()
    {
        var helpers = new Thread[Math.Max(0, Math.Min(Environment.ProcessorCount, _chunkCount) - 1)];
        for (int i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(Work) { IsBackground = true, Name = "Wizer scan" };
            helpers[i].Start();
        }

        Work();
        foreach (Thread helper in helpers)
        {
            helper.Join();
        }

        _error?.Throw();
    }

    private void Work()
    {
        try
        {
            for (int chunk; (chunk = Interlocked.Increment(ref _lastTaken)) < _chunkCount;)
            {
                RangeList list = TakeSpare();
                for (int i = _starts[chunk]; i < _starts[chunk + 1]; i++)
                {
                    if (_pieces.ByteLength < MemoryScanner.HugeMemory)
                    {
                        NonZeroScanner.ScanWords(_pieces[i].Span, _pieces.AddressOf(i), list);
                    }
                    else
                    {
                        NonZeroScanner.ScanVectors(_pieces[i].Span, _pieces.AddressOf(i), list);
                    }
                }

                list.Prune();
                Join(chunk, list);
            }
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to the thread that waits.
        catch (Exception error)
        {
            _error = ExceptionDispatchInfo.Capture(error);
        }
#pragma warning restore CA1031
    }

    // What has been joined is used again: touching new memory takes as long as the search itself.
    private RangeList TakeSpare()
    {
        lock (_found)
        {
            RangeList list = _spareCount > 0 ? _spares[--_spareCount]! : _ranges.CreateEmpty();
            list.LearnFrom(_ranges);
            return list;
        }
    }

    // Whichever thread was first, the order is that of the addresses again. Joined as soon as that is possible, so that few lists
    // wait, which may have hundreds of thousands of ranges each.
    private void Join(int chunk, RangeList list)
    {
        lock (_found)
        {
            _found[chunk] = list;
            while (_joinedCount < _chunkCount && _found[_joinedCount] is { } next)
            {
                _ranges.AddAll(next);
                _found[_joinedCount++] = null;
                next.Clear();
                _spares[_spareCount++] = next;
            }
        }
    }
}
