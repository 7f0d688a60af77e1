using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>The operand stack, with the names of the specification's algorithm.</summary>
internal sealed partial class FunctionValidator
{
    private readonly ValType[] _sequence = new ValType[5];

#if DEBUG
    private int _pushCount;
    private int _popCount;
#endif

    private void Push(ValType type)
    {
        CountPush();
        if (_height == _operands.Length)
        {
            GrowOperands(1);
        }

        _operands[_height++] = type;
    }

    private void Push(TypeSequence types)
    {
        CountPush(types.Count);
        if (_operands.Length - _height < types.Count)
        {
            GrowOperands(types.Count);
        }

        types.CopyTo(_operands, _height);
        _height += types.Count;
    }

    // Whether only operands of unreachable code are left, so that thousands of fields need not be popped one by one.
    private bool IsPolymorphic => _height == _floor && IsUnreachable;

    /// <summary>Pops an operand of any type; in unreachable code it may be the bottom type.</summary>
    private ValType Pop()
    {
        CountPop();
        if (_height > _floor)
        {
            return _operands[--_height];
        }

        if (!IsUnreachable)
        {
            Throw.Invalid("type mismatch: instruction requires an operand but stack has []", _at);
        }

        return ValType.Bottom;
    }

    private ValType Pop(ValType expected)
    {
        CountPop();
        if (_height > _floor)
        {
            ValType actual = _operands[_height - 1];
            if (_types.IsSubtype(actual, expected))
            {
                _height--;
                return actual;
            }
        }
        else if (IsUnreachable)
        {
            return ValType.Bottom;
        }

        OperandsDoNotMatch(new TypeSequence(expected));
        return default;
    }

    /// <summary>Pops operands of the given types, of which the last is on top. All are checked before the first is popped.</summary>
    private void Pop(TypeSequence expected)
    {
        CountPop(expected.Count);
        CheckTop(expected);
        _height = Math.Max(_floor, _height - expected.Count);
    }

    private void Pop(ValType first, ValType second) => Pop(Sequence(2, first, second));

    private void Pop(ValType first, ValType second, ValType third) => Pop(Sequence(3, first, second, third));

    private void Pop(ValType first, ValType second, ValType third, ValType fourth) =>
        Pop(Sequence(4, first, second, third, fourth));

    private void Pop(ValType first, ValType second, ValType third, ValType fourth, ValType fifth) =>
        Pop(Sequence(5, first, second, third, fourth, fifth));

    // Good until the next one.
    private TypeSequence Sequence(
        int count, ValType first, ValType second, ValType third = default, ValType fourth = default, ValType fifth = default)
    {
        ValType[] types = _sequence;
        types[0] = first;
        types[1] = second;
        types[2] = third;
        types[3] = fourth;
        types[4] = fifth;
        return new TypeSequence(types, count);
    }

    /// <summary>Checks that the operands on top have the given types, of which the last is on top.</summary>
    private void CheckTop(TypeSequence expected)
    {
        int available = Math.Min(_height - _floor, expected.Count);
        if (available < expected.Count && !IsUnreachable)
        {
            OperandsDoNotMatch(expected);
        }

        for (int i = 1; i <= available; i++)
        {
            if (!_types.IsSubtype(_operands[_height - i], expected[expected.Count - i]))
            {
                OperandsDoNotMatch(expected);
            }
        }
    }

    /// <summary>Pops a reference of any kind, or the bottom type.</summary>
    private ValType PopRef()
    {
        ValType type = Pop();
        if (!type.IsRef && !type.IsBottom)
        {
            Throw.Invalid($"type mismatch: instruction requires a reference but stack has [{type}]", _at);
        }

        return type;
    }

    private void GrowOperands(int count)
    {
        long needed = (long)_height + count;
        if (needed > WasmLimits.MaxOperands)
        {
            Throw.Invalid($"too many operands: at most {WasmLimits.MaxOperands} are supported", _at);
        }

        int capacity = (int)Math.Max(needed, Math.Min(_operands.Length * 2L, WasmLimits.MaxOperands));
        _operands = GrowableArray.Resize(_operands, _height, capacity);
    }

    private void OperandsDoNotMatch(TypeSequence required) =>
        Invalid.Operands("instruction", required, Top(Math.Min(_height - _floor, required.Count)), _at);

    /// <summary>The operands on top, copied.</summary>
    private TypeSequence Top(int count)
    {
        var types = new ValType[count];
        Array.Copy(_operands, _height - count, types, 0, count);
        return new TypeSequence(types);
    }

    [Conditional("DEBUG")]
    private void CountPush(int count = 1)
    {
#if DEBUG
        _pushCount += count;
#endif
    }

    [Conditional("DEBUG")]
    private void CountPop(int count = 1)
    {
#if DEBUG
        _popCount += count;
#endif
    }

    /// <summary>Debug builds hold the rules against the table: what was really popped and pushed is what the row says.</summary>
    [Conditional("DEBUG")]
    private void CheckRow(Opcode opcode)
    {
#if DEBUG
        OpcodeSignature row = OpcodeTable.Signature(opcode);
        if (row.HasRegularOperands && row.OperandCount != _popCount)
        {
            Debug.Fail($"{OpcodeTable.Mnemonic(opcode)} popped {_popCount} operands, the table says {row.OperandCount}");
        }

        if (row.Result != OpcodeSignature.Irregular)
        {
            int results = row.Result == OpcodeSignature.Nothing ? 0 : 1;
            if (results != _pushCount)
            {
                Debug.Fail($"{OpcodeTable.Mnemonic(opcode)} pushed {_pushCount} results, the table says {results}");
            }

            if (results == 1 && row.Result != OpcodeSignature.Address && _operands[_height - 1] != ValType.FromCode(row.Result))
            {
                Debug.Fail($"{OpcodeTable.Mnemonic(opcode)} pushed {_operands[_height - 1]}, not what the table says");
            }
        }
#endif
    }

    [Conditional("DEBUG")]
    private void ResetCounts()
    {
#if DEBUG
        _popCount = 0;
        _pushCount = 0;
#endif
    }
}
