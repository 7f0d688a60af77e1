using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline.Tests;

/// <summary>A runtime that a test makes up: values and bytes by export name.</summary>
internal sealed class FakeState : IInstanceState, IAsyncInstanceState
{
    public Dictionary<string, GlobalValue> Globals { get; } = [];

    public Dictionary<string, byte[]> Memories { get; } = [];

    /// <summary>How the memories are cut when they are shown.</summary>
    public int PieceLength { get; init; } = int.MaxValue;

    public GlobalValue ReadGlobal(string exportName, ValType type) => Globals[exportName];

    public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
    {
        // A copy that is wiped as soon as the callback returns: whoever kept a slice of it would write zeros.
        byte[] memory = [.. Memories[exportName]];
        PieceChain chain = default;
        for (int at = 0; at < memory.Length;)
        {
            int length = Math.Min(PieceLength, memory.Length - at);
            chain.Add(memory.AsMemory(at, length));
            at += length;
        }

        reader(chain.ToSequence(), state);
        memory.AsSpan().Clear();
    }

    public async ValueTask<GlobalValue> ReadGlobalAsync(string exportName, ValType type, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return ReadGlobal(exportName, type);
    }

    public async ValueTask ReadMemoryAsync<TState>(
        string exportName, TState state, MemoryReader<TState> reader, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        ReadMemory(exportName, state, reader);
    }
}
