using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What helps with a module that is valid, but not as it has to be.</summary>
internal static class ModuleHint
{
    private const int MaxNames = 4;

    private const string ObjectFile = "the input is an object file; link it first, for example with wasm-ld";

    /// <summary>What a shared library needs.</summary>
    internal const string Library = "the module is a shared library, which takes its memory from others; link it statically, or give it"
        + " what it imports: --import-memory=define --import-table=define --define-global env.__memory_base=1024, and so on for each"
        + " global";

    // What toolchains and guides call it.
    private static readonly string[] s_usualInitFuncs =
        ["wizer-initialize", "wizer.initialize", "wizer_initialize", "_initialize", "_start", "initialize", "init"];

    /// <summary>Which exports could be the initialization function, when one of another name is asked for.</summary>
    internal static string OfInitFunc(ModuleInfo module, string wanted)
    {
        if (IsObjectFile(module))
        {
            return ObjectFile;
        }

        List<string> candidates = FindCandidates(module);
        var names = new List<string>();
        if (Similarity.Closest(wanted, candidates, Similarity.StricterThreshold) is { } closest)
        {
            names.Add(closest);
        }

        foreach (string name in s_usualInitFuncs)
        {
            if (candidates.Contains(name) && !names.Contains(name))
            {
                names.Add(name);
            }
        }

        names = names.Count == 0 ? candidates : names;
        return names.Count switch
        {
            0 => "the module exports no function that takes and returns nothing",
            1 => $"it exports {QuotedName.Of(names[0])}; pass -f {QuotedName.ForShell(names[0])}",
            _ => $"it exports {List(names)}; pass one of them, for example -f {QuotedName.ForShell(names[0])}",
        };
    }

    /// <summary>How to have a memory, table or global of the module's own instead of an imported one.</summary>
    internal static string OfImportedState(ModuleInfo module, in ImportInfo import)
    {
        if (IsObjectFile(module))
        {
            return ObjectFile;
        }

        if (HasSection(module, "dylink.0"u8) || HasSection(module, "dylink"u8))
        {
            return Library;
        }

        string plain = $"{module.NameAt(import.Module)}.{module.NameAt(import.Name)}";
        string name = QuotedName.Of(plain);
        return import.Kind switch
        {
            ExternKind.Memory => $"{name} is imported; link without --import-memory, so that the module has a memory of its own, or pass"
                + " --import-memory=define to Wizer, or =fresh if the host gives each instance a new one",
            ExternKind.Table => $"{name} is imported; link without --import-table, so that the module has a table of its own, or pass"
                + " --import-table=define to Wizer, or =fresh if the host gives each instance a new one",
            _ when module.Globals[import.Index].Type.IsMutable => $"{name} is imported; define it in the module instead, or pass"
                + $" --define-global {QuotedName.ForShell($"{plain}=VALUE")} or --import-global=fresh",
            _ => $"{name} is imported; define it in the module instead, or pass --define-global {QuotedName.ForShell($"{plain}=VALUE")}",
        };
    }

    /// <summary>How to say what a global is.</summary>
    internal static string OfValue(string name) => $"pass --define-global {QuotedName.ForShell($"{name}=VALUE")}";

    /// <summary>Where an instruction is.</summary>
    internal static string? OfInstruction(ModuleInfo module, long offset)
    {
        for (int i = 0; i < module.Bodies.Length; i++)
        {
            ByteRange body = module.Bodies[i];
            if (offset >= body.Offset && offset < body.End)
            {
                uint index = (uint)(module.ImportedFuncCount + i);
                string name = NameSection.Read(module).FindFunc(index) is { } known ? $", {QuotedName.Of(known)}" : "";
                return string.Create(CultureInfo.InvariantCulture, $"the first one is at offset 0x{offset:x}, in function {index}{name}");
            }
        }

        return null;
    }

    // An executable that was linked with --emit-relocs has that section too, and exports besides.
    private static bool IsObjectFile(ModuleInfo module) => module.Exports.Length == 0 && HasSection(module, "linking"u8);

    private static bool HasSection(ModuleInfo module, ReadOnlySpan<byte> name)
    {
        foreach (SectionInfo section in module.Sections)
        {
            if (section.Id == SectionId.Custom && section.Name.Of(module.Bytes.Span).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private static List<string> FindCandidates(ModuleInfo module)
    {
        var names = new List<string>();
        foreach (ExportInfo export in module.Exports)
        {
            if (export.Kind == ExternKind.Func)
            {
                FuncType type = module.FuncTypeOf(export.Index);
                if (type.Parameters.Length == 0 && type.Results.Length == 0)
                {
                    names.Add(module.NameAt(export.Name));
                }
            }
        }

        return names;
    }

    private static string List(List<string> names)
    {
        int count = Math.Min(names.Count, MaxNames);
        string list = QuotedName.Of(names[0]);
        for (int i = 1; i < count; i++)
        {
            list += (i == names.Count - 1 ? " and " : ", ") + QuotedName.Of(names[i]);
        }

        return count < names.Count ? string.Create(CultureInfo.InvariantCulture, $"{list} and {names.Count - count} more") : list;
    }
}
