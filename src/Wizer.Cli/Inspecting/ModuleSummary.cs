using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>What <c>wizer inspect</c> has to say about a module. It is well formed, but may be invalid: indices may lead nowhere.</summary>
internal sealed class ModuleSummary(ModuleInfo module)
{
    public ModuleInfo Module => module;

    /// <summary>The text format's name for a section.</summary>
    public string SectionName(in SectionInfo section) => SectionWords.Of(section.Id);

    /// <summary>How many items a section has, or null when it is no list.</summary>
    public uint? ItemCount(in SectionInfo section)
    {
        if (section.Id is SectionId.Custom or SectionId.Start or SectionId.DataCount)
        {
            return null;
        }

        // Several imports may be written as one item.
        return section.Id == SectionId.Import
            ? (uint)module.Imports.Length
            : new WasmReader(section.Contents.Of(module.Bytes.Span)).ReadU32();
    }

    /// <summary>The type of an imported or exported item.</summary>
    public string TypeOf(ExternKind kind, uint index) => kind switch
    {
        ExternKind.Func when index < module.FuncTypeIndices.Length => FuncType(module.FuncTypeIndices[index]),
        ExternKind.Table when index < module.Tables.Length =>
            $"{Range(module.Tables[index].Type.Limits)} {module.Tables[index].Type.Element}",
        ExternKind.Memory when index < module.Memories.Length => MemoryType(module.Memories[index].Type),
        ExternKind.Global when index < module.Globals.Length => GlobalType(module.Globals[index].Type),
        ExternKind.Tag when index < module.Tags.Length => FuncType(module.Tags[index].TypeIndex),
        _ => "?",
    };

    /// <summary>Where an active segment goes, when its offset is a plain constant.</summary>
    public ulong? AddressOf(in DataSegmentInfo segment) =>
        segment.Mode == SegmentMode.Active ? ConstantOf(segment.OffsetExpr) : null;

    /// <summary>What a constant expression comes to, when it is a plain constant.</summary>
    public ulong? ConstantOf(ByteRange expression)
    {
        var reader = new WasmReader(expression.Of(module.Bytes.Span));
        InstructionReader.Read(ref reader, out Instruction constant);
        ulong value = constant.Opcode is Opcode.I32Const or Opcode.I64Const ? constant.Value : 0;
        bool isConstant = constant.Opcode is Opcode.I32Const or Opcode.I64Const;
        InstructionReader.Read(ref reader, out Instruction end);
        return isConstant && end.Opcode == Opcode.End ? value : null;
    }

    private string FuncType(uint typeIndex) =>
        typeIndex < module.Types.Length && module.Types[typeIndex].Composite is FuncType type ? type.ToString() : "?";

    private static string GlobalType(GlobalType type) => type.IsMutable ? $"mut {type.Value}" : type.Value.ToString();

    private static string MemoryType(MemoryType type) =>
        Range(type.Limits) + " pages"
            + (type.PageSizeLog2 == 16 ? "" : string.Create(CultureInfo.InvariantCulture, $" of {type.PageSize} bytes"))
        + (type.Limits.Is64 ? ", 64-bit" : "") + (type.Limits.IsShared ? ", shared" : "");

    private static string Range(Limits limits) => string.Create(
        CultureInfo.InvariantCulture, $"{limits.Minimum}..{limits.Maximum}");
}
