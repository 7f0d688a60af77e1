using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes the code that makes what constant expressions cannot, and puts it where it belongs.</summary>
internal sealed class RestoreWriter : IReferencePolicy
{
    private readonly References _references;
    private readonly ModuleTypes _types;
    private readonly ObjectGraph _graph;
    private readonly bool[] _isMade;
    private readonly HomeGlobals _homes;
    private readonly ArrayForms _forms;
    private readonly Placeholders _placeholders;
    private readonly DeferredReferences _deferred;
    private readonly DataImage _image;
    private readonly RestoreBodies _bodies;
    private readonly InstructionBuffer _code;
    private readonly ObjectWriter _objects;
    private readonly RestorePlan _plan;
    private readonly HelperGlobals _helpers;
    private readonly uint[] _helperOf;
    private readonly LoadedClasses _loaded;
    private readonly LoaderOutput _output;

    // Once the order is known, in a graph that is large.
    private Loader? _loader;

    // What is not needed any more after an object: the first by its place in the order, and the next by node.
    private readonly int[] _released;
    private readonly int[] _nextReleased;

    // What is set, and is no object that is made here.
    private readonly List<Sink> _others = [];

    // Elements of tables that loops make.
    private readonly List<(uint Table, ulong Index, int Node)> _loadedElements = [];

    internal RestoreWriter(
        References references,
        ModuleTypes types,
        ObjectGraph graph,
        bool[] isMade,
        HomeGlobals homes,
        ArrayForms forms,
        Placeholders placeholders,
        DeferredReferences deferred,
        DataImage image,
        RestoreBodies bodies,
        HelperGlobals helpers,
        LoadedClasses loaded,
        LoaderOutput output)
    {
        _references = references;
        _types = types;
        _graph = graph;
        _isMade = isMade;
        _homes = homes;
        _forms = forms;
        _placeholders = placeholders;
        _deferred = deferred;
        _image = image;
        _bodies = bodies;
        _code = bodies.Code;
        _helpers = helpers;
        _loaded = loaded;
        _output = output;
        _objects = new ObjectWriter(graph, types, forms, placeholders, _code, image);
        _plan = new RestorePlan(graph, isMade, forms, loaded);
        _helperOf = new uint[graph.Count];
        _released = new int[_plan.Order.Count];
        _nextReleased = new int[graph.Count];
        Array.Fill(_released, ObjectGraph.None);
    }

    /// <summary>The element segment that loops need, and nobody after them; null for none.</summary>
    internal uint? SpentSegment => _loader?.SpentSegment;

    /// <summary>Writes all of it.</summary>
    /// <param name="globals">What deferred globals hold.</param>
    /// <param name="elements">What deferred elements are.</param>
    internal void Write(Func<uint, ulong> globals, Func<uint, ulong, ulong> elements)
    {
        Distribute(globals, elements);
        _plan.Finish();
        PrepareLoops();
        for (int i = 0; i < _plan.Order.Count; i++)
        {
            int node = _plan.Order[i];
            if (_loaded.IsLoaded(node))
            {
                _loader!.Meet();
            }
            else if (!_plan.IsNested(node))
            {
                _loader?.Flush();
                WriteStatement(node);
                _bodies.EndStatement();
            }

            for (int free = _released[i]; free != ObjectGraph.None; free = _nextReleased[free])
            {
                _helpers.Release(_helperOf[free]);
            }
        }

        if (_loader is not null)
        {
            _loader.Flush();
            _others.AddRange(_loader.WritePatches());
        }

        foreach (Sink sink in _others)
        {
            BeginSink(sink);
            WriteOther(sink, sink.Kind == SinkKind.Global ? globals((uint)sink.Owner)
                : sink.Kind == SinkKind.Element ? elements((uint)sink.Owner, sink.Item)
                : _graph.ReferenceAt(sink.Owner, (int)sink.Item));
            EndSink(sink);
            _bodies.EndStatement();
        }

        foreach (int node in _deferred.Numbers)
        {
            WriteNumbers(node);
            _bodies.EndStatement();
        }

        _helpers.WriteReset(_code);
    }

    bool IReferencePolicy.Nests(int node, int item, int child) =>
        _isMade[child] && _plan.IsBefore(child, node) && _plan.IsNested(child) && _plan.UserOf(child) == node;

    void IReferencePolicy.WriteItem(int node, int item, ValType type)
    {
        int child = _graph.ChildAt(node, item);
        if (child != ObjectGraph.None && _isMade[child] && !_plan.IsBefore(child, node))
        {
            _placeholders.Write(type, _code, () => _graph.PlaceOf(node).Item(_graph.ShapeOf(node), item));
        }
        else
        {
            WriteReference(_graph.ReferenceAt(node, item), child, type);
        }
    }

    // Its elements are set once it is kept.
    void IReferencePolicy.Fill(int node)
    {
    }

    private void PrepareLoops()
    {
        if (_loaded.All.Count == 0)
        {
            return;
        }

        var objects = new LoaderObjects(
            _graph, _isMade, _plan, _references, _homes, _placeholders, _helpers, _output.Types, _bodies);
        var columns = new LoaderColumns(_output.Types, _helpers, _image, _bodies);
        _loader = new Loader(_loaded, objects, _plan, _isMade, _types.Module, columns, _output, _bodies);
        foreach ((uint table, ulong index, int node) in _loadedElements)
        {
            _loader.AddElement(table, index, node);
        }
    }

    // To the objects that are made here, and the rest.
    private void Distribute(Func<uint, ulong> globals, Func<uint, ulong, ulong> elements)
    {
        foreach (uint global in _deferred.Globals)
        {
            AddSink(SinkKind.Global, (int)global, 0, globals(global), _types.Module.Globals[global].Type.Value);
        }

        foreach ((uint table, ulong index) in _deferred.Elements)
        {
            AddSink(SinkKind.Element, (int)table, index, elements(table, index), _types.Module.Tables[table].Type.Element);
        }

        foreach ((int node, int item) in _deferred.Items)
        {
            AddSink(SinkKind.Item, node, (ulong)item, _graph.ReferenceAt(node, item), _graph.ShapeOf(node).ItemAt(item).Storage);
        }
    }

    private void AddSink(SinkKind kind, int owner, ulong item, ulong handle, ValType type)
    {
        bool isObject = _references.KindOf(handle, type) is ReferenceKind.Object or ReferenceKind.Exception;
        int node = isObject ? _graph.Find(handle) : ObjectGraph.None;
        if (node != ObjectGraph.None && _loaded.IsLoaded(node) && kind == SinkKind.Element)
        {
            _loadedElements.Add(((uint)owner, item, node));
        }
        else if (node != ObjectGraph.None && _isMade[node] && !_loaded.IsLoaded(node))
        {
            _plan.AddSink(node, kind, owner, item);
        }
        else
        {
            _others.Add(new Sink(kind, owner, item));
        }
    }

    private void WriteStatement(int node)
    {
        Sink? sink = _plan.SinksOf(node);
        if (!_plan.IsKept(node))
        {
            BeginSink(sink!);
            _objects.Write(node, TypeOf(sink!), this);
            EndSink(sink!);
            return;
        }

        if (_loader is not null && _loader.IsKept(node))
        {
            _loader.BeginSet(node);
            _objects.Write(node, _graph.ReferenceTo(node), this);
            _loader.EndSet();
        }
        else
        {
            WriteHelper(node);
        }

        FillArray(node);
        for (; sink is not null; sink = sink.Next)
        {
            BeginSink(sink);
            WriteKept(node, TypeOf(sink));
            EndSink(sink);
        }
    }

    private void WriteHelper(int node)
    {
        _objects.Write(node, _graph.ReferenceTo(node), this);
        uint helper = _helpers.Take(_graph.ReferenceTo(node));
        _helperOf[node] = helper;
        int last = _plan.LastUseOf(node);
        _nextReleased[node] = _released[last];
        _released[last] = node;
        _code.Write(Opcode.GlobalSet, helper);
    }

    private void FillArray(int node)
    {
        if (!_graph.ShapeOf(node).IsArray || _forms.FormOf(node, isConstant: false) != ArrayForm.Filled)
        {
            return;
        }

        ValType type = _graph.ShapeOf(node).ItemAt(0).Storage;
        for (int i = 0; i < _graph.ItemCount(node); i++)
        {
            int child = _graph.ChildAt(node, i);
            ulong handle = _graph.ReferenceAt(node, i);
            bool isLater = child != ObjectGraph.None && _isMade[child] && !_plan.IsBefore(child, node);
            if (handle != 0 && !isLater)
            {
                var sink = new Sink(SinkKind.Item, node, (ulong)i);
                BeginSink(sink);
                WriteReference(handle, child, type);
                EndSink(sink);
                _bodies.EndStatement();
            }
        }
    }

    private void WriteNumbers(int node)
    {
        _homes.WriteWay(node, _graph.ReferenceTo(node), _code);
        _code.I32Const(0);
        _code.I32Const((int)_image.Add(_graph.BytesOf(node)));
        _code.I32Const(_graph.ItemCount(node));
        _code.Write(Opcode.ArrayInitData, _graph.TypeOf(node), _image.SegmentIndex);
    }

    private void WriteOther(Sink sink, ulong handle)
    {
        ValType type = TypeOf(sink);
        int node = _references.KindOf(handle, type) == ReferenceKind.Object ? _graph.Find(handle) : ObjectGraph.None;
        WriteReference(handle, node, type);
    }

    private void WriteReference(ulong handle, int node, ValType type)
    {
        if (node != ObjectGraph.None && _isMade[node])
        {
            WriteKept(node, type);
        }
        else if (node != ObjectGraph.None)
        {
            _homes.WriteWay(node, type, _code);
        }
        else
        {
            _references.WriteInCode(handle, type, _code);
        }
    }

    private void WriteKept(int node, ValType type)
    {
        if (_loader is not null && _loader.IsKept(node))
        {
            _loader.WriteGet(node, type);
            return;
        }

        _code.Write(Opcode.GlobalGet, _helperOf[node]);
        _homes.Cast(_graph.ReferenceTo(node).WithNullable(true), type, _code);
    }

    private ValType TypeOf(Sink sink) => sink.Kind switch
    {
        SinkKind.Global => _types.Module.Globals[sink.Owner].Type.Value,
        SinkKind.Element => _types.Module.Tables[sink.Owner].Type.Element,
        _ => _graph.ShapeOf(sink.Owner).ItemAt((int)sink.Item).Storage,
    };

    private void BeginSink(Sink sink)
    {
        if (sink.Kind == SinkKind.Element)
        {
            _code.Address(sink.Item, _types.Module.Tables[sink.Owner].Type.Limits.Is64);
        }
        else if (sink.Kind == SinkKind.Item)
        {
            ValType owner = _graph.ReferenceTo(sink.Owner).WithNullable(true);
            if (_isMade[sink.Owner])
            {
                WriteKept(sink.Owner, owner);
            }
            else
            {
                _homes.WriteWay(sink.Owner, owner, _code);
            }

            if (_graph.ShapeOf(sink.Owner).IsArray)
            {
                _code.I32Const((int)sink.Item);
            }
        }
    }

    private void EndSink(Sink sink)
    {
        switch (sink.Kind)
        {
            case SinkKind.Global:
                _code.Write(Opcode.GlobalSet, (uint)sink.Owner);
                break;
            case SinkKind.Element:
                _code.Write(Opcode.TableSet, (uint)sink.Owner);
                break;
            case SinkKind.Item when _graph.ShapeOf(sink.Owner).IsArray:
                _code.Write(Opcode.ArraySet, _graph.TypeOf(sink.Owner));
                break;
            default:
                _code.Write(Opcode.StructSet, _graph.TypeOf(sink.Owner), (uint)sink.Item);
                break;
        }
    }
}
