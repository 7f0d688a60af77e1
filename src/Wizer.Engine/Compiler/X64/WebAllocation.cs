using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Gives registers to webs (see <see cref="LocalAnalysis"/>): those with the most uses for the length of code they live in choose
/// first, and take a register that nobody has where they live. The rest stays in slots. Code counts as often as it is run, for uses and
/// for lengths: to live on behind a loop takes nothing from what is in it.
/// </summary>
internal sealed class WebAllocation
{
    private const int VectorBase = 16;

    // A register that callees keep costs a push and a pop.
    private const int KeptRegisterCost = 2;

    // One that operands have to do without costs them a slot now and then: it is for loops.
    private const int SparedRegisterCost = 16;

    // Density is a fraction; and the shortest ranges are not worth everything.
    private const int DensityShift = 10;
    private const int MinLength = 4;

    private static readonly byte[] s_kept = [(byte)Gpr.Rbp, (byte)Gpr.R12, (byte)Gpr.R13];
    private static readonly byte[] s_scratch = [(byte)Gpr.R8, (byte)Gpr.R9, (byte)Gpr.R10, (byte)Gpr.R11];
    private static readonly byte[] s_spared = [(byte)Gpr.Rdi];
    private static readonly byte[] s_vectors = [22, 23, 24, 25, 26, 27, 28, 29, 30, 31];

    // By register: where it is taken, a bit for each position.
    private readonly ulong[][] _taken = new ulong[32][];

    private int _webCount;
    private int _positionCount;
    private int[] _locals = [];
    private long[] _weights = [];
    private long[] _lengths = [];
    private int[] _hottest = [];
    private int[] _readCounts = [];
    private int[] _firstRanges = [];
    private int[] _lastRanges = [];
    private sbyte[] _locations = new sbyte[64];
    private ulong[] _keys = new ulong[64];
    private bool[] _isCaught = [];

    private int[] _rangeStarts = [];
    private int[] _rangeEnds = [];
    private int[] _nextRanges = [];
    private int _rangeCount;

    private int[] _callPositions = [];
    private int[] _callGuards = [];
    private long[] _callCosts = [];
    private int[] _firstSaved = [];
    private int[] _saved = [];
    private int[] _nextSaved = [];
    private int _callCount;
    private int _savedCount;

    internal uint UsedRegisters { get; private set; }

    /// <summary>Begins with a function.</summary>
    /// <param name="webCount">How many webs there may be.</param>
    /// <param name="positionCount">How many positions.</param>
    /// <param name="callPositions">Where calls are, ascending.</param>
    /// <param name="callWeights">How often they are made, compared with others.</param>
    internal void Reset(int webCount, int positionCount, ReadOnlySpan<int> callPositions, ReadOnlySpan<int> callWeights)
    {
        _webCount = webCount;
        _positionCount = positionCount;
        _rangeCount = 0;
        _savedCount = 0;
        _callCount = callPositions.Length;
        UsedRegisters = 0;
        if (_locals.Length < webCount)
        {
            int capacity = Math.Max(64, 2 * webCount);
            _locals = new int[capacity];
            _weights = new long[capacity];
            _lengths = new long[capacity];
            _hottest = new int[capacity];
            _readCounts = new int[capacity];
            _firstRanges = new int[capacity];
            _lastRanges = new int[capacity];
            _locations = new sbyte[capacity];
            _keys = new ulong[capacity];
            _isCaught = new bool[capacity];
        }

        Array.Clear(_weights, 0, webCount);
        Array.Clear(_lengths, 0, webCount);
        Array.Clear(_hottest, 0, webCount);
        Array.Clear(_readCounts, 0, webCount);
        Array.Clear(_isCaught, 0, webCount);
        for (int i = 0; i < webCount; i++)
        {
            _firstRanges[i] = -1;
        }

        if (_callPositions.Length < _callCount + 1)
        {
            _callPositions = new int[2 * (_callCount + 1)];
            _callCosts = new long[2 * (_callCount + 1)];
            _firstSaved = new int[2 * (_callCount + 1)];
        }

        // Costs of all calls up to each: saving and loading again.
        _callCosts[0] = 0;
        for (int i = 0; i < _callCount; i++)
        {
            _callPositions[i] = callPositions[i];
            _callCosts[i + 1] = _callCosts[i] + (2 * callWeights[i]);
            _firstSaved[i] = -1;
        }

        int words = (positionCount + 63) / 64;
        for (int i = 0; i < _taken.Length; i++)
        {
            if (_taken[i] == null || _taken[i].Length < words)
            {
                _taken[i] = new ulong[2 * words];
            }
            else
            {
                Array.Clear(_taken[i], 0, words);
            }
        }
    }

    /// <summary>The function has handlers: all registers that callees keep are pushed, and so their frames may be left at once.</summary>
    /// <param name="callGuards">By call: 1 when a handler may catch what is thrown there.</param>
    internal void Guard(ReadOnlySpan<int> callGuards)
    {
        if (_callGuards.Length < callGuards.Length)
        {
            _callGuards = new int[2 * callGuards.Length];
        }

        callGuards.CopyTo(_callGuards);
        foreach (byte register in s_kept)
        {
            UsedRegisters |= 1u << register;
        }
    }

    /// <summary>The web lives into a handler.</summary>
    internal void AddCaught(int web) => _isCaught[web] = true;

    internal void AddUse(int web, int local, int weight, bool isRead)
    {
        _locals[web] = local;
        _weights[web] += weight;
        _hottest[web] = Math.Max(_hottest[web], weight);
        _readCounts[web] += isRead ? 1 : 0;
    }

    /// <summary>
    /// The web lives from a position up to another, in code that is run so often, compared with others; ranges of one web come in order.
    /// </summary>
    internal void AddRange(int web, int start, int end, int weight)
    {
        _lengths[web] += (long)weight * (end - start);
        int last = _lastRanges[web];
        if (_firstRanges[web] >= 0 && _rangeEnds[last] == start)
        {
            _rangeEnds[last] = end;
            return;
        }

        if (_rangeCount == _rangeStarts.Length)
        {
            int capacity = Math.Max(256, 2 * _rangeCount);
            Array.Resize(ref _rangeStarts, capacity);
            Array.Resize(ref _rangeEnds, capacity);
            Array.Resize(ref _nextRanges, capacity);
        }

        _rangeStarts[_rangeCount] = start;
        _rangeEnds[_rangeCount] = end;
        _nextRanges[_rangeCount] = -1;
        if (_firstRanges[web] < 0)
        {
            _firstRanges[web] = _rangeCount;
        }
        else
        {
            _nextRanges[last] = _rangeCount;
        }

        _lastRanges[web] = _rangeCount++;
    }

    internal sbyte LocationOf(int web) => _locations[web];

    internal void SavedAcross(int call, List<int> result)
    {
        result.Clear();
        for (int i = _firstSaved[call]; i >= 0; i = _nextSaved[i])
        {
            result.Add(_saved[i]);
        }
    }

    internal void Run(LocalLayout locals)
    {
        int count = 0;
        for (int web = 0; web < _webCount; web++)
        {
            _locations[web] = _readCounts[web] == 0 ? LocalAnalysis.Dead : LocalAnalysis.InSlot;
            if (_readCounts[web] != 0)
            {
                ulong density = (ulong)((_weights[web] << DensityShift) / Math.Max(_lengths[web] / _hottest[web], MinLength));
                _keys[count++] = (Math.Min(density, uint.MaxValue) << 32) | (uint)web;
            }
        }

        Sort(_keys, count);
        for (int i = count - 1; i >= 0; i--)
        {
            var web = (int)(uint)_keys[i];
            Allocate(web, locals.TypeOf(_locals[web]));
        }
    }

    private void Allocate(int web, SlotType type)
    {
        long callCost = 0;
        for (int range = _firstRanges[web]; range >= 0; range = _nextRanges[range])
        {
            callCost += _callCosts[FirstCall(_rangeEnds[range])] - _callCosts[FirstCall(_rangeStarts[range] + 1)];
        }

        bool isInteger = type is SlotType.I32 or SlotType.I64;
        bool isWorthSaving = _weights[web] > callCost;
        if (!isInteger)
        {
            if (isWorthSaving)
            {
                TryTake(web, s_vectors, callCost);
            }

            return;
        }

        if (callCost == 0)
        {
            if (!TryTake(web, s_scratch, 0) && !TryTake(web, s_kept, 0))
            {
                TryTake(web, s_spared, 0);
            }
        }
        else if (!TryTake(web, s_kept, 0) && isWorthSaving && !TryTake(web, s_scratch, callCost))
        {
            TryTake(web, s_spared, callCost);
        }
    }

    private bool TryTake(int web, byte[] registers, long callCost)
    {
        long cost = registers == s_kept ? KeptRegisterCost : registers == s_spared ? callCost + SparedRegisterCost : 0;
        foreach (byte register in registers)
        {
            bool isNew = (UsedRegisters & (1u << register)) == 0;
            if ((isNew && _weights[web] <= cost) || !IsFree(_taken[register], web))
            {
                continue;
            }

            Mark(_taken[register], web);
            UsedRegisters |= 1u << register;
            _locations[web] = (sbyte)(register & (VectorBase - 1));
            if (callCost != 0)
            {
                Save(web, onlyGuarded: false);
            }
            else if (registers == s_kept && _isCaught[web])
            {
                Save(web, onlyGuarded: true);
            }

            return true;
        }

        return false;
    }

    private void Save(int web, bool onlyGuarded)
    {
        int packed = LocalAnalysis.Pack(_locals[web], _locations[web]);
        for (int range = _firstRanges[web]; range >= 0; range = _nextRanges[range])
        {
            for (int call = FirstCall(_rangeStarts[range] + 1); call < _callCount && _callPositions[call] < _rangeEnds[range]; call++)
            {
                if (onlyGuarded && _callGuards[call] == 0)
                {
                    continue;
                }

                if (_savedCount == _saved.Length)
                {
                    int capacity = Math.Max(64, 2 * _savedCount);
                    Array.Resize(ref _saved, capacity);
                    Array.Resize(ref _nextSaved, capacity);
                }

                _saved[_savedCount] = packed;
                _nextSaved[_savedCount] = _firstSaved[call];
                _firstSaved[call] = _savedCount++;
            }
        }
    }

    // The first call at or behind a position.
    private int FirstCall(int position)
    {
        int low = 0;
        int high = _callCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_callPositions[middle] < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool IsFree(ulong[] taken, int web)
    {
        for (int range = _firstRanges[web]; range >= 0; range = _nextRanges[range])
        {
            int first = _rangeStarts[range] >> 6;
            int last = (_rangeEnds[range] - 1) >> 6;
            for (int word = first; word <= last; word++)
            {
                if ((taken[word] & MaskOf(range, word, first, last)) != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Mark(ulong[] taken, int web)
    {
        for (int range = _firstRanges[web]; range >= 0; range = _nextRanges[range])
        {
            int first = _rangeStarts[range] >> 6;
            int last = (_rangeEnds[range] - 1) >> 6;
            for (int word = first; word <= last; word++)
            {
                taken[word] |= MaskOf(range, word, first, last);
            }
        }
    }

    private ulong MaskOf(int range, int word, int first, int last)
    {
        ulong mask = ulong.MaxValue;
        if (word == first)
        {
            mask <<= _rangeStarts[range];
        }

        if (word == last)
        {
            mask &= ulong.MaxValue >> (63 - ((_rangeEnds[range] - 1) & 63));
        }

        return mask;
    }

    // Ascending, by heap: the library's sort of these is compiled at run time.
    private static void Sort(ulong[] keys, int count)
    {
        for (int i = (count / 2) - 1; i >= 0; i--)
        {
            Sink(keys, i, count);
        }

        for (int end = count - 1; end > 0; end--)
        {
            (keys[0], keys[end]) = (keys[end], keys[0]);
            Sink(keys, 0, end);
        }
    }

    private static void Sink(ulong[] keys, int at, int count)
    {
        for (int child = (2 * at) + 1; child < count; child = (2 * at) + 1)
        {
            if (child + 1 < count && keys[child + 1] > keys[child])
            {
                child++;
            }

            if (keys[at] >= keys[child])
            {
                return;
            }

            (keys[at], keys[child]) = (keys[child], keys[at]);
            at = child;
        }
    }
}
