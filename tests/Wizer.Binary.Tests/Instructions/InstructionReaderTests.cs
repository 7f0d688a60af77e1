using Xunit;

namespace Wizer.Binary.Tests.Instructions;

public sealed class InstructionReaderTests
{
    // A base offset that shows whether errors and offsets are relative to the module.
    private const int Base = 0x100;

    /// <summary>An instruction of every kind of immediates, with what it reads as.</summary>
    public static TheoryData<string, string> Instructions => new()
    {
        { "6a", "I32Add" },
        { "20 05", "LocalGet 5" },
        { "20 85 80 00", "LocalGet 5" },                                         // a longer encoding of 5
        { "24 ff ff ff ff 0f", "GlobalSet 4294967295" },                         // the largest u32
        { "0c 03", "Br 3" },
        { "10 80 01", "Call 128" },
        { "12 01", "ReturnCall 1" },
        { "14 02", "CallRef 2" },
        { "25 01", "TableGet 1" },
        { "08 00", "Throw 0" },
        { "3f 01", "MemorySize 1" },
        { "fc 09 02", "DataDrop 2" },
        { "fc 0d 03", "ElemDrop 3" },
        { "11 02 01", "CallIndirect 2 1" },                                      // type, then table
        { "fc 08 03 01", "MemoryInit 3 1" },                                     // data segment, then memory
        { "fc 0a 01 00", "MemoryCopy 1 0" },                                     // destination, then source
        { "fc 0c 04 02", "TableInit 4 2" },                                      // element segment, then table
        { "fc 0e 02 01", "TableCopy 2 1" },
        { "fb 02 07 01", "StructGet 7 1" },                                      // type, then field
        { "fb 08 07 03", "ArrayNewFixed 7 3" },                                  // type, then count
        { "fb 09 07 02", "ArrayNewData 7 2" },
        { "fb 13 07 02", "ArrayInitElem 7 2" },
        { "fb 11 01 02", "ArrayCopy 1 2" },
        { "41 7f", "I32Const 0xffffffff" },                                      // -1, zero-extended
        { "41 80 80 80 80 78", "I32Const 0x80000000" },                          // the smallest i32
        { "42 7f", "I64Const 0xffffffffffffffff" },
        { "42 80 80 80 80 80 80 80 80 80 7f", "I64Const 0x8000000000000000" },   // the smallest i64
        { "43 00 00 c0 7f", "F32Const 0x7fc00000" },                             // nan
        { "44 00 00 00 00 00 00 f0 3f", "F64Const 0x3ff0000000000000" },         // 1
        { "28 02 10", "I32Load memory=0 align=2 offset=0x10" },
        { "36 42 03 10", "I32Store memory=3 align=2 offset=0x10" },              // bit 6: a memory index follows
        { "28 02 ff ff ff ff ff ff ff ff ff 01", "I32Load memory=0 align=2 offset=0xffffffffffffffff" },
        { "28 3f 00", "I32Load memory=0 align=63 offset=0x0" },                  // well-formed; the validator says no
        { "fe 10 02 00", "I32AtomicLoad memory=0 align=2 offset=0x0" },
        { "fd 54 00 04 0f", "V128Load8Lane memory=0 align=0 offset=0x4 lane=15" },
        { "fd 15 0a", "I8x16ExtractLaneS 10" },
        { "fd 0c 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f", "V128Const 0x0706050403020100 0x0f0e0d0c0b0a0908" },
        { "fd 0d 10 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f", "I8x16Shuffle 0x0706050403020110 0x1f0e0d0c0b0a0908" },
        { "fd 80 02", "I8x16RelaxedSwizzle" },                                   // 0x100 after the prefix
        { "02 40", "Block" },
        { "03 7f", "Loop (result i32)" },
        { "04 6f", "If (result externref)" },
        { "02 63 05", "Block (result (ref null 5))" },
        { "02 64 6e", "Block (result (ref any))" },
        { "06 7b", "Try (result v128)" },
        { "02 05", "Block (type 5)" },
        { "02 c0 00", "Block (type 64)" },                                       // 64 needs two bytes as an s33
        { "0e 00 05", "BrTable [] 5" },
        { "0e 03 00 81 00 02 05", "BrTable [0 1 2] 5" },
        { "1c 01 7d", "SelectTyped [f32]" },
        { "1c 00", "SelectTyped []" },                                           // invalid, but well-formed
        { "1c 02 7f 64 03", "SelectTyped [i32 (ref 3)]" },
        { "d0 70", "RefNull funcref" },
        { "d0 03", "RefNull (ref null 3)" },
        { "fb 14 6d", "RefTest (ref eq)" },
        { "fb 15 6d", "RefTestNull eqref" },
        { "fb 16 03", "RefCast (ref 3)" },
        { "fb 17 03", "RefCastNull (ref null 3)" },
        { "fb 18 01 02 6e 6d", "BrOnCast 2 anyref (ref eq)" },                   // bit 0: the source is nullable
        { "fb 19 02 02 6e 04", "BrOnCastFail 2 (ref any) (ref null 4)" },        // bit 1: the target is
        { "1f 40 00", "TryTable []" },
        { "1f 7f 04 00 01 02 01 03 04 02 05 03 06", "TryTable (result i32) [Catch 1 2, CatchRef 3 4, CatchAll 5, CatchAllRef 6]" },
        { "fe 03 00", "AtomicFence" },
        { "0b", "End" },
    };

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Read_GivesTheImmediates(string hex, string expected)
    {
        byte[] bytes = Bytes(hex);
        WasmReader reader = new(bytes, Base);
        InstructionReader.Read(ref reader, out Instruction instruction);

        Assert.Equal(expected, Describe(instruction));
        Assert.Equal(Base, instruction.Offset);
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Read_StopsBehindTheInstruction(string hex, string expected)
    {
        byte[] bytes = [.. Bytes(hex), 0x00, 0xff];
        WasmReader reader = new(bytes, Base);
        InstructionReader.Read(ref reader, out Instruction instruction);
        Assert.Equal(expected, Describe(instruction));
        Assert.Equal(bytes.Length - 2, reader.Position);

        WasmReader skipper = new(bytes, Base);
        Assert.Equal(instruction.Opcode, InstructionReader.Skip(ref skipper));
        Assert.Equal(reader.Position, skipper.Position);
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Read_RejectsEveryTruncation(string hex, string whole)
    {
        byte[] bytes = Bytes(hex);
        for (int length = 0; length < bytes.Length; length++)
        {
            WasmFormatException error = Fail(bytes.AsSpan(0, length));
            Assert.StartsWith("unexpected end", error.Message, StringComparison.Ordinal);
            Assert.True(error.Offset is >= Base and <= Base + 32, $"{whole} cut to {length} bytes: {error.Message}");
        }
    }

    [Fact]
    public void Instructions_CoverEveryKindOfImmediates()
    {
        HashSet<ImmediateKind> kinds = [];
        foreach (object[] row in Instructions)
        {
            WasmReader reader = new(Bytes((string)row[0]));
            kinds.Add(OpcodeTable.Immediates(InstructionReader.Skip(ref reader)));
        }

        Assert.Equal(Enum.GetValues<ImmediateKind>().Except([ImmediateKind.Undefined]).Order(), kinds.Order());
    }

    [Theory]
    [InlineData("ff 00", "illegal opcode ff (at offset 0x100)")]
    [InlineData("f3", "illegal opcode f3 (at offset 0x100)")]
    [InlineData("16", "illegal opcode 16 (at offset 0x100)")]
    [InlineData("fc 12", "illegal opcode fc 12 (at offset 0x100)")]
    [InlineData("fd 9a 01", "illegal opcode fd 9a (at offset 0x100)")]
    [InlineData("fd 80 04", "illegal opcode fd 200 (at offset 0x100)")]           // one beyond the page of vectors
    [InlineData("fb ff ff ff ff 0f", "illegal opcode fb ffffffff (at offset 0x100)")]
    [InlineData("fc 87 80 80 80 80 00", "integer representation too long (at offset 0x105)")]
    [InlineData("28 80 01 00", "malformed memop flags (at offset 0x101)")]
    [InlineData("28 82 80 80 80 80 00 00", "integer representation too long (at offset 0x105)")]
    [InlineData("28 82 80 80 80 10 00", "integer too large (at offset 0x105)")]
    [InlineData("28 02 ff ff ff ff ff ff ff ff ff 02", "integer too large (at offset 0x10b)")]
    [InlineData("41 80 80 80 80 70", "integer too large (at offset 0x105)")]
    [InlineData("42 80 80 80 80 80 80 80 80 80 02", "integer too large (at offset 0x10a)")]
    [InlineData("fe 03 01", "zero byte expected (at offset 0x102)")]
    [InlineData("1f 40 01 04 00", "malformed catch clause 0x04 (at offset 0x103)")]
    [InlineData("fb 18 04 00 6e 6d", "malformed br_on_cast flags 0x04 (at offset 0x102)")]
    [InlineData("02 41", "malformed value type (at offset 0x101)")]
    [InlineData("02 c0 7f", "malformed block type (at offset 0x101)")]             // -64: only the byte 0x40 is empty
    [InlineData("02 80 80 80 80 20", "integer too large (at offset 0x105)")]       // does not fit an s33
    [InlineData("d0 7f", "malformed heap type (at offset 0x101)")]
    public void Read_RejectsWhatIsMalformed(string hex, string message) =>
        Assert.Equal(message, Fail(Bytes(hex)).Message);

    [Fact]
    public void Read_RejectsTypeIndicesThatNoModuleReaches()
    {
        byte[] bytes = Bytes("02 ff ff ff ff 0f");
        Assert.Throws<WasmValidationException>(() =>
        {
            WasmReader reader = new(bytes);
            InstructionReader.Read(ref reader, out _);
        });
    }

    [Theory]
    [InlineData("0e ff ff ff ff 0f 00")]
    [InlineData("1c ff ff ff ff 0f 7f")]
    [InlineData("1f 40 ff ff ff ff 0f 00")]
    public void Read_RejectsCountsBeyondTheInput(string hex) =>
        Assert.StartsWith("unexpected end", Fail(Bytes(hex)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("41 00 0b", 3)]
    [InlineData("02 40 0b 0b 0b", 4)]                                            // a block's end does not end it
    [InlineData("06 40 18 00 0b", 5)]                                            // delegate closes its try
    [InlineData("04 40 05 0b 1f 40 00 0b 0b", 9)]
    public void SkipExpression_StopsBehindItsEnd(string hex, int length)
    {
        byte[] bytes = [.. Bytes(hex), 0x0b];
        WasmReader reader = new(bytes);
        InstructionReader.SkipExpression(ref reader);
        Assert.Equal(length, reader.Position);
    }

    [Fact]
    public void Read_DoesNotAllocate()
    {
        byte[] bytes = [.. Instructions.SelectMany(row => Bytes((string)row[0]))];
        long allocated = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            WasmReader reader = new(bytes);
            while (!reader.IsAtEnd)
            {
                InstructionReader.Read(ref reader, out _);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static WasmFormatException Fail(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return Assert.Throws<WasmFormatException>(() =>
        {
            WasmReader reader = new(copy, Base);
            InstructionReader.Read(ref reader, out _);
        });
    }

    private static string Describe(in Instruction instruction)
    {
        string immediates = OpcodeTable.Immediates(instruction.Opcode) switch
        {
            ImmediateKind.None or ImmediateKind.Fence => "",
            ImmediateKind.CallIndirect or ImmediateKind.MemoryMemory or ImmediateKind.DataMemory or ImmediateKind.ElemTable
                or ImmediateKind.TableTable or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData
                or ImmediateKind.TypeElem or ImmediateKind.TypeType => $"{instruction.Index} {instruction.Index2}",
            ImmediateKind.I32 or ImmediateKind.I64 or ImmediateKind.F32 or ImmediateKind.F64 => $"0x{instruction.Value:x}",
            ImmediateKind.V128 or ImmediateKind.Shuffle => $"0x{instruction.Value:x16} 0x{instruction.ValueHigh:x16}",
            ImmediateKind.MemArg => DescribeMemArg(instruction),
            ImmediateKind.MemArgLane => $"{DescribeMemArg(instruction)} lane={instruction.Index2}",
            ImmediateKind.BlockType => instruction.BlockType.ToString(),
            ImmediateKind.HeapType => instruction.Type.ToString(),
            ImmediateKind.BrOnCast => $"{instruction.Index} {instruction.Type} {instruction.Type2}",
            ImmediateKind.BrTable => $"{DescribeLabels(instruction)} {instruction.Index2}",
            ImmediateKind.SelectTypes => DescribeTypes(instruction),
            ImmediateKind.TryTable => $"{instruction.BlockType} {DescribeCatches(instruction)}".TrimStart(),
            _ => $"{instruction.Index}",
        };
        return $"{instruction.Opcode} {immediates}".TrimEnd();
    }

    private static string DescribeMemArg(in Instruction instruction) =>
        $"memory={instruction.Index} align={instruction.AlignLog2} offset=0x{instruction.Value:x}";

    private static string DescribeLabels(in Instruction instruction)
    {
        List<uint> labels = [];
        foreach (uint label in instruction.Labels)
        {
            labels.Add(label);
        }

        Assert.Equal((int)instruction.Index, labels.Count);
        return $"[{string.Join(' ', labels)}]";
    }

    private static string DescribeTypes(in Instruction instruction)
    {
        List<ValType> types = [];
        foreach (ValType type in instruction.Types)
        {
            types.Add(type);
        }

        Assert.Equal((int)instruction.Index, types.Count);
        Assert.True(types.Count == 0 || types[0] == instruction.Type);
        return $"[{string.Join(' ', types)}]";
    }

    private static string DescribeCatches(in Instruction instruction)
    {
        List<string> clauses = [];
        foreach (CatchClause clause in instruction.Catches)
        {
            clauses.Add(clause.HasTag ? $"{clause.Kind} {clause.TagIndex} {clause.LabelIndex}" : $"{clause.Kind} {clause.LabelIndex}");
        }

        Assert.Equal((int)instruction.Index, clauses.Count);
        return $"[{string.Join(", ", clauses)}]";
    }
}
