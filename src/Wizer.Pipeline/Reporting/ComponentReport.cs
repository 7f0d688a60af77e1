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
    /// The bytes of the core modules that were appended to set tables and references that others share, where instantiation puts
    /// something else there.
    /// </summary>
    public long RestoreByteLength { get; init; }

    /// <summary>
    /// The handles of resources that instances of the component had when the snapshot was taken, and what became of them. They are no
    /// state of a core module: an instance of the new component has only those that are made anew.
    /// </summary>
    public IReadOnlyList<HandleReport> OpenHandles { get; init; } = [];

    /// <summary>
    /// The functions of core modules that were called after the initialization so that they forget what they keep of WASI; see
    /// <c>InitEnvironment.ResetsWasi</c>.
    /// </summary>
    public IReadOnlyList<string> Resets { get; init; } = [];
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
/// <param name="Type">
/// Their type, with what its resource type is imported or exported as: <c>own&lt;wasi:filesystem/types.descriptor&gt;</c>.
/// </param>
/// <param name="Count">How many there are.</param>
public sealed record HandleReport(string Type, int Count)
{
    /// <summary>The nested instance that has them; null for the component itself.</summary>
    public string? Owner { get; init; }

    /// <summary>What became of them.</summary>
    public HandleFate Fate { get; init; }

    /// <summary>As messages have it: <c>own&lt;counter&gt; x2 of `user`</c>.</summary>
    public override string ToString() => $"{Type} x{Count}{(Owner is null ? "" : $" of {Owner}")}";
}

/// <summary>What became of handles that were left.</summary>
public enum HandleFate
{
    /// <summary>An instance of the new component does not have them, even if its memory still has their indices.</summary>
    Lost,

    /// <summary>The same, and what had kept them was made to forget them; see <c>InitEnvironment.ResetsWasi</c>.</summary>
    Forgotten,

    /// <summary>They are resources of the component's own, and made anew whenever the new component is instantiated.</summary>
    Restored,
}
