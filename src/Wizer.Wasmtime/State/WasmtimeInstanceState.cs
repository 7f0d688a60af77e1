using System.Buffers.Binary;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// An instance of an instrumented module in Wasmtime, for <see cref="PreInitializer.Snapshot"/>, when the caller has run it. Memories
/// are shown where they are.
/// </summary>
/// <param name="instance">The instance, initialized. It must not run while a snapshot is taken.</param>
public sealed class WasmtimeInstanceState(WasmtimeInstance instance) : IInstanceState
{
    // Memory<byte> cannot be larger than 2 GiB.
    private const long MaxPieceLength = 1L << 30;

    private readonly WasmtimeInstance _instance = instance ?? throw new ArgumentNullException(nameof(instance));

    /// <inheritdoc/>
    /// <exception cref="WizerException">There is no such global, or it holds a reference.</exception>
    public GlobalValue ReadGlobal(string exportName, ValType type)
    {
        WasmtimeGlobal? global = _instance.GetGlobal(exportName);
        return global?.GetValue() switch
        {
            int value => GlobalValue.I32(value),
            long value => GlobalValue.I64(value),
            float value => GlobalValue.F32(value),
            double value => GlobalValue.F64(value),
            WasmtimeV128 value => OfVector(value),
            _ => throw Mismatch(exportName, global is null ? "is no exported global" : "holds a reference"),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="WizerException">There is no such memory.</exception>
    public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        WasmtimeMemory memory = FindMemory(exportName);
        PieceChain chain = default;
        unsafe
        {
            // Safe: the instance keeps its store alive, and nothing in it grows while nothing runs in it.
            byte* start = (byte*)memory.GetPointer();
            long byteLength = memory.GetLength();
            for (long at = 0; at < byteLength; at += MaxPieceLength)
            {
                chain.Add(new NativeMemoryManager(start + at, (int)Math.Min(byteLength - at, MaxPieceLength)).Memory);
            }
        }

        reader(chain.ToSequence(), state);
        GC.KeepAlive(_instance);
    }

    /// <summary>A memory by the name under which it is exported.</summary>
    /// <exception cref="WizerException">There is none.</exception>
    internal WasmtimeMemory FindMemory(string exportName) =>
        _instance.GetMemory(exportName) ?? throw Mismatch(exportName, "is no exported memory that can be read");

    private static GlobalValue OfVector(WasmtimeV128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.CopyTo(bytes);
        return GlobalValue.V128(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    private static WizerException Mismatch(string exportName, string problem) =>
        new(WizerError.StateMismatch, $"`{exportName}` {problem}");
}
