using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// What Wasmtime, or its library for .NET, can do with a module. The library ends the process over a type that it does not know, so
/// it never gets to see one.
/// </summary>
internal static class Capabilities
{
    private const string Hint = "the embedded engine runs it: `wizer --engine embedded`";

    /// <summary>Checks a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="validation">What validation learned about it.</param>
    /// <param name="preload">What it is preloaded as; null for the module itself.</param>
    /// <exception cref="WizerException">Wasmtime cannot run it.</exception>
    internal static void Demand(ModuleInfo module, ValidationResult validation, string? preload)
    {
        foreach (MemoryInfo memory in module.Memories)
        {
            if (memory.Type.Limits.IsShared)
            {
                Refuse("shared memories", preload);
            }
        }

        if (validation.Uses(Opcode.Try))
        {
            Refuse("the older exception instructions (`try`)", preload);
        }

        foreach (ImportInfo import in module.Imports)
        {
            string name = $"`{module.NameAt(import.Module)}::{module.NameAt(import.Name)}`";
            if (import.Kind == ExternKind.Tag)
            {
                Refuse($"an imported tag, as {name} is", preload);
            }

            if (preload is null && IsStrange(module, import))
            {
                Refuse($"an import of a size that {name} has: a table of 64 bits, or pages that are not of 64 KiB", preload);
            }

            if (FindHidden(module, import.Kind, import.Index) is { } type)
            {
                Refuse($"an import with the type {type}, as {name} has", preload);
            }
        }
    }

    /// <summary>Whether an instance may show an export. Those that it may not are left out of what Wasmtime gets.</summary>
    internal static bool CanShow(ModuleInfo module, in ExportInfo export) => FindHidden(module, export.Kind, export.Index) is null;

    // What the library has no means to make.
    private static bool IsStrange(ModuleInfo module, in ImportInfo import) => import.Kind switch
    {
        ExternKind.Table => module.Tables[import.Index].Type.Limits.Is64,
        ExternKind.Memory => module.Memories[import.Index].Type.PageSize != 1 << 16,
        _ => false,
    };

    private static void Refuse(string what, string? preload) => Throw.Unsupported(
        preload is null
            ? $"the engine `wasmtime` cannot run a module with {what}"
            : $"the engine `wasmtime` cannot run the preload module `{preload}` with {what}",
        Hint);

    // The first type in it that the library does not know: any reference but two. Null when there is none.
    private static ValType? FindHidden(ModuleInfo module, ExternKind kind, uint index) => kind switch
    {
        ExternKind.Func => FindHidden(module.FuncTypeOf(index)),
        ExternKind.Tag => FindHidden((FuncType)module.Types[module.Tags[index].TypeIndex].Composite),
        ExternKind.Table => FindHidden([module.Tables[index].Type.Element]),
        ExternKind.Global => FindHidden([module.Globals[index].Type.Value]),
        _ => null,
    };

    private static ValType? FindHidden(FuncType type) => FindHidden(type.Parameters) ?? FindHidden(type.Results);

    private static ValType? FindHidden(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types)
        {
            if (type.IsRef && type != ValType.FuncRef && type != ValType.ExternRef)
            {
                return type;
            }
        }

        return null;
    }
}
