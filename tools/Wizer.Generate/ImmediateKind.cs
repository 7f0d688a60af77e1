namespace Wizer.Generate;

/// <summary>A shape of immediates: a member of the generated <c>enum ImmediateKind</c>.</summary>
internal sealed record ImmediateKind(string Name, string Summary)
{
    /// <summary>The table's <c>-</c>.</summary>
    internal static readonly ImmediateKind None = new("None", "No immediates.");

    /// <summary>Kinds in the order of their values, which start at 1: 0 says that an opcode is not defined.</summary>
    internal static readonly ImmediateKind[] All =
    [
        None,
        new("Local", "A local index."),
        new("Global", "A global index."),
        new("I32", "A signed 32-bit integer."),
        new("I64", "A signed 64-bit integer."),
        new("F32", "The four bytes of an f32."),
        new("F64", "The eight bytes of an f64."),
        new("MemArg", "Alignment, memory index when bit 6 of the alignment says so, and offset."),
        new("Label", "A label index: how many enclosing blocks to leave."),
        new("BlockType", "The type of a block: empty, one value type, or a type index."),
        new("Func", "A function index."),
        new("CallIndirect", "A type index, then a table index."),
        new("BrTable", "A vector of label indices, then the default one."),
        new("Memory", "A memory index."),
        new("Type", "A type index."),
        new("Table", "A table index."),
        new("Tag", "A tag index."),
        new("SelectTypes", "A vector of value types."),
        new("HeapType", "A heap type."),
        new("TryTable", "A block type, then a vector of catch clauses."),
        new("MemoryMemory", "The destination's memory index, then the source's."),
        new("DataMemory", "A data segment index, then a memory index."),
        new("Data", "A data segment index."),
        new("ElemTable", "An element segment index, then a table index."),
        new("Elem", "An element segment index."),
        new("TableTable", "The destination's table index, then the source's."),
        new("TypeField", "The index of a struct type, then of one of its fields."),
        new("TypeCount", "The index of an array type, then a count of elements."),
        new("TypeData", "The index of an array type, then of a data segment."),
        new("TypeElem", "The index of an array type, then of an element segment."),
        new("TypeType", "The indices of the destination's and of the source's array type."),
        new("BrOnCast", "A byte of two nullability flags, a label index, and the heap types before and after the cast."),
        new("V128", "The sixteen bytes of a v128."),
        new("Lane", "A lane index."),
        new("Shuffle", "Sixteen lane indices."),
        new("MemArgLane", "A <c>MemArg</c>, then a lane index."),
        new("Fence", "A zero byte."),
    ];

    internal static ImmediateKind? Find(string cell) =>
        cell == "-" ? None : Array.Find(All, kind => kind.Name == cell && kind != None);
}
