using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Looks at the bytes of a memory while its runtime keeps them still.</summary>
/// <param name="contents">All of the memory; may pass 2 GiB, then in several pieces. Not to be kept beyond the call.</param>
/// <param name="state">What the caller passed along, so that no closure is needed.</param>
public delegate void MemoryReader<in TState>(ReadOnlySequence<byte> contents, TState state);

/// <summary>
/// An instance of an instrumented module, in whatever runtime it ran. Everything is found by the export names that
/// <see cref="PreInitializer.Instrument"/> added.
/// </summary>
public interface IInstanceState
{
    /// <summary>Reads a mutable global.</summary>
    /// <param name="exportName"><c>__wizer_global_N</c>.</param>
    /// <param name="type">Its type as the module declares it; the value has the same.</param>
    GlobalValue ReadGlobal(string exportName, ValType type);

    /// <summary>Shows the bytes of a memory. Called twice for each memory, and both times they must be the same.</summary>
    /// <typeparam name="TState">What <paramref name="reader"/> works on.</typeparam>
    /// <param name="exportName"><c>__wizer_memory_N</c>.</param>
    /// <param name="state">Passed on to <paramref name="reader"/>.</param>
    /// <param name="reader">Called exactly once, before this returns.</param>
    void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader);
}

/// <summary>The same for runtimes that can only be asked asynchronously.</summary>
public interface IAsyncInstanceState
{
    /// <summary>Reads a mutable global.</summary>
    /// <param name="exportName"><c>__wizer_global_N</c>.</param>
    /// <param name="type">Its type as the module declares it; the value has the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<GlobalValue> ReadGlobalAsync(string exportName, ValType type, CancellationToken cancellationToken);

    /// <summary>Shows the bytes of a memory. Called twice for each memory, and both times they must be the same.</summary>
    /// <typeparam name="TState">What <paramref name="reader"/> works on.</typeparam>
    /// <param name="exportName"><c>__wizer_memory_N</c>.</param>
    /// <param name="state">Passed on to <paramref name="reader"/>.</param>
    /// <param name="reader">Called exactly once, before the returned task completes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ReadMemoryAsync<TState>(
        string exportName, TState state, MemoryReader<TState> reader, CancellationToken cancellationToken);
}
