using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>
/// Vectors where the official scripts hardly put them: they take two slots wherever values go. On either loop.
/// </summary>
public sealed class VectorTests
{
    private const ulong Low = 0x1111_2222_3333_4444;
    private const ulong High = 0x5555_6666_7777_8888;

    public static TheoryData<EngineForm> Loops => EngineForms.All;

    [Theory]
    [MemberData(nameof(Loops))]
    public void Locals_BetweenOthers_KeepBothHalves(EngineForm form)
    {
        Assert.Equal([Low, High, 7UL, ~Low, ~High, 9UL], Call(form, """
            (func (export "f") (param i32 v128 i64) (result v128 i32 v128 i64) (local $a i32) (local $v v128) (local $b i64)
              (local.set $v (v128.not (local.get 1)))
              (local.set $a (local.get 0))
              (local.set $b (local.get 2))
              (local.get 1) (local.get $a) (local.get $v) (local.get $b))
            """, 7, Low, High, 9));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Locals_AreZeroAtFirst(EngineForm form)
    {
        Assert.Equal([0UL, 0UL], Call(form, """
            (func $g (param v128) (result v128) (local i32 v128) (local.get 2))
            (func (export "f") (param v128) (result v128)
              (drop (v128.not (local.get 0)))
              (call $g (v128.const i64x2 -1 -1)))
            """, Low, High));
    }

    // What is on the stack is the value from before, although nothing was copied when it was pushed.
    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalGet_KeepsItsValue_WhenTheLocalChanges(EngineForm form)
    {
        Assert.Equal([Low, High, ~Low, ~High, ~Low, ~High], Call(form, """
            (func (export "f") (param v128) (result v128 v128 v128)
              (local.get 0)
              (local.tee 0 (v128.not (local.get 0)))
              (local.get 0))
            """, Low, High));
        Assert.Equal([Low, High], Call(form, """
            (func (export "f") (param v128) (result v128)
              (local.get 0)
              (block (local.set 0 (v128.const i64x2 1 2))))
            """, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalSet_TakesOneLocalToTheOther(EngineForm form)
    {
        Assert.Equal([Low, High, 1UL, 2UL], Call(form, """
            (func (export "f") (param v128 v128) (result v128 v128)
              (local.get 0) (local.get 1) (local.set 0) (local.set 1)
              (local.set 0 (local.get 0))
              (local.get 1) (local.get 0))
            """, Low, High, 1, 2));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Calls_MoveArgumentsAndResults(EngineForm form)
    {
        const string Fields = """
            (type $t (func (param i32 v128 v128) (result v128 i64 v128)))
            (table funcref (elem $swap))
            (func $swap (type $t) (local.get 2) (i64.extend_i32_u (local.get 0)) (local.get 1))
            """;
        ulong[] expected = [1, 2, 5, Low, High];
        foreach (string call in (string[])
            ["(call $swap", "(call_indirect (type $t)", "(return_call $swap", "(return_call_indirect (type $t)"])
        {
            string callee = call.Contains("indirect", StringComparison.Ordinal) ? "(i32.const 0)" : "";
            Assert.Equal(expected, Call(form, $"""
                {Fields}
                (func (export "f") (param v128) (result v128 i64 v128)
                  {call} (i32.const 5) (local.get 0) (v128.const i64x2 1 2) {callee}))
                """, Low, High));
        }
    }

    // More of them than there are registers, all of which a callee may change.
    [Theory]
    [MemberData(nameof(Loops))]
    public void Locals_LiveOnAcrossCalls(EngineForm form)
    {
        string locals = string.Concat(Enumerable.Range(2, 14).Select(static i => $"(local.set {i} (i32x4.splat (i32.const {i})))"));
        string sums = string.Concat(Enumerable.Range(2, 14).Select(static i =>
            $"(local.set {i} (i32x4.add (local.get {i}) (call $id (v128.xor (local.get 1) (local.get {i})))))"));
        string total = string.Concat(Enumerable.Range(2, 14).Select(static i => $"(local.set 1 (i32x4.add (local.get 1) (local.get {i})))"));
        string vectors = string.Concat(Enumerable.Repeat(" v128", 14));
        string source = $"""
            (global $last (mut v128) (v128.const i64x2 0 0))
            (func $id (param v128) (result v128) (local{vectors})
              {string.Concat(Enumerable.Range(1, 14).Select(static i => $"(local.set {i} (v128.not (local.get {i - 1})))"))}
              (global.set $last (local.get 13))
              (local.get 14))
            (func (export "f") (param i32 v128) (result v128 v128) (local{vectors})
              {locals}
              (loop $l {sums} (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              {total}
              (local.get 1) (global.get $last))
            """;
        Assert.Equal(Call(EngineForm.Threaded, source, 100, Low, High), Call(form, source, 100, Low, High));
    }

    // The callee's parameters take more slots than the caller's whole frame.
    [Theory]
    [MemberData(nameof(Loops))]
    public void TailCalls_TakeConstantSpace(EngineForm form)
    {
        Assert.Equal([100_000UL, 0UL], Call(form, """
            (func $count (param i32 v128 v128) (result v128)
              (if (i32.eqz (local.get 0)) (then (return (local.get 2))))
              (return_call $count (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i64x2.add (local.get 2) (local.get 1))))
            (func (export "f") (result v128)
              (return_call $count (i32.const 100000) (v128.const i64x2 1 0) (v128.const i64x2 0 0)))
            """));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Branches_MoveVectorsToTheirLabels(EngineForm form)
    {
        // The operand below the value makes it move by one slot, onto half of itself.
        const string Function = """
            (func (export "f") (param i32 v128) (result v128)
              (block $a (result v128)
                (block $b (result v128)
                  (block $c (result v128)
                    (i32.const 77)
                    (v128.not (local.get 1))
                    (br_table $a $b $c (local.get 0)))
                  (return (v128.and (v128.const i64x2 0xff 0xff))))
                (return (v128.or (v128.const i64x2 0xff 0xff))))
              (v128.xor (v128.const i64x2 0xff 0xff)))
            """;
        Assert.Equal([~Low ^ 0xff, ~High ^ 0xff], Call(form, Function, 0, Low, High));
        Assert.Equal([~Low | 0xff, ~High | 0xff], Call(form, Function, 1, Low, High));
        Assert.Equal([~Low & 0xff, ~High & 0xff], Call(form, Function, 2, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void BranchIf_MovesVectorsToItsLabel(EngineForm form)
    {
        const string Function = """
            (func (export "f") (param i32 v128) (result v128 i32)
              (block $a (result v128 i32)
                (i64.const 1)
                (local.get 1)
                (i32.const 5)
                (br_if $a (local.get 0))
                (drop) (drop) (drop)
                (v128.const i64x2 3 4)
                (i32.const 6)))
            """;
        Assert.Equal([Low, High, 5UL], Call(form, Function, 1, Low, High));
        Assert.Equal([3UL, 4UL, 6UL], Call(form, Function, 0, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Loops_PassVectorsAround(EngineForm form)
    {
        Assert.Equal([45UL, 10UL], Call(form, """
            (func (export "f") (result v128) (local $i i32)
              (v128.const i64x2 0 0)
              (loop $l (param v128) (result v128)
                (i64x2.add (i64x2.replace_lane 1 (i64x2.splat (i64.extend_i32_u (local.get $i))) (i64.const 1)))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $l (i32.lt_u (local.get $i) (i32.const 10)))))
            """));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void IfElse_GivesAVector(EngineForm form)
    {
        const string Function = """
            (func (export "f") (param i32 v128) (result v128)
              (local.get 1)
              (if (param v128) (result v128) (local.get 0)
                (then (v128.not))
                (else (drop) (v128.const i64x2 1 2))))
            """;
        Assert.Equal([~Low, ~High], Call(form, Function, 1, Low, High));
        Assert.Equal([1UL, 2UL], Call(form, Function, 0, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Select_TakesBothHalves(EngineForm form)
    {
        foreach (string select in (string[])["select", "select (result v128)"])
        {
            string function = $"""
                (func (export "f") (param i32 v128) (result v128)
                  ({select} (local.get 1) (v128.const i64x2 1 2) (local.get 0)))
                """;
            Assert.Equal([Low, High], Call(form, function, 1, Low, High));
            Assert.Equal([1UL, 2UL], Call(form, function, 0, Low, High));
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Globals_KeepBothHalves(EngineForm form)
    {
        Assert.Equal([1UL, 2UL, Low, High, ~Low, ~High], Call(form, """
            (global $fixed v128 (v128.const i64x2 1 2))
            (global $copy (mut v128) (global.get $fixed))
            (global $v (mut v128) (v128.const i64x2 0 0))
            (func (export "f") (param v128) (result v128 v128 v128)
              (global.get $copy)
              (global.set $v (local.get 0))
              (global.get $v)
              (global.set $v (v128.not (global.get $v)))
              (global.get $v))
            """, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void HostFunctions_SeeTwoSlots(EngineForm form)
    {
        using var store = new Store(form.Options());
        Linker linker = new Linker().DefineFunction(
            "h",
            "swap",
            new FuncType([ValType.I32, ValType.V128], [ValType.V128, ValType.I32, ValType.V128]),
            static (_, slots) =>
            {
                Assert.Equal(5, slots.Length);
                (ulong number, ulong low, ulong high) = (slots[0], slots[1], slots[2]);
                (slots[0], slots[1], slots[2], slots[3], slots[4]) = (high, low, number, 10, 11);
            });
        const string Import = "(import \"h\" \"swap\" (func $swap (param i32 v128) (result v128 i32 v128)))";
        foreach (string call in (string[])["call", "return_call"])
        {
            Instance instance = Guest.Instantiate(store, $"""
                (module {Import}
                  (func (export "f") (param v128) (result v128 i32 v128) ({call} $swap (i32.const 3) (local.get 0))))
                """, linker);
            Assert.Equal([High, Low, 3UL, 10UL, 11UL], instance.Invoke("f", Low, High));
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Lanes_OfOtherMemories_And64BitAddresses(EngineForm form)
    {
        const string Fields = """
            (memory 1)
            (memory $wide i64 1)
            (func (export "f") (param i64 v128) (result v128)
              (v128.store $wide (local.get 0) (local.get 1))
              (v128.store16_lane 2 (i32.const 10) (v128.load $wide (local.get 0)))
              (v128.load32_lane $wide offset=4 1 (local.get 0) (v128.load16_splat (i32.const 10))))
            """;
        Assert.Equal([0x1111_2222_2222_2222UL, 0x2222_2222_2222_2222UL], Call(form, Fields, 65520, Low, High));
        foreach (ulong address in (ulong[])[65521, ulong.MaxValue, ulong.MaxValue - 15])
        {
            WasmTrapException trap = Assert.Throws<WasmTrapException>(() => Call(form, Fields, address, Low, High));
            Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void TrapsInVectorAccesses_TellWhere(EngineForm form)
    {
        using var store = new Store(form.Options());
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1)
              (func (export "load") (result v128) (v128.load offset=65521 (i32.const 0)))
              (func (export "lane") (v128.store64_lane offset=65529 1 (i32.const 0) (v128.const i64x2 1 2))))
            """);
        WasmTrapException load = Assert.Throws<WasmTrapException>(() => instance.Invoke("load"));
        WasmTrapException lane = Assert.Throws<WasmTrapException>(() => instance.Invoke("lane"));
        long loadAt = instance.Module.BodyOf(0).Offset + 1;
        long laneAt = instance.Module.BodyOf(1).Offset + 1;
        Assert.Equal(new WasmFrame(0, null, loadAt + 2, null), Assert.Single(load.Backtrace));

        // Behind i32.const (two bytes) and v128.const (eighteen).
        Assert.Equal(new WasmFrame(1, null, laneAt + 20, null), Assert.Single(lane.Backtrace));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void WideArithmetic_ReplacesItsOperands(EngineForm form)
    {
        Assert.Equal([0UL, 3UL, 2UL, 0UL], Call(form, """
            (func (export "f") (param i64 i64) (result i64 i64 i64 i64) (local i64 i64)
              (i64.add128 (local.get 0) (i64.const 1) (local.get 1) (i64.const 1))
              (local.set 3) (local.set 2)
              (local.get 2) (local.get 3)
              (i64.mul_wide_u (local.get 1) (i64.const 2)))
            """, ulong.MaxValue, 1));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Exceptions_CarryBothHalves(EngineForm form)
    {
        Assert.Equal([3UL, Low, High, 4UL], Call(form, """
            (tag $e (param i32 v128 i64))
            (func $throw (param v128) (throw $e (i32.const 3) (local.get 0) (i64.const 4)))
            (func (export "f") (param v128) (result i32 v128 i64)
              (i32.const 77)
              (block $h (result i32 v128 i64)
                (try_table (catch $e $h) (call $throw (local.get 0)))
                (unreachable))
              (return))
            """, Low, High));
        Assert.Equal([Low, High], Call(form, """
            (tag $e (param v128))
            (func (export "f") (param v128) (result v128)
              (try (result v128)
                (do (throw $e (local.get 0)))
                (catch $e)))
            """, Low, High));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Objects_KeepBothHalves(EngineForm form)
    {
        Assert.Equal([Low, High, ~Low, ~High, 1UL, 2UL, Low, High], Call(form, """
            (type $s (struct (field i8) (field (mut v128)) (field i32)))
            (type $a (array (mut v128)))
            (func (export "f") (param v128) (result v128 v128 v128 v128) (local $s (ref null $s)) (local $a (ref null $a))
              (local.set $s (struct.new $s (i32.const 1) (local.get 0) (i32.const 2)))
              (struct.get $s 1 (local.get $s))
              (struct.set $s 1 (local.get $s) (v128.not (local.get 0)))
              (struct.get $s 1 (local.get $s))
              (local.set $a (array.new_fixed $a 2 (v128.const i64x2 1 2) (v128.const i64x2 3 4)))
              (array.get $a (local.get $a) (i32.const 0))
              (array.fill $a (local.get $a) (i32.const 1) (local.get 0) (i32.const 1))
              (array.get $a (local.get $a) (i32.const 1)))
            """, Low, High));
    }

    // Both results are allowed; the one that is rounded once is the deterministic profile's.
    [Fact]
    public void RelaxedMultiplication_IsFused_UnlessTheHostDecides()
    {
        const string Wat = """
            (module (func (export "f") (result i32)
              (i32x4.extract_lane 0
                (f32x4.relaxed_madd
                  (f32x4.splat (f32.const 2796203.5)) (f32x4.splat (f32.const 3)) (f32x4.splat (f32.const 8388611))))))
            """;
        using var store = new Store();
        Assert.Equal([0x4b80_0003UL], Guest.Instantiate(store, Wat).Invoke("f"));
        using var free = new Store(new EngineOptions { IsRelaxedSimdDeterministic = false });
        Assert.Contains(Guest.Instantiate(free, Wat).Invoke("f")[0], (ulong[])[0x4b80_0003, 0x4b80_0002]);
    }

    private static ulong[] Call(EngineForm form, string fields, params ulong[] arguments)
    {
        using var store = new Store(form.Options());
        return Guest.Instantiate(store, $"(module {fields})").Invoke("f", arguments);
    }
}
