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

    /// <summary>Takes what has been written; the buffer is empty then.</summary>
    internal byte[] Take()
    {
        byte[] bytes = _buffer.ToArray();
        _buffer.Clear();
        return bytes;
    }

    public void Dispose() => _buffer.Dispose();
}
