using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What a core module exports in addition, so that another one can set it or refer to it.</summary>
/// <param name="module">The module as it was.</param>
internal sealed class AddedExports(ModuleInfo module)
{
    // Not the prefix of the original's, which is refused when such a module is pre-initialized again.
    private const string Prefix = "wizer:";

    private readonly List<AddedExport> _added = [];

    // Whatever is exported under several names has one of them.
    private Dictionary<ulong, string>? _names;

    /// <summary>How many there are.</summary>
    internal int Count => _added.Count;

    /// <summary>The name under which something is exported: the one that it has, or a new one.</summary>
    internal string NameOf(ExternKind kind, uint index)
    {
        _names ??= FindNames();
        if (!_names.TryGetValue(KeyOf(kind, index), out string? name))
        {
            name = MakeName(kind, index);
            _names.Add(KeyOf(kind, index), name);
            _added.Add(new AddedExport(name, kind, index));
        }

        return name;
    }

    /// <summary>Those that are new, as the export section has them.</summary>
    internal byte[] ToArray()
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        foreach ((string name, ExternKind kind, uint index) in _added)
        {
            writer.WriteName(name);
            writer.WriteByte((byte)kind);
            writer.WriteU32(index);
        }

        return buffer.ToArray();
    }

    private static ulong KeyOf(ExternKind kind, uint index) => ((ulong)kind << 32) | index;

    private Dictionary<ulong, string> FindNames()
    {
        var names = new Dictionary<ulong, string>();
        foreach (ExportInfo export in module.Exports)
        {
            names.TryAdd(KeyOf(export.Kind, export.Index), module.NameAt(export.Name));
        }

        return names;
    }

    private string MakeName(ExternKind kind, uint index)
    {
        string what = kind switch
        {
            ExternKind.Func => "func",
            ExternKind.Table => "table",
            _ => "global",
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{what}.{index}");
        while (module.FindExport(name) >= 0)
        {
            name += "'";
        }

        return name;
    }

    private sealed record AddedExport(string Name, ExternKind Kind, uint Index);
}
