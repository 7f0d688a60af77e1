using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>What a run of a component did, beside what it has in common with that of a module.</summary>
public sealed record ComponentReport
{
    /// <summary>What the initialization function returned; null when it returns nothing.</summary>
    public ComponentValue? Result { get; init; }

    /// <summary>The core modules that were instantiated, in the order of instantiation.</summary>
    public required IReadOnlyList<CoreModuleReport> Modules { get; init; }

    /// <summary>
    /// The handles of resources that instances of the component had when the snapshot was taken. They are no state of a core module: an
    /// instance of the new component has none, even if its memory still has their indices.
    /// </summary>
    public IReadOnlyList<HandleReport> OpenHandles { get; init; } = [];
}

/// <summary>What became of a core module of a component.</summary>
/// <param name="Index">Its number among all core modules of the file, in their order, those of nested components included.</param>
/// <param name="Name">Its name in its <c>name</c> section, or null.</param>
/// <param name="Snapshot">What the snapshot came to.</param>
public sealed record CoreModuleReport(int Index, string? Name, SnapshotReport Snapshot);

/// <summary>Handles that were left.</summary>
/// <param name="Type">What their resource type is called.</param>
/// <param name="Count">How many there are.</param>
public sealed record HandleReport(string Type, int Count);
