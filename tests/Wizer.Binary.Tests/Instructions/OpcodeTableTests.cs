using System.Text;
using Xunit;

namespace Wizer.Binary.Tests.Instructions;

public sealed class OpcodeTableTests
{
    private static IEnumerable<Opcode> Defined =>
        Enumerable.Range(0, OpcodeTable.Size).Select(i => (Opcode)i).Where(OpcodeTable.IsDefined);

    /// <summary>The sizes of the proposals, from their specifications.</summary>
    public static TheoryData<Proposal, int> InstructionCounts => new()
    {
        { Proposal.Mvp, 172 },
        { Proposal.SignExtension, 5 },
        { Proposal.SatConversions, 8 },
        { Proposal.BulkMemory, 7 },
        { Proposal.ReferenceTypes, 9 },
        { Proposal.FunctionReferences, 5 },
        { Proposal.Gc, 32 },
        { Proposal.TailCall, 2 },
        { Proposal.Exceptions, 3 },
        { Proposal.LegacyExceptions, 5 },
        { Proposal.Simd, 236 },
        { Proposal.RelaxedSimd, 20 },
        { Proposal.Threads, 67 },
        { Proposal.WideArithmetic, 4 },
    };

    [Theory]
    [MemberData(nameof(InstructionCounts))]
    public void Proposal_HasAllItsInstructions(Proposal proposal, int count) =>
        Assert.Equal(count, Defined.Count(opcode => OpcodeTable.Proposal(opcode) == proposal));

    [Fact]
    public void Table_HasNoOtherInstructions()
    {
        Assert.Equal(InstructionCounts.Sum(row => (int)row[1]), Defined.Count());
        Assert.Equal(OpcodeTable.Count, Defined.Count());
        Assert.Equal(Enum.GetValues<Opcode>(), Defined);
    }

    [Fact]
    public void EveryMnemonic_ParsesToItsInstruction()
    {
        foreach (Opcode opcode in Defined)
        {
            string mnemonic = OpcodeTable.Mnemonic(opcode);
            Assert.True(OpcodeTable.TryParse(Encoding.ASCII.GetBytes(mnemonic), out Opcode parsed), mnemonic);
            Opcode expected = opcode switch
            {
                // The text format tells these apart by their immediates.
                Opcode.SelectTyped => Opcode.Select,
                Opcode.RefTestNull => Opcode.RefTest,
                Opcode.RefCastNull => Opcode.RefCast,
                _ => opcode,
            };
            Assert.Equal(expected, parsed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("zzz")]
    [InlineData("i32")]
    [InlineData("i32.ad")]
    [InlineData("i32.addx")]
    [InlineData("I32.add")]
    [InlineData("i32.const\0")]
    [InlineData("unreachable ")]
    [InlineData("get_local")]
    public void TryParse_RejectsWhatIsNoMnemonic(string text) =>
        Assert.False(OpcodeTable.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(Opcode.Unreachable, 0x00)]
    [InlineData(Opcode.I64Extend32S, 0xc4)]
    [InlineData(Opcode.StructNew, 0x100)]
    [InlineData(Opcode.I64MulWideU, 0x216)]
    [InlineData(Opcode.F64x2ConvertLowI32x4U, 0x3ff)]
    [InlineData(Opcode.I8x16RelaxedSwizzle, 0x400)]
    [InlineData(Opcode.I64AtomicRmw32CmpxchgU, 0x54e)]
    public void Opcode_IsPrefixPagePlusCode(Opcode opcode, int value) => Assert.Equal(value, (int)opcode);

    [Fact]
    public void UndefinedOpcode_IsUndefinedEverywhere()
    {
        foreach (Opcode opcode in new[] { (Opcode)0xff, (Opcode)0xfb, (Opcode)0x3a2, (Opcode)OpcodeTable.Size, (Opcode)0xffff })
        {
            Assert.False(OpcodeTable.IsDefined(opcode));
            Assert.Equal(ImmediateKind.Undefined, OpcodeTable.Immediates(opcode));
            Assert.Equal(OpcodeFamily.Undefined, OpcodeTable.Family(opcode));
            Assert.Equal("", OpcodeTable.Mnemonic(opcode));
        }
    }

    [Fact]
    public void Signature_GivesOperandsDeepestFirst()
    {
        OpcodeSignature store = OpcodeTable.Signature(Opcode.I64Store);
        Assert.True(store.IsRegular);
        Assert.Equal(2, store.OperandCount);
        Assert.Equal(OpcodeSignature.Address, store.Operand0);
        Assert.Equal(ValType.I64.Kind, store.Operand1);
        Assert.Equal(OpcodeSignature.Nothing, store.Result);

        OpcodeSignature compareExchange = OpcodeTable.Signature(Opcode.I32AtomicRmwCmpxchg);
        Assert.Equal(3, compareExchange.OperandCount);
        Assert.Equal(ValType.I32.Kind, compareExchange.Result);

        OpcodeSignature nop = OpcodeTable.Signature(Opcode.Nop);
        Assert.True(nop.IsRegular);
        Assert.Equal(0, nop.OperandCount);
    }

    [Fact]
    public void Family_SaysWhatTheSignatureIsLike()
    {
        foreach (Opcode opcode in Defined)
        {
            OpcodeSignature signature = OpcodeTable.Signature(opcode);
            (int operands, bool isSame) = OpcodeTable.Family(opcode) switch
            {
                OpcodeFamily.Unary => (1, true),
                OpcodeFamily.Binary or OpcodeFamily.Divide => (2, true),
                OpcodeFamily.Test or OpcodeFamily.Convert or OpcodeFamily.Truncate => (1, false),
                OpcodeFamily.Compare => (2, false),
                _ => (-1, false),
            };
            if (operands >= 0)
            {
                Assert.True(signature.IsRegular, $"{opcode}");
                Assert.Equal(operands, signature.OperandCount);
                Assert.True(operands == 1 || signature.Operand0 == signature.Operand1, $"{opcode}");
                Assert.True(!isSame || signature.Operand0 == signature.Result, $"{opcode}");
            }
        }
    }

    [Fact]
    public void Family_SaysWhatReadsMemoryAndWhatWritesIt()
    {
        foreach (Opcode opcode in Defined.Where(o => OpcodeTable.Immediates(o) is ImmediateKind.MemArg or ImmediateKind.MemArgLane))
        {
            string family = OpcodeTable.Family(opcode).ToString();
            bool isAtomic = OpcodeTable.Proposal(opcode) == Proposal.Threads;
            bool isStore = OpcodeTable.Signature(opcode).Result == OpcodeSignature.Nothing;
            Assert.Equal(isAtomic, family.StartsWith("Atomic", StringComparison.Ordinal));
            Assert.Equal(isStore, family.Contains("Store", StringComparison.Ordinal));
            Assert.True(isStore || isAtomic || family.Contains("Load", StringComparison.Ordinal), $"{opcode}");
        }
    }

    [Fact]
    public void NanLanes_AreThoseOfTheResult()
    {
        foreach (Opcode opcode in Defined.Where(o => OpcodeTable.NanLanes(o) != NanLanes.None))
        {
            byte expected = OpcodeTable.NanLanes(opcode) switch
            {
                NanLanes.F32 => ValType.F32.Kind,
                NanLanes.F64 => ValType.F64.Kind,
                _ => ValType.V128.Kind,
            };
            Assert.Equal(expected, OpcodeTable.Signature(opcode).Result);
            Assert.StartsWith(OpcodeTable.NanLanes(opcode).ToString(), opcode.ToString());
        }
    }

    [Fact]
    public void Signature_SaysWhatIsIrregular()
    {
        // ref.is_null pops any reference but always pushes an i32; ref.i31 the other way around.
        OpcodeSignature isNull = OpcodeTable.Signature(Opcode.RefIsNull);
        Assert.False(isNull.IsRegular);
        Assert.False(isNull.HasRegularOperands);
        Assert.Equal(ValType.I32.Kind, isNull.Result);

        OpcodeSignature i31 = OpcodeTable.Signature(Opcode.RefI31);
        Assert.False(i31.IsRegular);
        Assert.True(i31.HasRegularOperands);
        Assert.Equal(1, i31.OperandCount);
    }

    [Fact]
    public void Lookups_DoNotAllocate()
    {
        // Twice: the first call of a method may allocate on behalf of the runtime.
        long allocated = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            OpcodeTable.TryParse("i32.atomic.rmw8.cmpxchg_u"u8, out Opcode opcode);
            _ = OpcodeTable.Signature(opcode).OperandCount + OpcodeTable.MnemonicUtf8(opcode).Length + (int)OpcodeTable.Immediates(opcode);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
