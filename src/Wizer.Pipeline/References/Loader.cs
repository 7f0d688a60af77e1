using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Makes the objects of a large graph in loops over data, in the order of the plan. Others are made in between, one by one, where loops
/// need them or they need what loops have made.
/// </summary>
internal sealed class Loader
{
    private readonly LoadedClasses _loaded;
    private readonly LoaderObjects _objects;
    private readonly LoaderColumns _columns;
    private readonly AddedFuncs _funcs;
    private readonly FuncSet _named;
    private readonly RestoreBodies _bodies;
    private readonly RestorePlan _plan;
    private readonly bool[] _isMade;
    private readonly PatchLoops _patches;
    private readonly InstructionBuffer _constants;
    private readonly ElementChanges _elements;
    private readonly uint _load;
    private readonly LoaderRuns _runs;
    private bool _isPending;

    /// <summary>Writes the loops, and what comes before them.</summary>
    /// <param name="loaded">What they make.</param>
    /// <param name="objects">What is referred to.</param>
    /// <param name="plan">In which order; its decisions have been taken.</param>
    /// <param name="isMade">The objects that code makes.</param>
    /// <param name="module">The input.</param>
    /// <param name="columns">Where numbers go.</param>
    /// <param name="output">What the loops become a part of.</param>
    /// <param name="bodies">Gets the code around them.</param>
    internal Loader(
        LoadedClasses loaded,
        LoaderObjects objects,
        RestorePlan plan,
        bool[] isMade,
        ModuleInfo module,
        LoaderColumns columns,
        LoaderOutput output,
        RestoreBodies bodies)
    {
        _loaded = loaded;
        _objects = objects;
        _columns = columns;
        _funcs = output.Funcs;
        _named = output.Named;
        _constants = output.Constants;
        _elements = output.Elements;
        _bodies = bodies;
        _plan = plan;
        _isMade = isMade;
        _patches = new PatchLoops(objects, module, columns, _funcs, _named, loaded.MinPatchCount);
        AddOthers();
        uint position = columns.Helpers.AddInteger(objects.Registry.Next);
        AddMembers();
        WriteRegistry();
        var loops = new List<uint>();
        foreach (LoadedClass loadedClass in loaded.All)
        {
            uint func = _funcs.Add(columns.Types.FuncOf(1, 0));
            _funcs.SetBody(func, ClassLoop.Write(loadedClass, objects, columns, position, _named));
            loops.Add(func);
        }

        _runs = new LoaderRuns(plan, loaded);
        _load = _funcs.Add(columns.Types.FuncOf(1, 0));
        _funcs.SetBody(_load, _runs.Write(loops, columns, _named));
        SpentSegment = WriteFuncs();
    }

    /// <summary>The element segment that nobody needs after that; null for none.</summary>
    internal uint? SpentSegment { get; }

    /// <summary>Whether an object has a position.</summary>
    internal bool IsKept(int node) => _objects.Registry.PositionOf(node) != 0;

    /// <summary>Says that an object of a loop is next in the order.</summary>
    internal void Meet() => _isPending = true;

    /// <summary>Writes what makes those that are before the next one that is made in another way.</summary>
    internal void Flush()
    {
        if (_isPending)
        {
            _bodies.Code.I32Const(_runs.TakeEnd());
            _bodies.Code.Write(Opcode.Call, _load);
            _bodies.EndStatement();
            _isPending = false;
        }
    }

    /// <summary>Adds an element of a table that an object of a loop is.</summary>
    internal void AddElement(uint table, ulong index, int node) => _patches.AddElement(table, index, node);

    /// <summary>Writes what is set at the end.</summary>
    /// <returns>What is left of that.</returns>
    internal List<Sink> WritePatches()
    {
        foreach ((int node, int item) in _plan.Patches)
        {
            _patches.AddItem(node, item);
        }

        return _patches.Write(_bodies);
    }

    /// <summary>Writes how code has an object that has a position.</summary>
    internal void WriteGet(int node, ValType type)
    {
        _objects.Registry.WriteGet(node, _bodies.Code);
        _objects.Homes.Cast(ObjectRegistry.Element, type, _bodies.Code);
    }

    /// <summary>Writes what comes before the code that makes an object with a position.</summary>
    internal void BeginSet(int node) => _objects.Registry.BeginSet(node, _bodies.Code);

    /// <summary>Writes what comes behind it.</summary>
    internal void EndSet() => _objects.Registry.EndSet(_bodies.Code);

    // What loops need that they do not make, and what waits for something that they make.
    private void AddOthers()
    {
        ObjectGraph graph = _objects.Graph;
        foreach (int node in _plan.Order)
        {
            for (int i = 0; _loaded.IsLoaded(node) && i < graph.ReferenceCountOf(node); i++)
            {
                int child = graph.ReferredAt(node, i);
                if (child != ObjectGraph.None && !_loaded.IsLoaded(child))
                {
                    _objects.Registry.Add(child);
                }
            }
        }

        foreach ((int node, int _) in _plan.Patches)
        {
            if (!_loaded.IsLoaded(node))
            {
                _objects.Registry.Add(node);
            }
        }
    }

    private void AddMembers()
    {
        foreach (int node in _plan.Order)
        {
            if (_loaded.IsLoaded(node))
            {
                _objects.Registry.Add(node);
                _loaded.All[_loaded.ClassOf(node)].Members.Add(node);
            }
        }
    }

    // And in it what constant expressions have made.
    private void WriteRegistry()
    {
        uint create = _funcs.Add(_columns.Types.FuncOf(0, 0));
        using (var loop = new LoopCode(_named, parameterCount: 0))
        {
            _funcs.SetBody(create, _objects.Registry.WriteCreate(loop));
        }

        _bodies.Code.Write(Opcode.Call, create);
        for (int node = 0; node < _objects.Graph.Count; node++)
        {
            if (IsKept(node) && !_isMade[node])
            {
                BeginSet(node);
                _objects.Homes.WriteWay(node, ObjectRegistry.Element, _bodies.Code);
                EndSet();
                _bodies.EndStatement();
            }
        }
    }

    private uint? WriteFuncs()
    {
        if (_objects.Funcs.Count == 0)
        {
            return null;
        }

        var segment = (uint)_elements.Count;
        _elements.Added.Add(_objects.Funcs.WriteSegment(_constants));
        _objects.Funcs.WriteCreate(segment, _bodies.Code);
        return segment;
    }
}
