using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Imports, in the groups that they are written in. Compact import section proposal.</summary>
internal sealed partial class ModulePrinter
{
    private void PrintImports()
    {
        ReadOnlySpan<ImportInfo> imports = module.Imports;
        int next = 0;
        foreach (ImportGroupInfo group in module.ImportGroups)
        {
            PrintSingles(imports[next..group.FirstImport]);
            PrintGroup(group, imports.Slice(group.FirstImport, group.Count));
            next = group.FirstImport + group.Count;
        }

        PrintSingles(imports[next..]);
    }

    private void PrintSingles(ReadOnlySpan<ImportInfo> imports)
    {
        foreach (ImportInfo import in imports)
        {
            output.WriteLine($"  (import {Quote(import.Module)} {Quote(import.Name)} ({Text(import)}))");
        }
    }

    private void PrintGroup(ImportGroupInfo group, ReadOnlySpan<ImportInfo> imports)
    {
        output.Write($"  (import {Quote(group.Module)}");
        foreach (ImportInfo import in imports)
        {
            // Without a type there is no place for an identifier.
            string rest = group.SharesType ? $"(;{import.Index};)" : $"({Text(import)})";
            output.Write($"{output.NewLine}    (item {Quote(import.Name)} {rest})");
        }

        if (group.SharesType)
        {
            output.Write($"{output.NewLine}    ({SharedType(group)})");
        }

        output.WriteLine(')');
    }

    private string Text(ImportInfo import)
    {
        uint index = import.Index;
        return import.Kind switch
        {
            ExternKind.Func => $"func {Definition(_names.Funcs, index)} {TypeUse(module.FuncTypeIndices[index], _names.LocalsOf(index))}",
            ExternKind.Table => $"table {Definition(_names.Tables, index)} {Text(module.Tables[index].Type)}",
            ExternKind.Memory => $"memory {Definition(_names.Memories, index)} {Text(module.Memories[index].Type)}",
            ExternKind.Global => $"global {Definition(_names.Globals, index)} {Text(module.Globals[index].Type)}",
            _ => $"tag {Definition(_names.Tags, index)} {TypeUse(module.Tags[index].TypeIndex)}",
        };
    }

    /// <summary>The type that a group shares. A group of none has one too.</summary>
    private string SharedType(ImportGroupInfo group)
    {
        var reader = new WasmReader(group.Type.Of(Bytes), group.Type.Offset);
        switch ((ExternKind)reader.ReadByte())
        {
            case ExternKind.Func:
                NameMap? parameters = group.Count == 1 ? _names.LocalsOf(module.Imports[group.FirstImport].Index) : null;
                return $"func {TypeUse(reader.ReadU32(), parameters)}";
            case ExternKind.Table:
                return $"table {Text(TypeReader.ReadTableType(ref reader))}";
            case ExternKind.Memory:
                return $"memory {Text(TypeReader.ReadMemoryType(ref reader))}";
            case ExternKind.Global:
                return $"global {Text(TypeReader.ReadGlobalType(ref reader))}";
            default:
                return $"tag {TypeUse(TypeReader.ReadTagType(ref reader))}";
        }
    }
}
