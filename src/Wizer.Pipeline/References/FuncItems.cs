using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>An item that is a reference to a function, or null.</summary>
internal sealed class FuncItems : ItemColumns
{
    private readonly LoaderObjects _objects;
    private readonly ValType _type;
    private readonly LoopCode _loop;
    private readonly ulong _first;
    private readonly bool _isConstant;
    private readonly ColumnReader _column;
    private readonly uint _array;

    /// <param name="objects">What has the functions.</param>
    /// <param name="items">Where they are.</param>
    /// <param name="type">Their type.</param>
    /// <param name="loop">The loop's function.</param>
    /// <param name="columns">Where its numbers go.</param>
    internal FuncItems(
        LoaderObjects objects, List<(int Node, int Item)> items, ValType type, LoopCode loop, LoaderColumns columns)
    {
        _objects = objects;
        _type = type;
        _loop = loop;
        _first = objects.Graph.ReferenceAt(items[0].Node, items[0].Item);
        _isConstant = true;
        var values = new List<long>(items.Count);
        foreach ((int node, int item) in items)
        {
            _isConstant &= objects.Graph.ReferenceAt(node, item) == _first;
        }

        foreach ((int node, int item) in items)
        {
            values.Add(_isConstant ? 0 : objects.Funcs.Add(objects.Graph.ReferenceAt(node, item)));
        }

        _column = new ColumnReader(new NumberColumn(values, is64: false), loop, columns);
        _array = _isConstant ? 0 : objects.Funcs.AddLocal(loop);
    }

    internal override void WriteRead(uint index)
    {
        if (_isConstant)
        {
            _objects.References.WriteInCode(_first, _type, _loop.Code);
            return;
        }

        _loop.Code.Write(Opcode.LocalGet, _array);
        _column.WriteRead(index);
        _loop.Code.Write(Opcode.ArrayGet, _objects.Funcs.ArrayType);
        _objects.Homes.Cast(ValType.FuncRef, _type, _loop.Code);
    }

    internal override void WriteEnd() => _column.WriteEnd();
}
