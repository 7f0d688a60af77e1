using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Where a memory ends for machine code, which looks at addresses or leaves that to the processor.</summary>
public sealed class MachineMemoryTests
{
    public static TheoryData<string, int> Accesses
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach ((string type, string suffix, int width) in ((string, string, int)[])
                [("i32", "", 4), ("i32", "8", 1), ("i32", "16", 2), ("i64", "", 8), ("i64", "32", 4), ("f32", "", 4), ("f64", "", 8)])
            {
                data.Add($"(drop ({type}.load{(suffix.Length == 0 ? "" : suffix + "_u")} @))", width);
                data.Add($"({type}.store{suffix} @ ({type}.const 1))", width);
                data.Add($"({type}.store{suffix} @ ({type}.add ({type}.const 1) ({type}.const 1)))", width);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Accesses_EndWithTheMemory(string access, int width)
    {
        uint last = 65_536 - (uint)width;
        foreach (uint offset in (uint[])[0, 1, 100, 65_536, int.MaxValue, 1u << 31, uint.MaxValue])
        {
            string source = Source(access, $"offset={offset} (local.get 0)");
            string constant = Source(access, $"offset={offset} (i32.const {(offset <= last ? last - offset : 0)})");
            string beyond = Source(access, $"offset={offset} (i32.const {(offset <= last ? last - offset + 1 : uint.MaxValue)})");
            if (offset <= last)
            {
                Assert.Equal([7UL], MachineGuest.Call(source, last - offset));
                Assert.Equal([7UL], MachineGuest.Call(constant, 0));
                MachineGuest.Trap(source, null, last - offset + 1);
            }

            Assert.Equal(TrapKind.MemoryOutOfBounds, MachineGuest.Trap(beyond, null, 0).Kind);
            MachineGuest.Trap(source, null, uint.MaxValue);
            MachineGuest.Trap(source, null, 65_536);
            MachineGuest.Trap(source, null, 1u << 31);
        }
    }

    // One page at first, the second of two memories where there are two, with the name of the one that is meant.
    public static TheoryData<string, string, bool> OtherMemories
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach ((string memory, string use) in ((string, string)[])
            [
                ("(memory i64 1)", ""),
                ("(memory i64 1 1)", ""),
                ("(memory i64 1 3)", ""),
                ("(memory i64 1 70000)", ""),
                ("(memory i64 65536 (pagesize 1))", ""),
                ("(memory 65536 70000 (pagesize 1))", ""),
                ("(memory 0) (memory $m 1 1)", "$m"),
                ("(memory i64 0) (memory $m 1)", "$m"),
                ("(memory 1) (memory i64 1) (memory $m i64 1 2)", "$m"),
                ("(memory 1) (memory $m 65536 65536 (pagesize 1))", "$m"),
            ])
            {
                data.Add(memory, use, true);
                data.Add(memory, use, false);
            }

            data.Add("(memory 1)", "", false);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(OtherMemories))]
    public void AccessesOfOtherMemories_EndWithThem(string memory, string use, bool reserve)
    {
        string type = AddressType(memory);
        foreach ((string access, int width) in s_otherAccesses)
        {
            ulong last = 65_536 - (ulong)width;
            foreach (ulong offset in (ulong[])[0, 1000, int.MaxValue - 64, int.MaxValue, uint.MaxValue, 1UL << 32, ulong.MaxValue])
            {
                if (type == "i32" && offset > uint.MaxValue)
                {
                    continue;
                }

                string Source(string address) => $"""
                    (module
                      {memory}
                      (func (export "f") (param $a {type}) (result i32)
                        {Fill(access, use, offset, address)}
                        (i32.const 7)))
                    """;
                ulong end = last - offset;
                ulong[] addresses = [end, end + 1, 65_536, uint.MaxValue, (1UL << 32) + last, 1UL << 40, ulong.MaxValue, 0 - offset];
                if (type == "i32")
                {
                    addresses = [.. addresses.Select(address => (ulong)(uint)address)];
                }

                ulong[][] arguments = [.. addresses.Select(address => new[] { address })];
                string[] outcomes = MachineGuest.Outcomes(Source("(local.get $a)"), reserve, arguments);
                for (int i = 0; i < addresses.Length; i++)
                {
                    bool isWithin = (UInt128)addresses[i] + offset <= last;
                    string what = $"{access} of {memory} at {addresses[i]:x} + {offset:x}: {outcomes[i]}";
                    Assert.True(isWithin == (outcomes[i] == "0x7"), what);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(OtherMemories))]
    public void ConstantAddresses_EndWithThem(string memory, string use, bool reserve)
    {
        string type = AddressType(memory);
        foreach ((string access, int width) in s_otherAccesses)
        {
            ulong last = 65_536 - (ulong)width;
            foreach ((ulong address, ulong offset) in ((ulong, ulong)[])
                [(last, 0), (last + 1, 0), (1, last), (2, last), (uint.MaxValue, 1), (0, int.MaxValue)])
            {
                string[] outcomes = MachineGuest.Outcomes(
                    $"""
                    (module
                      {memory}
                      (func (export "f") (result i32)
                        {Fill(access, use, offset, $"({type}.const {address})")}
                        (i32.const 7)))
                    """, reserve, [[]]);
                bool isWithin = address + offset <= last;
                Assert.True(isWithin == (outcomes[0] == "0x7"), $"{access} of {memory} at {address} + {offset}: {outcomes[0]}");
            }
        }
    }

    // What is stored in one is loaded there, and nowhere else.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SeveralMemories_AreKeptApart(bool reserve)
    {
        const string Source = """
            (module
              (memory $a 1 2) (memory $b i64 1) (memory $c 1 1) (memory $d i64 1 1) (memory $e 100 200 (pagesize 1))
              (func (export "f") (param i64) (result i64 i64 i64 i64 i64 i64 i64)
                (local i32 v128 f64)
                (local.set 1 (i32.wrap_i64 (local.get 0)))
                (i64.store $a (local.get 1) (i64.const 1))
                (i64.store $b (local.get 0) (i64.const 0x1234567890))
                (f64.store $c offset=8 (local.get 1) (f64.const 0x1p+7))
                (v128.store $d offset=16 (local.get 0) (v128.const i64x2 5 6))
                (i64.store8 $e offset=1 (local.get 1) (local.get 0))
                (local.set 3 (f64.add (f64.load $c offset=8 (local.get 1)) (f64.const 1)))
                (local.set 2 (i64x2.add (v128.const i64x2 1 2) (v128.load $d offset=16 (local.get 0))))
                (i64.add (i64.load $a (local.get 1)) (i64.load $a offset=8 (local.get 1)))
                (i64.add (i64.load $b (local.get 0)) (i64.const 1))
                (i64.trunc_f64_s (local.get 3))
                (i64x2.extract_lane 0 (local.get 2))
                (i64x2.extract_lane 1 (v128.load64_lane $d offset=24 1 (local.get 0) (local.get 2)))
                (i64.load8_u $e offset=1 (local.get 1))
                (i64.add
                  (i64.add (i64.extend_i32_u (memory.size $a)) (memory.size $b))
                  (i64.add (i64.extend_i32_u (memory.size $c)) (i64.add (memory.size $d) (i64.extend_i32_u (memory.size $e)))))))
            """;
        string[] outcomes = MachineGuest.Outcomes(Source, reserve, [[40], [65_528], [0], [1UL << 32]]);
        Assert.Equal("0x1 0x1234567891 0x81 0x6 0x6 0x28 0x68", outcomes[0]);
        Assert.StartsWith("MemoryOutOfBounds", outcomes[1], StringComparison.Ordinal);
        Assert.Equal("0x1 0x1234567891 0x81 0x6 0x6 0x0 0x68", outcomes[2]);
        Assert.StartsWith("MemoryOutOfBounds", outcomes[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(memory i64 1 3)", "", true)]
    [InlineData("(memory i64 1 3)", "", false)]
    [InlineData("(memory i64 0 3)", "", true)]
    [InlineData("(memory 0 3)", "", false)]
    [InlineData("(memory 1) (memory $m 0 3)", "$m", true)]
    [InlineData("(memory 1) (memory $m 0 3)", "$m", false)]
    [InlineData("(memory 1) (memory $m i64 1 4)", "$m", true)]
    [InlineData("(memory i64 1) (memory $m i64 1 4)", "$m", false)]
    public void GrowthOfOtherMemories_MovesTheEnd(string memory, string use, bool reserve)
    {
        // By itself, and by what it calls; the last byte is touched before and behind.
        string type = AddressType(memory);
        string source = $"""
            (module
              {memory}
              (func $grow (param {type}) (result {type}) (memory.grow {use} (local.get 0)))
              (func $end (result {type}) ({type}.mul (memory.size {use}) ({type}.const 65536)))
              (func (export "f") (param {type} {type} {type}) (result i32 {type} {type})
                (local $last {type})
                (local.set $last ({type}.sub (call $end) ({type}.const 1)))
                (if ({type}.ne (local.get $last) ({type}.const -1))
                  (then (i32.store8 {use} (local.get $last) (i32.const 5))))
                (drop (memory.grow {use} (local.get 1)))
                (if ({type}.ne (local.get $last) ({type}.const -1))
                  (then (i32.store8 {use} (local.get $last) (i32.add (i32.load8_u {use} (local.get $last)) (i32.const 1)))))
                (drop (call $grow (local.get 2)))
                (i32.store8 {use} (local.get 0) (i32.add (i32.load8_u {use} (local.get 0)) (i32.const 1)))
                (i32.load8_u {use} (local.get 0))
                (memory.size {use})
                (memory.grow {use} ({type}.const 0))))
            """;
        string[] outcomes = MachineGuest.Outcomes(
            source,
            reserve,
            [[0, 0, 0], [65_535, 1, 0], [65_536, 0, 0], [131_071, 0, 1], [196_607, 1, 1], [196_607, 0, 0], [262_144, 0, 0]]);
        Assert.Contains(outcomes, static outcome => outcome.StartsWith("0x1 0x2", StringComparison.Ordinal));
        Assert.Contains(outcomes, static outcome => outcome.StartsWith("MemoryOutOfBounds", StringComparison.Ordinal));
    }

    [Fact]
    public void Growth_MovesTheEnd()
    {
        const string Source = """
            (module
              (memory 1 3)
              (func $load (param i32) (result i32) (i32.load8_u (local.get 0)))
              (func (export "f") (param i32 i32) (result i32 i32)
                (local i32)
                (local.set 2 (i32.load8_u (i32.const 5)))
                (drop (memory.grow (local.get 1)))
                (i32.store8 (local.get 0) (i32.const 9))
                (call $load (local.get 0))
                (memory.size)))
            """;
        Assert.Equal([9UL, 2], MachineGuest.Call(Source, 131_071, 1));
        Assert.Equal([9UL, 3], MachineGuest.Call(Source, 196_607, 2));
        MachineGuest.Trap(Source, null, 131_072, 1);
        MachineGuest.Trap(Source, null, 65_536, 0);
        MachineGuest.Trap(Source, null, 65_536, 3);
    }

    [Theory]
    [InlineData("(memory i64 1)", "i64.extend_i32_u")]
    [InlineData("(memory 1 (pagesize 1))", "i32.add (i32.const -65535)")]
    [InlineData("(memory 0) (memory $other 1)", "i32.add (i32.const 0)")]
    public void OtherMemories_EndWhereTheyEnd(string memory, string address)
    {
        string use = memory.Contains("$other", StringComparison.Ordinal) ? "$other" : "";
        string source = $"""
            (module
              {memory}
              (func (export "f") (param i32) (result i32)
                (i32.store8 {use} ({address} (local.get 0)) (i32.const 77))
                (i32.load8_u {use} ({address} (local.get 0)))))
            """;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            Assert.Equal(77UL, LoopGuest.Run(form, source, 65_535));
        }

        MachineGuest.Trap(source, null, 65_536);
        MachineGuest.Trap(source, null, uint.MaxValue);
    }

    // The memory is another instance's, which grows it while ours runs.
    [Fact]
    public void ImportedMemory_GrowsUnderneath() => GrowUnderneath("", "", "i32");

    [Fact]
    public void ImportedSecondMemory_GrowsUnderneath() => GrowUnderneath("(import \"m\" \"memory\" (memory 0))", "1", "i32");

    [Fact]
    public void ImportedWideMemory_GrowsUnderneath() => GrowUnderneath("", "", "i64");

    [Fact]
    public void ImportedSecondWideMemory_GrowsUnderneath() => GrowUnderneath("(import \"m\" \"memory\" (memory i64 0))", "1", "i64");

    private static void GrowUnderneath(string first, string use, string type)
    {
        string width = type == "i64" ? "i64" : "";
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var store = new Store(form.Options());
            Instance owner = Runtime.Guest.Instantiate(store, $"""
                (module
                  (memory (export "memory") {width} 1 4)
                  (func (export "grow") (param {type}) (result {type}) (memory.grow (local.get 0))))
                """);
            Linker linker = new Linker().DefineInstance("m", owner);
            Instance user = Runtime.Guest.Instantiate(store, $"""
                (module
                  {first}
                  (import "m" "memory" (memory {width} 1))
                  (import "m" "grow" (func $grow (param {type}) (result {type})))
                  (func (export "f") (param {type} {type}) (result i32)
                    (local i32)
                    (local.set 2 (i32.const 3))
                    (i32.store {use} ({type}.const 65532) (local.get 2))
                    (drop (call $grow (local.get 1)))
                    (i32.store {use} (local.get 0) (i32.add (i32.load {use} ({type}.const 65532)) (local.get 2)))
                    (i32.load {use} (local.get 0))))
                """, linker);
            Assert.Equal([6UL], user.Invoke("f", 131_068, 1));
            Assert.Throws<WasmTrapException>(() => user.Invoke("f", 131_069, 0));
            Assert.Equal([6UL], user.Invoke("f", 196_604, 1));
        }
    }

    // A memory is named behind the instruction (#), and offset (@) and address (%) follow.
    private static readonly (string Access, int Width)[] s_otherAccesses =
    [
        ("(drop (i32.load # @ %))", 4),
        ("(drop (i64.load16_s # @ %))", 2),
        ("(drop (f32.load # @ %))", 4),
        ("(i32.store # @ % (i32.const 1))", 4),
        ("(i32.store16 # @ % (i32.add (i32.const 1) (i32.const 1)))", 2),
        ("(i64.store # @ % (i64.const 0x123456789abc))", 8),
        ("(f64.store # @ % (f64.const 1))", 8),
        ("(drop (i8x16.add (v128.const i64x2 1 2) (v128.load # @ %)))", 16),
        ("(drop (v128.load32x2_u # @ %))", 8),
        ("(drop (v128.load8_splat # @ %))", 1),
        ("(drop (v128.load16_lane # @ 3 % (v128.const i64x2 1 2)))", 2),
        ("(v128.store # @ % (v128.const i64x2 1 2))", 16),
        ("(v128.store32_lane # @ 2 % (v128.const i64x2 1 2))", 4),
    ];

    private static string Fill(string access, string memory, ulong offset, string address) => access
        .Replace("#", memory, StringComparison.Ordinal)
        .Replace("@", $"offset={offset}", StringComparison.Ordinal)
        .Replace("%", address, StringComparison.Ordinal);

    private static string AddressType(string memories)
    {
        int last = memories.LastIndexOf("(memory", StringComparison.Ordinal);
        return memories[last..].Contains("i64", StringComparison.Ordinal) ? "i64" : "i32";
    }

    private static string Source(string access, string operands) => $"""
        (module
          (memory 1 1)
          (func (export "f") (param i32) (result i32)
            {access.Replace("@", operands, StringComparison.Ordinal)}
            (i32.const 7)))
        """;
}
