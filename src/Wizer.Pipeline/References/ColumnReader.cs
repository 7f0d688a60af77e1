using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Reads the numbers of a column in a loop, from arrays that the image makes before.</summary>
internal sealed class ColumnReader
{
    private readonly NumberColumn _column;
    private readonly LoopCode _loop;
    private readonly uint _array;
    private readonly uint _arrayType;

    // Of those with wide numbers.
    private readonly uint _wide;
    private readonly uint _wideType;
    private readonly uint _next;
    private readonly uint _nextGlobal;
    private readonly uint _escaped;

    /// <summary>Writes what comes before the loop.</summary>
    /// <param name="column">The numbers.</param>
    /// <param name="loop">The loop's function.</param>
    /// <param name="columns">Where its numbers go.</param>
    internal ColumnReader(NumberColumn column, LoopCode loop, LoaderColumns columns)
    {
        _column = column;
        _loop = loop;
        if (column.IsConstant)
        {
            return;
        }

        _array = AddArray(columns, column.Width, column.Count, column.ToBytes(), out _arrayType);
        if (column.WideCount != 0)
        {
            _wide = AddArray(columns, column.WideWidth, column.WideCount, column.ToWideBytes(), out _wideType);
            _nextGlobal = columns.Helpers.AddInteger(0);
            _next = loop.AddLocal(ValType.I32, _nextGlobal);
            _escaped = loop.AddLocal(ValType.I32);
        }
    }

    private ValType ResultType => _column.Is64 ? ValType.I64 : ValType.I32;

    // Whether what the array gives has to be made longer.
    private bool IsNarrow => _column.Is64 && _column.Width < 8;

    /// <summary>Writes how the loop gets a number; those of a column have to be asked for in their order.</summary>
    /// <param name="index">The local that has the index.</param>
    internal void WriteRead(uint index)
    {
        InstructionBuffer code = _loop.Code;
        if (_column.IsConstant)
        {
            WriteConst(_column.First);
            return;
        }

        code.Write(Opcode.LocalGet, _array);
        code.Write(Opcode.LocalGet, index);
        code.Write(_column.Width < 4 ? Opcode.ArrayGetS : Opcode.ArrayGet, _arrayType);
        if (_column.WideCount == 0)
        {
            WriteLonger();
            return;
        }

        code.Write(Opcode.LocalTee, _escaped);
        code.I32Const((int)_column.Escape);
        code.Write(Opcode.I32Eq);
        _loop.Begin(Opcode.If, ResultType);
        code.Write(Opcode.LocalGet, _wide);
        code.Write(Opcode.LocalGet, _next);
        code.Write(Opcode.ArrayGet, _wideType);
        _loop.Increment(_next);
        code.Write(Opcode.Else);
        code.Write(Opcode.LocalGet, _escaped);
        WriteLonger();
        code.Write(Opcode.End);
    }

    /// <summary>Writes what comes behind the loop.</summary>
    internal void WriteEnd()
    {
        if (_column.WideCount != 0)
        {
            _loop.Store(_next, _nextGlobal);
        }
    }

    private void WriteLonger()
    {
        if (IsNarrow)
        {
            _loop.Code.Write(Opcode.I64ExtendI32S);
        }
    }

    private void WriteConst(long value)
    {
        if (_column.Is64)
        {
            _loop.Code.I64Const(value);
        }
        else
        {
            _loop.Code.I32Const((int)value);
        }
    }

    private uint AddArray(LoaderColumns columns, int width, int count, byte[] bytes, out uint type)
    {
        type = columns.Types.ArrayOf(
            width switch
            {
                1 => ValType.I8,
                2 => ValType.I16,
                4 => ValType.I32,
                _ => ValType.I64,
            },
            isMutable: false);
        return _loop.AddLocal(AddedTypes.ReferenceTo(type), columns.Add(type, count, bytes));
    }
}
