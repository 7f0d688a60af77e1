using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>An item that is a number: its bits are in a column of integers, or in two.</summary>
internal sealed unsafe class NumberItems : ItemColumns
{
    private readonly ValType _type;
    private readonly InstructionBuffer _code;
    private readonly ColumnReader _low;
    private readonly ColumnReader? _high;

    /// <param name="graph">All objects.</param>
    /// <param name="items">Where the numbers are.</param>
    /// <param name="type">Their type.</param>
    /// <param name="loop">The loop's function.</param>
    /// <param name="columns">Where they go.</param>
    internal NumberItems(ObjectGraph graph, List<(int Node, int Item)> items, ValType type, LoopCode loop, LoaderColumns columns)
    {
        _type = type;
        _code = loop.Code;
        _low = Read(offset: 0);
        _high = _type.Code == ValTypeCode.V128 ? Read(offset: 1) : null;

        ColumnReader Read(int offset)
        {
            bool is64 = _type.Code is ValTypeCode.I64 or ValTypeCode.F64 or ValTypeCode.V128;
            var values = new List<long>(items.Count);
            foreach ((int node, int item) in items)
            {
                values.Add(BitsAt(graph.AddressOf(node, item), offset));
            }

            return new ColumnReader(new NumberColumn(values, is64), loop, columns);
        }
    }

    internal override void WriteRead(uint index)
    {
        _low.WriteRead(index);
        switch (_type.Code)
        {
            case ValTypeCode.F32:
                _code.Write(Opcode.F32ReinterpretI32);
                break;
            case ValTypeCode.F64:
                _code.Write(Opcode.F64ReinterpretI64);
                break;
            case ValTypeCode.V128:
                _code.Write(Opcode.I64x2Splat);
                _high!.WriteRead(index);
                _code.Write(Opcode.I64x2ReplaceLane);
                _code.Writer.WriteByte(1);
                break;
            default:
                break;
        }
    }

    internal override void WriteEnd()
    {
        _low.WriteEnd();
        _high?.WriteEnd();
    }

    private long BitsAt(byte* at, int offset) => _type.Code switch
    {
        ValTypeCode.I8 => *(sbyte*)at,
        ValTypeCode.I16 => *(short*)at,
        ValTypeCode.I32 or ValTypeCode.F32 => *(int*)at,
        _ => ((long*)at)[offset],
    };
}
