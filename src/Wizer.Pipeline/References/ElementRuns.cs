using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes elements of a table as active segments: runs of neighbours, in the shorter form where they are functions. Gaps between them are
/// closed where that is shorter, and where there would be too many segments.
/// </summary>
internal sealed class ElementRuns(
    TableSnapshot table, ConstWriter constants, List<byte[]> segments)
{
    /// <summary>Beyond so many runs of one table, gaps are closed to have no more.</summary>
    internal const int MaxRunCount = 10_000;

    private readonly InstructionBuffer _code = constants.Code;
    private readonly List<Run> _runs = [];

    private readonly List<ulong> _left = [];
    private int _nextLeft;

    // Every element may be a function, and not only one of a certain type.
    private readonly bool _takesFuncs = table.ElementType.HeapType == HeapType.Func;

    /// <summary>The elements that were left.</summary>
    internal IReadOnlyList<ulong> Left => _left;

    /// <summary>Adds an element; indices ascend.</summary>
    internal void Add(ulong index)
    {
        if (_runs.Count != 0 && _runs[^1].End == index)
        {
            _runs[^1].End++;
        }
        else
        {
            _runs.Add(new Run { Start = index, End = index + 1 });
        }

        _runs[^1].HasOthers |= _takesFuncs && !constants.IsFunc(table[index], table.ElementType);
    }

    /// <summary>Leaves an element as the table starts with it; indices ascend.</summary>
    internal void Leave(ulong index) => _left.Add(index);

    /// <summary>Writes all that were added.</summary>
    /// <param name="initial">What the table starts with, if that can be written, too.</param>
    internal void Write(ulong? initial)
    {
        if (initial is { } value)
        {
            constants.Write(value, table.ElementType);
            CloseGaps(_code.Take().Length + 1, !constants.IsFunc(value, table.ElementType));
        }

        foreach (Run run in _runs)
        {
            WriteSegment(run, initial ?? 0);
        }
    }

    private void CloseGaps(int initialLength, bool hasOthers)
    {
        // Once no more are left than that, the gap that is as wide as the last one closed stays open.
        int excess = _runs.Count - MaxRunCount;
        ulong widest = excess > 0 ? FindGap(excess) : 0;
        int last = 0;
        for (int i = 1; i < _runs.Count; i++)
        {
            Run left = _runs[last];
            Run right = _runs[i];
            ulong gap = right.Start - left.End;
            bool isWorthIt = !IsOfFuncs(left) && !IsOfFuncs(right) && gap * (ulong)initialLength <= (ulong)HeaderLength(right);
            if (isWorthIt || gap < widest || (gap == widest && excess > 0))
            {
                excess--;
                left.End = right.End;
                left.HasOthers |= right.HasOthers || hasOthers;
            }
            else
            {
                _runs[++last] = right;
            }
        }

        if (_runs.Count != 0)
        {
            _runs.RemoveRange(last + 1, _runs.Count - last - 1);
        }
    }

    // How wide the widest is of so many that are the narrowest.
    private ulong FindGap(int count)
    {
        var gaps = new ulong[_runs.Count - 1];
        for (int i = 0; i < gaps.Length; i++)
        {
            gaps[i] = _runs[i + 1].Start - _runs[i].End;
        }

        Array.Sort(gaps);
        return gaps[count - 1];
    }

    private bool IsOfFuncs(Run run) => _takesFuncs && !run.HasOthers;

    private int HeaderLength(Run run) => 4 + WasmWriter.SizeOfS64((long)run.Start) + WasmWriter.SizeOfU32((uint)(run.End - run.Start))
        + (table.Index == 0 && table.ElementType == ValType.FuncRef ? 0 : 2);

    private void WriteSegment(Run run, ulong initial)
    {
        bool isOfFuncs = IsOfFuncs(run);
        bool isShort = table.Index == 0 && (isOfFuncs || table.ElementType == ValType.FuncRef);
        ElementForm form = isOfFuncs
            ? isShort ? ElementForm.ActiveFuncs : ElementForm.ActiveTableFuncs
            : isShort ? ElementForm.ActiveExpressions : ElementForm.ActiveTableExpressions;
        _code.Writer.WriteByte((byte)form);
        if (!isShort)
        {
            _code.Writer.WriteU32(table.Index);
        }

        _code.Address(run.Start, table.Is64);
        _code.Write(Opcode.End);
        if (!isShort && isOfFuncs)
        {
            _code.Writer.WriteByte(ElementForms.FuncKind);
        }
        else if (!isShort)
        {
            _code.Writer.WriteValType(table.ElementType);
        }

        _code.Writer.WriteU32((uint)(run.End - run.Start));
        for (ulong i = run.Start; i < run.End; i++)
        {
            ulong value = IsLeft(i) ? initial : table[i];
            if (isOfFuncs)
            {
                constants.WriteFuncIndex(value);
            }
            else
            {
                constants.Write(value, table.ElementType);
                _code.Write(Opcode.End);
            }
        }

        segments.Add(_code.Take());
    }

    // Both ascend.
    private bool IsLeft(ulong index)
    {
        while (_nextLeft < _left.Count && _left[_nextLeft] < index)
        {
            _nextLeft++;
        }

        return _nextLeft < _left.Count && _left[_nextLeft] == index;
    }

    private sealed class Run
    {
        internal ulong Start { get; set; }

        internal ulong End { get; set; }

        /// <summary>Whether there are others than functions, where those have a form of their own.</summary>
        internal bool HasOthers { get; set; }
    }
}
