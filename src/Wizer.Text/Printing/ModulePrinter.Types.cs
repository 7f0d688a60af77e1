using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Types. Core 3.0, Text Format: Types.</summary>
internal sealed partial class ModulePrinter
{
    private string Text(ValType type) => TypeText.Text(type);

    private string Text(HeapType type) => TypeText.Text(type);

    private string Text(GlobalType type) => TypeText.Text(type);

    private string Text(TableType type) => TypeText.Text(type);

    private static string Text(MemoryType type) => Wizer.Text.TypeText.Text(type);

    private string Text(SubType type, uint index) => TypeText.Text(type, index);

    /// <summary>A type index with the types behind it, so that nobody has to look them up.</summary>
    private string TypeUse(uint typeIndex, NameMap? parameterNames = null) =>
        $"(type {Ref(_names.Types, typeIndex)})"
        + (typeIndex < module.Types.Length && module.Types[typeIndex].Composite is FuncType func ? Signature(func, parameterNames) : "");

    private string Signature(FuncType func, NameMap? names) => TypeText.Signature(func, names);
}
