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
    public void ImportedMemory_GrowsUnderneath()
    {
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var store = new Store(form.Options());
            Instance owner = Runtime.Guest.Instantiate(store, """
                (module
                  (memory (export "memory") 1 4)
                  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
                """);
            Linker linker = new Linker().DefineInstance("m", owner);
            Instance user = Runtime.Guest.Instantiate(store, """
                (module
                  (import "m" "memory" (memory 1))
                  (import "m" "grow" (func $grow (param i32) (result i32)))
                  (func (export "f") (param i32 i32) (result i32)
                    (local i32)
                    (local.set 2 (i32.const 3))
                    (i32.store (i32.const 65532) (local.get 2))
                    (drop (call $grow (local.get 1)))
                    (i32.store (local.get 0) (i32.add (i32.load (i32.const 65532)) (local.get 2)))
                    (i32.load (local.get 0))))
                """, linker);
            Assert.Equal([6UL], user.Invoke("f", 131_068, 1));
            Assert.Throws<WasmTrapException>(() => user.Invoke("f", 131_069, 0));
            Assert.Equal([6UL], user.Invoke("f", 196_604, 1));
        }
    }

    private static string Source(string access, string operands) => $"""
        (module
          (memory 1 1)
          (func (export "f") (param i32) (result i32)
            {access.Replace("@", operands, StringComparison.Ordinal)}
            (i32.const 7)))
        """;
}
