using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wizer.Binary;

/// <summary>What <c>instructions.tsv</c> says about each opcode; the tables themselves are generated next door.</summary>
public static partial class OpcodeTable
{
    /// <summary>Whether the opcode is an instruction.</summary>
    public static bool IsDefined(Opcode opcode) =>
        (uint)opcode < Size && ImmediateKinds[(int)opcode] != (byte)ImmediateKind.Undefined;

    /// <summary>The immediates that follow the opcode; <see cref="ImmediateKind.Undefined"/> when it is not an instruction.</summary>
    public static ImmediateKind Immediates(Opcode opcode) =>
        (uint)opcode < Size ? (ImmediateKind)ImmediateKinds[(int)opcode] : ImmediateKind.Undefined;

    /// <summary>The proposal that introduced the instruction.</summary>
    public static Proposal Proposal(Opcode opcode) => (Proposal)Proposals[(int)opcode];

    /// <summary>The types that the instruction pops and pushes, as far as the opcode alone decides them.</summary>
    public static OpcodeSignature Signature(Opcode opcode) =>
        new(BinaryPrimitives.ReadUInt32LittleEndian(Signatures[(sizeof(uint) * (int)opcode)..]));

    /// <summary>What kind of instruction it is; <see cref="OpcodeFamily.Undefined"/> when the opcode is not one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OpcodeFamily Family(Opcode opcode) =>
        (uint)opcode < Size ? (OpcodeFamily)Families[(int)opcode] : OpcodeFamily.Undefined;

    /// <summary>
    /// The floats in the instruction's result that may be NaNs whose bits the specification leaves open. All other instructions
    /// move bits, or clear, set and copy signs, the same on every machine. Core 3.0, Execution: Numerics, NaN Propagation.
    /// </summary>
    public static NanLanes NanLanes(Opcode opcode) => (NanLanes)Nans[(int)opcode];

    /// <summary>
    /// Whether what the instruction reads, from memory or from its operands, is a signed integer: the mnemonic ends with <c>_s</c>.
    /// </summary>
    public static bool IsSigned(Opcode opcode) => Signs[(int)opcode] != 0;

    /// <summary>Bytes of the memory access, which is its natural alignment, or of the lane; 0 when there is none.</summary>
    public static int Width(Opcode opcode) => Widths[(int)opcode];

    /// <summary>The mnemonic of the text format; empty when the opcode is not defined.</summary>
    public static string Mnemonic(Opcode opcode) => Encoding.ASCII.GetString(MnemonicUtf8(opcode));

    /// <summary>The mnemonic of the text format, not allocated; empty when the opcode is not defined.</summary>
    public static ReadOnlySpan<byte> MnemonicUtf8(Opcode opcode) =>
        IsDefined(opcode) ? MnemonicAt(ReadUInt16(MnemonicRanks, (int)opcode)) : default;

    /// <summary>
    /// Finds the opcode of a mnemonic. Where several share one, it is the first of the table: <c>select</c> is
    /// <see cref="Opcode.Select"/>, <c>ref.test</c> and <c>ref.cast</c> are the forms that fail for null.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> mnemonicUtf8, out Opcode opcode)
    {
        int low = 0;
        int high = (MnemonicOpcodes.Length / sizeof(ushort)) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = mnemonicUtf8.SequenceCompareTo(MnemonicAt(middle));
            if (order == 0)
            {
                opcode = (Opcode)ReadUInt16(MnemonicOpcodes, middle);
                return true;
            }

            if (order < 0)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        opcode = default;
        return false;
    }

    private static ReadOnlySpan<byte> MnemonicAt(int rank) =>
        MnemonicBytes[ReadUInt16(MnemonicStarts, rank)..ReadUInt16(MnemonicStarts, rank + 1)];

    private static ushort ReadUInt16(ReadOnlySpan<byte> table, int index) =>
        BinaryPrimitives.ReadUInt16LittleEndian(table[(sizeof(ushort) * index)..]);
}
