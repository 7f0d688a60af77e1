using System.Numerics;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes the function that makes the next objects of a class, as many as it is told, and keeps them.</summary>
internal sealed class ClassLoop
{
    private readonly LoadedClass _class;
    private readonly LoaderObjects _objects;
    private readonly LoaderColumns _columns;
    private readonly LoopCode _loop;
    private readonly InstructionBuffer _code;
    private readonly uint _index;
    private readonly uint _registry;
    private readonly uint _position;
    private readonly List<ItemColumns> _items = [];

    private ClassLoop(LoadedClass loaded, LoaderObjects objects, LoaderColumns columns, LoopCode loop, uint index, uint position)
    {
        _class = loaded;
        _objects = objects;
        _columns = columns;
        _loop = loop;
        _code = loop.Code;
        _index = index;
        _position = position;
        _registry = objects.Registry.AddLocal(loop);
    }

    /// <summary>Writes it.</summary>
    /// <param name="loaded">The class.</param>
    /// <param name="objects">What the objects refer to.</param>
    /// <param name="columns">Where the numbers go.</param>
    /// <param name="positionGlobal">The global that has the position of the next object of any class.</param>
    /// <param name="named">Gets the functions that it names.</param>
    /// <returns>The body.</returns>
    internal static byte[] Write(
        LoadedClass loaded, LoaderObjects objects, LoaderColumns columns, uint positionGlobal, FuncSet named)
    {
        using var loop = new LoopCode(named, parameterCount: 1);
        uint indexGlobal = columns.Helpers.AddInteger(0);
        uint index = loop.AddLocal(ValType.I32, indexGlobal);
        uint position = loop.AddLocal(ValType.I32, positionGlobal);
        uint end = loop.AddLocal(ValType.I32);
        loop.Code.Write(Opcode.LocalGet, index);
        loop.Code.Write(Opcode.LocalGet, 0);
        loop.Code.Write(Opcode.I32Add);
        loop.Code.Write(Opcode.LocalSet, end);
        var writer = new ClassLoop(loaded, objects, columns, loop, index, position);
        Action writeEnd = writer.WriteLoop(end);
        loop.Store(index, indexGlobal);
        loop.Store(position, positionGlobal);
        writeEnd();
        foreach (ItemColumns item in writer._items)
        {
            item.WriteEnd();
        }

        return loop.Finish();
    }

    // Returns what writes the end.
    private Action WriteLoop(uint end)
    {
        switch (_class.Kind)
        {
            case LoadedKind.Numbers:
                return WriteNumbers(end);
            case LoadedKind.Array:
                return WriteArrays(end);
            default:
                AddItems();
                BeginLoop();
                BeginSet();
                foreach (ItemColumns item in _items)
                {
                    item.WriteRead(_index);
                }

                if (_class.Kind == LoadedKind.Struct)
                {
                    _code.Write(Opcode.StructNew, _class.TypeIndex);
                }
                else
                {
                    _code.Write(Opcode.ArrayNewFixed, _class.TypeIndex, (uint)_class.Length);
                }

                EndSet();
                EndLoop(end);
                return static () => { };
        }
    }

    private void AddItems()
    {
        var places = new List<(int Node, int Item)>(_class.Members.Count);
        for (int item = 0; item < _class.Length; item++)
        {
            places.Clear();
            foreach (int node in _class.Members)
            {
                places.Add((node, item));
            }

            AddItem(places);
        }
    }

    private void AddItem(List<(int Node, int Item)> places)
    {
        ValType type = _objects.Graph.ShapeOf(_class.Members[0]).ItemAt(places.Count == 0 ? 0 : places[0].Item).Storage;
        _items.Add(!type.IsRef ? new NumberItems(_objects.Graph, places, type, _loop, _columns)
            : _objects.References.IsFunc(type) ? new FuncItems(_objects, places, type, _loop, _columns)
            : new ReferenceItems(_objects, places, type, _loop, _columns, _registry, _position));
    }

    private Action WriteNumbers(uint end)
    {
        uint stride = _objects.Graph.ShapeOf(_class.Members[0]).Stride;
        uint offset = 0;
        for (int i = 0; i < _class.Members.Count; i++)
        {
            uint at = _columns.Image.Add(_objects.Graph.BytesOf(_class.Members[i]));
            offset = i == 0 ? at : offset;
        }

        uint offsetGlobal = _columns.Helpers.AddInteger((int)offset);
        ColumnReader lengths = ReadLengths();
        uint length = _loop.AddLocal(ValType.I32);
        uint next = _loop.AddLocal(ValType.I32, offsetGlobal);
        BeginLoop();
        lengths.WriteRead(_index);
        _code.Write(Opcode.LocalSet, length);
        BeginSet();
        _code.Write(Opcode.LocalGet, next);
        _code.Write(Opcode.LocalGet, length);
        _code.Write(Opcode.ArrayNewData, _class.TypeIndex, _columns.Image.SegmentIndex);
        EndSet();
        _code.Write(Opcode.LocalGet, next);
        _code.Write(Opcode.LocalGet, length);
        _code.I32Const(BitOperations.Log2(stride));
        _code.Write(Opcode.I32Shl);
        _code.Write(Opcode.I32Add);
        _code.Write(Opcode.LocalSet, next);
        EndLoop(end);
        return () =>
        {
            _loop.Store(next, offsetGlobal);
            lengths.WriteEnd();
        };
    }

    private Action WriteArrays(uint end)
    {
        var places = new List<(int Node, int Item)>();
        foreach (int node in _class.Members)
        {
            for (int i = 0; i < _objects.Graph.ItemCount(node); i++)
            {
                places.Add((node, i));
            }
        }

        AddItem(places);
        ColumnReader lengths = ReadLengths();
        uint nextGlobal = _columns.Helpers.AddInteger(0);
        uint next = _loop.AddLocal(ValType.I32, nextGlobal);
        uint length = _loop.AddLocal(ValType.I32);
        uint element = _loop.AddLocal(ValType.I32);
        uint array = _loop.AddLocal(AddedTypes.ReferenceTo(_class.TypeIndex));
        BeginLoop();
        lengths.WriteRead(_index);
        _code.Write(Opcode.LocalSet, length);
        WriteArray(length, element, next);
        _code.Write(Opcode.LocalSet, array);
        WriteElements(array, length, element, next);
        BeginSet();
        _code.Write(Opcode.LocalGet, array);
        EndSet();
        EndLoop(end);
        return () =>
        {
            _loop.Store(next, nextGlobal);
            lengths.WriteEnd();
        };
    }

    // Of null, or of the first element where there is no null.
    private void WriteArray(uint length, uint element, uint next)
    {
        _code.Write(Opcode.LocalGet, length);
        if (_objects.Graph.ShapeOf(_class.Members[0]).HasDefault)
        {
            _code.Write(Opcode.ArrayNewDefault, _class.TypeIndex);
            _code.I32Const(0);
            _code.Write(Opcode.LocalSet, element);
            return;
        }

        _loop.Begin(Opcode.If, AddedTypes.ReferenceTo(_class.TypeIndex));
        _items[0].WriteRead(next);
        _code.Write(Opcode.LocalGet, length);
        _code.Write(Opcode.ArrayNew, _class.TypeIndex);
        _loop.Increment(next);
        _code.Write(Opcode.Else);
        _code.Write(Opcode.ArrayNewFixed, _class.TypeIndex, 0);
        _code.Write(Opcode.End);
        _code.I32Const(1);
        _code.Write(Opcode.LocalSet, element);
    }

    private void WriteElements(uint array, uint length, uint element, uint next)
    {
        _code.Write(Opcode.LocalGet, element);
        _code.Write(Opcode.LocalGet, length);
        _code.Write(Opcode.I32LtU);
        _loop.Begin(Opcode.If);
        BeginLoop();
        _code.Write(Opcode.LocalGet, array);
        _code.Write(Opcode.LocalGet, element);
        _items[0].WriteRead(next);
        _code.Write(Opcode.ArraySet, _class.TypeIndex);
        _loop.Increment(next);
        _loop.Increment(element);
        _loop.EndLoopWhileBelow(element, length);
        _code.Write(Opcode.End);
    }

    private ColumnReader ReadLengths()
    {
        var lengths = new List<long>(_class.Members.Count);
        foreach (int node in _class.Members)
        {
            lengths.Add(_objects.Graph.ItemCount(node));
        }

        return new ColumnReader(new NumberColumn(lengths, is64: false), _loop, _columns);
    }

    private void BeginLoop() => _loop.Begin(Opcode.Loop);

    private void EndLoop(uint end)
    {
        _loop.Increment(_position);
        _loop.Increment(_index);
        _loop.EndLoopWhileBelow(_index, end);
    }

    private void BeginSet() => _objects.Registry.BeginSet(_registry, _position, _code);

    private void EndSet() => _objects.Registry.EndSet(_code);
}
