using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// The code stream: operations are appended, and combined with the one before where a superinstruction says so. Arrays grow by
// Array.Copy here, and lists are of int or long only: generics over other values have no precompiled code.
internal sealed unsafe partial class Translator
{
    // Six times what the largest body takes. Branches that carry a thousand values each would otherwise make gigabytes of it.
    private const int MaxCodeUnits = 64 << 20;

    private ushort[] _code = new ushort[512];
    private int _length;

    // Where the operations start that were emitted since the last label, in order: what may be combined or changed.
    private readonly History _history = new();

    // When positions are wanted: the instruction of each part of each operation; and the function, once all are known.
    private List<long>? _offsets;
    private FuncData* _offsetsOf;

    /// <summary>Prepares <see cref="FindOffset"/> for a function that was translated before.</summary>
    internal void TranslateForOffsets(FuncData* func)
    {
        if (_offsetsOf != func)
        {
            _offsets ??= [];
            TranslateBody(func, _host.ModuleOf(func->Instance));
            _offsetsOf = func;
        }
    }

    /// <summary>The module offset of the instruction that a unit of the code comes from.</summary>
    /// <param name="unit">Counted from the function's header.</param>
    /// <param name="part">Which of the instructions of a superinstruction.</param>
    internal long FindOffset(int unit, int part)
    {
        List<long> offsets = _offsets!;
        int next = 0;
        for (int at = FrameHeader.Units; at < _length;)
        {
            int parts = OpTable.Parts[_code[at]];
            int length = LengthAt(at);
            if (unit < at + length)
            {
                return offsets[next + Math.Min(part, parts - 1)];
            }

            at += length;
            next += parts;
        }

        return -1;
    }

    /// <summary>
    /// Lets operations that often follow one another run without a dispatch between them. Nothing moves: the first changes its
    /// number, and the second stays for whoever branches to it; it may begin a sequence of its own.
    /// </summary>
    private void FindSequences()
    {
        ushort[] code = _code;
        int length = _length;
        int behind = FrameHeader.Units;
        while (behind < length)
        {
            int at = behind;
            behind += LengthAt(at);
            int next = behind;
            while (next < length)
            {
                int sequence = OpTable.Passes(OpTable.SequenceFilters, code[at], code[next]) ? FindSequence(code[at], code[next]) : -1;
                if (sequence < 0)
                {
                    break;
                }

                code[at] = OpTable.At(OpTable.SequenceResults, sequence);
                next += LengthAt(next);
            }
        }
    }

    private static int FindSequence(ushort first, ushort second)
    {
        int end = OpTable.At(OpTable.SequenceStarts, first + 1);
        for (int i = OpTable.At(OpTable.SequenceStarts, first); i < end; i++)
        {
            if (OpTable.At(OpTable.SequenceSeconds, i) == second)
            {
                return i;
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int LengthAt(int at)
    {
        // Nearly all have a length of their own.
        ushort op = _code[at];
        return (Op)op is Op.BrTable or Op.BrTableLoad
            ? OpTable.LengthOf(new ReadOnlySpan<ushort>(_code, at, _code.Length - at))
            : OpTable.Lengths[op];
    }

    /// <summary>What comes next is combined with nothing before it.</summary>
    private void StartRun()
    {
        _history.Clear();
#if COUNT_OPERATIONS
        OperationCounts.NoteStart(_length);
#endif
    }

    private void EmitHeader()
    {
        Put32(0);
        Put((ushort)Locals.SlotCount);
        Put((ushort)Type.ParameterSlotCount);
    }

    private void PatchHeader() => Write32(0, _stack.MaxTop);

    private void Emit(Op op)
    {
        if (_code.Length - _length < 64)
        {
            GrowCode(64);
        }

        _helper = -1;
        _history.Push(_length);
        _offsets?.Add(Offset);
        _code[_length++] = (ushort)op;
    }

    private void GrowCode(int units)
    {
        int needed = _length + units;
        if (needed > MaxCodeUnits)
        {
            throw new UnsupportedModuleException("a function's branches carry too many values to be translated", Offset);
        }

        var code = new ushort[Math.Max(Math.Min(2 * _code.Length, MaxCodeUnits), needed)];
        Array.Copy(_code, code, _length);
        _code = code;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(ushort unit) => _code[_length++] = unit;

    private void Put32(uint value)
    {
        ushort[] code = _code;
        int length = _length;
        code[length] = (ushort)value;
        code[length + 1] = (ushort)(value >> 16);
        _length = length + 2;
    }

    private void Put64(ulong value)
    {
        Put32((uint)value);
        Put32((uint)(value >> 32));
    }

    private int Read32(int at) => _code[at] | (_code[at + 1] << 16);

    private void Write32(int at, int value)
    {
        _code[at] = (ushort)value;
        _code[at + 1] = (ushort)(value >> 16);
    }

    /// <summary>The last operation, when it stands at the end and its result is in the slot; otherwise -1.</summary>
    private int ProducerOf(ushort slot)
    {
        int last = _history.Last;
        return last >= 0 && OpTable.HasResult[_code[last]] != 0 && _code[last + 1] == slot ? last : -1;
    }

    /// <summary>Lets the operation just emitted write to another slot.</summary>
    private bool TryRetarget(ushort from, ushort to)
    {
        int last = ProducerOf(from);
        if (last < 0)
        {
            return TryRetargetHelper(from, to);
        }

        _code[last + 1] = to;
        return true;
    }

    /// <summary>Takes the last operation back.</summary>
    private void RemoveLast()
    {
        int last = _history.Pop();
        int parts = OpTable.Parts[_code[last]];
        _offsets?.RemoveRange(_offsets.Count - parts, parts);
        _length = last;
    }

    /// <summary>
    /// Combines the last operation with those before it that compute its operands, as long as there is a superinstruction for it.
    /// </summary>
    private void Fuse()
    {
        while (_history.Count >= 2)
        {
            int consumer = _history.Last;
            int producer = _history.BeforeLast;
            ushort first = _code[producer];
            ushort second = _code[consumer];
            if (OpTable.HasResult[first] == 0 || !OpTable.Passes(OpTable.FusionFilters, second, first))
            {
                return;
            }

            int fusion = FindFusion(first, second, producer, consumer);
            if (fusion < 0)
            {
                return;
            }

            Combine(producer, consumer, fusion);
        }
    }

    private int FindFusion(ushort first, ushort second, int producer, int consumer)
    {
        ushort slot = _code[producer + 1];
        bool isTemp = slot >= FirstOperandSlot;
        int inputs = OpTable.At(OpTable.InputStarts, second);
        int end = OpTable.At(OpTable.FusionStarts, second + 1);
        for (int i = OpTable.At(OpTable.FusionStarts, second); i < end; i++)
        {
            if (OpTable.At(OpTable.FusionProducers, i) != first)
            {
                continue;
            }

            // A temporary is read once and need not be stored; a local must be.
            int input = OpTable.FusionInputs[i];
            bool keeps = (input & OpTable.Flag) != 0;
            int unit = OpTable.Inputs[inputs + (input & ~OpTable.Flag)] & ~OpTable.Flag;
            if (keeps != isTemp && _code[consumer + unit] == slot
                && (_fuses || OpTable.IsBase[OpTable.At(OpTable.FusionResults, i)] != 0))
            {
                return i;
            }
        }

        return -1;
    }

    // The result's slot of the second; the result's slot of the first when it is stored as well; the inputs of the first; the
    // inputs of the second but the one that is the first.
    private void Combine(int producer, int consumer, int fusion)
    {
        ushort second = _code[consumer];
        int input = OpTable.FusionInputs[fusion];
        bool keeps = (input & OpTable.Flag) != 0;
        int unit = OpTable.Inputs[OpTable.At(OpTable.InputStarts, second) + (input & ~OpTable.Flag)] & ~OpTable.Flag;
        bool hasResult = OpTable.HasResult[second] != 0;

        Span<ushort> combined = stackalloc ushort[64];
        int length = 0;
        combined[length++] = OpTable.At(OpTable.FusionResults, fusion);
        if (hasResult)
        {
            combined[length++] = _code[consumer + 1];
        }

        if (keeps)
        {
            combined[length++] = _code[producer + 1];
        }

        for (int i = producer + 2; i < consumer; i++)
        {
            combined[length++] = _code[i];
        }

        for (int i = consumer + (hasResult ? 2 : 1); i < _length; i++)
        {
            if (i != consumer + unit)
            {
                combined[length++] = _code[i];
            }
        }

        combined[..length].CopyTo(_code.AsSpan(producer));
        _length = producer + length;
        _history.Pop();
    }

    private sealed class History
    {
        private int[] _starts = new int[64];

        internal int Count { get; private set; }

        internal int Last
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Count != 0 ? _starts[Count - 1] : -1;
        }

        internal int BeforeLast => _starts[Count - 2];

        internal void Clear() => Count = 0;

        internal int Pop() => _starts[--Count];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Push(int start)
        {
            int[] starts = _starts;
            int count = Count;
            if ((uint)count >= (uint)starts.Length)
            {
                starts = Grow();
            }

            starts[count] = start;
            Count = count + 1;
        }

        private int[] Grow()
        {
            var starts = new int[Count * 2];
            Array.Copy(_starts, starts, Count);
            return _starts = starts;
        }
    }
}
