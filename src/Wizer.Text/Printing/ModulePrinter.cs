using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Prints the fields of a module in the order of its sections.</summary>
/// <param name="module">What is printed.</param>
/// <param name="output">Where to.</param>
internal sealed partial class ModulePrinter(ModuleInfo module, TextWriter output)
{
    private readonly PrintNames _names = new(module);
    private TypeText? _typeText;

    private TypeText TypeText => _typeText ??= new TypeText(_names.Types, _names.FieldsOf);

    /// <summary>What the module calls itself, or null.</summary>
    internal string? ModuleName => _names.ModuleName;

    private ReadOnlySpan<byte> Bytes => module.Bytes.Span;

    internal void Print() => Print(_names.Module is { } name ? $"module {name}" : "module");

    /// <summary>Prints the module with other words behind its parenthesis.</summary>
    internal void Print(string header)
    {
        output.WriteLine($"({header}");
        PrintCustoms();
        PrintTypes();
        PrintImports();
        PrintTables();
        PrintMemories();
        PrintTags();
        PrintGlobals();
        PrintExports();
        if (module.StartFunc is { } start)
        {
            output.WriteLine($"  (start {Ref(_names.Funcs, start)})");
        }

        PrintElems();
        PrintFuncs();
        PrintDatas();
        output.WriteLine(")");
    }

    /// <summary>How an entry is referred to: by name or by number.</summary>
    private static string Ref(NameMap names, uint index) => names.IdOf(index) ?? $"{index}";

    /// <summary>How an entry is introduced: its name, if any, and its index as a comment.</summary>
    private static string Definition(NameMap names, uint index) =>
        names.DefinitionOf(index) is { } name ? $"{name} (;{index};)" : $"(;{index};)";

    private void PrintTypes()
    {
        for (int group = 0; group < module.RecGroupStarts.Length; group++)
        {
            int start = module.RecGroupStarts[group];
            int end = group + 1 < module.RecGroupStarts.Length ? module.RecGroupStarts[group + 1] : module.Types.Length;
            bool isAlone = end - start == 1;
            if (!isAlone)
            {
                output.WriteLine("  (rec");
            }

            for (int i = start; i < end; i++)
            {
                output.WriteLine($"{(isAlone ? "" : "  ")}  (type {Definition(_names.Types, (uint)i)} {Text(module.Types[i], (uint)i)})");
            }

            if (!isAlone)
            {
                output.WriteLine("  )");
            }
        }
    }

    private string Quote(ByteRange name) => StringText.Quote(module.NameAt(name));

    private void PrintTables()
    {
        for (int i = module.ImportedTableCount; i < module.Tables.Length; i++)
        {
            TableInfo table = module.Tables[i];
            output.Write($"  (table {Definition(_names.Tables, (uint)i)} {Text(table.Type)}");
            if (table.Init.Length != 0)
            {
                output.Write(' ');
                PrintConstExpr(table.Init, keyword: "");
            }

            output.WriteLine(')');
        }
    }

    private void PrintMemories()
    {
        for (int i = module.ImportedMemoryCount; i < module.Memories.Length; i++)
        {
            output.WriteLine($"  (memory {Definition(_names.Memories, (uint)i)} {Text(module.Memories[i].Type)})");
        }
    }

    private void PrintTags()
    {
        for (int i = module.ImportedTagCount; i < module.Tags.Length; i++)
        {
            output.WriteLine($"  (tag {Definition(_names.Tags, (uint)i)} {TypeUse(module.Tags[i].TypeIndex)})");
        }
    }

    private void PrintGlobals()
    {
        for (int i = module.ImportedGlobalCount; i < module.Globals.Length; i++)
        {
            output.Write($"  (global {Definition(_names.Globals, (uint)i)} {Text(module.Globals[i].Type)} ");
            PrintConstExpr(module.Globals[i].Init, keyword: "");
            output.WriteLine(')');
        }
    }

    private void PrintExports()
    {
        foreach (ExportInfo export in module.Exports)
        {
            string target = export.Kind switch
            {
                ExternKind.Func => $"func {Ref(_names.Funcs, export.Index)}",
                ExternKind.Table => $"table {Ref(_names.Tables, export.Index)}",
                ExternKind.Memory => $"memory {Ref(_names.Memories, export.Index)}",
                ExternKind.Global => $"global {Ref(_names.Globals, export.Index)}",
                _ => $"tag {Ref(_names.Tags, export.Index)}",
            };
            output.WriteLine($"  (export {Quote(export.Name)} ({target}))");
        }
    }

    private void PrintElems()
    {
        for (int i = 0; i < module.ElementSegments.Length; i++)
        {
            ElementSegmentInfo segment = module.ElementSegments[i];
            output.Write($"  (elem {Definition(_names.Elems, (uint)i)}");
            if (segment.Mode == SegmentMode.Declarative)
            {
                output.Write(" declare");
            }
            else if (segment.Mode == SegmentMode.Active)
            {
                if (segment.TableIndex != 0)
                {
                    output.Write($" (table {Ref(_names.Tables, segment.TableIndex)})");
                }

                output.Write(' ');
                PrintConstExpr(segment.OffsetExpr, "offset");
            }

            output.Write(segment.HasExpressions ? $" {Text(segment.Type)}" : " func");
            PrintElemItems(segment);
            output.WriteLine(')');
        }
    }

    private void PrintElemItems(ElementSegmentInfo segment)
    {
        var reader = new WasmReader(segment.Items.Of(Bytes), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++)
        {
            output.Write(' ');
            if (segment.HasExpressions)
            {
                int start = reader.Position;
                InstructionReader.SkipExpression(ref reader);
                PrintConstExpr(new ByteRange(segment.Items.Offset + start, reader.Position - start), "item");
            }
            else
            {
                output.Write(Ref(_names.Funcs, reader.ReadU32()));
            }
        }
    }

    private void PrintDatas()
    {
        for (int i = 0; i < module.DataSegments.Length; i++)
        {
            DataSegmentInfo segment = module.DataSegments[i];
            output.Write($"  (data {Definition(_names.Datas, (uint)i)}");
            if (segment.Mode == SegmentMode.Active)
            {
                if (segment.MemoryIndex != 0)
                {
                    output.Write($" (memory {Ref(_names.Memories, segment.MemoryIndex)})");
                }

                output.Write(' ');
                PrintConstExpr(segment.OffsetExpr, "offset");
            }

            output.Write(' ');
            StringText.WriteBytes(output, segment.Data.Of(Bytes));
            output.WriteLine(')');
        }
    }
}
