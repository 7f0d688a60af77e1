using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Takes what a run has left in tables, reference globals and segments, for a module that starts with it. Whatever is as instantiation
/// makes it stays as it is in the input.
/// </summary>
internal sealed unsafe class ReferenceSnapshot : IDisposable
{
    private readonly ModuleContext _context;
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly FuncIndices _funcs;
    private readonly References _references;
    private readonly ConstReferences _constants;
    private readonly FuncSet _mentioned;
    private readonly InstructionBuffer _code;
    private readonly ElementChanges _elements;
    private readonly DroppedSegments _dropped;

    private ReferenceSnapshot(ModuleContext context, Instance instance, FuncIndices funcs, DroppedSegments dropped)
    {
        _context = context;
        _module = context.Module;
        _instance = instance;
        _funcs = funcs;
        _dropped = dropped;
        _references = new References(new ModuleTypes(instance), funcs);
        _constants = new ConstReferences(_references);
        _mentioned = new FuncSet(_module.FuncTypeIndices.Length);
        _code = new InstructionBuffer(_mentioned);
        _elements = new ElementChanges(_module);
    }

    /// <summary>Takes it all.</summary>
    /// <exception cref="WizerException">Something is there that no module can start with.</exception>
    internal static ReferenceChanges Take(ModuleContext context, Instance instance)
    {
        DroppedSegments dropped = DroppedSegments.Find(context, instance);
        if (context.MayChangeReferences)
        {
            var funcs = new FuncIndices(instance);
            if (!ReferenceCheck.IsUnchanged(context, instance, funcs))
            {
                using var snapshot = new ReferenceSnapshot(context, instance, funcs, dropped);
                return snapshot.Take();
            }
        }

        if (dropped.HasElements)
        {
            var elements = new ElementChanges(context.Module);
            Empty(context.Module, dropped, elements);
            return new ReferenceChanges(dropped) { Elements = elements };
        }

        return dropped == DroppedSegments.None ? ReferenceChanges.None : new ReferenceChanges(dropped);
    }

    public void Dispose() => _code.Dispose();

    private ReferenceChanges Take()
    {
        TableSnapshot?[] tables = FindChangedTables();
        CheckValues(tables);
        DropSegments(tables);
        byte[]?[] globals = TakeGlobals();
        byte[]?[] entries = TakeTables(tables);
        return new ReferenceChanges(_dropped)
        {
            Globals = globals,
            Tables = entries,
            Elements = _elements.HasAny ? _elements : null,
            Mentioned = _mentioned,
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

    private void CheckValues(TableSnapshot?[] tables)
    {
        for (uint i = 0; i < _module.Globals.Length; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (type.IsMutable && type.Value.IsRef && !_constants.CanWrite(_instance.Data->Globals[i][0], type.Value))
            {
                References.Refuse(_references.KindOf(_instance.Data->Globals[i][0], type.Value), Place.Global(_module, i));
            }
        }

        foreach (TableSnapshot? table in tables)
        {
            for (ulong i = 0; i < (table?.Length ?? 0); i++)
            {
                if (!_constants.CanWrite(table![i], table.ElementType))
                {
                    References.Refuse(_references.KindOf(table[i], table.ElementType), Place.Table(table.Index, i));
                }
            }
        }
    }

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

    private byte[]?[] TakeGlobals()
    {
        var globals = new byte[]?[_module.Globals.Length];
        for (int i = _module.ImportedGlobalCount; i < globals.Length; i++)
        {
            GlobalType type = _module.Globals[i].Type;
            if (type.IsMutable && type.Value.IsRef)
            {
                _constants.Write(_instance.Data->Globals[i][0], type.Value, _code);
                _code.Write(Opcode.End);
                globals[i] = _code.Take();
            }
        }

        return globals;
    }

    private byte[]?[] TakeTables(TableSnapshot?[] tables)
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
                table.WriteElements(_constants, _code, _elements.Added);
            }
        }

        return entries;
    }

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
