namespace Wizer.Text;

/// <summary>Every index space of a module, and the names that the <c>name</c> section keeps.</summary>
internal sealed class ModuleNames
{
    internal Interner Interner { get; init; } = new();

    internal int? ModuleSymbol { get; set; }

    internal IndexSpace Types { get; init; } = new("type");

    internal IndexSpace Funcs { get; } = new("function");

    internal IndexSpace Tables { get; } = new("table");

    internal IndexSpace Memories { get; } = new("memory");

    internal IndexSpace Globals { get; } = new("global");

    internal IndexSpace Tags { get; } = new("tag");

    internal IndexSpace Elems { get; } = new("elem segment");

    internal IndexSpace Datas { get; } = new("data segment");

    /// <summary>The locals of the current function.</summary>
    internal IndexSpace Locals { get; } = new("local");

    /// <summary>The fields of each struct type that has names for some.</summary>
    internal SortedDictionary<uint, IndexSpace> Fields { get; } = [];

    /// <summary>Named locals, by ascending function and local index.</summary>
    internal List<(uint Func, uint Local, int Symbol)> LocalNames { get; } = [];

    /// <summary>Named labels, by ascending function and in the order of the blocks.</summary>
    internal List<(uint Func, uint Label, int Symbol)> LabelNames { get; } = [];
}
