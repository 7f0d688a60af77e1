namespace Wizer.Generate.Wasi;

/// <summary>A type as WIT writes it: a name, and the types between angle brackets, where null is <c>_</c>.</summary>
internal sealed record WitType(string Name, WitType?[] Arguments);

/// <summary>What an interface calls a type.</summary>
/// <param name="Interface">The interface that defines it.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Kind"><c>record</c>, <c>variant</c>, <c>enum</c>, <c>flags</c>, <c>resource</c>, <c>type</c> or <c>use</c>.</param>
internal sealed record WitTypeDefinition(WitInterface Interface, string Name, string Kind)
{
    /// <summary>Fields, cases or flags; what they carry is null where that is nothing.</summary>
    internal List<(string Label, WitType? Type)> Items { get; } = [];

    /// <summary>What <c>type</c> gives another name.</summary>
    internal WitType? Alias { get; init; }

    /// <summary>What <c>use</c> takes from another interface: its name, and the type's name there.</summary>
    internal (string Interface, string Name) Used { get; init; }

    /// <summary>The name that is the same in all interfaces.</summary>
    internal string QualifiedName => $"{Interface.Name}.{Name}";
}

/// <summary>A function of an interface.</summary>
/// <param name="Name">As the component model names it: <c>[method]descriptor.read</c>.</param>
/// <param name="Parameters">The parameters, that of a method for itself included.</param>
/// <param name="Result">What it returns, or null.</param>
/// <param name="IsUnstable">Whether hosts need not have it.</param>
internal sealed record WitFunction(string Name, List<(string Label, WitType Type)> Parameters, WitType? Result, bool IsUnstable);

/// <summary>An interface.</summary>
/// <param name="name">Without the version: <c>wasi:io/streams</c>.</param>
internal sealed class WitInterface(string name)
{
    internal string Name => name;

    internal List<WitTypeDefinition> Types { get; } = [];

    internal List<WitFunction> Functions { get; } = [];
}
