using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>What a run of a component did, beside what it has in common with that of a module.</summary>
public sealed record ComponentReport
{
    /// <summary>What the initialization function returned; null when it returns nothing.</summary>
    public ComponentValue? Result { get; init; }

    /// <summary>
    /// The core modules that were instantiated, in the order of instantiation. One that has several instances is there for each of them.
    /// </summary>
    public required IReadOnlyList<CoreModuleReport> Modules { get; init; }

    /// <summary>
    /// The bytes of the core modules in the new component that are copies, because the state of an instance has a module of its own: of
    /// those that were instantiated several times, all but the first.
    /// </summary>
    public long CopiedByteLength => Modules.Sum(static module => module.IsCopy ? module.Snapshot.OutputByteLength : 0);

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
public sealed record CoreModuleReport(int Index, string? Name, SnapshotReport Snapshot)
{
    /// <summary>Which instance of the module this is about: 0 for the first.</summary>
    public int Instance { get; init; }

    /// <summary>Whether it has become one of several modules that were one.</summary>
    public bool IsCopy => Instance > 0;
}

/// <summary>Handles that were left.</summary>
/// <param name="Type">What their resource type is called.</param>
/// <param name="Count">How many there are.</param>
public sealed record HandleReport(string Type, int Count);
