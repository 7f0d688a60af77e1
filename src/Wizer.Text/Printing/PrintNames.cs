using System.Text;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The identifiers that a module's <c>name</c> section gives, as far as it is good.</summary>
internal sealed class PrintNames
{
    private readonly ReadOnlyMemory<byte> _module;
    private readonly NameSection _section;
    private readonly Dictionary<uint, NameMap> _locals;
    private readonly Dictionary<uint, NameMap> _labels;
    private readonly Dictionary<uint, NameMap> _fields;

    internal PrintNames(ModuleInfo module)
    {
        _module = module.Bytes;
        _section = NameSection.Read(module);
        ModuleName = _section.Module is { Length: > 0 } name ? name : null;
        Module = ModuleName is not null ? NameMap.Annotated(new() { [0] = ModuleName }).DefinitionOf(0) : null;
        Funcs = ReadMap(1);
        _locals = ReadIndirectMap(2);
        _labels = ReadIndirectMap(3);
        Types = ReadMap(4);
        Tables = ReadMap(5);
        Memories = ReadMap(6);
        Globals = ReadMap(7);
        Elems = ReadMap(8);
        Datas = ReadMap(9);

        // Fields cannot have annotations in every tool, and tools without structs do not matter.
        _fields = ReadIndirectMap(10, canAnnotate: false);
        Tags = ReadMap(11);
        RemoveUnbound(module);
    }

    internal string? ModuleName { get; }

    internal string? Module { get; }

    internal NameMap Funcs { get; }

    internal NameMap Types { get; }

    internal NameMap Tables { get; }

    internal NameMap Memories { get; }

    internal NameMap Globals { get; }

    internal NameMap Elems { get; }

    internal NameMap Datas { get; }

    internal NameMap Tags { get; }

    internal NameMap LocalsOf(uint func) => _locals.GetValueOrDefault(func, NameMap.None);

    internal NameMap LabelsOf(uint func) => _labels.GetValueOrDefault(func, NameMap.None);

    internal NameMap FieldsOf(uint type) => _fields.GetValueOrDefault(type, NameMap.None);

    /// <summary>Removes the names of imports that share a type: the text has no place to bind them.</summary>
    private void RemoveUnbound(ModuleInfo module)
    {
        foreach (ImportGroupInfo group in module.ImportGroups)
        {
            if (group.SharesType)
            {
                foreach (ImportInfo import in module.Imports.AsSpan(group.FirstImport, group.Count))
                {
                    NamesOf(import.Kind).Remove(import.Index);
                }
            }
        }
    }

    private NameMap NamesOf(ExternKind kind) => kind switch
    {
        ExternKind.Func => Funcs,
        ExternKind.Table => Tables,
        ExternKind.Memory => Memories,
        ExternKind.Global => Globals,
        _ => Tags,
    };

    private NameMap ReadMap(byte id)
    {
        WasmReader reader = Open(id);
        return TryRead(ref reader, out Dictionary<uint, string> names) ? NameMap.Annotated(names) : NameMap.None;
    }

    private Dictionary<uint, NameMap> ReadIndirectMap(byte id, bool canAnnotate = true)
    {
        Dictionary<uint, NameMap> maps = [];
        WasmReader reader = Open(id);
        try
        {
            for (int count = reader.IsAtEnd ? 0 : reader.ReadCount(); count > 0; count--)
            {
                uint outer = reader.ReadU32();
                if (!TryRead(ref reader, out Dictionary<uint, string> names))
                {
                    break;
                }

                maps[outer] = canAnnotate ? NameMap.Annotated(names) : NameMap.Plain(names);
            }
        }
        catch (WasmFormatException)
        {
            // Names are a courtesy: what was read before is good.
        }

        return maps;
    }

    private WasmReader Open(byte id)
    {
        foreach (NameSubsection subsection in _section.Subsections)
        {
            if (subsection.Id == id)
            {
                return new WasmReader(subsection.Contents.Of(_module.Span), subsection.Contents.Offset);
            }
        }

        return default;
    }

    private bool TryRead(ref WasmReader reader, out Dictionary<uint, string> names)
    {
        names = [];
        try
        {
            for (int count = reader.IsAtEnd ? 0 : reader.ReadCount(); count > 0; count--)
            {
                uint index = reader.ReadU32();
                string name = Encoding.UTF8.GetString(reader.ReadName().Of(_module.Span));
                if (name.Length != 0)
                {
                    names[index] = name;
                }
            }
        }
        catch (WasmFormatException)
        {
            names = [];
            return false;
        }

        return true;
    }
}
