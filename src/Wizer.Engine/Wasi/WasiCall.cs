using System.Buffers.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Wasi;

/// <summary>
/// One call of a guest: its arguments, its memory, and the state it belongs to. Of the engine that runs the guest it knows nothing
/// else, so that the functions serve others as well.
/// </summary>
internal readonly unsafe ref struct WasiCall
{
    /// <summary>How much is moved at once between looks at <see cref="Interrupt"/>.</summary>
    public const int ChunkByteLength = 1 << 20;

    private readonly ReadOnlySpan<ulong> _arguments;
    private readonly WasiFunction _function;
    private readonly MemoryData* _memory;

    /// <param name="context">What the functions work on.</param>
    /// <param name="function">The function that is called.</param>
    /// <param name="memory">
    /// Where the memory is, in which the first two fields count; null when the caller has none. Looked at anew for each access, since
    /// what the host does meanwhile may make it grow.
    /// </param>
    /// <param name="interrupt">Ends what takes long.</param>
    /// <param name="arguments">A slot each.</param>
    public WasiCall(
        WasiContext context, WasiFunction function, MemoryData* memory, CancellationToken interrupt, ReadOnlySpan<ulong> arguments)
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
    private MemoryData* Memory => _memory != null ? _memory : throw new WasmTrapException("missing required memory export");

    public uint U32(int index) => (uint)_arguments[index];

    public ulong U64(int index) => _arguments[index];

    /// <summary>Says that another machine or another time might have answered otherwise.</summary>
    public void AnswerVaries() => _function.CountNondeterministic();

    /// <summary>Whether the range is inside the memory, whatever its length.</summary>
    public bool Contains(uint address, ulong byteLength)
    {
        ulong size = Memory->ByteLength;
        return address <= size && byteLength <= size - address;
    }

    /// <summary>A range of guest memory; false when it reaches beyond the end or is too long for a span.</summary>
    public bool TryGetSpan(uint address, uint byteLength, out Span<byte> span)
    {
        MemoryData* memory = Memory;
        if (byteLength > int.MaxValue || byteLength > memory->ByteLength || address > memory->ByteLength - byteLength)
        {
            span = default;
            return false;
        }

        // Safe: the range was just checked, and the guest that could make the memory move is waiting for this call.
        span = new Span<byte>(memory->Base + address, (int)byteLength);
        return true;
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
