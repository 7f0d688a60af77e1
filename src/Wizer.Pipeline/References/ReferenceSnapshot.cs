using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Takes what a run has left in tables, reference globals, segments and objects, for a module that starts with it. Whatever is as
/// instantiation makes it stays as it is in the input.
/// </summary>
internal sealed unsafe class ReferenceSnapshot : IDisposable
{
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly ModuleContext _context;
    private readonly DroppedSegments _dropped;
    private readonly FuncIndices _funcs;
    private readonly ModuleTypes _types;
    private readonly References _references;
    private readonly FuncSet _mentioned;
    private readonly FuncSet _named;
    private readonly InstructionBuffer _constantCode;
    private readonly InstructionBuffer _restoreCode;
    private readonly DataImage _image;
    private readonly ElementChanges _elements;
    private readonly DeferredReferences _deferred = new();
    private readonly PassiveSegments _passive;
    private readonly List<TableFill> _fills = [];
    private readonly AddedTypes _addedTypes;
    private readonly AddedFuncs _addedFuncs;
    private readonly LoaderLimits? _limits;
    private readonly ReferenceCounts _counts = new();

    // The segments that arrays are made from, and nobody needs after that.
    private readonly List<uint> _spentElements = [];

    private ReferenceSnapshot(
        ModuleContext context,
        Instance instance,
        FuncIndices funcs,
        DroppedSegments dropped,
        int keptDataCount,
        LoaderLimits? limits)
    {
        _context = context;
        _module = context.Module;
        _instance = instance;
        _dropped = dropped;
        _funcs = funcs;
        _types = new ModuleTypes(instance);
        _references = new References(_types, funcs, new ImportedReferences(instance));
        _mentioned = new FuncSet(_module.FuncTypeIndices.Length);
        _named = new FuncSet(_module.FuncTypeIndices.Length);
        _constantCode = new InstructionBuffer(_mentioned);
        _restoreCode = new InstructionBuffer(_named);
        _image = new DataImage((uint)keptDataCount);
        _elements = new ElementChanges(_module);
        _passive = new PassiveSegments(context, instance, dropped);
        _addedTypes = new AddedTypes((uint)_module.Types.Length);
        _addedFuncs = new AddedFuncs((uint)_module.FuncTypeIndices.Length);
        _limits = limits;
    }

    /// <summary>Takes it all.</summary>
    /// <param name="context">The module.</param>
    /// <param name="instance">An instance that nobody runs.</param>
    /// <param name="keptDataCount">How many of its data segments stay, before new ones.</param>
    /// <param name="limits">From where on objects are made in loops, if not as usual.</param>
    /// <exception cref="WizerException">Something is there that no module can start with.</exception>
    internal static ReferenceChanges Take(ModuleContext context, Instance instance, int keptDataCount, LoaderLimits? limits)
    {
        DroppedSegments dropped = DroppedSegments.Find(context, instance);
        if (context.MayChangeReferences)
        {
            var funcs = new FuncIndices(instance, context.IsInComponent);
            if (!ReferenceCheck.IsUnchanged(context, instance, funcs))
            {
                using var snapshot = new ReferenceSnapshot(context, instance, funcs, dropped, keptDataCount, limits);
                return snapshot.Take();
            }
        }

        return TakeDropped(context, dropped);
    }

    /// <summary>The same where nothing has changed but what was dropped.</summary>
    internal static ReferenceChanges TakeDropped(ModuleContext context, DroppedSegments dropped)
    {
        if (dropped.HasElements)
        {
            var elements = new ElementChanges(context.Module);
            Empty(context.Module, dropped, elements);
            return new ReferenceChanges(dropped) { Elements = elements };
        }

        return dropped == DroppedSegments.None ? ReferenceChanges.None : new ReferenceChanges(dropped);
    }

    public void Dispose()
    {
        _constantCode.Dispose();
        _restoreCode.Dispose();
        _image.Dispose();
        _addedTypes.Dispose();
    }

    private ReferenceChanges Take()
    {
        TableSnapshot?[] tables = FindChangedTables();
        ObjectGraph graph = FindObjects(tables);
        _counts.Count(graph);
        var classes = new ObjectClasses(graph);
        List<int> addedHomes = FindHomes(graph, classes);
        classes.Close();
        var homes = new HomeGlobals(_types, graph, classes);
        var forms = new ArrayForms(graph);
        var placeholders = new Placeholders(_types, _addedFuncs.PlaceholderOf);
        var constants = new ConstWriter(_references, _types, graph, classes, homes, forms, placeholders, _constantCode, _deferred)
        {
            GlobalCount = (uint)(_module.Globals.Length + addedHomes.Count),
        };
        new ArrayHomes(graph, classes, forms, _module.Globals.Length, addedHomes).Add(node => CanWriteAll(graph, node, constants));
        DropSegments(tables);
        LoadedClasses loaded = LoadedClasses.Find(graph, classes, forms, _limits ?? LoaderLimits.Default);
        constants.Loaded = loaded;

        byte[]?[] globals = TakeGlobals(graph, classes, constants);
        byte[] added = TakeAddedHomes(graph, addedHomes, constants);
        _passive.Write(constants, _elements);
        byte[]?[] entries = TakeTables(tables, constants);
        TakeArrays(graph, classes, loaded, forms, constants);

        var helpers = new HelperGlobals((uint)(_module.Globals.Length + addedHomes.Count));
        RestoreCode? restore = WriteRestore(graph, classes, homes, forms, placeholders, helpers, loaded);
        Throw.IfTooMany("functions", _module.FuncTypeIndices.Length + (restore?.Bodies.Count ?? 0), WasmLimits.MaxFunctions);
        Throw.IfTooMany("types", _module.Types.Length + _addedTypes.Count, WasmLimits.MaxTypes);
        Throw.IfTooMany("globals", _module.Globals.Length + addedHomes.Count + helpers.Count, WasmLimits.MaxGlobals);
        helpers.WriteTo(_constantCode);
        return new ReferenceChanges(_dropped)
        {
            Globals = globals,
            Counts = _counts,
            AddedGlobals = [.. added, .. _constantCode.Take()],
            AddedGlobalCount = addedHomes.Count + helpers.Count,
            AddedTypes = _addedTypes.ToArray(),
            AddedTypeCount = _addedTypes.Count,
            Tables = entries,
            Elements = _elements.HasAny ? _elements : null,
            Restore = restore,
            Mentioned = _mentioned,
            Named = _named,
        };
    }

    private TableSnapshot?[] FindChangedTables()
    {
        var tables = new TableSnapshot?[_module.Tables.Length];
        for (uint i = 0; i < tables.Length; i++)
        {
            var table = new TableSnapshot(_instance, i);
            tables[i] = table.IsUnchanged(_funcs) ? null : table;
        }

        return tables;
    }

    private ObjectGraph FindObjects(TableSnapshot?[] tables)
    {
        var graph = new ObjectGraph(_instance, _types, _references);
        for (uint i = 0; i < _module.Globals.Length; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (type.Value.IsRef && (type.IsMutable || IsConstantObject(type, HandleOf(i))))
            {
                graph.AddGlobal(i, HandleOf(i), type.Value);
                _counts.Globals += type.IsMutable ? 1 : 0;
            }
        }

        foreach (TableSnapshot? table in tables)
        {
            _counts.Tables += table is null ? 0 : 1;
            for (ulong i = 0; i < (table?.Length ?? 0); i++)
            {
                if (table![i] != 0)
                {
                    graph.AddElement(table.Index, i, table[i], table.ElementType);
                    _counts.Elements++;
                }
            }
        }

        _passive.AddTo(graph, _references);
        graph.Scan();
        return graph;
    }

    private List<int> FindHomes(ObjectGraph graph, ObjectClasses classes)
    {
        for (uint i = 0; i < _module.Globals.Length; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (IsConstantObject(type, HandleOf(i)))
            {
                classes.AddHome(graph.Find(HandleOf(i)), (int)i);
            }
        }

        return _passive.AddHomes(graph, classes);
    }

    private bool IsConstantObject(GlobalType type, ulong handle) =>
        !type.IsMutable && type.Value.IsRef && _references.KindOf(handle, type.Value) == ReferenceKind.Object;

    // What no instruction names and nobody needs any more goes, the rest of what is spent becomes empty.
    private void DropSegments(TableSnapshot?[] tables)
    {
        Empty(_module, _dropped, _elements);
        for (int i = 0; i < _module.ElementSegments.Length; i++)
        {
            ElementSegmentInfo segment = _module.ElementSegments[i];
            bool isSpent = segment.Mode == SegmentMode.Active && tables[segment.TableIndex] is not null;
            bool isNamed = i < _context.NamedElementCount;
            if (!isNamed && (isSpent || segment.Mode == SegmentMode.Passive))
            {
                _elements.Remove(i);
            }
            else if (isSpent)
            {
                _elements.Empty(_module, i);
            }
        }
    }

    private byte[]?[] TakeGlobals(ObjectGraph graph, ObjectClasses classes, ConstWriter constants)
    {
        DeferImportedGlobals();
        var globals = new byte[]?[_module.Globals.Length];
        for (uint i = (uint)_module.ImportedGlobalCount; i < globals.Length; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (!type.Value.IsRef)
            {
                continue;
            }

            constants.GlobalCount = i;
            ulong handle = HandleOf(i);
            if (IsConstantObject(type, handle))
            {
                int node = graph.Find(handle);
                if (classes.HomeOf(node) != i || !classes.IsDirty(node))
                {
                    continue;
                }

                constants.WriteHome(node, type.Value);
            }
            else if (!type.IsMutable)
            {
                continue;
            }
            else if (constants.CanWrite(handle, type.Value))
            {
                constants.Write(handle, type.Value);
            }
            else
            {
                // One that may not be null starts with what it always started with.
                _deferred.Globals.Add(i);
                if (!type.Value.IsNullable)
                {
                    continue;
                }

                _constantCode.RefNull(type.Value.HeapType);
            }

            _constantCode.Write(Opcode.End);
            globals[i] = _constantCode.Take();
        }

        return globals;
    }

    // Only code can set them.
    private void DeferImportedGlobals()
    {
        for (uint i = 0; i < _module.ImportedGlobalCount; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (type.IsMutable && type.Value.IsRef && HandleOf(i) != 0)
            {
                _deferred.Globals.Add(i);
            }
        }
    }

    private byte[] TakeAddedHomes(ObjectGraph graph, List<int> nodes, ConstWriter constants)
    {
        constants.GlobalCount = (uint)_module.Globals.Length;
        foreach (int node in nodes)
        {
            _constantCode.Writer.WriteGlobalType(new GlobalType(graph.ReferenceTo(node), IsMutable: false));
            constants.WriteHome(node, graph.ReferenceTo(node));
            _constantCode.Write(Opcode.End);
            constants.GlobalCount++;
        }

        return _constantCode.Take();
    }

    private byte[]?[] TakeTables(TableSnapshot?[] tables, ConstWriter constants)
    {
        var entries = new byte[]?[tables.Length];
        for (int i = 0; i < tables.Length; i++)
        {
            if (tables[i] is { } table)
            {
                if (table.Length > WasmLimits.MaxTableElements)
                {
                    Throw.TableTooLarge(table.Index, table.Length);
                }

                entries[i] = table.WriteEntry(_mentioned);
                foreach (ulong left in table.WriteElements(constants, _elements.Added, _fills))
                {
                    _deferred.Elements.Add((table.Index, left));
                }
            }
        }

        return entries;
    }

    // Arrays with more references than one instruction may take.
    private void TakeArrays(
        ObjectGraph graph, ObjectClasses classes, LoadedClasses loaded, ArrayForms forms, ConstWriter constants)
    {
        for (int node = 0; node < graph.Count; node++)
        {
            ObjectShape shape = graph.ShapeOf(node);
            bool isOurs = shape.IsArray && shape.ReferenceCount != 0
                && !classes.IsConstant(node) && !classes.IsInlined(node) && !loaded.IsLoaded(node);
            if (!isOurs || forms.FormOf(node, isConstant: false) != ArrayForm.Filled)
            {
                continue;
            }

            if (CanWriteAll(graph, node, constants))
            {
                forms.UseSegment(node, (uint)_elements.Count);
                _spentElements.Add((uint)_elements.Count);
                _elements.Added.Add(WriteAll(graph, node, constants));
            }
            else if (!shape.HasMutable)
            {
                Throw.ReferenceUnsupported(
                    graph.PlaceOf(node).ToString(),
                    $"an array of more than {WasmLimits.MaxArrayNewFixed} objects that cannot be set");
            }
        }
    }

    private static bool CanWriteAll(ObjectGraph graph, int node, ConstWriter constants)
    {
        ValType type = graph.ShapeOf(node).ItemAt(0).Storage;
        for (int i = 0; i < graph.ItemCount(node); i++)
        {
            if (!constants.CanWrite(graph.ReferenceAt(node, i), type))
            {
                return false;
            }
        }

        return true;
    }

    private byte[] WriteAll(ObjectGraph graph, int node, ConstWriter constants)
    {
        ValType type = graph.ShapeOf(node).ItemAt(0).Storage;
        _constantCode.Writer.WriteByte((byte)ElementForm.PassiveExpressions);
        _constantCode.Writer.WriteValType(type);
        _constantCode.Writer.WriteU32((uint)graph.ItemCount(node));
        for (int i = 0; i < graph.ItemCount(node); i++)
        {
            constants.Write(graph.ReferenceAt(node, i), type);
            _constantCode.Write(Opcode.End);
        }

        return _constantCode.Take();
    }

    private RestoreCode? WriteRestore(
        ObjectGraph graph,
        ObjectClasses classes,
        HomeGlobals homes,
        ArrayForms forms,
        Placeholders placeholders,
        HelperGlobals helpers,
        LoadedClasses loaded)
    {
        var isMade = new bool[graph.Count];
        for (int i = 0; i < isMade.Length; i++)
        {
            isMade[i] = !classes.IsConstant(i) && !classes.IsInlined(i);
        }

        var bodies = new RestoreBodies(_restoreCode);
        foreach (TableFill fill in _fills)
        {
            WriteFill(fill);
            bodies.EndStatement();
        }

        var output = new LoaderOutput(_addedTypes, _addedFuncs, _named, _constantCode, _elements);
        var writer = new RestoreWriter(
            _references, _types, graph, isMade, homes, forms, placeholders, _deferred, _image, bodies, helpers, loaded, output);
        writer.Write(HandleOf, (table, index) => _instance.Data->Tables[table]->Elements[index]);
        if (writer.SpentSegment is { } spent)
        {
            _spentElements.Add(spent);
        }

        byte[] image = _image.ToArray();
        WriteDrops(image.Length != 0);
        uint firstFunc = (uint)(_module.FuncTypeIndices.Length + _addedFuncs.Count);
        List<byte[]> written = bodies.Finish(firstFunc);
        if (written.Count + _addedFuncs.Count == 0)
        {
            return null;
        }

        List<byte[]> all = _addedFuncs.ToBodies();
        var types = new List<uint>(_addedFuncs.Types);
        uint startType = FindStartType(written.Count);
        foreach (byte[] body in written)
        {
            Throw.IfFunctionTooLarge(body.Length);
            all.Add(body);
            types.Add(startType);
        }

        return new RestoreCode
        {
            Bodies = all,
            TypeIndices = types,
            StartFunc = written.Count == 0 ? null : firstFunc + (uint)written.Count - 1,
            Image = image,
        };
    }

    private void WriteFill(TableFill fill)
    {
        TableType type = _module.Tables[fill.Table].Type;
        _restoreCode.Address(fill.Start, type.Limits.Is64);
        _references.WriteAtom(_references.KindOf(fill.Handle, type.Element), fill.Handle, type.Element, _restoreCode);
        _restoreCode.Address(fill.Count, type.Limits.Is64);
        _restoreCode.Write(Opcode.TableFill, fill.Table);
    }

    private void WriteDrops(bool hasImage)
    {
        if (hasImage)
        {
            _restoreCode.Write(Opcode.DataDrop, _image.SegmentIndex);
        }

        foreach (uint segment in _spentElements)
        {
            _restoreCode.Write(Opcode.ElemDrop, segment);
        }
    }

    // A module that was initialized by its own function has that one's; in a component, the function may be another module's.
    private uint FindStartType(int count)
    {
        uint index = _context.InitTypeIndex;
        return count != 0 && index == _module.Types.Length ? _addedTypes.FuncOf(0, 0) : index;
    }

    private ulong HandleOf(uint global) => _instance.Data->Globals[global][0];

    private static void Empty(ModuleInfo module, DroppedSegments dropped, ElementChanges elements)
    {
        for (int i = 0; i < module.ElementSegments.Length; i++)
        {
            if (dropped.HasElement(i))
            {
                elements.Empty(module, i);
            }
        }
    }
}
