using System.Collections.Immutable;
using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>Makes a module from a seed: the same one on every machine and at any time, until the generator is changed.</summary>
internal sealed class ModuleGenerator
{
    private const int FunctionTable = 2;

    private readonly Prng _random;
    private readonly ModuleShape _shape;
    private readonly PooledBuffer _output;

    private readonly Parts _parts;

    private ModuleGenerator(ulong seed, bool newer, Parts parts, PooledBuffer output)
    {
        _random = new Prng(seed);
        _shape = new ModuleShape(_random, newer);
        _parts = parts;
        _output = output;
    }

    private WasmWriter Out => new(_output);

    private int FunctionCount => _shape.Functions.Count;

    /// <param name="seed">Any number.</param>
    /// <param name="newer">Whether to use proposals that came after the second edition.</param>
    /// <param name="leftOut">The parts that the module does without.</param>
    internal static GeneratedModule Generate(ulong seed, bool newer, IReadOnlySet<int>? leftOut = null)
    {
        using var output = new PooledBuffer(1 << 14);
        var parts = new Parts(leftOut ?? ImmutableHashSet<int>.Empty);
        var generator = new ModuleGenerator(seed, newer, parts, output);
        generator.WriteModule();
        ModuleShape shape = generator._shape;
        return new GeneratedModule(
            seed, newer, output.ToArray(), [.. generator.Calls()], shape.Features, shape.Memories.Length, parts.Count);
    }

    private static string ExportName(int function) => $"f{function}";

    private void WriteModule()
    {
        // Bodies first: they add types.
        using var bodies = new PooledBuffer(1 << 14);
        WriteBodies(bodies);
        var wrapperTypes = new uint[FunctionCount + 1];
        for (int i = 1; i < FunctionCount; i++)
        {
            wrapperTypes[i] = _shape.TypeIndex(WrapperWriter.Type(_shape.Functions[i]));
        }

        foreach (ValType[] tag in _shape.Tags)
        {
            _shape.TypeIndex(tag, []);
        }

        ValType[] state = WrapperWriter.Flatten(_shape.Globals.Select(global => global.Value).ToArray());
        wrapperTypes[FunctionCount] = _shape.TypeIndex([], state);
        uint[] functionTypes =
            [.. _shape.Functions.Select(type => _shape.TypeIndex(type)), .. wrapperTypes[1..], _shape.TypeIndex([], []), _shape.TypeIndex([], [])];

        Out.WritePreamble();
        WriteTypes();
        WriteImport(functionTypes[0]);
        WriteFunctions(functionTypes);
        WriteTablesAndMemories();
        WriteTags();
        WriteGlobals();
        WriteExports();
        if (_shape.HasStart)
        {
            int mark = Out.BeginSection(SectionId.Start);
            Out.WriteU32((uint)FunctionCount - 1);
            Out.EndSized(mark);
        }

        WriteElements();
        WriteDataCount();
        int code = Out.BeginSection(SectionId.Code);
        Out.WriteU32((uint)functionTypes.Length - 1);
        Out.WriteBytes(bodies.WrittenSpan);
        Out.EndSized(code);
        WriteData();
    }

    private IEnumerable<Call> Calls()
    {
        var nothing = new FuncType([], []);
        var state = new FuncType([], WrapperWriter.Flatten(_shape.Globals.Select(global => global.Value).ToArray()));
        yield return new Call("fill", nothing, []);
        yield return new Call("sweep", nothing, []);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 1; i < FunctionCount; i++)
            {
                yield return new Call(ExportName(i), WrapperWriter.Type(_shape.Functions[i]), Arguments(_shape.Functions[i]));
            }

            yield return new Call("state", state, []);
        }
    }

    private ulong[] Arguments(FuncType type)
    {
        var arguments = new List<ulong>();
        foreach (ValType parameter in type.Parameters)
        {
            arguments.AddRange(Constants.Slots(parameter.IsRef ? ValType.I32 : parameter, _random));
        }

        return [.. arguments];
    }

    private void WriteBodies(PooledBuffer bodies)
    {
        for (int i = 1; i < FunctionCount; i++)
        {
            FunctionGenerator.Write(_random, _shape, _parts, _shape.Functions[i], bodies);
        }

        var wrappers = new WrapperWriter(_shape, bodies);
        for (int i = 1; i < FunctionCount; i++)
        {
            wrappers.WriteCaller(i, _random.Between(100, 600));
        }

        wrappers.WriteState();
        wrappers.WriteFill();
        FunctionGenerator.WriteSweep(_random, _shape, _parts, bodies);
    }

    private void WriteTypes()
    {
        int mark = Out.BeginSection(SectionId.Type);
        Out.WriteU32((uint)((_shape.Objects?.Groups.Count ?? 0) + _shape.Types.Count));
        _shape.Objects?.Write(Out);
        foreach (FuncType type in _shape.Types)
        {
            Out.WriteFuncType(type.Parameters, type.Results);
        }

        Out.EndSized(mark);
    }

    private void WriteImport(uint type)
    {
        int mark = Out.BeginSection(SectionId.Import);
        Out.WriteU32(1);
        Out.WriteName("host");
        Out.WriteName("mix");
        Out.WriteByte((byte)ExternKind.Func);
        Out.WriteU32(type);
        Out.EndSized(mark);
    }

    private void WriteFunctions(uint[] types)
    {
        int mark = Out.BeginSection(SectionId.Function);
        Out.WriteU32((uint)types.Length - 1);
        foreach (uint type in types.AsSpan(1))
        {
            Out.WriteU32(type);
        }

        Out.EndSized(mark);
    }

    private void WriteTablesAndMemories()
    {
        int mark = Out.BeginSection(SectionId.Table);
        Out.WriteU32((uint)_shape.Tables.Length + 1);
        foreach (TableType table in _shape.Tables)
        {
            Out.WriteTableType(table);
        }

        // Tells what an element of the others is, where references cannot be asked for their index.
        Out.WriteTableType(new TableType(ValType.FuncRef, new Limits((ulong)FunctionCount, Maximum: null)));

        Out.EndSized(mark);
        mark = Out.BeginSection(SectionId.Memory);
        Out.WriteU32((uint)_shape.Memories.Length);
        foreach (MemoryType memory in _shape.Memories)
        {
            Out.WriteMemoryType(memory);
        }

        Out.EndSized(mark);
    }

    private void WriteTags()
    {
        if (_shape.Tags.Length == 0)
        {
            return;
        }

        int mark = Out.BeginSection(SectionId.Tag);
        Out.WriteU32((uint)_shape.Tags.Length);
        foreach (ValType[] tag in _shape.Tags)
        {
            Out.WriteByte(0);
            Out.WriteU32(_shape.TypeIndex(tag, []));
        }

        Out.EndSized(mark);
    }

    private void WriteGlobals()
    {
        int mark = Out.BeginSection(SectionId.Global);
        Out.WriteU32((uint)_shape.Globals.Count);
        for (int i = 0; i < _shape.Globals.Count; i++)
        {
            Out.WriteGlobalType(_shape.Globals[i]);
            if (i == ModuleShape.FuelGlobal)
            {
                // For the start function; the exported ones set their own.
                WriteI32Offset(300);
            }
            else if (i == ModuleShape.ChecksumGlobal)
            {
                Out.WriteOpcode(Opcode.I64Const);
                Out.WriteS64(0);
                Out.WriteOpcode(Opcode.End);
            }
            else
            {
                WriteInitializer(_shape.Globals[i].Value);
            }
        }

        Out.EndSized(mark);
    }

    private void WriteInitializer(ValType type)
    {
        switch (type.Kind)
        {
            case 0x7f:
                Out.WriteOpcode(Opcode.I32Const);
                Out.WriteS32((int)Constants.I32(_random));
                if (_shape.IsNewer)
                {
                    Out.WriteOpcode(Opcode.I32Const);
                    Out.WriteS32((int)Constants.I32(_random));
                    Out.WriteOpcode(_random.Pick([Opcode.I32Add, Opcode.I32Sub, Opcode.I32Mul]));
                }

                break;
            case 0x7e:
                Out.WriteOpcode(Opcode.I64Const);
                Out.WriteS64((long)Constants.I64(_random));
                if (_shape.IsNewer)
                {
                    Out.WriteOpcode(Opcode.I64Const);
                    Out.WriteS64((long)Constants.I64(_random));
                    Out.WriteOpcode(_random.Pick([Opcode.I64Add, Opcode.I64Sub, Opcode.I64Mul]));
                }

                break;
            case 0x7d:
                Out.WriteOpcode(Opcode.F32Const);
                Out.WriteFixed32(Constants.F32(_random));
                break;
            case 0x7c:
                Out.WriteOpcode(Opcode.F64Const);
                Out.WriteFixed64(Constants.F64(_random));
                break;
            case 0x7b:
                Out.WriteOpcode(Opcode.V128Const);
                Out.WriteFixed64(Constants.V128Half(_random));
                Out.WriteFixed64(Constants.V128Half(_random));
                break;
            default:
                WriteReference(type);
                break;
        }

        Out.WriteOpcode(Opcode.End);
    }

    private void WriteReference(ValType type)
    {
        HeapType heap = type.HeapType;
        if (heap == HeapType.Func)
        {
            Out.WriteOpcode(Opcode.RefFunc);
            Out.WriteU32((uint)_random.Below(FunctionCount));
        }
        else if (heap.IsConcrete && _shape.Objects!.IsDefaultable(heap.Code))
        {
            bool isArray = _shape.Objects.Types[heap.Code].Composite is ArrayType;
            if (isArray)
            {
                Out.WriteOpcode(Opcode.I32Const);
                Out.WriteS32(_random.Below(6));
            }

            Out.WriteOpcode(isArray ? Opcode.ArrayNewDefault : Opcode.StructNewDefault);
            Out.WriteU32(heap.TypeIndex);
        }
        else if (heap == HeapType.Any || heap == HeapType.Eq || heap == HeapType.I31)
        {
            Out.WriteOpcode(Opcode.I32Const);
            Out.WriteS32((int)Constants.I32(_random));
            Out.WriteOpcode(Opcode.RefI31);
        }
        else
        {
            Out.WriteOpcode(Opcode.RefNull);
            Out.WriteHeapType(heap);
        }
    }

    private void WriteExports()
    {
        int mark = Out.BeginSection(SectionId.Export);
        Out.WriteU32((uint)(FunctionCount + 5 + _shape.Memories.Length));
        for (int i = 1; i < FunctionCount; i++)
        {
            WriteExport(ExportName(i), ExternKind.Func, FunctionCount + i - 1);
        }

        WriteExport("state", ExternKind.Func, (2 * FunctionCount) - 1);
        WriteExport("fill", ExternKind.Func, 2 * FunctionCount);
        WriteExport("sweep", ExternKind.Func, (2 * FunctionCount) + 1);
        for (int i = 0; i < _shape.Memories.Length; i++)
        {
            WriteExport($"memory{i}", ExternKind.Memory, i);
        }

        WriteExport("table0", ExternKind.Table, 0);
        WriteExport("table1", ExternKind.Table, 1);
        WriteExport("functions", ExternKind.Table, FunctionTable);
        Out.EndSized(mark);
    }

    private void WriteExport(string name, ExternKind kind, int index)
    {
        Out.WriteName(name);
        Out.WriteByte((byte)kind);
        Out.WriteU32((uint)index);
    }

    private void WriteElements()
    {
        int mark = Out.BeginSection(SectionId.Element);
        Out.WriteU32(3);

        // Active, passive with expressions, and all functions, which lets bodies refer to every one.
        Out.WriteU32(0);
        WriteI32Offset(_random.Chance(98) ? 0 : _random.Below(20));
        WriteIndices(_shape.ElementFunctions);
        Out.WriteU32(5);
        Out.WriteValType(ValType.FuncRef);
        Out.WriteU32((uint)_shape.PassiveElements.Length);
        foreach (uint function in _shape.PassiveElements)
        {
            if (_random.Chance(20))
            {
                Out.WriteOpcode(Opcode.RefNull);
                Out.WriteHeapType(HeapType.Func);
            }
            else
            {
                Out.WriteOpcode(Opcode.RefFunc);
                Out.WriteU32(function);
            }

            Out.WriteOpcode(Opcode.End);
        }

        Out.WriteU32(2);
        Out.WriteU32(FunctionTable);
        WriteI32Offset(0);
        Out.WriteByte(0);
        WriteIndices([.. Enumerable.Range(0, FunctionCount).Select(index => (uint)index)]);
        Out.EndSized(mark);
    }

    private void WriteIndices(uint[] indices)
    {
        Out.WriteU32((uint)indices.Length);
        foreach (uint index in indices)
        {
            Out.WriteU32(index);
        }
    }

    private void WriteDataCount()
    {
        int mark = Out.BeginSection(SectionId.DataCount);
        Out.WriteU32(2);
        Out.EndSized(mark);
    }

    private void WriteData()
    {
        int mark = Out.BeginSection(SectionId.Data);
        Out.WriteU32(2);
        var active = new byte[_shape.Memories[0].Limits.Minimum == 0 ? 0 : _random.Below(600)];
        for (int i = 0; i < active.Length; i++)
        {
            active[i] = (byte)_random.Next();
        }

        Out.WriteU32(0);
        int address = active.Length == 0 ? 0 : _random.Below(_random.Chance(98) ? 0x4000 : 0x30000);
        if (_shape.Memories[0].Limits.Is64)
        {
            Out.WriteOpcode(Opcode.I64Const);
            Out.WriteS64(address);
            Out.WriteOpcode(Opcode.End);
        }
        else
        {
            WriteI32Offset(address);
        }

        Out.WriteByteVector(active);
        Out.WriteU32(1);
        Out.WriteByteVector(_shape.PassiveData);
        Out.EndSized(mark);
    }

    private void WriteI32Offset(int value)
    {
        Out.WriteOpcode(Opcode.I32Const);
        Out.WriteS32(value);
        Out.WriteOpcode(Opcode.End);
    }
}
