namespace Wizer.Binary;

/// <summary>
/// One instruction as <see cref="InstructionReader"/> found it. Only the members that the instruction's
/// <see cref="ImmediateKind"/> mentions are set; the others hold whatever an earlier instruction left there, so that reading
/// costs no more than what is read.
/// </summary>
public ref struct Instruction
{
    /// <summary>Which instruction it is.</summary>
    public Opcode Opcode { get; internal set; }

    /// <summary>The alignment of a <c>MemArg</c> or <c>MemArgLane</c>, as a power of two: below 64.</summary>
    public byte AlignLog2 { get; internal set; }

    /// <summary>
    /// The only or first index of the immediates: label, function, local, global, table, memory, type, tag, data, element. The
    /// memory of a <c>MemArg</c>; the lane of a <c>Lane</c>; how many labels, types or clauses <see cref="Vector"/> has.
    /// </summary>
    public uint Index { get; internal set; }

    /// <summary>
    /// The second index: the table of a <c>CallIndirect</c> or <c>ElemTable</c>, the memory of a <c>DataMemory</c>, the source of
    /// a copy, the field of a <c>TypeField</c>, the count of a <c>TypeCount</c>, the lane of a <c>MemArgLane</c>, the default
    /// label of a <c>BrTable</c>.
    /// </summary>
    public uint Index2 { get; internal set; }

    /// <summary>
    /// The type of a <c>HeapType</c> as the reference type the instruction makes of it: nullable for <c>ref.null</c>,
    /// <c>ref.test null</c> and <c>ref.cast null</c>. The source type of a <c>BrOnCast</c>; the first of <c>SelectTypes</c>.
    /// </summary>
    public ValType Type { get; internal set; }

    /// <summary>The target type of a <c>BrOnCast</c>.</summary>
    public ValType Type2 { get; internal set; }

    /// <summary>The type of a <c>BlockType</c> or <c>TryTable</c>.</summary>
    public BlockType BlockType { get; internal set; }

    /// <summary>Module offset of the first byte of the opcode.</summary>
    public long Offset { get; internal set; }

    /// <summary>
    /// The bits of a constant, i32 and f32 zero-extended; the offset of a <c>MemArg</c>; the low half of a <c>V128</c> or of the
    /// sixteen lanes of a <c>Shuffle</c>, first lane in the low byte.
    /// </summary>
    public ulong Value { get; internal set; }

    /// <summary>The high half of a <c>V128</c> or <c>Shuffle</c>.</summary>
    public ulong ValueHigh { get; internal set; }

    /// <summary>
    /// The encoded items of a <c>BrTable</c> (without the default label), <c>SelectTypes</c> or <c>TryTable</c>: known to be well
    /// formed, a slice of the input.
    /// </summary>
    public ReadOnlySpan<byte> Vector { get; internal set; }

    /// <summary>The constant of <c>i32.const</c>.</summary>
    public readonly int I32 => (int)Value;

    /// <summary>The constant of <c>i64.const</c>.</summary>
    public readonly long I64 => (long)Value;

    /// <summary>The constant of <c>f32.const</c>; use <see cref="Value"/> where the bits of a NaN matter.</summary>
    public readonly float F32 => BitConverter.UInt32BitsToSingle((uint)Value);

    /// <summary>The constant of <c>f64.const</c>; use <see cref="Value"/> where the bits of a NaN matter.</summary>
    public readonly double F64 => BitConverter.UInt64BitsToDouble(Value);

    /// <summary>The labels of a <c>BrTable</c>, without the default one, which is <see cref="Index2"/>.</summary>
    public readonly LabelVector Labels => new(Vector);

    /// <summary>The types of <c>SelectTypes</c>.</summary>
    public readonly ValTypeVector Types => new(Vector);

    /// <summary>The clauses of a <c>TryTable</c>.</summary>
    public readonly CatchVector Catches => new(Vector);

    /// <summary>One lane of a <c>Shuffle</c>, or one byte of a <c>V128</c>.</summary>
    /// <param name="index">Below 16; the first in memory is 0.</param>
    public readonly byte Byte(int index) => (byte)((index < 8 ? Value : ValueHigh) >> (8 * (index & 7)));
}
