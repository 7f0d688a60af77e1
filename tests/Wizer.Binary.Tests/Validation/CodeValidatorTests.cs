using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>Several threads must say what one would.</summary>
public sealed class CodeValidatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Error_IsTheLowestFunctions_WhateverTheThreadsDid(int workers)
    {
        // Two megabytes of code with errors near the end, in the middle and in function 100.
        ModuleInfo module = Big(wrong: [100, 900, 1999]);
        for (int round = 0; round < 5; round++)
        {
            WasmValidationException e = Assert.Throws<WasmValidationException>(
                () => ModuleValidator.Validate(module, WasmFeatures.All, workers));
            Assert.Equal(module.Bodies[100].End - 2, e.Offset);
        }
    }

    [Fact]
    public void FirstUses_AreTheLowest_WhateverTheThreadsDid()
    {
        ModuleInfo module = Big(wrong: []);
        ValidationResult alone = ModuleValidator.Validate(module, WasmFeatures.All, maxWorkers: 1);
        ValidationResult together = ModuleValidator.Validate(module, WasmFeatures.All, maxWorkers: 4);
        for (int i = 0; i < OpcodeTable.Size; i++)
        {
            Assert.Equal(alone.TryGetFirstUse((Opcode)i, out long a), together.TryGetFirstUse((Opcode)i, out long b));
            Assert.Equal(a, b);
        }

        Assert.True(alone.TryGetFirstUse(Opcode.Nop, out long nop));
        Assert.Equal(module.Bodies[0].Offset + 1, nop);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NamedDataCount_IsOneMoreThanTheHighestIndex_WhateverTheThreadsDid(int workers)
    {
        var bytes = new ModuleBytes();
        int type = bytes.FuncType([], []);
        byte[] nops = new byte[1000];
        Array.Fill(nops, (byte)Opcode.Nop);
        for (int i = 0; i < 1000; i++)
        {
            // memory.init of segment i / 10, which is never reached.
            byte[] init = [0x00, 0xfc, 0x08, .. ModuleBytes.Leb(i / 10), 0x00];
            bytes.Func(type, i % 10 == 5 ? [.. nops, .. init] : nops);
        }

        bytes.Section(SectionId.Memory, [1, 0, 1]);
        bytes.Section(SectionId.DataCount, ModuleBytes.Leb(500));
        byte[] data = [.. ModuleBytes.Leb(500), .. Enumerable.Repeat<byte[]>([1, 0], 500).SelectMany(segment => segment)];
        byte[] module = [.. bytes.ToArray(), (byte)SectionId.Data, .. ModuleBytes.Leb(data.Length), .. data];
        ValidationResult result = ModuleValidator.Validate(ModuleReader.Parse(module), WasmFeatures.All, workers);
        Assert.Equal(100u, result.NamedDataCount);
        Assert.Equal(0u, ModuleValidator.Validate(Big(wrong: []), WasmFeatures.All, workers).NamedDataCount);
    }

    [Fact]
    public void Validation_AllocatesPerWorker_NotPerFunctionOrInstruction()
    {
        long few = AllocatedBy(Big(wrong: [], count: 100));
        long many = AllocatedBy(Big(wrong: [], count: 1000));

        // What remains is an array of function types: a reference for each function, and what the runtime allocates beside. An object for
        // each function would be another 24 bytes at least.
        Assert.InRange(many - few, 0, 900 * 24);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancellation_EndsTheWork_WhateverElseIsWrong(int workers)
    {
        ModuleInfo module = Big(wrong: [100]);
        var canceled = Assert.Throws<OperationCanceledException>(
            () => ModuleValidator.Validate(module, WasmFeatures.All, workers, new CancellationToken(canceled: true)));
        Assert.True(canceled.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public void Cancellation_EndsTheWork_WithinABody()
    {
        // A block with two parameters is one of the instructions that look.
        var bytes = new ModuleBytes();
        int plain = bytes.FuncType([], []);
        int wide = bytes.FuncType([0x7f, 0x7f], [0x7f, 0x7f]);
        bytes.Func(plain, [0x41, 0x00, 0x41, 0x00, 0x02, (byte)wide, 0x0b, 0x1a, 0x1a]);
        ModuleInfo module = ModuleReader.Parse(bytes.ToArray());
        var context = new ValidationContext(module, WasmFeatures.All);
        new SectionValidator(context).Validate();
        var validator = new FunctionValidator(context, recordsUses: false) { Cancellation = new CancellationToken(canceled: true) };
        Assert.Throws<OperationCanceledException>(() => validator.Validate(0, module.Bodies[0]));
    }

    private static long AllocatedBy(ModuleInfo module)
    {
        ModuleValidator.Validate(module, WasmFeatures.All, maxWorkers: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModuleValidator.Validate(module, WasmFeatures.All, maxWorkers: 1);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ModuleInfo Big(int[] wrong, int count = 2000)
    {
        var bytes = new ModuleBytes();
        int type = bytes.FuncType([], []);
        for (int i = 0; i < count; i++)
        {
            byte[] body = new byte[1000];
            Array.Fill(body, (byte)Opcode.Nop);
            if (wrong.Contains(i))
            {
                body[^1] = (byte)Opcode.Drop;
            }

            bytes.Func(type, body);
        }

        return ModuleReader.Parse(bytes.ToArray());
    }
}
