using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Wizer.Binary;

namespace Wizer.Engine.Code;

/// <summary>What the translator knows about operations; the tables themselves are generated next door.</summary>
internal static partial class OpTable
{
    /// <summary>
    /// Marks an input that is a slot, in <see cref="Inputs"/>; a result that is stored as well, in <see cref="FusionInputs"/>.
    /// </summary>
    internal const int Flag = 0x80;

    internal static Op OfOpcode(Opcode opcode) => (Op)At(OfInstruction, (int)opcode);

    internal static Op ConstantForm(Op op) => (Op)At(ConstantForms, (int)op);

    internal static Op AddressForm(Op op) => (Op)At(AddressForms, (int)op);

    internal static Op Inverse(Op op) => (Op)At(Inverses, (int)op);

    internal static Op Mirror(Op op) => (Op)At(Mirrors, (int)op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort At(ReadOnlySpan<byte> table, int index) =>
        BinaryPrimitives.ReadUInt16LittleEndian(table.Slice(index * sizeof(ushort), sizeof(ushort)));

    /// <summary>Whether a pair may be in a table with such a filter.</summary>
    /// <param name="filters"><see cref="FusionFilters"/> or <see cref="SequenceFilters"/>.</param>
    /// <param name="op">Whose entry it is.</param>
    /// <param name="other">The other operation.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Passes(ReadOnlySpan<byte> filters, int op, int other) =>
        ((BinaryPrimitives.ReadUInt32LittleEndian(filters.Slice(op * sizeof(uint), sizeof(uint))) >> other) & 1) != 0;

    /// <summary>How many units an operation takes, what follows a table included.</summary>
    /// <param name="code">From its first unit on.</param>
    internal static int LengthOf(ReadOnlySpan<ushort> code)
    {
        // The last input of a table is how many labels follow, but for the default one.
        int length = Lengths[code[0]];
        return (Op)code[0] is Op.BrTable or Op.BrTableLoad ? length + (2 * ((code[length - 2] | (code[length - 1] << 16)) + 1)) : length;
    }
}
