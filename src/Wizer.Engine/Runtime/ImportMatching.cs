using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>Whether what is provided fits what is imported. Core 3.0, Validation: Matching, External Types.</summary>
internal static class ImportMatching
{
    /// <exception cref="WasmLinkException">An import is missing or does not fit.</exception>
    internal static void Check(Store store, ModuleInfo module, uint[] typeIds, ReadOnlySpan<Extern> imports)
    {
        for (int i = 0; i < module.Imports.Length; i++)
        {
            ImportInfo import = module.Imports[i];
            if (i >= imports.Length)
            {
                throw WasmLinkException.UnknownImport(module.NameAt(import.Module), module.NameAt(import.Name));
            }

            if (imports[i].Store != store)
            {
                throw new ArgumentException("an import lives in another store", nameof(imports));
            }

            if (Mismatch(store, module, typeIds, import, imports[i]) is string details)
            {
                throw WasmLinkException.IncompatibleType(module.NameAt(import.Module), module.NameAt(import.Name), details);
            }
        }
    }

    private static unsafe string? Mismatch(Store store, ModuleInfo module, uint[] typeIds, in ImportInfo import, Extern provided)
    {
        if (provided.Kind != import.Kind)
        {
            return $"expected a {Noun(import.Kind)}, found a {Noun(provided.Kind)}";
        }

        TypeRegistry types = store.Types;
        switch (provided)
        {
            case Function function:
                uint expectedFunc = typeIds[module.FuncTypeIndices[import.Index]];
                return types.IsSubtype(function.Data->TypeId, expectedFunc)
                    ? null
                    : Difference(types.FuncTypeOf(expectedFunc).ToString(), function.Type.ToString());
            case Tag tag:
                uint expectedTag = typeIds[module.Tags[import.Index].TypeIndex];
                return tag.Data->TypeId == expectedTag
                    ? null
                    : Difference(types.FuncTypeOf(expectedTag).ToString(), tag.Type.ToString());
            case Global global:
                GlobalType expectedGlobal = module.Globals[import.Index].Type;
                ValType expectedValue = TypeRegistry.Canonical(expectedGlobal.Value, typeIds);
                if (global.Type.IsMutable != expectedGlobal.IsMutable)
                {
                    return Difference(Mutability(expectedGlobal.IsMutable), Mutability(global.Type.IsMutable));
                }

                return (global.Type.IsMutable ? global.Type.Value == expectedValue : types.Matches(global.Type.Value, expectedValue))
                    ? null
                    : Difference(expectedValue.ToString(), global.Type.Value.ToString());
            case Table table:
                TableType expectedTable = module.Tables[import.Index].Type;
                ValType expectedElement = TypeRegistry.Canonical(expectedTable.Element, typeIds);
                return table.Type.Element != expectedElement
                    ? Difference(expectedElement.ToString(), table.Type.Element.ToString())
                    : LimitsMismatch(expectedTable.Limits, table.CurrentType.Limits);
            default:
                var memory = (LinearMemory)provided;
                MemoryType expectedMemory = module.Memories[import.Index].Type;
                return expectedMemory.PageSizeLog2 != memory.Type.PageSizeLog2
                    ? Difference($"pages of {expectedMemory.PageSize} bytes", $"pages of {memory.Type.PageSize} bytes")
                    : LimitsMismatch(expectedMemory.Limits, memory.CurrentType.Limits);
        }
    }

    private static string? LimitsMismatch(in Limits expected, in Limits found)
    {
        bool fits = expected.Is64 == found.Is64
            && expected.IsShared == found.IsShared
            && found.Minimum >= expected.Minimum
            && (expected.Maximum is not ulong maximum || found.Maximum <= maximum);
        return fits ? null : Difference(Text(expected), Text(found));
    }

    private static string Difference(string expected, string found) => $"expected {expected}, found {found}";

    private static string Mutability(bool isMutable) => isMutable ? "a mutable global" : "an immutable global";

    private static string Text(in Limits limits) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{(limits.IsShared ? "shared " : "")}{limits.AddressType} size {limits.Minimum}..{limits.Maximum}");

    private static string Noun(ExternKind kind) => kind switch
    {
        ExternKind.Func => "function",
        ExternKind.Table => "table",
        ExternKind.Memory => "memory",
        ExternKind.Global => "global",
        _ => "tag",
    };
}
