namespace Wizer.Generate.Emitters;

/// <summary><c>enum Proposal</c>: a member for every proposal of the table, in the order of their first rows.</summary>
internal sealed class ProposalEmitter : IEmitter
{
    public string FileName => "Proposal.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Summary("The proposal that introduced an instruction.");
        code.Open("public enum Proposal : byte");
        List<string> proposals = OpcodeTableEmitter.Proposals(table);
        for (int i = 0; i < proposals.Count; i++)
        {
            if (i != 0)
            {
                code.Line();
            }

            code.Summary($"<c>{proposals[i]}</c>, {table.Rows.Count(row => row.Proposal == proposals[i])} instructions.");
            code.Line($"{InstructionTable.PascalCase(proposals[i])} = {i},");
        }

        code.Close();
    }
}
