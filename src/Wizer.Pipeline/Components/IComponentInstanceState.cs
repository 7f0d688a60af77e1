using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// An instance of an instrumented component, in whatever runtime it ran. Everything is read by calling functions of its exported
/// instance <see cref="InstrumentedComponent.AccessInstance"/>, each exactly once.
/// </summary>
public interface IComponentInstanceState
{
    /// <summary>Reads a mutable global of a core module.</summary>
    /// <param name="functionName"><c>globalN</c>, which returns an <c>s32</c>, <c>s64</c>, <c>f32</c> or <c>f64</c>.</param>
    /// <param name="type">The core type; the value has the same.</param>
    GlobalValue ReadGlobal(string functionName, ValType type);

    /// <summary>Reads a memory of a core module.</summary>
    /// <param name="functionName"><c>memoryN</c>, which returns what <see cref="MemoryAccess"/> says.</param>
    /// <returns>All of its bytes, which stay as they are until the snapshot has been written.</returns>
    ReadOnlyMemory<byte> ReadMemory(string functionName);
}

/// <summary>The same for runtimes that can only be asked asynchronously.</summary>
public interface IAsyncComponentInstanceState
{
    /// <summary>Reads a mutable global of a core module.</summary>
    /// <param name="functionName"><c>globalN</c>, which returns an <c>s32</c>, <c>s64</c>, <c>f32</c> or <c>f64</c>.</param>
    /// <param name="type">The core type; the value has the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<GlobalValue> ReadGlobalAsync(string functionName, ValType type, CancellationToken cancellationToken);

    /// <summary>Reads a memory of a core module.</summary>
    /// <param name="functionName"><c>memoryN</c>, which returns what <see cref="MemoryAccess"/> says.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All of its bytes, which stay as they are until the snapshot has been written.</returns>
    ValueTask<ReadOnlyMemory<byte>> ReadMemoryAsync(string functionName, CancellationToken cancellationToken);
}
