using System.Diagnostics.CodeAnalysis;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>
/// What is otherwise in the tables and reference globals that core instances share than an instance of the new component would have it.
/// Where something is, a module that sets it is appended to the component that it is in: <see cref="RestoreModule"/>.
/// </summary>
internal sealed unsafe class WiringSnapshot : IDisposable
{
    private const string SharedObject = "an object, which modules may share";

    private readonly ComponentContext _context;
    private readonly Instance[] _instances;
    private readonly SharedFunctions _functions;
    private readonly WiringReplay _replay = new();
    private readonly AddedExports[] _exports;
    private readonly ReferenceCounts?[] _counts;
    private readonly byte[]?[]?[] _tables;

    // By the component instance that each is for.
    private readonly RestoreModule?[] _modules;

    private WiringSnapshot(ComponentContext context, ComponentInstance instance, bool[] isShared)
    {
        _context = context;
        _instances = instance.CoreInstances;
        _functions = new SharedFunctions(context, _instances, isShared);
        _exports = Array.ConvertAll(_instances, static core => new AddedExports(core.Module));
        _counts = new ReferenceCounts?[_instances.Length];
        _tables = new byte[]?[]?[_instances.Length];
        _modules = new RestoreModule?[context.Compiled.States.Length];
    }

    /// <summary>The modules to be appended, in the order of the component instances that they are for.</summary>
    internal IEnumerable<RestoreModule> Modules => _modules.OfType<RestoreModule>();

    /// <summary>Takes it.</summary>
    /// <param name="context">The component.</param>
    /// <param name="instance">An instance of it that nobody runs.</param>
    /// <param name="isShared">The core instances that share something.</param>
    /// <exception cref="WizerException">Something is there that no module can set.</exception>
    internal static WiringSnapshot Take(ComponentContext context, ComponentInstance instance, bool[] isShared)
    {
        var snapshot = new WiringSnapshot(context, instance, isShared);
        try
        {
            snapshot.Take(isShared);
            snapshot.TakeHandles(new ComponentHandles(instance));
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>What the module of a core instance has otherwise for it: larger tables, and exports of what is set.</summary>
    /// <param name="instance">The number of the core instance.</param>
    /// <param name="dropped">What becomes of its segments.</param>
    internal ReferenceChanges Change(int instance, ReferenceChanges dropped)
    {
        if (_tables[instance] is { } tables)
        {
            dropped = dropped with { Tables = tables };
        }

        if (_counts[instance] is { } counts)
        {
            dropped = dropped with { Counts = counts };
        }

        AddedExports exports = _exports[instance];
        return exports.Count == 0 ? dropped : dropped with { AddedExports = exports.ToArray(), AddedExportCount = exports.Count };
    }

    public void Dispose()
    {
        foreach (RestoreModule module in Modules)
        {
            module.Dispose();
        }
    }

    private void Take(bool[] isShared)
    {
        for (int i = 0; i < isShared.Length; i++)
        {
            if (isShared[i])
            {
                DemandNoObjects(i);
                _replay.Add(_instances[i]);
            }
        }

        for (int i = 0; i < isShared.Length; i++)
        {
            if (isShared[i])
            {
                Compare(i);
            }
        }
    }

    private void DemandNoObjects(int instance)
    {
        ModuleInfo module = _instances[instance].Module;
        for (int i = 0; i < module.ElementSegments.Length; i++)
        {
            ElementSegmentInfo segment = module.ElementSegments[i];
            if (segment.HasExpressions && ConstScan.Allocates(module, segment.Items))
            {
                Refuse(instance, new Place(null, "element segment", (ulong)i), SharedObject);
            }
        }
    }

    private void Compare(int instance)
    {
        ModuleInfo module = _instances[instance].Module;
        for (uint i = (uint)module.ImportedGlobalCount; i < module.Globals.Length; i++)
        {
            if (module.Globals[i].Type.Value.IsRef)
            {
                CompareGlobal(instance, i);
            }
        }

        for (uint i = (uint)module.ImportedTableCount; i < module.Tables.Length; i++)
        {
            CompareTable(instance, i);
        }
    }

    private void CompareGlobal(int instance, uint index)
    {
        Instance core = _instances[instance];
        GlobalInfo global = core.Module.Globals[index];
        ulong value = core.Data->Globals[index][0];
        Place place = Place.Global(core.Module, index);
        if (IsObject(value, new ModuleTypes(core).TopOf(global.Type.Value)))
        {
            Refuse(instance, place, SharedObject);
        }

        if (!global.Type.IsMutable)
        {
            return;
        }

        ConstExpression.Evaluate(core, global.Init, out ulong initial, out _);
        if (value != initial)
        {
            DemandKnown(instance, value, global.Type.Value, place);
            ModuleOf(instance).SetGlobal(instance, index, value);
            CountsOf(instance).Globals++;
        }
    }

    private void CompareTable(int instance, uint index)
    {
        Instance core = _instances[instance];
        ulong[] expected = _replay.ElementsOf(core, index);
        TableData* table = core.Data->Tables[index];
        ValType type = core.Module.Tables[index].Type.Element;
        HeapType top = new ModuleTypes(core).TopOf(type);
        var changed = new List<ulong>();
        for (ulong i = 0; i < table->Length; i++)
        {
            ulong value = table->Elements[i];
            if (IsObject(value, top))
            {
                Refuse(instance, Place.Table(index, i), SharedObject);
            }

            if (value != expected[i])
            {
                DemandKnown(instance, value, type, Place.Table(index, i));
                changed.Add(i);
                CountsOf(instance).Elements++;
            }
        }

        bool hasGrown = table->Length != core.Module.Tables[index].Type.Limits.Minimum;
        if (hasGrown)
        {
            (_tables[instance] ??= new byte[]?[core.Module.Tables.Length])[index] =
                new TableSnapshot(core, index).WriteEntry(new FuncSet(core.Module.FuncTypeIndices.Length));
        }

        if (changed.Count != 0)
        {
            ModuleOf(instance).SetElements(instance, index, changed);
        }

        if (hasGrown || changed.Count != 0)
        {
            CountsOf(instance).Tables++;
        }
    }

    private ReferenceCounts CountsOf(int instance) => _counts[instance] ??= new ReferenceCounts();

    private void TakeHandles(ComponentHandles handles)
    {
        for (int i = 0; i < _context.Compiled.States.Length; i++)
        {
            if (handles.FindRestorable(i) is { } typeOf)
            {
                ModuleIn(i).SetHandles(handles.Of(i), typeOf);
            }
        }
    }

    private RestoreModule ModuleOf(int instance) => ModuleIn(_context.Compiled.CoreInstances[instance].State);

    private RestoreModule ModuleIn(int state) =>
        _modules[state] ??= new RestoreModule(_context, _instances, _functions, _exports, state);

    private void DemandKnown(int instance, ulong value, ValType type, Place place)
    {
        bool isFunc = new ModuleTypes(_instances[instance]).TopOf(type) == HeapType.Func;
        if (value != 0 && isFunc && !_functions.IsKnown(value, _context.Compiled.CoreInstances[instance].State))
        {
            Refuse(instance, place, "a function of the host");
        }
    }

    private static bool IsObject(ulong value, HeapType top) =>
        value != 0 && top != HeapType.Func && (top == HeapType.Exn || !ReferenceHandle.IsI31(value));

    [DoesNotReturn]
    private void Refuse(int instance, Place place, string what) =>
        Throw.ReferenceUnsupported($"{_context.PlaceOf(instance)}, {place}", what);
}
