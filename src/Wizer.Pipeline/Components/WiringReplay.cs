using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>
/// What the tables that core instances share hold in an instance of the new component before anything sets them: instantiation in the
/// same order, with the same initializers and active element segments, and without start functions.
/// </summary>
internal sealed unsafe class WiringReplay
{
    // By the address of the table.
    private readonly Dictionary<ulong, ulong[]> _elements = [];

    /// <summary>Instantiates one more.</summary>
    /// <param name="instance">A core instance; those whose tables it imports have been added.</param>
    internal void Add(Instance instance)
    {
        ModuleInfo module = instance.Module;
        for (int i = module.ImportedTableCount; i < module.Tables.Length; i++)
        {
            TableInfo table = module.Tables[i];

            // Of the size that it has in the end, since that is its minimum in the new component: segments fit that found room only
            // behind a start function. Initializers that allocate are found when elements are compared.
            ulong[] elements = new ulong[instance.Data->Tables[i]->Length];
            if (table.Init.Length != 0 && !ConstScan.Allocates(module, table.Init))
            {
                ConstExpression.Evaluate(instance, table.Init, out ulong initial, out _);
                Array.Fill(elements, initial);
            }

            _elements.Add((ulong)instance.Data->Tables[i], elements);
        }

        foreach (ElementSegmentInfo segment in module.ElementSegments)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                ConstExpression.Evaluate(instance, segment.OffsetExpr, out ulong at, out _);
                TableSnapshot.Replay(instance, segment, _elements[(ulong)instance.Data->Tables[segment.TableIndex]], at);
            }
        }
    }

    /// <summary>What a table holds.</summary>
    internal ulong[] ElementsOf(Instance instance, uint table) => _elements[(ulong)instance.Data->Tables[table]];
}
