using Xunit;

namespace Wizer.Binary.Tests.Hostile;

/// <summary>
/// Bad input ends in a clear error, with bounded memory and time, and never in a crash. No test looks at a clock: these inputs are so
/// large that work that grows with their square would take days, and the limit on the whole run (tests/hang.runsettings) ends that.
/// </summary>
public sealed class HostileInputTests
{
    [Fact]
    public void Truncation_AtEveryByte_IsAnError_OrCutsAWholeSectionOff()
    {
        byte[] module = Corpus.Everything;
        int[] ends = [8, .. ModuleReader.Parse(module).Sections.Select(section => section.Whole.End)];
        for (int length = 0; length < module.Length; length++)
        {
            string? error = Check(module[..length]);
            Assert.True(error is not null || ends.Contains(length), $"cut at {length}");
        }

        Assert.Null(Check(module));
    }

    [Fact]
    public void Mutations_AreErrorsOrModules_AndNothingElse()
    {
        var random = new Random(19700101);
        byte[][] modules = [.. Corpus.All().Where(module => module.Length is > 8 and < 20_000)];
        for (int i = 0; i < 10_000; i++)
        {
            byte[] original = modules[i % modules.Length];
            Check(Mutate(original, random));
        }
    }

    [Theory]
    [InlineData(SectionId.Type)]
    [InlineData(SectionId.Import)]
    [InlineData(SectionId.Function)]
    [InlineData(SectionId.Table)]
    [InlineData(SectionId.Memory)]
    [InlineData(SectionId.Global)]
    [InlineData(SectionId.Export)]
    [InlineData(SectionId.Element)]
    [InlineData(SectionId.Code)]
    [InlineData(SectionId.Data)]
    [InlineData(SectionId.Tag)]
    public void AbsurdCounts_ReserveLittle(SectionId section)
    {
        // As many items as there are bytes in the file, none of which is one.
        const int Length = 4 << 20;
        byte[] module = new byte[Length];
        byte[] start = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, (byte)section, .. ModuleBytes.Leb(Length - 12), .. ModuleBytes.Leb(Length - 16)];
        Array.Fill(module, (byte)0xff);
        start.CopyTo(module, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(Check(module));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Blocks_AMillionDeep_TakeBoundedTimeAndMemory()
    {
        const int Depth = 1_000_000;
        byte[] body = new byte[Depth * 3];
        for (int i = 0; i < Depth; i++)
        {
            body[2 * i] = (byte)Opcode.Block;
            body[2 * i + 1] = 0x40;
            body[2 * Depth + i] = (byte)Opcode.End;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(Check(WithBody(body)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 << 20);

        // Never closed.
        Assert.Equal("unexpected end of section or function", Check(WithBody(body[..(2 * Depth)]))![..37]);
    }

    [Fact]
    public void Blocks_AMillionDeep_InAConstantExpression_AreNotConstant()
    {
        const int Depth = 1_000_000;
        byte[] expr = new byte[Depth * 3 + 4];
        for (int i = 0; i < Depth; i++)
        {
            expr[2 + 2 * i] = (byte)Opcode.Block;
            expr[2 + 2 * i + 1] = 0x40;
            expr[2 + 2 * Depth + i] = (byte)Opcode.End;
        }

        expr[^2] = (byte)Opcode.Nop;
        expr[^1] = (byte)Opcode.End;
        expr[0] = 0x7f; // an i32
        var bytes = new ModuleBytes();
        bytes.Section(SectionId.Global, [1, .. expr]);
        Assert.StartsWith("constant expression required", Check(bytes.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void BrTable_WithAMillionTargets_IsLinear()
    {
        const int Count = 1_000_000;
        byte[] targets = new byte[Count];
        for (int i = 0; i < Count; i++)
        {
            targets[i] = (byte)(i & 1);
        }

        Assert.Null(Check(WithBody([0x02, 0x40, 0x41, 0x00, 0x0e, .. ModuleBytes.Leb(Count), .. targets, 0x01, 0x0b])));
    }

    [Fact]
    public void Locals_FiftyThousand_AreAllowed_AndNotOneMore()
    {
        Assert.Null(Check(WithLocals([1, .. ModuleBytes.Leb(50_000), 0x7f], 1)));
        Assert.StartsWith("too many locals", Check(WithLocals([1, .. ModuleBytes.Leb(50_001), 0x7f], 1)), StringComparison.Ordinal);
        Assert.StartsWith("too many locals", Check(WithLocals([2, .. ModuleBytes.Leb(50_000), 0x7f, 1, 0x7e], 1)), StringComparison.Ordinal);
        Assert.StartsWith("too many locals", Check(WithLocals([1, .. ModuleBytes.Leb(uint.MaxValue), 0x7f], 1)), StringComparison.Ordinal);
        Assert.StartsWith(
            "too many locals",
            Check(WithLocals([2, .. ModuleBytes.Leb(uint.MaxValue), 0x7f, .. ModuleBytes.Leb(uint.MaxValue), 0x7f], 1)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Locals_InManyRuns_KeepTheirTypes()
    {
        // i32, i64 and f32 in runs of 7, past the locals that are looked up by index.
        byte[] codes = [0x7f, 0x7e, 0x7d];
        var locals = new List<byte>(ModuleBytes.Leb(300));
        for (int run = 0; run < 300; run++)
        {
            locals.AddRange([7, codes[run % 3]]);
        }

        for (int index = 0; index < 2100; index += 3)
        {
            // An instruction that takes the local's type and no other: i32.eqz, i64.eqz or f32.neg.
            byte test = (index / 7 % 3) switch { 0 => 0x45, 1 => 0x50, _ => 0x8c };
            byte[] body = [0x20, .. ModuleBytes.Leb(index), test, 0x1a, 0x0b];
            var bytes = new ModuleBytes();
            bytes.FuncWithLocals(bytes.FuncType([], []), [.. locals], body);
            Assert.Null(Check(bytes.ToArray()));
        }
    }

    [Fact]
    public void Locals_FiftyThousandInTensOfThousandsOfFunctions_TakeBoundedTime()
    {
        Assert.Null(Check(WithLocals([1, .. ModuleBytes.Leb(50_000), 0x7f], 50_000)));
    }

    [Fact]
    public void Calls_WithAThousandResults_DoNotFillTheMemory()
    {
        // Each call leaves a thousand operands: 7 MB of calls would need 14 GB of stack.
        var bytes = new ModuleBytes();
        byte[] results = new byte[1000];
        Array.Fill(results, (byte)0x7f);
        int producer = bytes.FuncType([], results);
        int consumer = bytes.FuncType([], []);
        bytes.Func(producer, [0x00]);
        byte[] calls = new byte[100_000];
        for (int i = 0; i < calls.Length; i += 2)
        {
            calls[i] = (byte)Opcode.Call;
        }

        bytes.Func(consumer, calls);
        Assert.StartsWith("too many operands", Check(bytes.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Exports_AHundredThousand_AreComparedByHash()
    {
        var bytes = new ModuleBytes();
        bytes.Func(bytes.FuncType([], []), []);
        var exports = new List<byte>(ModuleBytes.Leb(100_000));
        for (int i = 0; i < 100_000; i++)
        {
            exports.AddRange([5, (byte)('0' + i / 10000), (byte)('0' + i / 1000 % 10), (byte)('0' + i / 100 % 10), (byte)('0' + i / 10 % 10), (byte)('0' + i % 10), 0, 0]);
        }

        bytes.Section(SectionId.Export, [.. exports]);
        Assert.Null(Check(bytes.ToArray()));
    }

    [Fact]
    public void Types_NestedInAChain_TakeBoundedTime()
    {
        // Each group holds a struct that refers to the one before it; equality and matching must not walk the chain.
        const int Count = 20_000;
        var types = new List<byte>(ModuleBytes.Leb(Count));
        for (int i = 0; i < Count; i++)
        {
            // The index is signed: five bytes leave the sign bit clear.
            types.AddRange(i == 0 ? [0x5f, 0] : [0x5f, 1, 0x63, .. PaddedLeb(i - 1), 0]);
        }

        byte[] module = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, 1, .. ModuleBytes.Leb(types.Count), .. types];
        Assert.Null(Check(module));
    }

    [Theory]
    [InlineData(7_654_321, true)]
    [InlineData(7_654_322, false)]
    public void Functions_OfSevenMegabytes_AreTheLimit(int byteLength, bool isAllowed)
    {
        // Without the byte for the locals and the end.
        byte[] body = new byte[byteLength - 2];
        Array.Fill(body, (byte)Opcode.Nop);
        string? error = Check(WithBody(body));
        Assert.Equal(isAllowed, error is null);
        Assert.StartsWith(isAllowed ? "" : "function body too large", error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void StructNew_OfThousandsOfFields_InUnreachableCode_PopsThemAtOnce()
    {
        // 10,000 fields, and a million times struct.new; drop.
        byte[] fields = new byte[20_000];
        for (int i = 0; i < fields.Length; i += 2)
        {
            fields[i] = 0x7f;
        }

        var bytes = new ModuleBytes();
        int func = bytes.FuncType([], []);
        int structType = bytes.Type([0x5f, .. ModuleBytes.Leb(10_000), .. fields]);
        byte[] body = new byte[4_000_001];
        for (int i = 1; i < body.Length; i += 4)
        {
            body[i] = 0xfb;
            body[i + 2] = (byte)structType;
            body[i + 3] = (byte)Opcode.Drop;
        }

        body[0] = (byte)Opcode.Unreachable;
        bytes.Func(func, body);
        Assert.Null(Check(bytes.ToArray()));
    }

    [Fact]
    public void Memory_Of65536Pages_IsFine()
    {
        var bytes = new ModuleBytes();
        bytes.Section(SectionId.Memory, [1, 1, .. ModuleBytes.Leb(65_536), .. ModuleBytes.Leb(65_536)]);
        Assert.Null(Check(bytes.ToArray()));
    }

    /// <summary>Parses and validates.</summary>
    /// <returns>The error, or null. Anything but the declared exceptions escapes, and fails the test.</returns>
    private static string? Check(byte[] module)
    {
        try
        {
            ModuleValidator.Validate(ModuleReader.Parse(module), WasmFeatures.All, maxWorkers: 1);
            return null;
        }
        catch (WasmException e)
        {
            Assert.InRange(e.Offset, -1, module.Length);
            return e.Message;
        }
    }

    private static byte[] PaddedLeb(int value) =>
        [(byte)(value | 0x80), (byte)((value >> 7) | 0x80), (byte)((value >> 14) | 0x80), (byte)((value >> 21) | 0x80), 0];

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] module = (byte[])original.Clone();
        switch (random.Next(4))
        {
            case 0:
                // Bits
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    module[random.Next(8, module.Length)] ^= (byte)(1 << random.Next(8));
                }

                return module;

            case 1:
                // Bytes that mean something: large numbers, terminators, prefixes
                ReadOnlySpan<byte> telling = [0x00, 0x0b, 0x40, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];
                module[random.Next(8, module.Length)] = telling[random.Next(telling.Length)];
                return module;

            case 2:
                // Something left out
                int at = random.Next(8, module.Length);
                int length = Math.Min(random.Next(1, 8), module.Length - at);
                return [.. module[..at], .. module[(at + length)..]];

            default:
                // Something twice
                int from = random.Next(8, module.Length);
                int count = Math.Min(random.Next(1, 16), module.Length - from);
                return [.. module[..from], .. module[from..(from + count)], .. module[from..]];
        }
    }

    private static byte[] WithBody(byte[] instructions)
    {
        var bytes = new ModuleBytes();
        bytes.Func(bytes.FuncType([], []), instructions);
        return bytes.ToArray();
    }

    private static byte[] WithLocals(byte[] locals, int functionCount)
    {
        var bytes = new ModuleBytes();
        int type = bytes.FuncType([], []);
        for (int i = 0; i < functionCount; i++)
        {
            bytes.FuncWithLocals(type, locals, [0x0b]);
        }

        return bytes.ToArray();
    }
}
