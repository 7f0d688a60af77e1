using Wizer.Generate;
using Wizer.Generate.Engine;
using Xunit;

namespace Wizer.Binary.Tests.Generate;

/// <summary>How the interpreter's operations are made of rows, forms, fusions and sequences.</summary>
public sealed class OperationTableTests : IDisposable
{
    private const string Instructions =
        "I32Load\ti32.load\t0x28\tMemArg\taddr\ti32\tload\t-\tmvp\t4\tMemory Instructions\n"
        + "I32Ne\ti32.ne\t0x47\t-\ti32 i32\ti32\tcompare\t-\tmvp\t-\tNumeric Instructions\n"
        + "I32Eq\ti32.eq\t0x46\t-\ti32 i32\ti32\tcompare\t-\tmvp\t-\tNumeric Instructions\n"
        + "I32Add\ti32.add\t0x6a\t-\ti32 i32\ti32\tbinary\t-\tmvp\t-\tNumeric Instructions\n";

    private const string Operations =
        "I32Load\t-\tu32 off\tu32\tmemory:4\t*(uint*)(memory + address@)\ta\n"
        + "I32Add\t-\t*\t*\t-\t$0 + $1\tk commutes\n"
        + "I32Eq\t-\t*\tbool\t-\t$0 == $1\tk\n"
        + "I32Ne\t-\t*\tbool\t-\t$0 != $1\tk\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wizer-operations-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Rows_HaveFormsWithConstants()
    {
        OperationTable table = Load();
        Assert.Equal(4, Find(table, "I32Add").Length);
        Assert.Equal(5, Find(table, "I32AddK").Length);
        Assert.Equal(4, Find(table, "I32LoadA").Length);
        Assert.Equal("I32NeK", table.InverseOf(Find(table, "I32EqK")));
        Assert.Null(table.InverseOf(Find(table, "I32Add")));
        Assert.Equal(
            ["fp[ip[1]] = ((uint)fp[ip[2]]) + (*(uint*)(ip + 3));", "ip += 5;", HandlerWriter.Dispatch],
            HandlerWriter.Statements(Find(table, "I32AddK")));
    }

    [Fact]
    public void Fusion_PassesTheValue_AndNotesWhichPartTrapped_AndWhere()
    {
        OperationTable table = Load(fusions: "I32Load\tI32Load\t0\nI32Load\tI32AddK\t0T\n");
        Assert.Equal(
            [
                "ulong address0 = (ulong)((uint)fp[ip[2]]) + (*(uint*)(ip + 3)); if (address0 + 4 > memoryLength) goto OutOfBounds;",
                "uint r0 = *(uint*)(memory + address0);",
                "ulong address1 = (ulong)r0 + (*(uint*)(ip + 5)); "
                    + "if (address1 + 4 > memoryLength) { context->TrapPart = 1; context->FaultAddress = address1; goto OutOfBounds; }",
                "fp[ip[1]] = *(uint*)(memory + address1);",
                "ip += 7;",
                HandlerWriter.Dispatch,
            ],
            HandlerWriter.Statements(Find(table, "I32Load_I32Load0")));

        // The place of the result, the place of what is kept, then the inputs.
        Assert.Contains("fp[ip[2]] = r0;", HandlerWriter.Statements(Find(table, "I32Load_I32AddK0T")));
    }

    [Fact]
    public void Sequence_LeavesTheSecondInItsPlace()
    {
        OperationTable table = Load(sequences: "I32Add\tGoOn\n");
        Operation sequence = Find(table, "I32Add__GoOn");
        Assert.Equal(5, sequence.Length);
        Assert.Equal(
            ["{", "fp[ip[1]] = ((uint)fp[ip[2]]) + ((uint)fp[ip[3]]);", "}", "ip += 4;", "{", "}", "ip += 1;", HandlerWriter.Dispatch],
            HandlerWriter.Statements(sequence));
    }

    [Fact]
    public void HotOperations_ComeFirst()
    {
        OperationTable table = Load(hot: "# comment\nI32Ne\nI32Add\n");
        Assert.Equal(2, table.HotCount);
        Assert.Equal(["I32Ne", "I32Add"], table.Operations.Take(2).Select(operation => operation.Name));
    }

    [Theory]
    [InlineData("I32Load\tNothing\t0\n", "", "", "fusions.tsv(1): error : expected an operation with a result")]
    [InlineData("I32Load\tI32AddK\t1\n", "", "", "fusions.tsv(1): error : `1` is no slot of `I32AddK`")]
    [InlineData("I32Load\tI32Eq\t0\n", "", "", "fusions.tsv(1): error : these may not be one operation")]
    [InlineData("I32Load\tI32AddK\t0T\nI32Load\tI32Load_I32AddK0T\t1T\n", "", "", "fusions.tsv(2): error : these may not be one operation")]
    [InlineData("", "I32Add\tNothing\n", "", "sequences.tsv(1): error : expected two operations")]
    [InlineData("", "Stop\tI32Add\n", "", "sequences.tsv(1): error : `Stop` does not go on to the next operation")]
    [InlineData("", "", "I32Add\nI32Add\n", "hot.tsv(2): error : `I32Add` is no operation, or named twice")]
    public void BadRow_NamesFileAndLine(string fusions, string sequences, string hot, string message)
    {
        TableException error = Assert.Throws<TableException>(() => Load(fusions, sequences, hot));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static Operation Find(OperationTable table, string name) => table.Operations.Single(operation => operation.Name == name);

    private OperationTable Load(string fusions = "", string sequences = "", string hot = "")
    {
        Write("Wizer.Binary/Instructions/instructions.tsv", Instructions);
        Write("Wizer.Engine/Code/operations.tsv", Operations);
        Write("Wizer.Engine/Code/irregular.handlers", "# comment\nop Stop\n    return 0;\nop GoOn\n    next;\n");
        Write("Wizer.Engine/Code/fusions.tsv", fusions);
        Write("Wizer.Engine/Code/sequences.tsv", sequences);
        Write("Wizer.Engine/Code/hot.tsv", hot);
        return new OperationTable(
            InstructionTable.Load(Path.Combine(_directory.FullName, InstructionTable.PathInSource), _directory.FullName));
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_directory.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
