using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>
/// Writes a random valid body. Code is generated from types, so it is valid by construction; blocks, calls, assignments and
/// branches may stand wherever a value is wanted, so other values are often on the stack meanwhile.
/// </summary>
/// <remarks>
/// It terminates by construction too: every function and every loop begins by taking fuel from a global, and returns at once
/// when none is left.
/// </remarks>
internal sealed partial class FunctionGenerator
{
    private const int MaxDepth = 7;

    private readonly Prng _random;
    private readonly ModuleShape _shape;
    private readonly FuncType _type;
    private readonly Parts _parts;
    private readonly PooledBuffer _leftOut;
    private readonly List<ValType> _locals = [];
    private readonly List<ValType[]> _labels = [];
    private readonly Dictionary<ValType, List<uint>> _variables = [];
    private readonly Dictionary<ValType, uint> _scratch = [];
    private readonly uint[] _pointers;
    private readonly uint _index;
    private readonly bool _hasTailCalls;
    private PooledBuffer _code;
    private int _trapPercent = 10;
    private int _budget;
    private int _depth;

    private FunctionGenerator(Prng random, ModuleShape shape, Parts parts, FuncType type, PooledBuffer code, PooledBuffer leftOut)
    {
        _random = random;
        _shape = shape;
        _parts = parts;
        _leftOut = leftOut;
        _type = type;
        _code = code;
        _budget = random.Chance(20) ? random.Between(300, 900) : random.Between(60, 250);
        foreach (ValType parameter in type.Parameters)
        {
            Variable(parameter);
        }

        // More than there are registers, now and then.
        bool isCrowded = random.Chance(25);
        _hasTailCalls = random.Chance(30);
        foreach (ValType number in _shape.Numbers)
        {
            for (int count = random.Between(1, isCrowded ? 12 : 3); count > 0; count--)
            {
                Variable(number);
            }
        }

        foreach (ValType reference in _shape.References)
        {
            Variable(reference);
        }

        _pointers = [Local(ValType.I32), Local(ValType.I32)];
        _index = Local(ValType.I32);
    }

    private WasmWriter Out => new(_code);

    /// <summary>Writes the body of a function, its size included.</summary>
    internal static void Write(Prng random, ModuleShape shape, Parts parts, FuncType type, PooledBuffer output)
    {
        using var code = new PooledBuffer(1024);
        using var leftOut = new PooledBuffer(1024);
        var generator = new FunctionGenerator(random, shape, parts, type, code, leftOut);
        bool isLeftOut = parts.IsNextLeftOut();
        generator.Body();
        generator.WriteTo(output, isLeftOut);
    }

    /// <summary>
    /// Writes the body of a function from nothing to nothing that applies many operators to plain operands, several times: what
    /// random code reaches only now and then, and with few values.
    /// </summary>
    internal static void WriteSweep(Prng random, ModuleShape shape, Parts parts, PooledBuffer output)
    {
        using var code = new PooledBuffer(1 << 13);
        using var leftOut = new PooledBuffer(1024);
        var generator = new FunctionGenerator(random, shape, parts, new FuncType([], []), code, leftOut);
        bool isLeftOut = parts.IsNextLeftOut();
        generator.Sweep();
        generator.WriteTo(output, isLeftOut);
    }

    private void WriteTo(PooledBuffer output, bool isLeftOut)
    {
        var writer = new WasmWriter(output);
        int mark = writer.BeginSized();
        if (isLeftOut)
        {
            _code.Clear();
            foreach (ValType result in _type.Results)
            {
                Zero(result);
            }

            Op(Opcode.End);
            writer.WriteU32(0);
            writer.WriteBytes(_code.WrittenSpan);
            writer.EndSized(mark);
            return;
        }

        int parameters = _type.Parameters.Length;
        writer.WriteU32((uint)(_locals.Count - parameters));
        for (int i = parameters; i < _locals.Count; i++)
        {
            writer.WriteU32(1);
            writer.WriteValType(_locals[i]);
        }

        writer.WriteBytes(_code.WrittenSpan);
        writer.EndSized(mark);
    }

    private void Sweep()
    {
        // Operands that are no leaves would be too deep.
        _depth = MaxDepth;
        _trapPercent = 0;
        _labels.Add([]);
        SetVariables();
        uint counter = Local(ValType.I32);
        bool isProtected = _shape.Tags.Length != 0 && _random.Chance(50);
        if (isProtected)
        {
            // Nothing of it throws: it is as if the handler were not there.
            if (_shape.HasLegacyHandlers)
            {
                Begin(Opcode.Try, [], []);
            }
            else
            {
                BeginTryTable([]);
                Out.WriteU32(1);
                Out.WriteByte(CatchAllTags);
                Out.WriteU32(0);
            }
        }

        Begin(Opcode.Loop, [], []);
        for (int i = 0; i < 60; i++)
        {
            PooledBuffer code = BeginPart(out _);
            ValType type = _random.Pick(_shape.Numbers);
            Observe();
            if (_random.Chance(60))
            {
                Operator(type);
            }
            else
            {
                Opcode load = _random.Pick(OperatorCatalog.Loads(type));
                int memory = AnyMemory();
                I32Const(_random.Below(0x8000 - 16));
                Widen(MemoryLimits(memory));
                if (OpcodeTable.Signature(load).Operand1 != OpcodeSignature.Nothing)
                {
                    Leaf(type);
                }

                Op(load);
                Out.WriteU32(memory == 0 ? 0 : MemoryIndexFlag);
                if (memory != 0)
                {
                    Out.WriteU32((uint)memory);
                }

                Out.WriteU32(0);
                LaneImmediates(load);
            }

            Op(Opcode.LocalSet, AnyVariable(type));
            _code = code;
        }

        Op(Opcode.LocalGet, counter);
        I32Const(1);
        Op(Opcode.I32Add);
        Op(Opcode.LocalTee, counter);
        I32Const(10);
        Op(Opcode.I32LtU);
        Op(Opcode.BrIf, 0);
        EndBlock();
        if (isProtected)
        {
            EndBlock();
        }

        Op(Opcode.End);
    }

    private void Body()
    {
        _labels.Add(_type.Results.ToArray());
        TakeFuel(ModuleShape.CallFuel);
        SetVariables();
        foreach (uint pointer in _pointers)
        {
            Retarget(pointer);
        }

        I32Const(_random.Below(256));
        Op(Opcode.LocalSet, _index);
        do
        {
            Statement();
        }
        while (_budget > 20);
        Values(_type.Results);
        Op(Opcode.End);
    }

    /// <summary>Gives the variables values: of zeros, most operators make zeros. The pointers, which come next, stay in bounds.</summary>
    private void SetVariables()
    {
        for (int i = _type.Parameters.Length; i < _pointers[0]; i++)
        {
            if (!_locals[i].IsRef)
            {
                PooledBuffer code = BeginPart(out _);
                Constant(_locals[i]);
                Op(Opcode.LocalSet, (uint)i);
                _code = code;
            }
        }
    }

    /// <summary>Begins what can be left out; it ends when the code is again what is returned here.</summary>
    private PooledBuffer BeginPart(out bool isLeftOut)
    {
        PooledBuffer code = _code;
        isLeftOut = _parts.IsNextLeftOut();
        if (isLeftOut)
        {
            _code = _leftOut;
        }

        return code;
    }

    /// <summary>Takes fuel, and returns from the function when there is none left; needs nothing of the stack.</summary>
    private void TakeFuel(int amount)
    {
        Op(Opcode.GlobalGet, ModuleShape.FuelGlobal);
        I32Const(amount);
        Op(Opcode.I32Sub);
        Op(Opcode.GlobalSet, ModuleShape.FuelGlobal);
        Op(Opcode.GlobalGet, ModuleShape.FuelGlobal);
        I32Const(0);
        Op(Opcode.I32LeS);
        Op(Opcode.If);
        Out.WriteByte(0x40);
        foreach (ValType result in _type.Results)
        {
            Zero(result);
        }

        Op(Opcode.Return);
        Op(Opcode.End);
    }

    private void Zero(ValType type)
    {
        switch (type.Kind)
        {
            case 0x7f:
                I32Const(0);
                break;
            case 0x7e:
                Op(Opcode.I64Const);
                Out.WriteS64(0);
                break;
            case 0x7d:
                Op(Opcode.F32Const);
                Out.WriteFixed32(0);
                break;
            case 0x7c:
                Op(Opcode.F64Const);
                Out.WriteFixed64(0);
                break;
            case 0x7b:
                V128Const(0, 0);
                break;
            default:
                Op(Opcode.RefNull);
                Out.WriteHeapType(type.HeapType);
                break;
        }
    }

    private uint Local(ValType type)
    {
        _locals.Add(type);
        return (uint)(_locals.Count - 1);
    }

    /// <summary>A local that statements may set to anything.</summary>
    private void Variable(ValType type)
    {
        if (!_variables.TryGetValue(type, out List<uint>? variables))
        {
            _variables.Add(type, variables = []);
        }

        variables.Add(Local(type));
    }

    /// <summary>A local for a moment: nothing that is generated in between uses it.</summary>
    private uint Scratch(ValType type)
    {
        if (!_scratch.TryGetValue(type, out uint local))
        {
            _scratch.Add(type, local = Local(type));
        }

        return local;
    }

    private uint AnyVariable(ValType type) => _random.Pick(_variables[type.IsRef ? type.WithNullable(true) : type]);

    private void Op(Opcode opcode) => Out.WriteOpcode(opcode);

    private void Op(Opcode opcode, uint index)
    {
        Out.WriteOpcode(opcode);
        Out.WriteU32(index);
    }

    private void Op(Opcode opcode, uint first, uint second)
    {
        Op(opcode, first);
        Out.WriteU32(second);
    }

    private void I32Const(int value)
    {
        Op(Opcode.I32Const);
        Out.WriteS32(value);
    }

    private void V128Const(ulong low, ulong high)
    {
        Op(Opcode.V128Const);
        Out.WriteFixed64(low);
        Out.WriteFixed64(high);
    }

    /// <summary>Makes an i32 the address of a memory or table.</summary>
    private void Widen(Limits limits)
    {
        if (limits.Is64)
        {
            Op(Opcode.I64ExtendI32U);
        }
    }

    /// <summary>Makes the address of a memory or table an i32.</summary>
    private void Narrow(Limits limits)
    {
        if (limits.Is64)
        {
            Op(Opcode.I32WrapI64);
        }
    }

    private Limits MemoryLimits(int memory) => _shape.Memories[memory].Limits;

    private Limits TableLimits(int table) => _shape.Tables[table].Limits;

    private int AnyMemory() => _random.Below(_shape.Memories.Length);

    /// <summary>A value bounded by a mask of the form 2^n - 1.</summary>
    private void Masked(int mask)
    {
        Value(ValType.I32);
        I32Const(mask);
        Op(Opcode.I32And);
    }
}
