using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>The passive element segments that code may still use, and whose items made objects at instantiation.</summary>
internal sealed unsafe class PassiveSegments
{
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly List<int> _indices = [];

    internal PassiveSegments(ModuleContext context, Instance instance, DroppedSegments dropped)
    {
        _module = context.Module;
        _instance = instance;
        for (int i = 0; i < context.NamedElementCount; i++)
        {
            ElementSegmentInfo segment = _module.ElementSegments[i];
            bool isThere = segment.Mode == SegmentMode.Passive && segment.Count != 0 && !dropped.HasElement(i);
            if (isThere && segment.HasExpressions)
            {
                _indices.Add(i);
            }
        }
    }

    /// <summary>Adds the objects that they hold.</summary>
    internal void AddTo(ObjectGraph graph, References references)
    {
        foreach (int index in _indices)
        {
            ElementSegmentInfo segment = _module.ElementSegments[index];
            for (uint item = 0; item < segment.Count; item++)
            {
                if (references.KindOf(Handle(index, item), segment.Type) == ReferenceKind.Object)
                {
                    graph.AddItem((uint)index, item, Handle(index, item), segment.Type);
                }
            }
        }
    }

    /// <summary>Gives every object that an item made a global of its own.</summary>
    /// <param name="graph">The objects.</param>
    /// <param name="classes">Gets the globals.</param>
    /// <returns>The objects, in the order of their globals.</returns>
    internal List<int> AddHomes(ObjectGraph graph, ObjectClasses classes)
    {
        var homes = new List<int>();
        foreach (int index in _indices)
        {
            uint item = 0;
            foreach (ByteRange expression in ItemsOf(index))
            {
                if (ConstScan.Allocates(_module, expression))
                {
                    int node = graph.Find(Handle(index, item));
                    classes.AddHome(node, _module.Globals.Length + homes.Count);
                    homes.Add(node);
                }

                item++;
            }
        }

        return homes;
    }

    /// <summary>Writes those anew that made objects.</summary>
    internal void Write(ConstWriter constants, ElementChanges elements)
    {
        foreach (int index in _indices)
        {
            ElementSegmentInfo segment = _module.ElementSegments[index];
            if (!ConstScan.Allocates(_module, segment.Items))
            {
                continue;
            }

            InstructionBuffer code = constants.Code;
            code.Writer.WriteByte((byte)ElementForm.PassiveExpressions);
            code.Writer.WriteValType(segment.Type);
            code.Writer.WriteU32((uint)segment.Count);
            uint item = 0;
            foreach (ByteRange expression in ItemsOf(index))
            {
                if (ConstScan.Allocates(_module, expression))
                {
                    constants.Write(Handle(index, item), segment.Type);
                    code.Write(Opcode.End);
                }
                else
                {
                    code.Copy(_module, expression);
                }

                item++;
            }

            elements.Replace(index, code.Take());
        }
    }

    private ulong Handle(int segment, uint item) => _instance.Data->ElementSegments[segment].Elements[item];

    private List<ByteRange> ItemsOf(int index)
    {
        ElementSegmentInfo segment = _module.ElementSegments[index];
        var items = new List<ByteRange>();
        var reader = new WasmReader(segment.Items.Of(_module.Bytes.Span), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++)
        {
            items.Add(ConstExpr.Skip(ref reader));
        }

        return items;
    }
}
