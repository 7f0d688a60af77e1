using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// The objects and exceptions that can be reached from places of an instance, numbered in the order in which they are met: what order
/// there is comes from the module, never from addresses.
/// </summary>
internal sealed unsafe class ObjectGraph
{
    /// <summary>What stands for no object.</summary>
    internal const int None = -1;

    private readonly Instance _instance;
    private readonly ModuleTypes _types;
    private readonly References _references;
    private readonly Dictionary<ulong, int> _nodes = [];
    private readonly List<ulong> _handles = [];
    private readonly List<ObjectShape> _shapes = [];
    private readonly List<uint> _typeIndices = [];
    private readonly List<int> _useCounts = [];
    private readonly List<int> _firstChildren = [];
    private readonly List<int> _children = [];

    // Where each was met: in another one, or at a root.
    private readonly List<int> _parents = [];
    private readonly List<int> _parentItems = [];
    private readonly List<Root> _roots = [];

    private readonly Dictionary<uint, ObjectShape> _shapesByType = [];
    private readonly Dictionary<ulong, (uint Index, ObjectShape Shape)> _tags = [];
    private readonly HashSet<ulong> _ambiguousTags = [];

    internal ObjectGraph(Instance instance, ModuleTypes types, References references)
    {
        _instance = instance;
        _types = types;
        _references = references;
        FindTags();
    }

    /// <summary>How many there are.</summary>
    internal int Count => _handles.Count;

    /// <summary>How many objects there are, and references in them.</summary>
    internal long Weight => (long)_handles.Count + _children.Count;

    /// <summary>Adds what a global holds.</summary>
    internal void AddGlobal(uint index, ulong handle, ValType type) => AddRoot(handle, type, new Root(RootKind.Global, index, 0));

    /// <summary>Adds what an element of a table is.</summary>
    internal void AddElement(uint table, ulong index, ulong handle, ValType type) =>
        AddRoot(handle, type, new Root(RootKind.Table, table, index));

    /// <summary>Adds what an item of an element segment is.</summary>
    internal void AddItem(uint segment, uint index, ulong handle, ValType type) =>
        AddRoot(handle, type, new Root(RootKind.Segment, segment, index));

    /// <summary>Finds everything that can be reached from what was added.</summary>
    /// <exception cref="WizerException">Something is among it that no module can start with.</exception>
    internal void Scan()
    {
        for (int node = 0; node < _handles.Count; node++)
        {
            ObjectShape shape = _shapes[node];
            _firstChildren.Add(_children.Count);
            if (shape.ReferenceCount == 0)
            {
                continue;
            }

            int count = ItemCount(node);
            for (int item = 0; item < count; item++)
            {
                ValType type = shape.ItemAt(item).Storage;
                if (type.IsRef)
                {
                    ulong handle = *(ulong*)AddressOf(node, item);
                    ReferenceKind kind = _references.KindOf(handle, type);
                    _children.Add(kind is ReferenceKind.Object or ReferenceKind.Exception ? Meet(handle, kind, node, item) : None);
                    if (!IsSupported(kind))
                    {
                        References.Refuse(kind, PlaceOf(node).Item(shape, item));
                    }
                }
            }
        }
    }

    /// <summary>The number of an object that was found.</summary>
    internal int Find(ulong handle) => _nodes[handle];

    /// <summary>What it consists of.</summary>
    internal ObjectShape ShapeOf(int node) => _shapes[node];

    /// <summary>The index of its type in the module, or of its tag.</summary>
    internal uint TypeOf(int node) => _typeIndices[node];

    /// <summary>The type of a reference to it.</summary>
    internal ValType ReferenceTo(int node) =>
        ValType.Ref(_shapes[node].IsException ? HeapType.Exn : new HeapType((int)_typeIndices[node]), nullable: false);

    /// <summary>How many fields, elements or values it has.</summary>
    internal int ItemCount(int node) =>
        _shapes[node].IsArray ? checked((int)((GcObject*)_handles[node])->Length) : _shapes[node].FieldCount;

    /// <summary>Where one of them is.</summary>
    internal byte* AddressOf(int node, int item) => (byte*)_handles[node] + _shapes[node].OffsetOf(item);

    /// <summary>The reference that is there.</summary>
    internal ulong ReferenceAt(int node, int item) => *(ulong*)AddressOf(node, item);

    /// <summary>The object that is there, or <see cref="None"/>.</summary>
    internal int ChildAt(int node, int item) =>
        _shapes[node].ItemAt(item).Storage.IsRef ? _children[_firstChildren[node] + _shapes[node].OrdinalOf(item)] : None;

    /// <summary>How many references it has.</summary>
    internal int ReferenceCountOf(int node) =>
        (node + 1 < _firstChildren.Count ? _firstChildren[node + 1] : _children.Count) - _firstChildren[node];

    /// <summary>The object that one of its references refers to, or <see cref="None"/>.</summary>
    internal int ReferredAt(int node, int ordinal) => _children[_firstChildren[node] + ordinal];

    /// <summary>How many references to it there are, those of the places included.</summary>
    internal int UseCountOf(int node) => _useCounts[node];

    /// <summary>The bytes of an array of numbers.</summary>
    internal ReadOnlySpan<byte> BytesOf(int node) => new(AddressOf(node, 0), checked((int)(_shapes[node].Stride * (ulong)ItemCount(node))));

    /// <summary>Where it is, by the way on which it was found.</summary>
    internal Place PlaceOf(int node)
    {
        var way = new Stack<int>();
        for (; node >= 0; node = _parents[node])
        {
            way.Push(node);
        }

        Place place = _roots[~node].ToPlace(_types.Module);
        int outer = None;
        foreach (int inner in way)
        {
            place = outer == None ? place : place.Item(_shapes[outer], _parentItems[inner]);
            outer = inner;
        }

        return place;
    }

    private static bool IsSupported(ReferenceKind kind) => kind is ReferenceKind.Null or ReferenceKind.Func or ReferenceKind.I31
        or ReferenceKind.Import or ReferenceKind.Object or ReferenceKind.Exception or ReferenceKind.WiderFunc;

    private void FindTags()
    {
        ModuleInfo module = _types.Module;
        for (uint i = 0; i < module.Tags.Length; i++)
        {
            ulong tag = (ulong)_instance.Data->Tags[i];
            var type = (FuncType)module.Types[module.Tags[i].TypeIndex].Composite;
            if (!_tags.TryAdd(tag, (i, ObjectShape.OfTag(type))))
            {
                _ambiguousTags.Add(tag);
            }
        }
    }

    private void AddRoot(ulong handle, ValType type, Root root)
    {
        ReferenceKind kind = _references.KindOf(handle, type);
        if (kind is ReferenceKind.Object or ReferenceKind.Exception)
        {
            _roots.Add(root);
            Meet(handle, kind, ~(_roots.Count - 1), 0);
        }
        else if (!IsSupported(kind))
        {
            References.Refuse(kind, root.ToPlace(_types.Module));
        }
    }

    private int Meet(ulong handle, ReferenceKind kind, int parent, int item)
    {
        if (_nodes.TryGetValue(handle, out int node))
        {
            _useCounts[node]++;
            return node;
        }

        node = _handles.Count;
        _nodes.Add(handle, node);
        _handles.Add(handle);
        _useCounts.Add(1);
        _parents.Add(parent);
        _parentItems.Add(item);
        if (kind == ReferenceKind.Exception)
        {
            AddException(node, handle);
        }
        else
        {
            AddObject(node, handle);
        }

        return node;
    }

    private void AddObject(int node, ulong handle)
    {
        uint typeId = ((GcObject*)handle)->TypeId;
        if (!_types.TryFind(typeId, out uint typeIndex))
        {
            Throw.ReferenceUnsupported(PlaceOfNew(node), "an object of a type that the module does not declare");
        }

        if (!_shapesByType.TryGetValue(typeIndex, out ObjectShape? shape))
        {
            shape = ObjectShape.Of(_types.Module.Types[typeIndex].Composite, _instance.Store.Heap.LayoutOf(typeId));
            _shapesByType.Add(typeIndex, shape);
        }

        _typeIndices.Add(typeIndex);
        _shapes.Add(shape);
    }

    private void AddException(int node, ulong handle)
    {
        var tag = (ulong)((ExceptionData*)handle)->Tag;
        if (!_tags.TryGetValue(tag, out (uint Index, ObjectShape Shape) known))
        {
            Throw.ReferenceUnsupported(PlaceOfNew(node), "an exception with a tag that the module neither defines nor imports");
        }

        if (_ambiguousTags.Contains(tag))
        {
            Throw.ReferenceUnsupported(PlaceOfNew(node), "an exception with a tag that is imported several times");
        }

        _typeIndices.Add(known.Index);
        _shapes.Add(known.Shape);
    }

    // Its own shape is not known yet, only those on the way to it.
    private string PlaceOfNew(int node)
    {
        int parent = _parents[node];
        return parent < 0
            ? _roots[~parent].ToPlace(_types.Module).ToString()
            : PlaceOf(parent).Item(_shapes[parent], _parentItems[node]).ToString();
    }

    private enum RootKind
    {
        Global,
        Table,
        Segment,
    }

    private sealed record Root(RootKind Kind, uint Index, ulong Item)
    {
        internal Place ToPlace(ModuleInfo module) => Kind switch
        {
            RootKind.Global => Place.Global(module, Index),
            RootKind.Table => Place.Table(Index, Item),
            _ => Place.Segment(Index, (uint)Item),
        };
    }
}
