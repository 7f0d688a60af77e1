using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>A component, or a component or instance type, that is being printed: how many entries its index spaces have by now.</summary>
/// <param name="parent">The scope around it, or null.</param>
/// <param name="id">How aliases within name it, or null.</param>
/// <param name="names">The identifiers of its entries.</param>
internal sealed class PrintScope(PrintScope? parent, string? id, ComponentPrintNames names)
{
    private readonly uint[] _counts = new uint[Enum.GetValues<Sort>().Length];

    /// <summary>The scope around it, or null.</summary>
    internal PrintScope? Parent { get; } = parent;

    /// <summary>How aliases within name it, or null.</summary>
    internal string? Id { get; } = id;

    /// <summary>The identifiers of core types.</summary>
    internal NameMap CoreTypeNames => names.Of(Sort.CoreType);

    /// <summary>How an entry is referred to: by name, when there is one and it is known by now, or by number.</summary>
    internal string Ref(Sort sort, uint index) => (index < _counts[(int)sort] ? names.Of(sort).IdOf(index) : null) ?? $"{index}";

    /// <summary>How the next entry is introduced: its name, if any, and its index as a comment.</summary>
    internal string Define(Sort sort)
    {
        uint index = Add(sort);
        return names.Of(sort).DefinitionOf(index) is { } name ? $"{name} (;{index};)" : $"(;{index};)";
    }

    /// <summary>Adds an entry.</summary>
    /// <returns>Its index.</returns>
    internal uint Add(Sort sort) => _counts[(int)sort]++;

    /// <summary>The identifier of the next entry, or null.</summary>
    internal string? NextId(Sort sort) => names.Of(sort).IdOf(_counts[(int)sort]);

    /// <summary>The name of the next entry, or null.</summary>
    internal string? NextName(Sort sort) => names.NameOf(sort, _counts[(int)sort]);
}
