using System.Text;

namespace Wizer.Binary;

/// <summary>
/// A parsed module: its index spaces and where everything stands. Bodies, data and names are ranges of <see cref="Bytes"/>,
/// never copies. Being well-formed is all it promises; <see cref="ModuleValidator"/> says whether it is valid.
/// Core 3.0, Binary Format: Modules.
/// </summary>
public sealed class ModuleInfo
{
    internal ModuleInfo(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The module, as it was given; every range and offset refers to it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Every section in file order, custom ones included.</summary>
    public SectionInfo[] Sections { get; internal set; } = ItemList<SectionInfo>.Empty;

    /// <summary>The type index space.</summary>
    public SubType[] Types { get; internal set; } = ItemList<SubType>.Empty;

    /// <summary>Where each recursion group starts in <see cref="Types"/>; group i ends where group i + 1 starts.</summary>
    public int[] RecGroupStarts { get; internal set; } = ItemList<int>.Empty;

    /// <summary>Every import, in order.</summary>
    public ImportInfo[] Imports { get; internal set; } = ItemList<ImportInfo>.Empty;

    /// <summary>The entries of the import section that stand for several imports, or none, in order.</summary>
    public ImportGroupInfo[] ImportGroups { get; internal set; } = ItemList<ImportGroupInfo>.Empty;

    /// <summary>The function index space, imports first: the type index of each.</summary>
    public uint[] FuncTypeIndices { get; internal set; } = ItemList<uint>.Empty;

    /// <summary>How many functions are imported.</summary>
    public int ImportedFuncCount { get; internal set; }

    /// <summary>The table index space, imports first.</summary>
    public TableInfo[] Tables { get; internal set; } = ItemList<TableInfo>.Empty;

    /// <summary>How many tables are imported.</summary>
    public int ImportedTableCount { get; internal set; }

    /// <summary>The memory index space, imports first.</summary>
    public MemoryInfo[] Memories { get; internal set; } = ItemList<MemoryInfo>.Empty;

    /// <summary>How many memories are imported.</summary>
    public int ImportedMemoryCount { get; internal set; }

    /// <summary>The global index space, imports first.</summary>
    public GlobalInfo[] Globals { get; internal set; } = ItemList<GlobalInfo>.Empty;

    /// <summary>How many globals are imported.</summary>
    public int ImportedGlobalCount { get; internal set; }

    /// <summary>The tag index space, imports first.</summary>
    public TagInfo[] Tags { get; internal set; } = ItemList<TagInfo>.Empty;

    /// <summary>How many tags are imported.</summary>
    public int ImportedTagCount { get; internal set; }

    /// <summary>Every export, in order.</summary>
    public ExportInfo[] Exports { get; internal set; } = ItemList<ExportInfo>.Empty;

    /// <summary>The index of the start function, or null.</summary>
    public uint? StartFunc { get; internal set; }

    /// <summary>The element segments.</summary>
    public ElementSegmentInfo[] ElementSegments { get; internal set; } = ItemList<ElementSegmentInfo>.Empty;

    /// <summary>What the data count section says, or null when there is none.</summary>
    public uint? DataCount { get; internal set; }

    /// <summary>The data segments.</summary>
    public DataSegmentInfo[] DataSegments { get; internal set; } = ItemList<DataSegmentInfo>.Empty;

    /// <summary>The body of each defined function: local declarations and expression, without the size before them.</summary>
    public ByteRange[] Bodies { get; internal set; } = ItemList<ByteRange>.Empty;

    /// <summary>The contents of the <c>name</c> section (after its own name), or an empty range when there is none.</summary>
    public ByteRange NameSection { get; internal set; }

    /// <summary>The type of a function.</summary>
    /// <param name="funcIndex">In the function index space; the type must have been validated to be a function type.</param>
    public FuncType FuncTypeOf(uint funcIndex) => (FuncType)Types[FuncTypeIndices[funcIndex]].Composite;

    /// <summary>The body of a defined function.</summary>
    /// <param name="funcIndex">In the function index space.</param>
    public ByteRange BodyOf(uint funcIndex) => Bodies[funcIndex - (uint)ImportedFuncCount];

    /// <summary>A name, decoded. For comparing, prefer the bytes.</summary>
    public string NameAt(ByteRange range) => Encoding.UTF8.GetString(range.Of(Bytes.Span));

    /// <summary>Finds an export by name.</summary>
    /// <returns>Its index in <see cref="Exports"/>, or -1.</returns>
    public int FindExport(ReadOnlySpan<byte> nameUtf8)
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        for (int i = 0; i < Exports.Length; i++)
        {
            if (Exports[i].Name.Of(bytes).SequenceEqual(nameUtf8))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Finds an export by name.</summary>
    /// <returns>Its index in <see cref="Exports"/>, or -1.</returns>
    public int FindExport(string name) => FindExport(Encoding.UTF8.GetBytes(name));
}

/// <summary>A section and where it stands.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Offset">The module offset of the id byte.</param>
/// <param name="Contents">What follows the size.</param>
/// <param name="Name">The name of a custom section; empty otherwise.</param>
public readonly record struct SectionInfo(SectionId Id, int Offset, ByteRange Contents, ByteRange Name)
{
    /// <summary>The whole section: id, size and contents.</summary>
    public ByteRange Whole => new(Offset, Contents.End - Offset);
}

/// <summary>An import.</summary>
/// <param name="Module">The first name.</param>
/// <param name="Name">The second name.</param>
/// <param name="Kind">What is imported.</param>
/// <param name="Index">Its index in the index space of its kind, where its type is.</param>
/// <param name="Offset">The module offset of the import.</param>
public readonly record struct ImportInfo(ByteRange Module, ByteRange Name, ExternKind Kind, uint Index, int Offset);

/// <summary>Imports that are written once with what they share. Compact import section proposal.</summary>
/// <param name="FirstImport">The index of the first of them in <see cref="ModuleInfo.Imports"/>.</param>
/// <param name="Count">How many they are; none is possible.</param>
/// <param name="SharesType">Whether they share a type, and not only the first name.</param>
/// <param name="Module">The first name.</param>
/// <param name="Type">The kind and the type, when they share one.</param>
/// <param name="Offset">The module offset of the group.</param>
public readonly record struct ImportGroupInfo(int FirstImport, int Count, bool SharesType, ByteRange Module, ByteRange Type, int Offset);

/// <summary>An export.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Index">Its index in the index space of its kind.</param>
/// <param name="Offset">The module offset of the export.</param>
public readonly record struct ExportInfo(ByteRange Name, ExternKind Kind, uint Index, int Offset);

/// <summary>A table.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Init">
/// The constant expression for its elements, <c>end</c> included; empty when they start as null, and for imports.
/// </param>
/// <param name="Offset">The module offset of the definition.</param>
public readonly record struct TableInfo(TableType Type, ByteRange Init, int Offset);

/// <summary>A memory.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Offset">The module offset of the definition.</param>
public readonly record struct MemoryInfo(MemoryType Type, int Offset);

/// <summary>A global.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Init">Its constant expression, <c>end</c> included; empty for imports.</param>
/// <param name="Offset">The module offset of the definition.</param>
public readonly record struct GlobalInfo(GlobalType Type, ByteRange Init, int Offset);

/// <summary>A tag.</summary>
/// <param name="TypeIndex">The index of its function type.</param>
/// <param name="Offset">The module offset of the definition.</param>
public readonly record struct TagInfo(uint TypeIndex, int Offset);

/// <summary>What becomes of a segment at instantiation. Core 3.0, Modules: Element Segments, Data Segments.</summary>
public enum SegmentMode : byte
{
    /// <summary>Copied into its table or memory, then dropped.</summary>
    Active,

    /// <summary>Kept for <c>table.init</c>, <c>memory.init</c> and their like.</summary>
    Passive,

    /// <summary>Only declares that functions may be referenced.</summary>
    Declarative,
}

/// <summary>An element segment.</summary>
/// <param name="Mode">What becomes of it.</param>
/// <param name="TableIndex">The table of an active segment.</param>
/// <param name="OffsetExpr">The constant expression of an active segment's offset, <c>end</c> included.</param>
/// <param name="Type">The type of the elements.</param>
/// <param name="HasExpressions">Whether the items are constant expressions; function indices otherwise.</param>
/// <param name="Count">How many items.</param>
/// <param name="Items">Where the items stand, without their count.</param>
/// <param name="Offset">The module offset of the segment.</param>
public readonly record struct ElementSegmentInfo(
    SegmentMode Mode, uint TableIndex, ByteRange OffsetExpr, ValType Type, bool HasExpressions, int Count, ByteRange Items, int Offset);

/// <summary>A data segment.</summary>
/// <param name="Mode">What becomes of it: active or passive.</param>
/// <param name="MemoryIndex">The memory of an active segment.</param>
/// <param name="OffsetExpr">The constant expression of an active segment's offset, <c>end</c> included.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Offset">The module offset of the segment.</param>
public readonly record struct DataSegmentInfo(SegmentMode Mode, uint MemoryIndex, ByteRange OffsetExpr, ByteRange Data, int Offset);
