using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// An item that is a reference to an object, an i31 or null. What comes later in the order is not there yet: null or a placeholder
/// stands for it.
/// </summary>
internal sealed class ReferenceItems : ItemColumns
{
    private readonly LoaderObjects _objects;
    private readonly ValType _type;
    private readonly LoopCode _loop;
    private readonly uint _registry;
    private readonly uint _position;
    private readonly uint _number;
    private readonly ColumnReader _column;
    private readonly uint? _placeholder;

    // What occurs: nothing, which is 0; integers, which are odd; and objects, at positions, or so far back.
    private readonly bool _hasNothing;
    private readonly bool _hasI31;
    private readonly bool _hasObject;
    private readonly bool _isRelative;

    /// <param name="objects">What references refer to.</param>
    /// <param name="items">Where they are.</param>
    /// <param name="type">Their type.</param>
    /// <param name="loop">The loop's function.</param>
    /// <param name="columns">Where its numbers go.</param>
    /// <param name="registry">The local that has the registry.</param>
    /// <param name="position">The local that has the position of the object that is made.</param>
    internal ReferenceItems(
        LoaderObjects objects,
        List<(int Node, int Item)> items,
        ValType type,
        LoopCode loop,
        LoaderColumns columns,
        uint registry,
        uint position)
    {
        _objects = objects;
        _type = type;
        _loop = loop;
        _registry = registry;
        _position = position;
        foreach ((int node, int item) in items)
        {
            switch (KindOf(node, item))
            {
                case ReferenceKind.Null:
                    _hasNothing = true;
                    break;
                case ReferenceKind.I31:
                    _hasI31 = true;
                    break;
                default:
                    _hasObject = true;
                    break;
            }
        }

        var column = new NumberColumn(Encode(items, isRelative: false), is64: false);
        if (_hasObject && !column.IsConstant)
        {
            var relative = new NumberColumn(Encode(items, isRelative: true), is64: false);
            _isRelative = relative.ByteLength < column.ByteLength;
            column = _isRelative ? relative : column;
        }

        _column = new ColumnReader(column, loop, columns);
        _number = loop.AddLocal(ValType.I32);
        if (_hasNothing && !type.IsNullable)
        {
            _placeholder = objects.AddPlaceholder(items[0].Node, items[0].Item, type);
        }
    }

    internal override void WriteRead(uint index)
    {
        InstructionBuffer code = _loop.Code;
        if (!_hasI31 && !_hasObject)
        {
            WriteNothing();
            return;
        }

        _column.WriteRead(index);
        code.Write(Opcode.LocalSet, _number);
        if (!_hasI31)
        {
            WriteObjectOrNothing();
            return;
        }

        if (_hasObject || _hasNothing)
        {
            code.Write(Opcode.LocalGet, _number);
            code.I32Const(1);
            code.Write(Opcode.I32And);
            _loop.Begin(Opcode.If, _type);
            WriteI31();
            code.Write(Opcode.Else);
            WriteObjectOrNothing();
            code.Write(Opcode.End);
        }
        else
        {
            WriteI31();
        }
    }

    internal override void WriteEnd() => _column.WriteEnd();

    private void WriteI31()
    {
        WriteNumber(isHalf: true);
        _loop.Code.Write(Opcode.RefI31);
        _objects.Homes.Cast(ValType.Ref(HeapType.I31, nullable: false), _type, _loop.Code);
    }

    private void WriteObjectOrNothing()
    {
        if (!_hasObject)
        {
            WriteNothing();
            return;
        }

        if (_hasNothing)
        {
            WriteNumber(isHalf: false);
            _loop.Begin(Opcode.If, _type);
        }

        WriteObject();
        if (_hasNothing)
        {
            _loop.Code.Write(Opcode.Else);
            WriteNothing();
            _loop.Code.Write(Opcode.End);
        }
    }

    private void WriteObject()
    {
        InstructionBuffer code = _loop.Code;
        if (_isRelative)
        {
            code.Write(Opcode.LocalGet, _position);
        }

        WriteNumber(_hasI31);
        if (_isRelative)
        {
            code.Write(Opcode.I32Sub);
        }

        code.Write(Opcode.LocalSet, _number);
        _objects.Registry.WriteGet(_registry, _number, code);
        _objects.Homes.Cast(ObjectRegistry.Element, _type, code);
    }

    private void WriteNothing()
    {
        InstructionBuffer code = _loop.Code;
        if (_placeholder is { } global)
        {
            code.Write(Opcode.GlobalGet, global);
            code.Write(Opcode.RefAsNonNull);
        }
        else
        {
            code.RefNull(_type.HeapType);
        }
    }

    private void WriteNumber(bool isHalf)
    {
        _loop.Code.Write(Opcode.LocalGet, _number);
        if (isHalf)
        {
            _loop.Code.I32Const(1);
            _loop.Code.Write(Opcode.I32ShrS);
        }
    }

    // What is not there yet is nothing.
    private ReferenceKind KindOf(int node, int item)
    {
        int child = _objects.Graph.ChildAt(node, item);
        return child != ObjectGraph.None && !_objects.IsThere(child, node)
            ? ReferenceKind.Null
            : _objects.References.KindOf(_objects.Graph.ReferenceAt(node, item), _type);
    }

    private List<long> Encode(List<(int Node, int Item)> items, bool isRelative)
    {
        var values = new List<long>(items.Count);
        foreach ((int node, int item) in items)
        {
            ReferenceKind kind = KindOf(node, item);
            if (kind == ReferenceKind.I31)
            {
                // With the bit by which the engine tells it from an address.
                values.Add((int)(uint)_objects.Graph.ReferenceAt(node, item));
            }
            else if (kind == ReferenceKind.Null)
            {
                values.Add(0);
            }
            else
            {
                int at = _objects.Registry.PositionOf(_objects.Graph.ChildAt(node, item));
                long position = isRelative ? _objects.Registry.PositionOf(node) - at : at;
                values.Add(_hasI31 ? position << 1 : position);
            }
        }

        return values;
    }
}
