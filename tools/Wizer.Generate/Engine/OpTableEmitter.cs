using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>What the translator knows about operations.</summary>
internal sealed class OpTableEmitter : IEmitter
{
    private const uint None = 0xffff;
    private const uint KeepFlag = 0x80;

    public string FileName => "OpTable.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        OperationTable operations = new(table);
        code.Line("using System;");
        code.Line();
        code.Line("namespace Wizer.Engine.Code;");
        code.Line();
        code.Open("internal static partial class OpTable");
        code.Summary("How many operations there are.");
        code.Line($"internal const int Count = {operations.Operations.Count};");
        code.Line();
        code.Summary("How many of them are hot.");
        code.Line($"internal const int HotCount = {operations.HotCount};");
        Column(code, operations, 1, "Lengths", "In units of code, the operation's own included.", o => o.Length);
        Column(code, operations, 1, "HasResult", "1 when the unit after the operation's says where the result goes.", o => o.HasResult ? 1 : 0);
        Column(code, operations, 1, "Parts", "How many instructions it stands for that can trap separately.", o => o.Parts);
        Column(code, operations, 1, "Commutes", "1 when the first two slots may be exchanged.", o => o.Commutes ? 1 : 0);
        Column(code, operations, 1, "IsBase", "1 when the plain loop knows it.", o => operations.BaseNames.Contains(o.Name) ? 1 : 0);
        Column(code, operations, 1, "IsWide", "1 when the constant of its constant form is sign-extended to 64 bits.", o => operations.IsWide(o) ? 1 : 0);
        Column(code, operations, 2, "ConstantForms", "The form with a constant for its last slot, or 0xffff.", o => operations.NumberOf(o.ConstantForm));
        Column(code, operations, 2, "AddressForms", "The form with a constant address, or 0xffff.", o => operations.NumberOf(o.AddressForm));
        Column(code, operations, 2, "Inverses", "The integer comparison that is true when this one is false, or 0xffff.", o => operations.NumberOf(operations.InverseOf(o)));
        Column(code, operations, 2, "Mirrors", "The integer comparison with its operands exchanged, or 0xffff.", o => operations.NumberOf(operations.MirrorOf(o)));

        List<uint> offsets = [];
        List<uint> starts = [];
        foreach (Operation operation in operations.Operations)
        {
            starts.Add((uint)offsets.Count);
            for (int i = 0; i < operation.Inputs.Length; i++)
            {
                // A slot that is read is marked, so that the translator can tell what may be fed.
                offsets.Add((uint)operation.UnitOf(i) | (operation.Inputs[i].IsSlot ? 0x80u : 0));
            }
        }

        code.Line();
        code.Summary("Where the inputs of each operation start in <see cref=\"Inputs\"/>.");
        code.Table("internal static ReadOnlySpan<byte> InputStarts", 2, starts);
        code.Line();
        code.Summary("The unit of each input; 0x80 marks slots.");
        code.Table("internal static ReadOnlySpan<byte> Inputs", 1, offsets);

        EmitInstructions(table, operations, code);
        EmitFusions(operations, code);
        EmitSequences(operations, code);
        code.Close();
    }

    private static void Column(CodeWriter code, OperationTable operations, int width, string name, string summary, Func<Operation, int> cell)
    {
        code.Line();
        code.Summary(summary);
        code.Table($"internal static ReadOnlySpan<byte> {name}", width, operations.Operations.Select(operation => (uint)cell(operation)));
    }

    private static void EmitInstructions(InstructionTable table, OperationTable operations, CodeWriter code)
    {
        uint[] ops = new uint[InstructionTable.Size];
        Array.Fill(ops, None);
        foreach (InstructionRow row in table.Rows)
        {
            if (operations.OfInstruction.TryGetValue(row.Name, out string? name))
            {
                ops[row.Opcode] = (uint)operations.NumberOf(name);
            }
        }

        code.Line();
        code.Summary("The operation of each <see cref=\"Wizer.Binary.Opcode\"/>, or 0xffff.");
        code.Table("internal static ReadOnlySpan<byte> OfInstruction", 2, ops);
    }

    // Most pairs are nothing, which one look at this says.
    private static uint FilterBit(int operation) => 1u << (operation & 31);

    // By consumer, so that the translator looks through a handful.
    private static void EmitFusions(OperationTable operations, CodeWriter code)
    {
        List<uint> starts = [];
        List<uint> filters = [];
        List<uint> producers = [];
        List<uint> inputs = [];
        List<uint> results = [];
        foreach (Operation consumer in operations.Operations)
        {
            starts.Add((uint)producers.Count);
            filters.Add(0);
            foreach (Fusion fusion in operations.Fusions)
            {
                if (fusion.Consumer == consumer.Name)
                {
                    filters[^1] |= FilterBit(operations.NumberOf(fusion.Producer));
                    producers.Add((uint)operations.NumberOf(fusion.Producer));
                    inputs.Add((uint)fusion.Input | (fusion.Keep ? KeepFlag : 0));
                    results.Add((uint)operations.NumberOf(fusion.Result));
                }
            }
        }

        starts.Add((uint)producers.Count);
        code.Line();
        code.Summary("Where the fusions that end in each operation start; one more entry marks the end.");
        code.Table("internal static ReadOnlySpan<byte> FusionStarts", 2, starts);
        code.Line();
        code.Summary("For each operation, a bit for the numbers, modulo 32, of all that a fusion which ends in it begins with.");
        code.Table("internal static ReadOnlySpan<byte> FusionFilters", 4, filters);
        code.Line();
        code.Summary("The first operation of each fusion.");
        code.Table("internal static ReadOnlySpan<byte> FusionProducers", 2, producers);
        code.Line();
        code.Summary("The input of the second operation that the first one's result is; 0x80 when it is stored as well.");
        code.Table("internal static ReadOnlySpan<byte> FusionInputs", 1, inputs);
        code.Line();
        code.Summary("What they become.");
        code.Table("internal static ReadOnlySpan<byte> FusionResults", 2, results);
    }

    private static void EmitSequences(OperationTable operations, CodeWriter code)
    {
        List<uint> starts = [];
        List<uint> filters = [];
        List<uint> seconds = [];
        List<uint> results = [];
        foreach (Operation first in operations.Operations)
        {
            starts.Add((uint)seconds.Count);
            filters.Add(0);
            foreach ((string name, string second, string result) in operations.Sequences)
            {
                if (name == first.Name)
                {
                    filters[^1] |= FilterBit(operations.NumberOf(second));
                    seconds.Add((uint)operations.NumberOf(second));
                    results.Add((uint)operations.NumberOf(result));
                }
            }
        }

        starts.Add((uint)seconds.Count);
        code.Line();
        code.Summary("Where the sequences that begin with each operation start; one more entry marks the end.");
        code.Table("internal static ReadOnlySpan<byte> SequenceStarts", 2, starts);
        code.Line();
        code.Summary("For each operation, a bit for the numbers, modulo 32, of all that a sequence which begins with it goes on with.");
        code.Table("internal static ReadOnlySpan<byte> SequenceFilters", 4, filters);
        code.Line();
        code.Summary("The second operation of each sequence.");
        code.Table("internal static ReadOnlySpan<byte> SequenceSeconds", 2, seconds);
        code.Line();
        code.Summary("What the first becomes.");
        code.Table("internal static ReadOnlySpan<byte> SequenceResults", 2, results);
    }
}
