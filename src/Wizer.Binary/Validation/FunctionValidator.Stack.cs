using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>The operand stack, with the names of the specification's algorithm.</summary>
internal sealed partial class FunctionValidator
{
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

    private void Push(ReadOnlySpan<ValType> types)
    {
        if (_operands.Length - _height < types.Length)
        {
            GrowOperands(types.Length);
        }

        types.CopyTo(_operands.AsSpan(_height));
        _height += types.Length;
    }

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

        OperandsDoNotMatch("instruction", new ReadOnlySpan<ValType>(in expected));
        return default;
    }

    /// <summary>Pops operands of the given types, of which the last is on top. All are checked before the first is popped.</summary>
    private void Pop(ReadOnlySpan<ValType> expected, string who = "instruction")
    {
        CountPop(expected.Length);
        CheckTop(expected, who);
        _height = Math.Max(_floor, _height - expected.Length);
    }

    /// <summary>Checks that the operands on top have the given types, of which the last is on top.</summary>
    private void CheckTop(ReadOnlySpan<ValType> expected, string who = "instruction")
    {
        int available = Math.Min(_height - _floor, expected.Length);
        if (available < expected.Length && !IsUnreachable)
        {
            OperandsDoNotMatch(who, expected);
        }

        for (int i = 1; i <= available; i++)
        {
            if (!_types.IsSubtype(_operands[_height - i], expected[^i]))
            {
                OperandsDoNotMatch(who, expected);
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

        Array.Resize(ref _operands, (int)Math.Max(needed, Math.Min(_operands.Length * 2L, WasmLimits.MaxOperands)));
    }

    private void OperandsDoNotMatch(string who, ReadOnlySpan<ValType> required)
    {
        int count = Math.Min(_height - _floor, required.Length);
        Invalid.Operands(who, required, _operands.AsSpan(_height - count, count), _at);
    }

    [Conditional("DEBUG")]
    private void CountPush()
    {
#if DEBUG
        _pushCount++;
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

        _popCount = 0;
        _pushCount = 0;
#endif
    }
}
