using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// What is set once all objects are there, and comes from loops or goes into what they made: references to objects that come later in the
/// order, and elements of tables. Where there are many of a kind, they are set in loops as well.
/// </summary>
internal sealed class PatchLoops
{
    private const int MaxLength = 4096;
    private const byte EmptyBlock = 0x40;

    private readonly LoaderObjects _objects;
    private readonly ModuleInfo _module;
    private readonly LoaderColumns _columns;
    private readonly AddedFuncs _funcs;
    private readonly FuncSet _named;
    private readonly int _minCount;
    private readonly Dictionary<(SinkKind Kind, uint Owner, int Field), List<Patch>> _groups = [];
    private readonly List<(SinkKind Kind, uint Owner, int Field)> _keys = [];

    /// <param name="objects">What is referred to.</param>
    /// <param name="module">The input.</param>
    /// <param name="columns">Where the numbers go.</param>
    /// <param name="funcs">Gets the loops.</param>
    /// <param name="named">Gets the functions that they name.</param>
    /// <param name="minCount">From how many of a kind on there is a loop.</param>
    internal PatchLoops(
        LoaderObjects objects, ModuleInfo module, LoaderColumns columns, AddedFuncs funcs, FuncSet named, int minCount)
    {
        _objects = objects;
        _module = module;
        _columns = columns;
        _funcs = funcs;
        _named = named;
        _minCount = minCount;
    }

    /// <summary>Adds a field or an element of an object.</summary>
    internal void AddItem(int node, int item)
    {
        int field = _objects.Graph.ShapeOf(node).IsArray ? 0 : item;
        Add((SinkKind.Item, _objects.Graph.TypeOf(node), field), new Patch(node, (ulong)item, _objects.Graph.ChildAt(node, item)));
    }

    /// <summary>Adds an element of a table.</summary>
    internal void AddElement(uint table, ulong index, int node) =>
        Add((SinkKind.Element, table, 0), new Patch((int)table, index, node));

    /// <summary>Writes the loops, and the code that calls them.</summary>
    /// <param name="bodies">Gets that code.</param>
    /// <returns>What is left, to be set without a loop.</returns>
    internal List<Sink> Write(RestoreBodies bodies)
    {
        var left = new List<Sink>();
        foreach ((SinkKind Kind, uint Owner, int Field) key in _keys)
        {
            List<Patch> patches = _groups[key];
            if (patches.Count < _minCount)
            {
                foreach (Patch patch in patches)
                {
                    left.Add(new Sink(key.Kind, patch.Owner, patch.Item));
                }

                continue;
            }

            uint func = _funcs.Add(_columns.Types.FuncOf(0, 1));
            _funcs.SetBody(func, Write(key, patches));
            InstructionBuffer code = bodies.Code;
            code.Write(Opcode.Loop);
            code.Writer.WriteByte(EmptyBlock);
            code.Write(Opcode.Call, func);
            code.Write(Opcode.BrIf, 0);
            code.Write(Opcode.End);
            bodies.EndStatement();
        }

        return left;
    }

    private void Add((SinkKind Kind, uint Owner, int Field) key, Patch patch)
    {
        if (!_groups.TryGetValue(key, out List<Patch>? patches))
        {
            patches = [];
            _groups.Add(key, patches);
            _keys.Add(key);
        }

        patches.Add(patch);
    }

    // The function sets the next ones, and says whether that were not all.
    private byte[] Write((SinkKind Kind, uint Owner, int Field) key, List<Patch> patches)
    {
        using var loop = new LoopCode(_named, parameterCount: 0);
        InstructionBuffer code = loop.Code;
        uint indexGlobal = _columns.Helpers.AddInteger(0);
        uint ownerGlobal = _columns.Helpers.AddInteger(0);
        uint targetGlobal = _columns.Helpers.AddInteger(0);
        uint index = loop.AddLocal(ValType.I32, indexGlobal);
        uint owner = loop.AddLocal(ValType.I32, ownerGlobal);
        uint target = loop.AddLocal(ValType.I32, targetGlobal);
        uint end = loop.AddLocal(ValType.I32);
        uint registry = _objects.Registry.AddLocal(loop);
        ColumnReader owners = Read(loop, patches, patch => OwnerOf(key.Kind, patch));
        ColumnReader targets = Read(loop, patches, patch => _objects.Registry.PositionOf(patch.Target));
        bool isArray = key.Kind == SinkKind.Item && _objects.Graph.ShapeOf(patches[0].Owner).IsArray;
        ColumnReader? items = isArray ? Read(loop, patches, static patch => (long)patch.Item, isRelative: false) : null;

        WriteEnd(loop, index, end, patches.Count);
        loop.Begin(Opcode.Loop);
        Advance(loop, owners, owner, index);
        Advance(loop, targets, target, index);
        WriteOwner(key, loop, registry, owner);
        items?.WriteRead(index);
        _objects.Registry.WriteGet(registry, target, code);
        _objects.Homes.Cast(ObjectRegistry.Element, TypeOf(key), code);
        WriteSet(key, isArray, code);
        loop.Increment(index);
        loop.EndLoopWhileBelow(index, end);

        loop.Store(index, indexGlobal);
        loop.Store(owner, ownerGlobal);
        loop.Store(target, targetGlobal);
        owners.WriteEnd();
        targets.WriteEnd();
        items?.WriteEnd();
        code.Write(Opcode.LocalGet, index);
        code.I32Const(patches.Count);
        code.Write(Opcode.I32LtU);
        return loop.Finish();
    }

    private long OwnerOf(SinkKind kind, Patch patch) =>
        kind == SinkKind.Item ? _objects.Registry.PositionOf(patch.Owner) : (long)patch.Item;

    private ValType TypeOf((SinkKind Kind, uint Owner, int Field) key) => key.Kind == SinkKind.Element
        ? _module.Tables[key.Owner].Type.Element
        : _module.Types[key.Owner].Composite switch
        {
            ArrayType array => array.Element.Storage,
            var composite => ((StructType)composite).Fields[key.Field].Storage,
        };

    private ColumnReader Read(LoopCode loop, List<Patch> patches, Func<Patch, long> numberOf, bool isRelative = true)
    {
        var values = new List<long>(patches.Count);
        long last = 0;
        foreach (Patch patch in patches)
        {
            long value = numberOf(patch);
            values.Add(value - last);
            last = isRelative ? value : 0;
        }

        return new ColumnReader(new NumberColumn(values, is64: false), loop, _columns);
    }

    private static void WriteEnd(LoopCode loop, uint index, uint end, int count)
    {
        InstructionBuffer code = loop.Code;
        code.Write(Opcode.LocalGet, index);
        code.I32Const(MaxLength);
        code.Write(Opcode.I32Add);
        code.Write(Opcode.LocalTee, end);
        code.I32Const(count);
        code.Write(Opcode.I32GtU);
        loop.Begin(Opcode.If);
        code.I32Const(count);
        code.Write(Opcode.LocalSet, end);
        code.Write(Opcode.End);
    }

    // They are written as differences.
    private static void Advance(LoopCode loop, ColumnReader column, uint local, uint index)
    {
        loop.Code.Write(Opcode.LocalGet, local);
        column.WriteRead(index);
        loop.Code.Write(Opcode.I32Add);
        loop.Code.Write(Opcode.LocalSet, local);
    }

    private void WriteOwner((SinkKind Kind, uint Owner, int Field) key, LoopCode loop, uint registry, uint owner)
    {
        if (key.Kind == SinkKind.Element)
        {
            loop.Code.Write(Opcode.LocalGet, owner);
            if (_module.Tables[key.Owner].Type.Limits.Is64)
            {
                loop.Code.Write(Opcode.I64ExtendI32U);
            }

            return;
        }

        _objects.Registry.WriteGet(registry, owner, loop.Code);
        loop.Code.RefCast(ValType.Ref(new HeapType((int)key.Owner), nullable: false));
    }

    private static void WriteSet((SinkKind Kind, uint Owner, int Field) key, bool isArray, InstructionBuffer code)
    {
        if (key.Kind == SinkKind.Element)
        {
            code.Write(Opcode.TableSet, key.Owner);
        }
        else if (isArray)
        {
            code.Write(Opcode.ArraySet, key.Owner);
        }
        else
        {
            code.Write(Opcode.StructSet, key.Owner, (uint)key.Field);
        }
    }

    private readonly record struct Patch(int Owner, ulong Item, int Target);
}
