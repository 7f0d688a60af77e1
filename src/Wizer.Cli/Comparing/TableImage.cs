using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// What a table begins with, and over it the active element segments in their order. As in a <see cref="MemoryImage"/>, segments whose
/// offset is the same expression make an image of their own.
/// </summary>
/// <param name="table">The index of the table.</param>
/// <param name="offset">The expression that indices count from; empty when they count from 0.</param>
internal sealed class TableImage(uint table, string offset)
{
    private readonly ExtentList _extents = new();

    public uint Table => table;

    public string Offset => offset;

    public Extent[] Extents => _extents.Extents;

    /// <summary>All images of a module, by table and then by offset.</summary>
    public static SortedDictionary<(uint Table, string Offset), TableImage> ReadAll(ComparedModule module)
    {
        var images = new SortedDictionary<(uint, string), TableImage>(Comparer<(uint Table, string Offset)>.Create(
            static (left, right) => left.Table != right.Table
                ? left.Table.CompareTo(right.Table)
                : string.CompareOrdinal(left.Offset, right.Offset)));
        ElementSegmentInfo[] segments = module.Info.ElementSegments;
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode != SegmentMode.Active)
            {
                continue;
            }

            ulong? index = module.Summary.ConstantOf(segments[i].OffsetExpr);
            string offset = index is null ? module.ConstText(segments[i].OffsetExpr) : "";
            if (!images.TryGetValue((segments[i].TableIndex, offset), out TableImage? image))
            {
                image = new TableImage(segments[i].TableIndex, offset);
                images.Add((segments[i].TableIndex, offset), image);
            }

            image._extents.Add(index ?? 0, segments[i].Count, i);
        }

        return images;
    }

    /// <summary>The element at an index, or null for what the table begins with.</summary>
    public TableElement? ElementAt(SegmentElements elements, ulong index) => _extents.Find(index) is { } extent
        ? elements.Of(extent.Segment)[extent.Start + (long)(index - extent.Address)]
        : null;
}

/// <summary>An element of a segment.</summary>
/// <param name="Func">The function, when it is one.</param>
/// <param name="Expression">The expression, when it is something else.</param>
internal readonly record struct TableElement(uint Func, ByteRange Expression)
{
    public bool IsFunc => Expression.Length == 0;
}

/// <summary>The elements of a module's segments, read when they are asked for.</summary>
internal sealed class SegmentElements(ModuleInfo module)
{
    private readonly TableElement[]?[] _elements = new TableElement[]?[module.ElementSegments.Length];

    public TableElement[] Of(int segment) => _elements[segment] ??= Read(module.ElementSegments[segment]);

    private TableElement[] Read(in ElementSegmentInfo segment)
    {
        var elements = new TableElement[segment.Count];
        var reader = new WasmReader(segment.Items.Of(module.Bytes.Span), segment.Items.Offset);
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = segment.HasExpressions ? ReadExpression(ref reader) : new TableElement(reader.ReadU32(), default);
        }

        return elements;
    }

    // What is only a reference to a function is that function, however it is written.
    private static TableElement ReadExpression(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        InstructionReader.Read(ref reader, out Instruction first);
        InstructionReader.Read(ref reader, out Instruction second);
        if (first.Opcode == Opcode.RefFunc && second.Opcode == Opcode.End)
        {
            return new TableElement(first.Index, default);
        }

        if (first.Opcode != Opcode.End && second.Opcode != Opcode.End)
        {
            InstructionReader.SkipExpression(ref reader);
        }

        return new TableElement(0, new ByteRange(start, (int)reader.Offset - start));
    }
}
