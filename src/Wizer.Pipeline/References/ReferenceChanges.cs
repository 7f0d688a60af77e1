using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What a new module has otherwise than the input in its tables, reference globals and segments, in bytes.</summary>
internal sealed record ReferenceChanges
{
    private static readonly byte[]?[] s_none = [];
    private static readonly byte[] s_nothing = [];

    /// <summary>Nothing: not even a segment was dropped.</summary>
    internal static ReferenceChanges None { get; } = new(DroppedSegments.None);

    /// <param name="dropped">The passive segments that are gone.</param>
    internal ReferenceChanges(DroppedSegments dropped) => Dropped = dropped;

    /// <summary>The passive segments of the input that are no longer there.</summary>
    internal DroppedSegments Dropped { get; }

    /// <summary>How much there is; null when all is as instantiation makes it.</summary>
    internal ReferenceCounts? Counts { get; init; }

    /// <summary>The types that come behind all others, as the type section has them.</summary>
    internal byte[] AddedTypes { get; init; } = s_nothing;

    /// <summary>How many they are.</summary>
    internal int AddedTypeCount { get; init; }

    /// <summary>The entries of the table section, by table index; null for those that stay. Empty when all do.</summary>
    internal byte[]?[] Tables { get; init; } = s_none;

    /// <summary>The initializers of globals, by global index; null for those that stay. Empty when all do.</summary>
    internal byte[]?[] Globals { get; init; } = s_none;

    /// <summary>The globals that come behind all others, as the global section has them.</summary>
    internal byte[] AddedGlobals { get; init; } = s_nothing;

    /// <summary>How many they are.</summary>
    internal int AddedGlobalCount { get; init; }

    /// <summary>The functions that come behind all others; null for none.</summary>
    internal RestoreCode? Restore { get; init; }

    /// <summary>Whether there is one more data segment, the first of the new ones.</summary>
    internal bool HasImage => Restore is { Image.Length: > 0 };

    /// <summary>What becomes of element segments; null when all stay.</summary>
    internal ElementChanges? Elements { get; init; }

    /// <summary>The exports that come behind all others, as the export section has them.</summary>
    internal byte[] AddedExports { get; init; } = s_nothing;

    /// <summary>How many they are.</summary>
    internal int AddedExportCount { get; init; }

    /// <summary>The functions that all of this names outside of bodies; null for none.</summary>
    internal FuncSet? Mentioned { get; init; }

    /// <summary>Those that <c>ref.func</c> refers to in new bodies; null for none.</summary>
    internal FuncSet? Named { get; init; }

    /// <summary>The initializer of a global, or null if it stays.</summary>
    internal byte[]? GlobalAt(int index) => Globals.Length == 0 ? null : Globals[index];

    /// <summary>The entry of a table, or null if it stays.</summary>
    internal byte[]? TableAt(int index) => Tables.Length == 0 ? null : Tables[index];

    /// <summary>Whether an element segment stays as it is.</summary>
    internal bool IsKept(int elementSegment) => Elements is null || Elements.IsKept(elementSegment);
}
