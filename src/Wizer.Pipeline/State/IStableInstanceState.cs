namespace Wizer.Pipeline;

/// <summary>
/// A state whose memories stay where and as they are until the snapshot has been written: its slices are written out as they
/// are, and nothing is copied. The embedded engine's, whose instance nobody runs and nobody disposes meanwhile.
/// </summary>
internal interface IStableInstanceState : IInstanceState
{
    /// <summary>Where a memory may hold something other than zeros, in address order.</summary>
    MemoryRange[] FindTouchedRanges(string exportName);

    /// <summary>Compares tables, references and objects with what instantiation makes of them, and finds the segments that were dropped.</summary>
    /// <exception cref="WizerException">There is a difference that a snapshot cannot hold.</exception>
    DroppedSegments ReadReferences(ModuleContext context);

    /// <summary>Fills a part of a memory with zeros.</summary>
    void Clear(string exportName, MemoryRange range);
}
