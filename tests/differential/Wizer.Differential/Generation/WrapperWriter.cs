using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>
/// Writes the functions that are exported. They exist so that only integers cross the border: bits of floats, halves of vectors,
/// indices of table elements.
/// </summary>
internal sealed class WrapperWriter(ModuleShape shape, PooledBuffer output)
{
    private WasmWriter Out => new(output);

    /// <summary>What a type becomes at the border.</summary>
    internal static ValType[] Flatten(ReadOnlySpan<ValType> types)
    {
        var flat = new List<ValType>();
        foreach (ValType type in types)
        {
            bool isWide = type == ValType.I64 || type == ValType.F64 || type.IsVector;
            flat.Add(isWide ? ValType.I64 : ValType.I32);
            if (type.IsVector)
            {
                flat.Add(ValType.I64);
            }
        }

        return [.. flat];
    }

    internal static FuncType Type(FuncType inner) => new(Flatten(inner.Parameters), Flatten(inner.Results));

    /// <summary>A body that sets the fuel and calls a function.</summary>
    internal void WriteCaller(int function, int fuel)
    {
        FuncType inner = shape.Functions[function];
        ReadOnlySpan<ValType> results = inner.Results;
        int mark = Begin(results);
        I32Const(fuel);
        Op(Opcode.GlobalSet, ModuleShape.FuelGlobal);

        uint local = 0;
        foreach (ValType parameter in inner.Parameters)
        {
            local = PushArgument(parameter, local);
        }

        Op(Opcode.Call, (uint)function);
        for (int i = results.Length - 1; i >= 0; i--)
        {
            Op(Opcode.LocalSet, local + (uint)i);
        }

        for (int i = 0; i < results.Length; i++)
        {
            PushResult(results[i], Opcode.LocalGet, local + (uint)i);
        }

        End(mark);
    }

    /// <summary>
    /// A body that fills the first 32 KiB of memory 0 with words of all magnitudes: of a memory of zeros, most loads would be zero.
    /// </summary>
    internal void WriteFill()
    {
        const uint Address = 0;
        const uint Value = 1;
        int mark = Begin([ValType.I32, ValType.I64]);
        Out.WriteOpcode(Opcode.Loop);
        Out.WriteByte(0x40);
        Op(Opcode.LocalGet, Address);
        if (shape.Memories[0].Limits.Is64)
        {
            Out.WriteOpcode(Opcode.I64ExtendI32U);
        }

        Op(Opcode.LocalGet, Value);
        I64Const(6364136223846793005);
        Out.WriteOpcode(Opcode.I64Mul);
        I64Const(1442695040888963407);
        Out.WriteOpcode(Opcode.I64Add);
        Op(Opcode.LocalTee, Value);
        Op(Opcode.LocalGet, Value);
        I64Const(58);
        Out.WriteOpcode(Opcode.I64ShrU);
        Out.WriteOpcode(Opcode.I64ShrS);
        Op(Opcode.I64Store, 0);
        Out.WriteU32(0);
        Op(Opcode.LocalGet, Address);
        I32Const(8);
        Out.WriteOpcode(Opcode.I32Add);
        Op(Opcode.LocalTee, Address);
        I32Const(0x8000);
        Out.WriteOpcode(Opcode.I32LtU);
        Op(Opcode.BrIf, 0);
        Out.WriteOpcode(Opcode.End);
        End(mark);
    }

    /// <summary>A body that returns the values of all globals.</summary>
    internal void WriteState()
    {
        int mark = Begin([]);
        for (int i = 0; i < shape.Globals.Count; i++)
        {
            PushResult(shape.Globals[i].Value, Opcode.GlobalGet, (uint)i);
        }

        End(mark);
    }

    private int Begin(ReadOnlySpan<ValType> locals)
    {
        int mark = Out.BeginSized();
        Out.WriteU32((uint)locals.Length);
        foreach (ValType local in locals)
        {
            Out.WriteU32(1);
            Out.WriteValType(local);
        }

        return mark;
    }

    private void End(int mark)
    {
        Out.WriteOpcode(Opcode.End);
        Out.EndSized(mark);
    }

    private uint PushArgument(ValType type, uint local)
    {
        Op(Opcode.LocalGet, local++);
        if (type == ValType.F32)
        {
            Out.WriteOpcode(Opcode.F32ReinterpretI32);
        }
        else if (type == ValType.F64)
        {
            Out.WriteOpcode(Opcode.F64ReinterpretI64);
        }
        else if (type.IsVector)
        {
            Out.WriteOpcode(Opcode.I64x2Splat);
            Op(Opcode.LocalGet, local++);
            Op(Opcode.I64x2ReplaceLane, 1);
        }
        else if (type == ValType.FuncRef)
        {
            // Table 0 has at least eight elements.
            I32Const(7);
            Out.WriteOpcode(Opcode.I32And);
            Op(Opcode.TableGet, 0);
        }
        else if (type.IsRef)
        {
            PushObject(type.HeapType);
        }

        return local;
    }

    /// <summary>Makes an integer a reference: an i31 or an object where the type has such, otherwise null.</summary>
    private void PushObject(HeapType type)
    {
        if (type == HeapType.Any || type == HeapType.Eq || type == HeapType.I31)
        {
            Out.WriteOpcode(Opcode.RefI31);
            return;
        }

        if (type.IsConcrete && shape.Objects!.IsDefaultable(type.Code))
        {
            if (shape.Objects.Types[type.Code].Composite is ArrayType)
            {
                I32Const(7);
                Out.WriteOpcode(Opcode.I32And);
                Op(Opcode.ArrayNewDefault, type.TypeIndex);
            }
            else
            {
                Out.WriteOpcode(Opcode.Drop);
                Op(Opcode.StructNewDefault, type.TypeIndex);
            }

            return;
        }

        Out.WriteOpcode(Opcode.Drop);
        Out.WriteOpcode(Opcode.RefNull);
        Out.WriteHeapType(type);
    }

    private void PushResult(ValType type, Opcode get, uint index)
    {
        Op(get, index);
        if (type == ValType.F32)
        {
            Out.WriteOpcode(Opcode.I32ReinterpretF32);
        }
        else if (type == ValType.F64)
        {
            Out.WriteOpcode(Opcode.I64ReinterpretF64);
        }
        else if (type.IsVector)
        {
            Op(Opcode.I64x2ExtractLane, 0);
            Op(get, index);
            Op(Opcode.I64x2ExtractLane, 1);
        }
        else if (type.IsRef)
        {
            Out.WriteOpcode(Opcode.RefIsNull);
            if (shape.Objects is not null && type != ValType.FuncRef && type != ValType.ExternRef)
            {
                PushTypeTests(get, index);
            }
        }
    }

    /// <summary>Adds a bit for each type of object, and one for i31: whether the reference has it.</summary>
    private void PushTypeTests(Opcode get, uint index)
    {
        HeapType[] types = [HeapType.I31, .. Enumerable.Range(0, shape.Objects!.Types.Count).Select(static type => new HeapType(type))];
        for (int i = 0; i < types.Length; i++)
        {
            Op(get, index);
            Out.WriteOpcode(Opcode.RefTest);
            Out.WriteHeapType(types[i]);
            I32Const(i + 1);
            Out.WriteOpcode(Opcode.I32Shl);
            Out.WriteOpcode(Opcode.I32Or);
        }
    }

    private void I32Const(int value)
    {
        Out.WriteOpcode(Opcode.I32Const);
        Out.WriteS32(value);
    }

    private void I64Const(long value)
    {
        Out.WriteOpcode(Opcode.I64Const);
        Out.WriteS64(value);
    }

    private void Op(Opcode opcode, uint index)
    {
        Out.WriteOpcode(opcode);
        Out.WriteU32(index);
    }
}
