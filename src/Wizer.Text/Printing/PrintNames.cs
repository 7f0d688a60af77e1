using System.Text;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// The identifiers that a module's <c>name</c> section gives, as far as they can be used: a name that two entries of one index
/// space share would mean neither.
/// </summary>
internal sealed class PrintNames
{
    private static readonly Dictionary<uint, string> s_none = [];

    private readonly ReadOnlyMemory<byte> _module;
    private readonly NameSection _section;
    private readonly Dictionary<uint, Dictionary<uint, string>> _locals;
    private readonly Dictionary<uint, Dictionary<uint, string>> _labels;
    private readonly Dictionary<uint, Dictionary<uint, string>> _fields;

    internal PrintNames(ModuleInfo module)
    {
        _module = module.Bytes;
        _section = NameSection.Read(module);
        Module = _section.Module is { Length: > 0 } name ? StringText.Identifier(name) : null;
        Funcs = ReadMap(1);
        _locals = ReadIndirectMap(2);
        _labels = ReadIndirectMap(3);
        Types = ReadMap(4);
        Tables = ReadMap(5);
        Memories = ReadMap(6);
        Globals = ReadMap(7);
        Elems = ReadMap(8);
        Datas = ReadMap(9);
        _fields = ReadIndirectMap(10);
        Tags = ReadMap(11);
    }

    internal string? Module { get; }

    internal Dictionary<uint, string> Funcs { get; }

    internal Dictionary<uint, string> Types { get; }

    internal Dictionary<uint, string> Tables { get; }

    internal Dictionary<uint, string> Memories { get; }

    internal Dictionary<uint, string> Globals { get; }

    internal Dictionary<uint, string> Elems { get; }

    internal Dictionary<uint, string> Datas { get; }

    internal Dictionary<uint, string> Tags { get; }

    internal Dictionary<uint, string> LocalsOf(uint func) => _locals.GetValueOrDefault(func, s_none);

    internal Dictionary<uint, string> LabelsOf(uint func) => _labels.GetValueOrDefault(func, s_none);

    internal Dictionary<uint, string> FieldsOf(uint type) => _fields.GetValueOrDefault(type, s_none);

    private Dictionary<uint, string> ReadMap(byte id)
    {
        WasmReader reader = Open(id);
        return TryRead(ref reader, out Dictionary<uint, string> names) ? names : [];
    }

    private Dictionary<uint, Dictionary<uint, string>> ReadIndirectMap(byte id)
    {
        Dictionary<uint, Dictionary<uint, string>> maps = [];
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

                maps[outer] = names;
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
        HashSet<string> seen = [];
        HashSet<string> shared = [];
        try
        {
            for (int count = reader.IsAtEnd ? 0 : reader.ReadCount(); count > 0; count--)
            {
                uint index = reader.ReadU32();
                string name = Encoding.UTF8.GetString(reader.ReadName().Of(_module.Span));
                if (!seen.Add(name))
                {
                    shared.Add(name);
                }

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

        foreach ((uint index, string name) in names.ToArray())
        {
            if (shared.Contains(name))
            {
                names.Remove(index);
            }
            else
            {
                names[index] = StringText.Identifier(name);
            }
        }

        return true;
    }
}
