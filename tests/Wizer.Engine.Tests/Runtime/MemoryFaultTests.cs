using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>Which address a trap was about, and when the original tells it. The expectations are what that printed.</summary>
public sealed class MemoryFaultTests
{
    private const string None = "";

    // The memory, the address as a value, the access around it, and the address that is told.
    private static readonly (string Memory, string Index, string Access, string Fault)[] s_cases =
    [
        ("1", "65530", "(drop (i32.load offset=16 @))", "0x1000a"),
        ("1", "65533", "(drop (i32.load @))", "0x10000"),
        ("1", "65536", "(drop (i32.load @))", "0x10000"),
        ("1", "65535", "(drop (i64.load @))", "0x10000"),
        ("1", "65529", "(drop (f64.load @))", "0x10000"),
        ("1", "65536", "(drop (i32.load8_u @))", "0x10000"),
        ("1", "65536", "(drop (i64.load8_s offset=3 @))", "0x10003"),
        ("1", "65535", "(drop (i32.load16_s @))", "0x10000"),
        ("1", "-4", "(drop (i64.load32_u @))", "0xfffffffc"),
        ("1", "-8", "(i64.store @ (i64.const 1))", "0xfffffff8"),
        ("1", "-1", "(i64.store @ (i64.const 1))", "0xffffffff"),
        ("1", "65530", "(i64.store @ (i64.const 1))", "0x10000"),
        ("1", "65535", "(i32.store16 @ (i32.const 1))", "0x10000"),
        ("1", "70000", "(i32.store8 @ (i32.const 1))", "0x11170"),
        ("1", "65500", "(f64.store offset=100 @ (f64.const 1))", "0x10040"),
        ("1", "65534", "(f32.store @ (f32.const 1))", "0x10000"),
        ("1", "-1", "(drop (i32.load offset=16 @))", "0x10000000f"),
        ("1", "-16", "(drop (i32.load offset=16 @))", "0x100000000"),

        // Vectors and lanes.
        ("1", "65530", "(drop (v128.load @))", "0x10000"),
        ("1", "65536", "(drop (v128.load offset=48 @))", "0x10030"),
        ("1", "65521", "(v128.store @ (v128.const i64x2 1 2))", "0x10000"),
        ("1", "-4", "(drop (v128.load @))", "0xfffffffc"),
        ("1", "65536", "(drop (v128.load8_lane 0 @ (v128.const i64x2 1 2)))", "0x10000"),
        ("1", "65530", "(drop (v128.load64_lane 0 @ (v128.const i64x2 1 2)))", "0x10000"),
        ("1", "65534", "(v128.store32_lane 0 @ (v128.const i64x2 1 2))", "0x10000"),
        ("1", "65540", "(v128.store8_lane 3 @ (v128.const i64x2 1 2))", "0x10004"),
        ("1", "65534", "(drop (v128.load32_splat @))", "0x10000"),
        ("1", "65530", "(drop (v128.load8x8_s @))", "0x10000"),
        ("1", "65530", "(drop (v128.load64_zero @))", "0x10000"),
        ("1", "65544", "(drop (i8x16.add (v128.const i64x2 1 2) (v128.load @)))", "0x10008"),

        // Atomics, where an address that is not aligned comes first.
        ("1", "65536", "(drop (i32.atomic.load @))", "0x10000"),
        ("1", "65536", "(i32.atomic.store @ (i32.const 1))", "0x10000"),
        ("1", "65536", "(drop (i32.atomic.rmw.xchg offset=8 @ (i32.const 1)))", "0x10008"),
        ("1", "65536", "(drop (i64.atomic.rmw.cmpxchg @ (i64.const 1) (i64.const 2)))", "0x10000"),
        ("1", "-4", "(drop (i32.atomic.load @))", "0xfffffffc"),
        ("1", "65534", "(drop (i32.atomic.load @))", None),
        ("1", "65536", "(drop (memory.atomic.notify @ (i32.const 1)))", None),
        ("1", "-4", "(drop (i32.atomic.load offset=0x80000000 @))", None),

        // Not one access, or none of a memory's.
        ("1", "65000", "(memory.fill @ (i32.const 1) (i32.const 1000))", None),
        ("1", "65000", "(memory.copy @ (i32.const 1) (i32.const 1000))", None),
        ("1", "65536", "(memory.init $d @ (i32.const 0) (i32.const 1))", None),
        ("1", "0", "(memory.init $d @ (i32.const 2) (i32.const 5))", None),

        // Offsets that are too large for what is reserved behind the memory: then it depends on the address.
        ("1", "-1", "(drop (i32.load offset=0x1fffffd @))", "0x101fffffc"),
        ("1", "-1", "(drop (i32.load offset=0x1ffffff @))", None),
        ("1", "-1", "(drop (i32.load8_u offset=0x2000000 @))", "0x101ffffff"),
        ("1", "-1", "(drop (i32.load8_u offset=0x2000001 @))", None),
        ("1", "-1", "(drop (v128.load offset=0x1fffff1 @))", "0x101fffff0"),
        ("1", "-1", "(drop (v128.load offset=0x2000000 @))", None),
        ("1", "0xfdfffff7", "(drop (i64.load offset=0x2000001 @))", "0xfffffff8"),
        ("1", "0xfdfffff8", "(drop (i64.load offset=0x2000001 @))", None),
        ("1", "0", "(drop (i32.load offset=0x80000000 @))", "0x80000000"),
        ("1", "-1", "(drop (i32.load offset=0x80000000 @))", None),
        ("1", "0", "(drop (i32.load offset=0xfffffffc @))", "0xfffffffc"),
        ("1", "0", "(drop (i32.load offset=0xfffffffd @))", None),
        ("1", "0", "(drop (i32.load8_u offset=0xffffffff @))", "0xffffffff"),
        ("1", "1", "(drop (i32.load8_u offset=0xffffffff @))", None),
        ("1", "-1", "(drop (i32.load offset=0xffffffff @))", None),

        // An offset that can never be within the memory.
        ("1 1", "65536", "(drop (i32.load offset=65532 @))", "0x1fffc"),
        ("1 1", "-1", "(drop (i32.load offset=65532 @))", "0x10000fffb"),
        ("1 1", "0", "(drop (i32.load offset=65533 @))", None),
        ("1 2", "0", "(drop (i32.load offset=65533 @))", "0x10000"),
        ("1 2", "0", "(drop (i32.load offset=131069 @))", None),
        ("0", "0", "(drop (i32.load @))", "0x0"),
        ("0 1", "65536", "(drop (i32.load @))", "0x10000"),
        ("0 0", "0", "(drop (i32.load @))", None),
        ("0 0", "5", "(i32.store @ (i32.const 1))", None),

        // 64-bit addresses: with a maximum below 4 GiB as above, but always checked; otherwise there is only a guard.
        ("i64 1 2", "65534", "(drop (i32.load @))", "0x10000"),
        ("i64 1 2", "200000", "(drop (i32.load offset=8 @))", "0x30d48"),
        ("i64 1 2", "0xfffffff0", "(drop (i32.load offset=8 @))", "0xfffffff8"),
        ("i64 1 2", "0x100000000", "(drop (i32.load @))", None),
        ("i64 1 2", "-1", "(drop (i32.load offset=8 @))", None),
        ("i64 1 65536", "200000", "(drop (i32.load offset=0x80000000 @))", "0x80030d40"),
        ("i64 1 65536", "0xfffffff0", "(drop (i32.load offset=0x1fffffc @))", None),
        ("i64 1", "65534", "(drop (i32.load @))", "0x10000"),
        ("i64 1", "65536", "(drop (i32.load offset=8 @))", "0x10008"),
        ("i64 1", "65536", "(i64.store offset=8 @ (i64.const 1))", "0x10008"),
        ("i64 1", "65536", "(drop (v128.load offset=16 @))", "0x10010"),
        ("i64 1", "65537", "(drop (i32.load @))", None),
        ("i64 1", "200000", "(drop (i32.load @))", None),
        ("i64 1", "-1", "(drop (i32.load offset=8 @))", None),
        ("i64 1", "0", "(drop (i32.load offset=0x1fffffc @))", "0x1fffffc"),
        ("i64 1", "0", "(drop (i32.load offset=0x1fffffd @))", None),
        ("i64 1 65537", "65536", "(drop (i32.load offset=0x1fffffc @))", "0x200fffc"),
    ];

    public static TheoryData<EngineForm> Forms => EngineForms.All;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Accesses_TellTheAddress(EngineForm form)
    {
        List<string> differences = [];
        foreach ((string memory, string index, string access, string fault) in s_cases)
        {
            string type = memory.StartsWith("i64", StringComparison.Ordinal) ? "i64" : "i32";
            foreach (string address in (string[])[$"({type}.const {index})", "(local.get 0)", $"({type}.add (local.get 1) (local.get 0))"])
            {
                WasmTrapException trap = Trap(form, $"""
                    (module
                      (memory {memory}) (data $d "abc")
                      (func $f (param {type} {type}) {access.Replace("@", address, StringComparison.Ordinal)})
                      (func (export "go") (call $f ({type}.const {index}) ({type}.const 0))))
                    """);
                string told = trap.FaultAddress is { } at ? $"0x{at:x}" : None;
                string size = $"0x{(memory.Replace("i64 ", "", StringComparison.Ordinal)[0] == '0' ? 0 : 65_536):x}";
                string? text = fault == None ? null : $"memory fault at wasm address {fault} in linear memory of size {size}";
                if (told != fault || trap.DisplayFault != text)
                {
                    differences.Add($"{memory}, {index}, {access}, {address}: {told} and not {fault} ({trap.DisplayFault})");
                }
            }
        }

        Assert.Empty(differences);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void LaterAccesses_TellTheirOwnAddress(EngineForm form)
    {
        // Of a loaded address, of a sum that is kept where its operand was, behind a store that changes what was loaded.
        CheckBody(form, "(drop (i32.load offset=4 (i32.load (local.get 0))))", 0x20004, 16);
        CheckBody(form, "(local.set 0 (i32.add (local.get 0) (i32.const 65528))) (drop (i32.load offset=1 (local.get 0)))", 0x10009, 16);
        CheckBody(form, "(drop (i32.load offset=2 (local.tee 0 (i32.add (local.get 0) (i32.const 65536)))))", 0x10012, 16);
        CheckBody(
            form, "(i32.store (i32.load (local.get 0)) (i32.add (i32.load (local.get 1)) (i32.const 1)))", 0x20000, 16, 20);
        CheckBody(
            form, "(local.set 1 (i32.load (local.get 1))) (i32.store (local.get 0) (i32.const 7)) (drop (i32.load (local.get 1)))",
            0x20000, 16, 16);
        CheckBody(form, "(local.set 1 (i32.load (local.get 0))) (local.set 0 (i32.load offset=3 (local.get 1)))", 0x20003, 16);
        CheckBody(form, "(block (block (br_table 0 1 (i32.sub (i32.load offset=9 (local.get 0)) (i32.const 3)))))", 0x10009, 65_536);
        CheckBody(form, "(br_if 0 (i32.eqz (i32.load8_u offset=1 (local.get 0))))", 0x10001, 65_536);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Growth_IsTold(EngineForm form)
    {
        WasmTrapException trap = Trap(form, """
            (module (memory 1)
              (func (export "go") (drop (memory.grow (i32.const 3))) (i64.store (i32.const 262143) (i64.const 1))))
            """);
        Assert.Equal("memory fault at wasm address 0x40000 in linear memory of size 0x40000", trap.DisplayFault);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void OtherMemories_TellTheirSize(EngineForm form)
    {
        WasmTrapException trap = Trap(form, """
            (module (memory 1) (memory $b 2)
              (func (export "go") (drop (i32.load (i32.const 8))) (drop (i32.load $b (i32.const 200000)))))
            """);
        Assert.Equal("memory fault at wasm address 0x30d40 in linear memory of size 0x20000", trap.DisplayFault);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void OtherInstances_TellTheAddressInTheirMemory(EngineForm form)
    {
        using var store = new Store(form.Options());
        var linker = new Linker();
        Instance other = Guest.Instantiate(store, """
            (module (memory 3) (func (export "peek") (param i32) (result i32) (i32.load offset=1 (local.get 0))))
            """);
        linker.Define("other", "peek", other.FindExport("peek")!);
        Instance instance = Guest.Instantiate(store, """
            (module (import "other" "peek" (func $peek (param i32) (result i32))) (memory 1)
              (func (export "go") (drop (call $peek (i32.const 131072))) (drop (call $peek (i32.const 196608)))))
            """, linker);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("go"));
        Assert.Equal("memory fault at wasm address 0x30001 in linear memory of size 0x30000", trap.DisplayFault);
        Assert.Equal(2, trap.Backtrace.Count);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void OtherTraps_TellNothing(EngineForm form)
    {
        // Also behind an access that was beyond the memory, in a guest that goes on.
        using var store = new Store(form.Options());
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1) (table 1 funcref)
              (func (export "beyond") (drop (i32.load (i32.const 65536))))
              (func (export "divide") (drop (i32.div_u (i32.const 1) (i32.load (i32.const 0)))))
              (func (export "fill") (memory.fill (i32.const 65536) (i32.const 0) (i32.const 1)))
              (func (export "call") (call_indirect (i32.const 1))))
            """);
        Assert.NotNull(Assert.Throws<WasmTrapException>(() => instance.Invoke("beyond")).FaultAddress);
        foreach (string name in (string[])["divide", "fill", "call"])
        {
            var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke(name));
            Assert.Null(trap.FaultAddress);
            Assert.Null(trap.FaultMemoryByteLength);
            Assert.Null(trap.DisplayFault);
        }
    }

    [Fact]
    public void PagesOfOneByte_TellNothing()
    {
        WasmTrapException trap = Trap(EngineForm.Threaded, """
            (module (memory 100 (pagesize 1)) (func (export "go") (drop (i32.load (i32.const 100)))))
            """);
        Assert.Null(trap.FaultAddress);
    }

    private static void CheckBody(EngineForm form, string body, ulong address, int first, int second = 0)
    {
        WasmTrapException trap = Trap(form, $"""
            (module (memory 1) (data (i32.const 16) "\00\00\02\00\01\00\00\00")
              (func $f (param i32 i32) {body})
              (func (export "go") (call $f (i32.const {first}) (i32.const {second}))))
            """);
        Assert.Equal(address, trap.FaultAddress);
        Assert.Equal(65_536UL, trap.FaultMemoryByteLength);
    }

    private static WasmTrapException Trap(EngineForm form, string wat)
    {
        using var store = new Store(form.Options());
        Instance instance = Guest.Instantiate(store, wat);
        return Assert.Throws<WasmTrapException>(() => instance.Invoke("go"));
    }
}
