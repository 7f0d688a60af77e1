using System.Globalization;
using System.Text;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>An instruction as people read it: its mnemonic, and its immediates where they are a constant or an index.</summary>
internal static class InstructionText
{
    public static string Of(ComparedModule module, in Instruction instruction)
    {
        string mnemonic = OpcodeTable.Mnemonic(instruction.Opcode);
        return OpcodeTable.Immediates(instruction.Opcode) switch
        {
            ImmediateKind.I32 => $"{GlobalValue.FromBits(ValType.I32, instruction.Value)}",
            ImmediateKind.I64 => $"{GlobalValue.FromBits(ValType.I64, instruction.Value)}",
            ImmediateKind.F32 => $"{GlobalValue.FromBits(ValType.F32, instruction.Value)}",
            ImmediateKind.F64 => $"{GlobalValue.FromBits(ValType.F64, instruction.Value)}",
            ImmediateKind.V128 => $"{GlobalValue.FromBits(ValType.V128, instruction.Value, instruction.ValueHigh)}",
            ImmediateKind.Func => $"{mnemonic} {module.FuncName(instruction.Index)}",
            ImmediateKind.HeapType => $"{mnemonic} {instruction.Type.HeapType}",
            ImmediateKind.BlockType => $"{mnemonic} {instruction.BlockType}".TrimEnd(),
            ImmediateKind.MemArg => Text($"{mnemonic} offset={instruction.Value}"),
            ImmediateKind.Local or ImmediateKind.Global or ImmediateKind.Label or ImmediateKind.Memory or ImmediateKind.Type
                or ImmediateKind.Table or ImmediateKind.Tag or ImmediateKind.Data or ImmediateKind.Elem
                => Text($"{mnemonic} {instruction.Index}"),
            ImmediateKind.CallIndirect or ImmediateKind.TypeField or ImmediateKind.TypeCount
                => Text($"{mnemonic} {instruction.Index} {instruction.Index2}"),
            _ => mnemonic,
        };
    }

    /// <summary>A constant expression, without its end.</summary>
    public static string OfExpression(ComparedModule module, ByteRange expression)
    {
        var text = new StringBuilder();
        var reader = new WasmReader(expression.Of(module.Info.Bytes.Span), expression.Offset);
        for (int count = 0; !reader.IsAtEnd; count++)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (reader.IsAtEnd)
            {
                break;
            }

            text.Append(count == 0 ? "" : " ").Append(Of(module, instruction));
        }

        return text.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
