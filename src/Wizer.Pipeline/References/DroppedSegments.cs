using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Which passive segments a run has dropped. Dropping one makes it empty and does nothing else, so that an empty one in its place
/// is the same to every instruction. Core 3.0, Execution: <c>elem.drop</c>, <c>data.drop</c>.
/// </summary>
internal sealed class DroppedSegments
{
    private readonly bool[] _data;
    private readonly bool[] _elements;

    private DroppedSegments(bool[] data, bool[] elements)
    {
        _data = data;
        _elements = elements;
    }

    /// <summary>None at all.</summary>
    internal static DroppedSegments None { get; } = new([], []);

    /// <summary>Whether an element segment is among them.</summary>
    internal bool HasElements => ElementCount > 0;

    /// <summary>How many data segments are among them.</summary>
    internal int DataCount => CountOf(_data);

    /// <summary>How many element segments are.</summary>
    internal int ElementCount => CountOf(_elements);

    /// <summary>Finds out after a run.</summary>
    internal static unsafe DroppedSegments Find(ModuleContext context, Instance instance)
    {
        bool dropsData = context.Validation.Uses(Opcode.DataDrop);
        bool dropsElements = context.Validation.Uses(Opcode.ElemDrop);
        if (!dropsData && !dropsElements)
        {
            return None;
        }

        ModuleInfo module = context.Module;
        var data = new bool[dropsData ? module.DataSegments.Length : 0];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = module.DataSegments[i].Data.Length != 0 && instance.Data->DataSegments[i].ByteLength == 0;
        }

        // Those that are not passive were never more than what is written of them.
        var elements = new bool[dropsElements ? module.ElementSegments.Length : 0];
        for (int i = 0; i < elements.Length; i++)
        {
            ElementSegmentInfo segment = module.ElementSegments[i];
            elements[i] = segment.Mode == SegmentMode.Passive && segment.Count != 0 && instance.Data->ElementSegments[i].Length == 0;
        }

        return new DroppedSegments(data, elements);
    }

    /// <summary>Whether a data segment is one of them.</summary>
    internal bool HasData(int index) => index < _data.Length && _data[index];

    /// <summary>Whether an element segment is one of them.</summary>
    internal bool HasElement(int index) => index < _elements.Length && _elements[index];

    private static int CountOf(bool[] segments)
    {
        int count = 0;
        foreach (bool isDropped in segments)
        {
            count += isDropped ? 1 : 0;
        }

        return count;
    }
}
