using System.Buffers.Binary;

namespace Wizer.Engine.Wasi;

/// <summary>One call of a guest: its arguments, its memory, and the state it belongs to.</summary>
internal readonly ref struct WasiCall
{
    /// <summary>How much is moved at once between looks at <see cref="Interrupt"/>.</summary>
    public const int ChunkByteLength = 1 << 20;

    private readonly ReadOnlySpan<ulong> _arguments;
    private readonly WasiFunction _function;
    private readonly LinearMemory? _memory;

    public WasiCall(
        WasiContext context, WasiFunction function, LinearMemory? memory, CancellationToken interrupt, ReadOnlySpan<ulong> arguments)
    {
        Context = context;
        Interrupt = interrupt;
        _function = function;
        _memory = memory;
        _arguments = arguments;
    }

    public WasiContext Context { get; }

    public CancellationToken Interrupt { get; }

    public bool IsInterrupted => Interrupt.IsCancellationRequested;

    /// <exception cref="WasmTrapException">The caller exports no memory.</exception>
    private LinearMemory Memory => _memory ?? throw new WasmTrapException("missing required memory export");

    public uint U32(int index) => (uint)_arguments[index];

    public ulong U64(int index) => _arguments[index];

    /// <summary>Says that another machine or another time might have answered otherwise.</summary>
    public void AnswerVaries() => _function.CountNondeterministic();

    /// <summary>Whether the range is inside the memory, whatever its length.</summary>
    public bool Contains(uint address, ulong byteLength)
    {
        ulong size = Memory.ByteLength;
        return address <= size && byteLength <= size - address;
    }

    /// <summary>A range of guest memory; false when it reaches beyond the end or is too long for a span.</summary>
    public bool TryGetSpan(uint address, uint byteLength, out Span<byte> span)
    {
        if (byteLength > int.MaxValue)
        {
            span = default;
            return false;
        }

        return Memory.TryGetSpan(address, (int)byteLength, out span);
    }

    public bool TryReadU32(uint address, out uint value)
    {
        bool found = TryGetSpan(address, sizeof(uint), out Span<byte> span);
        value = found ? BinaryPrimitives.ReadUInt32LittleEndian(span) : 0;
        return found;
    }

    public bool TryWriteU32(uint address, uint value) =>
        TryGetSpan(address, sizeof(uint), out Span<byte> span) && BinaryPrimitives.TryWriteUInt32LittleEndian(span, value);

    public bool TryWriteU64(uint address, ulong value) =>
        TryGetSpan(address, sizeof(ulong), out Span<byte> span) && BinaryPrimitives.TryWriteUInt64LittleEndian(span, value);
}
