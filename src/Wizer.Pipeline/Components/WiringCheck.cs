using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>
/// Compares the tables and reference globals that core instances share with what the new component has there: instantiation in the same
/// order, with the same initializers and active element segments, and without start functions. When all are equal, nothing has to be
/// written for them.
/// </summary>
internal sealed unsafe class WiringCheck
{
    private const string Changed = "a reference that modules share and that instantiation does not put there";
    private const string SharedObject = "an object, which modules may share";

    private readonly ComponentContext _context;
    private readonly Instance[] _instances;

    // What tables hold after instantiation, by the address of the table.
    private readonly Dictionary<nint, ulong[]> _expected = [];

    private WiringCheck(ComponentContext context, Instance[] instances)
    {
        _context = context;
        _instances = instances;
    }

    /// <summary>Checks them.</summary>
    /// <param name="context">The component.</param>
    /// <param name="instances">Its core instances.</param>
    /// <param name="isShared">Those that share something.</param>
    /// <exception cref="WizerException">Something is different, or an object.</exception>
    internal static void Check(ComponentContext context, Instance[] instances, bool[] isShared)
    {
        var check = new WiringCheck(context, instances);
        for (int i = 0; i < instances.Length; i++)
        {
            if (isShared[i])
            {
                check.Replay(instances[i]);
            }
        }

        for (int i = 0; i < instances.Length; i++)
        {
            if (isShared[i])
            {
                check.Compare(instances[i]);
            }
        }
    }

    private void Replay(Instance instance)
    {
        ModuleInfo module = instance.Module;
        for (int i = 0; i < module.ElementSegments.Length; i++)
        {
            ElementSegmentInfo segment = module.ElementSegments[i];
            if (segment.HasExpressions && ConstScan.Allocates(module, segment.Items))
            {
                Refuse(instance, new Place(null, "element segment", (ulong)i), SharedObject);
            }
        }

        for (int i = module.ImportedTableCount; i < module.Tables.Length; i++)
        {
            // Those that allocate are found when elements are compared.
            TableInfo table = module.Tables[i];
            var elements = new ulong[table.Type.Limits.Minimum];
            if (table.Init.Length != 0 && !ConstScan.Allocates(module, table.Init))
            {
                ConstExpression.Evaluate(instance, table.Init, out ulong initial, out _);
                Array.Fill(elements, initial);
            }

            _expected.Add((nint)instance.Data->Tables[i], elements);
        }

        foreach (ElementSegmentInfo segment in module.ElementSegments)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                Replay(instance, segment);
            }
        }
    }

    private void Replay(Instance instance, in ElementSegmentInfo segment)
    {
        ulong[] elements = _expected[(nint)instance.Data->Tables[segment.TableIndex]];
        ConstExpression.Evaluate(instance, segment.OffsetExpr, out ulong at, out _);
        if (at > (ulong)elements.Length || (ulong)segment.Count > (ulong)elements.Length - at)
        {
            // It was there because a start function had made the table larger.
            Refuse(instance, Place.Table(segment.TableIndex, at), "an element that is there only after a start function has run");
        }

        TableSnapshot.Replay(instance, segment, elements, at);
    }

    private void Compare(Instance instance)
    {
        ModuleInfo module = instance.Module;
        for (uint i = (uint)module.ImportedGlobalCount; i < module.Globals.Length; i++)
        {
            GlobalInfo global = module.Globals[i];
            if (global.Type.Value.IsRef)
            {
                Compare(instance, global, i);
            }
        }

        for (uint i = (uint)module.ImportedTableCount; i < module.Tables.Length; i++)
        {
            Compare(instance, i);
        }
    }

    private void Compare(Instance instance, in GlobalInfo global, uint index)
    {
        ulong value = instance.Data->Globals[index][0];
        Place place = Place.Global(instance.Module, index);
        if (IsObject(value, new ModuleTypes(instance).TopOf(global.Type.Value)))
        {
            Refuse(instance, place, SharedObject);
        }

        if (!global.Type.IsMutable)
        {
            return;
        }

        ConstExpression.Evaluate(instance, global.Init, out ulong initial, out _);
        if (value != initial)
        {
            Refuse(instance, place, Changed);
        }
    }

    private void Compare(Instance instance, uint index)
    {
        ulong[] expected = _expected[(nint)instance.Data->Tables[index]];
        TableData* table = instance.Data->Tables[index];
        if (table->Length != (ulong)expected.Length)
        {
            Refuse(
                instance,
                new Place(null, "table", index),
                $"a table that modules share and that has grown from {expected.Length} to {table->Length} elements");
        }

        HeapType top = new ModuleTypes(instance).TopOf(instance.Module.Tables[index].Type.Element);
        for (ulong i = 0; i < table->Length; i++)
        {
            ulong value = table->Elements[i];
            if (IsObject(value, top))
            {
                Refuse(instance, Place.Table(index, i), SharedObject);
            }

            if (value != expected[i])
            {
                Refuse(instance, Place.Table(index, i), Changed);
            }
        }
    }

    private static bool IsObject(ulong value, HeapType top) =>
        value != 0 && top != HeapType.Func && (top == HeapType.Exn || !ReferenceHandle.IsI31(value));

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void Refuse(Instance instance, Place place, string what) =>
        Throw.ReferenceUnsupported($"{_context.PlaceOf(Array.IndexOf(_instances, instance))}, {place}", what);
}
