using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Instructions that are written one after the other, and what they name that has to be declared elsewhere.</summary>
/// <param name="funcs">Gets the functions that <c>ref.func</c> names.</param>
internal sealed class InstructionBuffer(FuncSet funcs) : IDisposable
{
    private readonly PooledBuffer _buffer = new();

    internal WasmWriter Writer => new(_buffer);

    internal int Length => _buffer.Length;

    internal void Write(Opcode opcode) => Writer.WriteOpcode(opcode);

    /// <summary>An instruction with an index.</summary>
    internal void Write(Opcode opcode, uint index)
    {
        Writer.WriteOpcode(opcode);
        Writer.WriteU32(index);
    }

    /// <summary>An instruction with two.</summary>
    internal void Write(Opcode opcode, uint first, uint second)
    {
        Write(opcode, first);
        Writer.WriteU32(second);
    }

    internal void I32Const(int value)
    {
        Writer.WriteOpcode(Opcode.I32Const);
        Writer.WriteS32(value);
    }

    internal void I64Const(long value)
    {
        Writer.WriteOpcode(Opcode.I64Const);
        Writer.WriteS64(value);
    }

    internal void RefNull(HeapType type)
    {
        Writer.WriteOpcode(Opcode.RefNull);
        Writer.WriteHeapType(type);
    }

    internal void RefFunc(uint index)
    {
        Write(Opcode.RefFunc);
        FuncIndex(index);
    }

    /// <summary>The index of a function.</summary>
    internal void FuncIndex(uint index)
    {
        funcs.Add(index);
        Writer.WriteU32(index);
    }

    /// <summary>The constant of a number in an object. Packed ones are extended with their sign, which is shorter.</summary>
    internal unsafe void Number(byte* at, ValType type)
    {
        switch (type.Code)
        {
            case ValTypeCode.I8:
                I32Const(*(sbyte*)at);
                break;
            case ValTypeCode.I16:
                I32Const(*(short*)at);
                break;
            case ValTypeCode.I32:
                I32Const(*(int*)at);
                break;
            case ValTypeCode.I64:
                I64Const(*(long*)at);
                break;
            case ValTypeCode.F32:
                Write(Opcode.F32Const);
                Writer.WriteFixed32(*(uint*)at);
                break;
            case ValTypeCode.F64:
                Write(Opcode.F64Const);
                Writer.WriteFixed64(*(ulong*)at);
                break;
            default:
                Write(Opcode.V128Const);
                Writer.WriteFixed64(((ulong*)at)[0]);
                Writer.WriteFixed64(((ulong*)at)[1]);
                break;
        }
    }

    /// <summary>Zero.</summary>
    internal unsafe void Zero(ValType type)
    {
        ulong* zero = stackalloc ulong[2];
        zero[0] = zero[1] = 0;
        Number((byte*)zero, type);
    }

    /// <summary>A cast to a reference type.</summary>
    internal void RefCast(ValType type)
    {
        Write(type.IsNullable ? Opcode.RefCastNull : Opcode.RefCast);
        Writer.WriteHeapType(type.HeapType);
    }

    /// <summary>An address of a table: its constant.</summary>
    internal void Address(ulong value, bool is64)
    {
        if (is64)
        {
            I64Const((long)value);
        }
        else
        {
            I32Const((int)value);
        }
    }

    /// <summary>An expression of the input.</summary>
    internal void Copy(ModuleInfo module, ByteRange expression)
    {
        Writer.WriteBytes(expression.Of(module.Bytes.Span));
        ConstScan.AddFuncs(module, expression, funcs);
    }

    /// <summary>Takes what has been written; the buffer is empty then.</summary>
    internal byte[] Take()
    {
        byte[] bytes = _buffer.ToArray();
        _buffer.Clear();
        return bytes;
    }

    public void Dispose() => _buffer.Dispose();
}
