using Wizer.Binary;

namespace Wizer.Differential.Generation;

// Everything that pushes values.
internal sealed partial class FunctionGenerator
{
    private void Values(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types)
        {
            Value(type);
        }
    }

    /// <summary>Pushes one value, whatever else happens on the way.</summary>
    private void Value(ValType type)
    {
        if (type.IsRef && !type.IsNullable)
        {
            Existing(type.HeapType);
            return;
        }

        PooledBuffer code = BeginPart(out bool isLeftOut);
        AnyValue(type);
        _code = code;
        if (isLeftOut)
        {
            Zero(type);
        }
    }

    private void AnyValue(ValType type)
    {
        if (type == ModuleShape.ExnRef)
        {
            // The label of a handler takes it; whoever branches there has none.
            Op(Opcode.RefNull);
            Out.WriteHeapType(HeapType.Exn);
            return;
        }

        if (--_budget <= 0 || _depth >= MaxDepth)
        {
            Leaf(type);
            return;
        }

        _depth++;
        if (_shape.Objects is not null && !type.IsRef && _random.Chance(20))
        {
            NumberOfObject(type);
            _depth--;
            return;
        }

        switch (_random.Below(100))
        {
            case < 18:
                Leaf(type);
                break;
            case < 62:
                Operator(type);
                break;
            case < 70:
                Load(type);
                break;
            case < 76:
                Value(type);
                Op(Opcode.LocalTee, AnyVariable(type));
                break;
            case < 81:
                BlockOf(_random.Chance(70) ? Opcode.Block : Opcode.Loop, [type]);
                break;
            case < 86:
                BlockOf(Opcode.If, [type]);
                break;
            case < 90:
                Select(type);
                break;
            case < 94:
                Call(type);
                break;
            case < 96:
                ValueOrBranch(type);
                break;
            case < 97:
                Several(type);
                break;
            case < 99 when _shape.Tags.Length != 0:
                Handle([type]);
                break;
            default:
                Special(type);
                break;
        }

        _depth--;
    }

    private void Leaf(ValType type)
    {
        if (type.IsRef)
        {
            ReferenceLeaf(type);
        }
        else if (_random.Chance(55))
        {
            Op(Opcode.LocalGet, AnyVariable(type));
        }
        else if (_random.Chance(25) && AnyGlobal(type, mutable: false) is { } global)
        {
            Op(Opcode.GlobalGet, global);
        }
        else
        {
            Constant(type);
        }
    }

    private void Constant(ValType type)
    {
        switch (type.Kind)
        {
            case 0x7f:
                I32Const((int)Constants.I32(_random));
                break;
            case 0x7e:
                Op(Opcode.I64Const);
                Out.WriteS64((long)Constants.I64(_random));
                break;
            case 0x7d:
                Op(Opcode.F32Const);
                Out.WriteFixed32(Constants.F32(_random));
                break;
            case 0x7c:
                Op(Opcode.F64Const);
                Out.WriteFixed64(Constants.F64(_random));
                break;
            default:
                V128Const(Constants.V128Half(_random), Constants.V128Half(_random));
                break;
        }
    }

    private void FuncRefLeaf()
    {
        switch (_random.Below(6))
        {
            case 0:
                Zero(ValType.FuncRef);
                break;
            case 1 when AnyGlobal(ValType.FuncRef, mutable: false) is { } global:
                Op(Opcode.GlobalGet, global);
                break;
            case < 4:
                Op(Opcode.RefFunc, (uint)_random.Below(_shape.Functions.Count));
                break;
            default:
                Op(Opcode.LocalGet, AnyVariable(ValType.FuncRef));
                break;
        }
    }

    private uint? AnyGlobal(ValType type, bool mutable)
    {
        int start = _random.Below(_shape.Globals.Count);
        for (int i = 0; i < _shape.Globals.Count; i++)
        {
            int index = (start + i) % _shape.Globals.Count;
            GlobalType global = _shape.Globals[index];
            if (index > ModuleShape.ChecksumGlobal && global.Value == type && (global.IsMutable || !mutable))
            {
                return (uint)index;
            }
        }

        return null;
    }

    private void Select(ValType type)
    {
        Value(type);
        Value(type);
        Condition();
        if (!type.IsRef && _random.Chance(70))
        {
            Op(Opcode.Select);
        }
        else
        {
            Op(Opcode.SelectTyped, 1);
            Out.WriteValType(type);
        }
    }

    /// <summary>An i32 that is zero about as often as not.</summary>
    private void Condition()
    {
        switch (_random.Below(6))
        {
            case 0:
                Masked(1);
                break;
            case 1:
                Value(ValType.I32);
                Op(Opcode.I32Eqz);
                break;
            case 2:
                // What compilers branch by, floats that are no numbers included.
                Comparison(_random.Pick([ValType.I32, ValType.I64, ValType.F32, ValType.F64]));
                break;
            case 3:
                Value(ValType.I32);
                Value(ValType.I32);
                Op(Opcode.I32And);
                if (_random.Chance(50))
                {
                    Op(Opcode.I32Eqz);
                }

                break;
            default:
                Value(ValType.I32);
                break;
        }
    }

    private void Comparison(ValType type)
    {
        Value(type);
        Value(type);
        (Opcode first, Opcode last) = type.Kind switch
        {
            0x7f => (Opcode.I32Eq, Opcode.I32GeU),
            0x7e => (Opcode.I64Eq, Opcode.I64GeU),
            0x7d => (Opcode.F32Eq, Opcode.F32Ge),
            _ => (Opcode.F64Eq, Opcode.F64Ge),
        };
        Op((Opcode)_random.Between((int)first, (int)last));
        if (_random.Chance(20))
        {
            Op(Opcode.I32Eqz);
        }
    }

    private void ValueOrBranch(ValType type)
    {
        if (_random.Chance(25))
        {
            // What follows is unreachable, and has to be valid all the same.
            BranchAlways();
            if (_random.Chance(50))
            {
                Value(type);
            }

            return;
        }

        int[] fitting = [.. Enumerable.Range(0, _labels.Count).Where(label => _labels[label] is [var only] && only == type)];
        Value(type);
        if (fitting.Length != 0)
        {
            Condition();
            Op(Opcode.BrIf, Depth(_random.Pick(fitting)));
        }
    }

    /// <summary>Several values at once, of which one is kept.</summary>
    private void Several(ValType type)
    {
        ValType[] types = _shape.RandomTypes(2, 4);
        int kept = _random.Below(types.Length);
        types[kept] = type;
        BlockOf(Opcode.Block, types);
        KeepOne(types, kept);
    }

    private void KeepOne(ReadOnlySpan<ValType> types, int kept)
    {
        for (int i = types.Length - 1; i > kept; i--)
        {
            Discard(types[i]);
        }

        if (kept == 0)
        {
            return;
        }

        uint variable = AnyVariable(types[kept]);
        Op(Opcode.LocalSet, variable);
        for (int i = kept - 1; i >= 0; i--)
        {
            // Not into the variable that holds what is kept.
            Op(Opcode.Drop);
        }

        Op(Opcode.LocalGet, variable);
    }

    /// <summary>Pops a value.</summary>
    private void Discard(ValType type)
    {
        if (type == ModuleShape.ExnRef)
        {
            DiscardException();
        }
        else if (_random.Chance(15))
        {
            Op(Opcode.Drop);
        }
        else
        {
            Op(Opcode.LocalSet, AnyVariable(type));
        }
    }

    private void Call(ValType type)
    {
        int start = _random.Below(_shape.Functions.Count);
        for (int i = 0; i < _shape.Functions.Count; i++)
        {
            int function = (start + i) % _shape.Functions.Count;
            ReadOnlySpan<ValType> results = _shape.Functions[function].Results;
            int kept = results.LastIndexOf(type);
            if (kept >= 0)
            {
                CallFunction(function);
                KeepOne(results, kept);
                return;
            }
        }

        Leaf(type);
    }

    /// <summary>Calls a function of known type, directly, through a table or a reference; a tail call leaves the function.</summary>
    private void CallFunction(int function, bool isTail = false)
    {
        FuncType type = _shape.Functions[function];
        Values(type.Parameters);
        int element = Array.IndexOf(_shape.ElementFunctions, (uint)function);
        if (_shape.IsNewer && _random.Chance(25))
        {
            uint index = _shape.TypeIndex(type);
            if (_random.Chance(98))
            {
                Op(Opcode.RefFunc, (uint)function);
            }
            else
            {
                Op(Opcode.RefNull);
                Out.WriteS33(index);
            }

            Op(isTail ? Opcode.ReturnCallRef : Opcode.CallRef, index);
            return;
        }

        if (element < 0 || _random.Chance(50))
        {
            Op(isTail ? Opcode.ReturnCall : Opcode.Call, (uint)function);
            return;
        }

        // Mostly an element that has the type, unless the table was changed; sometimes whatever comes.
        if (_random.Chance(92))
        {
            I32Const(element);
        }
        else
        {
            Masked(15);
        }

        Op(isTail ? Opcode.ReturnCallIndirect : Opcode.CallIndirect, _shape.TypeIndex(type), 0);
    }

    /// <summary>A block of statements that leaves values, often with parameters, too.</summary>
    private void BlockOf(Opcode opcode, ValType[] results)
    {
        ValType[] parameters = _random.Chance(30) ? _shape.RandomTypes(1, 3) : [];
        Values(parameters);
        if (opcode == Opcode.If)
        {
            Condition();
        }

        Begin(opcode, parameters, results);
        Arm(opcode, parameters, results);
        if (opcode == Opcode.If && (!parameters.AsSpan().SequenceEqual(results) || _random.Chance(70)))
        {
            Op(Opcode.Else);
            Arm(opcode, parameters, results);
        }

        EndBlock();
    }

    private void Arm(Opcode opcode, ValType[] parameters, ValType[] results)
    {
        for (int i = parameters.Length - 1; i >= 0; i--)
        {
            Discard(parameters[i]);
        }

        if (opcode == Opcode.Loop)
        {
            TakeFuel(1);
        }

        for (int count = _random.Below(3); count > 0; count--)
        {
            Statement();
        }

        if (opcode == Opcode.Loop && _random.Chance(85))
        {
            BranchIf(_labels.Count - 1);
        }

        Values(results);
    }

    private void Begin(Opcode opcode, ValType[] parameters, ValType[] results)
    {
        Op(opcode);
        if (parameters.Length == 0 && results.Length == 0)
        {
            Out.WriteByte(0x40);
        }
        else if (parameters.Length == 0 && results.Length == 1)
        {
            Out.WriteValType(results[0]);
        }
        else
        {
            Out.WriteS33(_shape.TypeIndex(parameters, results));
        }

        _labels.Add(opcode == Opcode.Loop ? parameters : results);
    }

    private void EndBlock()
    {
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>The relative index of a label.</summary>
    private uint Depth(int label) => (uint)(_labels.Count - 1 - label);

    private void Special(ValType type)
    {
        if (type.IsRef && type != ValType.FuncRef)
        {
            Reference(type);
        }
        else if (type.IsRef)
        {
            int table = _random.Below(2);
            TableIndex(table);
            Op(Opcode.TableGet, (uint)table);
        }
        else if (type == ValType.I32)
        {
            SpecialI32();
        }
        else
        {
            Operator(type);
        }
    }

    private void SpecialI32()
    {
        int memory = AnyMemory();
        int table = _random.Below(2);
        switch (_random.Below(6))
        {
            case 0:
                Op(Opcode.MemorySize, (uint)memory);
                Narrow(MemoryLimits(memory));
                break;
            case 1:
                if (_random.Chance(80))
                {
                    I32Const(_random.Below(2));
                }
                else
                {
                    Value(ValType.I32);
                }

                Widen(MemoryLimits(memory));
                Op(Opcode.MemoryGrow, (uint)memory);
                Narrow(MemoryLimits(memory));
                break;
            case 2:
                Op(Opcode.TableSize, (uint)table);
                Narrow(TableLimits(table));
                break;
            case 3:
                Value(ValType.FuncRef);
                Masked(3);
                Widen(TableLimits(table));
                Op(Opcode.TableGrow, (uint)table);
                Narrow(TableLimits(table));
                break;
            default:
                Value(_random.Pick(_shape.References));
                Op(Opcode.RefIsNull);
                break;
        }
    }

    private void TableIndex(int table)
    {
        if (_random.Chance(95))
        {
            Masked(table == 0 ? 7 : 3);
        }
        else
        {
            Masked(31);
        }

        Widen(TableLimits(table));
    }
}
