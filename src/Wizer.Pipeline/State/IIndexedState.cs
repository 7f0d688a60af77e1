using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// The state of an instance, found by index: what a snapshot is taken of. That some of it is found by the names of exports elsewhere
/// is the business of <see cref="ExportedState"/>.
/// </summary>
internal interface IIndexedState
{
    /// <summary>Reads a mutable global.</summary>
    /// <param name="index">In the global index space.</param>
    /// <param name="type">Its type as the module declares it; the value has the same.</param>
    GlobalValue ReadGlobal(int index, ValType type);

    /// <summary>Shows the bytes of a memory.</summary>
    /// <typeparam name="TState">What <paramref name="reader"/> works on.</typeparam>
    /// <param name="index">In the memory index space.</param>
    /// <param name="state">Passed on to <paramref name="reader"/>.</param>
    /// <param name="reader">Called exactly once, before this returns.</param>
    void ReadMemory<TState>(int index, TState state, MemoryReader<TState> reader);
}

/// <summary>
/// A state whose memories stay where and as they are until the snapshot has been written: its slices are written out as they
/// are, and nothing is copied. The embedded engine's, whose instance nobody runs and nobody disposes meanwhile.
/// </summary>
internal interface IStableState : IIndexedState, IReferenceReader
{
    /// <summary>Where a memory may hold something other than zeros, in address order.</summary>
    MemoryRange[] FindTouchedRanges(int memory);

    /// <summary>Fills a part of a memory with zeros.</summary>
    void Clear(int memory, MemoryRange range);
}
