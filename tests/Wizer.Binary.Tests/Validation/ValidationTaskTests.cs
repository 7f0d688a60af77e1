using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>Between the start of a validation and its end there may be time for something else, and no error yet.</summary>
public sealed class ValidationTaskTests
{
    private const byte Nop = (byte)Opcode.Nop;
    private const byte Drop = (byte)Opcode.Drop;

    [Theory]
    [InlineData(1000, 4, true)]
    [InlineData(1000, 1, false)] // nobody else works
    [InlineData(10, 4, false)] // nor for so little
    public void IsUnderWay_WhenOthersCheckBodies(int bodyCount, int maxWorkers, bool expected)
    {
        ValidationTask task = Start(Module(bodyCount, lastInstruction: Nop), maxWorkers);
        Assert.Equal(expected, task.IsUnderWay);
        Assert.True(task.Join().TryGetFirstUse(Opcode.Nop, out _));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Join_ReportsTheInvalidBody(int bodyCount)
    {
        ModuleInfo module = Module(bodyCount, lastInstruction: Drop);
        WasmValidationException error = Assert.Throws<WasmValidationException>(() => Start(module, maxWorkers: 4).Join());
        Assert.Equal(module.Bodies[^1].End - 2, error.Offset);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Join_ReportsTheInvalidSection_BeforeTheInvalidBody(int bodyCount)
    {
        // A start function that does not exist.
        ModuleInfo module = Module(bodyCount, lastInstruction: Drop, (SectionId.Start, ModuleBytes.Leb(5000)));
        ValidationTask task = Start(module, maxWorkers: 4);
        Assert.False(task.IsUnderWay);
        WasmValidationException error = Assert.Throws<WasmValidationException>(task.Join);
        Assert.StartsWith("unknown function", error.Message, StringComparison.Ordinal);
    }

    private static ValidationTask Start(ModuleInfo module, int maxWorkers) =>
        ValidationTask.Start(module, WasmFeatures.All, maxWorkers, CancellationToken.None);

    private static ModuleInfo Module(int bodyCount, byte lastInstruction, params (SectionId Id, byte[] Contents)[] sections)
    {
        var bytes = new ModuleBytes();
        int type = bytes.FuncType([], []);
        byte[] body = new byte[1000];
        Array.Fill(body, Nop);
        for (int i = 1; i < bodyCount; i++)
        {
            bytes.Func(type, body);
        }

        bytes.Func(type, [.. body[1..], lastInstruction]);
        foreach ((SectionId id, byte[] contents) in sections)
        {
            bytes.Section(id, contents);
        }

        return ModuleReader.Parse(bytes.ToArray());
    }
}
