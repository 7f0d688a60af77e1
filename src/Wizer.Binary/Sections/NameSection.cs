using System.Text;

namespace Wizer.Binary;

/// <summary>
/// The <c>name</c> custom section: what the source called things. Only for people; so what is malformed in it is left out and
/// never an error. Core 3.0, Appendix: Custom Sections, Name Section.
/// </summary>
public sealed class NameSection
{
    private const byte ModuleSubsection = 0;
    private const byte FuncSubsection = 1;
    private const byte LocalSubsection = 2;
    private const byte GlobalSubsection = 7;

    private readonly ReadOnlyMemory<byte> _module;
    private readonly NameSubsection[] _subsections;
    private string?[]? _funcNames;

    private NameSection(ReadOnlyMemory<byte> module, NameSubsection[] subsections)
    {
        _module = module;
        _subsections = subsections;
        if (TryFind(ModuleSubsection, out ByteRange range))
        {
            WasmReader reader = Open(range);
            Module = TryReadName(ref reader, out string? name) ? name : null;
        }
    }

    /// <summary>What the module is called, or null.</summary>
    public string? Module { get; }

    /// <summary>The subsections in file order, up to the first malformed one.</summary>
    public ReadOnlySpan<NameSubsection> Subsections => _subsections;

    /// <summary>Finds the subsections of a module's <c>name</c> section; there are none when it has no such section.</summary>
    public static NameSection Read(ModuleInfo module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var subsections = new ItemList<NameSubsection>(4);
        ByteRange section = module.NameSection;
        var reader = new WasmReader(section.Of(module.Bytes.Span), section.Offset);
        try
        {
            while (!reader.IsAtEnd)
            {
                byte id = reader.ReadByte();
                subsections.Add(new NameSubsection(id, reader.ReadByteVector()));
            }
        }
        catch (WasmFormatException)
        {
            // What came before it is good.
        }

        return new NameSection(module.Bytes, subsections.ToArray());
    }

    /// <summary>What a function is called, or null. The first call decodes the names of all functions.</summary>
    public string? FindFunc(uint funcIndex)
    {
        _funcNames ??= ReadNameMap(FuncSubsection);
        return funcIndex < (uint)_funcNames.Length ? _funcNames[funcIndex] : null;
    }

    /// <summary>What a global is called, or null. Decodes the names of all globals each time.</summary>
    internal string? FindGlobal(uint globalIndex)
    {
        string?[] names = ReadNameMap(GlobalSubsection);
        return globalIndex < (uint)names.Length ? names[globalIndex] : null;
    }

    /// <summary>What a local of a function is called, or null. Looks through the whole subsection each time.</summary>
    public string? FindLocal(uint funcIndex, uint localIndex)
    {
        if (!TryFind(LocalSubsection, out ByteRange range))
        {
            return null;
        }

        WasmReader reader = Open(range);
        try
        {
            for (int count = reader.ReadCount(); count > 0; count--)
            {
                bool isFunc = reader.ReadU32() == funcIndex;
                for (int names = reader.ReadCount(); names > 0; names--)
                {
                    uint index = reader.ReadU32();
                    ByteRange name = reader.ReadName();
                    if (isFunc && index == localIndex)
                    {
                        return Encoding.UTF8.GetString(name.Of(_module.Span));
                    }
                }
            }
        }
        catch (WasmFormatException)
        {
            return null;
        }

        return null;
    }

    private bool TryFind(byte id, out ByteRange contents)
    {
        foreach (NameSubsection subsection in _subsections)
        {
            if (subsection.Id == id)
            {
                contents = subsection.Contents;
                return true;
            }
        }

        contents = default;
        return false;
    }

    private WasmReader Open(ByteRange range) => new(range.Of(_module.Span), range.Offset);

    private bool TryReadName(ref WasmReader reader, out string? name)
    {
        try
        {
            name = Encoding.UTF8.GetString(reader.ReadName().Of(_module.Span));
            return true;
        }
        catch (WasmFormatException)
        {
            name = null;
            return false;
        }
    }

    private string?[] ReadNameMap(byte id)
    {
        string?[] names = [];
        if (!TryFind(id, out ByteRange range))
        {
            return names;
        }

        WasmReader reader = Open(range);
        try
        {
            int count = reader.ReadCount();
            for (int i = 0; i < count; i++)
            {
                uint index = reader.ReadU32();
                ByteRange name = reader.ReadName();
                if (index >= (uint)names.Length)
                {
                    // Indices come in ascending order and hardly ever leave gaps; a wild one must not size the array.
                    if (index > (uint)range.Length + 100_000u)
                    {
                        break;
                    }

                    Array.Resize(ref names, Math.Max((int)index + 1, Math.Max(count, names.Length * 2)));
                }

                names[index] = Encoding.UTF8.GetString(name.Of(_module.Span));
            }
        }
        catch (WasmFormatException)
        {
            // The names before it are good.
        }

        return names;
    }
}

/// <summary>A part of the <c>name</c> section.</summary>
/// <param name="Id">0 for the module's name, 1 for functions, 2 for locals; other kinds of names have other numbers.</param>
/// <param name="Contents">What follows its size.</param>
public readonly record struct NameSubsection(byte Id, ByteRange Contents);
