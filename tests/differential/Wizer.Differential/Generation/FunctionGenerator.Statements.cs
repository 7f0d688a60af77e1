using Wizer.Binary;

namespace Wizer.Differential.Generation;

// Everything that leaves the stack as it was.
internal sealed partial class FunctionGenerator
{
    private void Statement()
    {
        PooledBuffer code = BeginPart(out _);
        AnyStatement();
        _code = code;
    }

    private void AnyStatement()
    {
        if (--_budget <= 0 || _depth >= MaxDepth)
        {
            Leaf(ValType.I32);
            Op(Opcode.LocalSet, AnyVariable(ValType.I32));
            return;
        }

        _depth++;
        if (_shape.Objects is not null && _random.Chance(25))
        {
            ObjectStatement();
            _depth--;
            return;
        }

        switch (_random.Below(100))
        {
            case < 15:
                SetVariable();
                break;
            case < 20:
                SetGlobal();
                break;
            case < 40:
                Observe();
                break;
            case < 50:
                Store();
                break;
            case < 56:
                Update();
                break;
            case < 59 when _shape.Tags.Length != 0:
                Handle([]);
                break;
            case < 62:
                CountedLoop();
                break;
            case < 68:
                BlockOf(_random.Pick([Opcode.Block, Opcode.Loop, Opcode.If]), []);
                break;
            case < 75 when _labels.Count > 1 || _random.Chance(15):
                // Rather an inner one: the outermost ends the function.
                BranchIf(Math.Max(_random.Below(_labels.Count), _random.Below(_labels.Count)));
                break;
            case < 80:
                BranchTable();
                break;
            case < 83:
                LeaveIf();
                break;
            case < 89:
                CallAny();
                break;
            case < 94:
                Bulk();
                break;
            case < 98:
                TableStatement();
                break;
            case < 99:
                Retarget(_random.Pick(_pointers));
                break;
            default:
                Op(Opcode.Nop);
                Op(Opcode.AtomicFence);
                Out.WriteByte(0);
                break;
        }

        _depth--;
    }

    private void SetVariable()
    {
        ValType type = _shape.RandomType();
        Value(type);
        Discard(type);
    }

    private void SetGlobal()
    {
        ValType type = _shape.RandomType();
        Value(type);
        if (AnyGlobal(type, mutable: true) is { } global)
        {
            Op(Opcode.GlobalSet, global);
        }
        else
        {
            Discard(type);
        }
    }

    /// <summary>Mixes the result of an operator into the checksum, where no difference is lost.</summary>
    private void Observe()
    {
        if (_shape.HasWideArithmetic && _random.Chance(15))
        {
            WideOperator();
            ToChecksum();
            ToChecksum();
            return;
        }

        ValType type = _random.Pick(_shape.Numbers);
        Operator(type);
        if (type.IsVector)
        {
            Op(Opcode.LocalTee, Scratch(type));
            LaneToChecksum(0);
            Op(Opcode.LocalGet, Scratch(type));
            LaneToChecksum(1);
            return;
        }

        if (type == ValType.F32)
        {
            Op(Opcode.I32ReinterpretF32);
        }
        else if (type == ValType.F64)
        {
            Op(Opcode.I64ReinterpretF64);
        }

        if (type == ValType.I32 || type == ValType.F32)
        {
            Op(Opcode.I64ExtendI32U);
        }

        ToChecksum();
    }

    private void LaneToChecksum(byte lane)
    {
        Op(Opcode.I64x2ExtractLane);
        Out.WriteByte(lane);
        ToChecksum();
    }

    private void ToChecksum()
    {
        Op(Opcode.GlobalGet, ModuleShape.ChecksumGlobal);
        Op(Opcode.I64Const);
        Out.WriteS64(5);
        Op(Opcode.I64Rotl);
        Op(Opcode.I64Xor);
        Op(Opcode.GlobalSet, ModuleShape.ChecksumGlobal);
    }

    /// <summary>Reads, changes and writes back the same place.</summary>
    private void Update()
    {
        uint pointer = _random.Pick(_pointers);
        uint offset = (uint)_random.Below(64);
        bool isWide = _random.Chance(40);
        Op(Opcode.LocalGet, pointer);
        Widen(MemoryLimits(0));
        Op(Opcode.LocalGet, pointer);
        Widen(MemoryLimits(0));
        Op(isWide ? Opcode.I64Load : Opcode.I32Load, 0, offset);
        Value(isWide ? ValType.I64 : ValType.I32);
        Op(isWide
            ? _random.Pick([Opcode.I64Add, Opcode.I64Sub, Opcode.I64And, Opcode.I64Or, Opcode.I64Xor])
            : _random.Pick([Opcode.I32Add, Opcode.I32Sub, Opcode.I32And, Opcode.I32Or, Opcode.I32Xor]));
        Op(isWide ? Opcode.I64Store : Opcode.I32Store, 0, offset);
    }

    /// <summary>A loop that counts a local down which nothing else sets.</summary>
    private void CountedLoop()
    {
        uint counter = Local(ValType.I32);
        I32Const(_random.Between(1, 12));
        Op(Opcode.LocalSet, counter);
        Begin(Opcode.Loop, [], []);
        TakeFuel(1);
        for (int count = _random.Between(1, 3); count > 0; count--)
        {
            Statement();
        }

        Op(Opcode.LocalGet, counter);
        I32Const(1);
        Op(Opcode.I32Sub);
        Op(Opcode.LocalTee, counter);
        Op(Opcode.BrIf, 0);
        EndBlock();
    }

    private void BranchIf(int label)
    {
        ValType[] types = _labels[label];
        Values(types);
        Condition();
        Op(Opcode.BrIf, Depth(label));
        for (int i = types.Length - 1; i >= 0; i--)
        {
            Discard(types[i]);
        }
    }

    /// <summary>A branch table in a block of its own, which is one of its targets when that takes no values.</summary>
    private void BranchTable()
    {
        Begin(Opcode.Block, [], []);
        Statement();
        ValType[] types = _random.Chance(60) ? [] : _random.Pick(_labels);
        int[] fitting = [.. Enumerable.Range(0, _labels.Count).Where(label => _labels[label].AsSpan().SequenceEqual(types))];
        Values(types);
        int count = _random.Chance(5) ? _random.Below(300) : _random.Below(6);
        if (_random.Chance(80))
        {
            Masked(7);
        }
        else
        {
            Value(ValType.I32);
        }

        Op(Opcode.BrTable, (uint)count);
        for (int i = 0; i <= count; i++)
        {
            Out.WriteU32(Depth(_random.Pick(fitting)));
        }

        EndBlock();
    }

    private void LeaveIf()
    {
        // Rather not: most branches would end the function early.
        Masked(3);
        Op(Opcode.I32Eqz);
        Begin(Opcode.If, [], []);
        BranchAlways();
        if (_random.Chance(30))
        {
            Statement();
        }

        EndBlock();
    }

    /// <summary>Leaves for good: what follows is unreachable.</summary>
    private void BranchAlways()
    {
        switch (_random.Below(20))
        {
            case 0:
                Op(Opcode.Unreachable);
                break;
            case < 3 when _shape.Tags.Length != 0:
                Throw();
                break;
            case < 5:
                Values(_type.Results);
                Op(Opcode.Return);
                break;
            case < 12 when _hasTailCalls && TailCallee() is { } callee:
                CallFunction(callee, isTail: true);
                break;
            default:
                int label = _random.Below(_labels.Count);
                Values(_labels[label]);
                Op(Opcode.Br, Depth(label));
                break;
        }
    }

    private int? TailCallee()
    {
        int start = _random.Below(_shape.Functions.Count);
        for (int i = 0; i < _shape.Functions.Count; i++)
        {
            int function = (start + i) % _shape.Functions.Count;
            if (_shape.Functions[function].Results.SequenceEqual(_type.Results))
            {
                return function;
            }
        }

        return null;
    }

    private void CallAny()
    {
        int function = _random.Below(_shape.Functions.Count);
        CallFunction(function);
        ReadOnlySpan<ValType> results = _shape.Functions[function].Results;
        for (int i = results.Length - 1; i >= 0; i--)
        {
            Discard(results[i]);
        }
    }

    private void Bulk()
    {
        int memory = AnyMemory();
        switch (_random.Below(10))
        {
            case < 4:
                Address(memory);
                Value(ValType.I32);
                Length(0x1ff, MemoryLimits(memory).Is64);
                Op(Opcode.MemoryFill, (uint)memory);
                break;
            case < 8:
                int source = AnyMemory();
                Address(memory);
                Address(source);
                Length(0x1ff, MemoryLimits(memory).Is64 && MemoryLimits(source).Is64);
                Op(Opcode.MemoryCopy, (uint)memory, (uint)source);
                break;
            case 8:
                Address(memory);
                I32Const(_random.Below(_shape.PassiveData.Length));
                Length(7);
                Op(Opcode.MemoryInit, 1, (uint)memory);
                break;
            default:
                Op(Opcode.DataDrop, (uint)_random.Below(2));
                break;
        }
    }

    private void TableStatement()
    {
        int table = _random.Below(2);
        switch (_random.Below(12))
        {
            case < 5:
                TableIndex(table);
                Value(ValType.FuncRef);
                Op(Opcode.TableSet, (uint)table);
                break;
            case < 7:
                Masked(3);
                Widen(TableLimits(table));
                Value(ValType.FuncRef);
                Length(3, TableLimits(table).Is64);
                Op(Opcode.TableFill, (uint)table);
                break;
            case < 9:
                int source = _random.Below(2);
                Masked(3);
                Widen(TableLimits(table));
                Masked(1);
                Widen(TableLimits(source));
                Length(3, TableLimits(table).Is64 && TableLimits(source).Is64);
                Op(Opcode.TableCopy, (uint)table, (uint)source);
                break;
            case < 11:
                Masked(3);
                Widen(TableLimits(table));
                I32Const(_random.Below(_shape.PassiveElements.Length));
                Length(1);
                Op(Opcode.TableInit, 1, (uint)table);
                break;
            default:
                Op(Opcode.ElemDrop, (uint)_random.Below(2));
                break;
        }
    }

    private void Length(int mask, bool is64 = false)
    {
        if (_random.Chance(60))
        {
            I32Const(_random.Below(mask));
        }
        else
        {
            Masked(mask);
        }

        if (is64)
        {
            Op(Opcode.I64ExtendI32U);
        }
    }
}
