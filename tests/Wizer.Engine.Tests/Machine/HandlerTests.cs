using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Handlers in machine code: every kind of them, whoever throws, with the tiers mixed.</summary>
public sealed class HandlerTests
{
    private static readonly FuncType s_noValues = new([], []);

    // A case of br_on_cast keeps a function from every compiler: it stays interpreted.
    private const string Interpreted =
        "(if (i32.const 0) (then (drop (block (result anyref) (br_on_cast 0 anyref i31ref (ref.null any))))))";

    private const string Module = """
        (module
          (import "h" "throw" (func $host))
          (import "h" "t" (tag $t (param i32)))
          (import "other" "throw" (func $foreign))
          (tag $u (param f64 i64))
          (type $none (func))
          (table funcref (elem $machine $slow $host $foreign $tail $deep))
          (func $machine (throw $t (i32.const 40)))
          (func $slow INTERPRETED (throw $t (i32.const 40)))
          (func $tail (return_call $machine))
          (func $deep (local $n i32)
            (local.set $n (i32.const 9))
            (call $down (local.get $n)) (drop))
          (func $down (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 40))))
            (i32.add (call $up (i32.sub (local.get 0) (i32.const 1))) (local.get 0)))
          (func $up (param i32) (result i32) INTERPRETED (call $down (local.get 0)))
          (func (export "f") (param $x i32) (result i64)
            (local $a i32) (local $b i64) (local $c f32) (local $d f64) (local $v v128) (local $r funcref) (local $got i32)
            (local.set $a (i32.add (local.get $x) (i32.const 1)))
            (local.set $b (i64.const 2))
            (local.set $c (f32.const 3))
            (local.set $d (f64.const 4))
            (local.set $v (v128.const i64x2 5 6))
            (i64.const 1000)
            (i64.extend_i32_u (local.get $x))
            HANDLER
            (i64.add) (i64.add)
            (i64.add (i64.extend_i32_u (local.get $got)))
            (i64.add (i64.extend_i32_u (local.get $a)))
            (i64.add (local.get $b))
            (i64.add (i64.trunc_f32_s (local.get $c)))
            (i64.add (i64.trunc_f64_s (local.get $d)))
            (i64.add (i64x2.extract_lane 0 (local.get $v)))
            (i64.add (i64x2.extract_lane 1 (local.get $v)))
            (i64.add (i64.extend_i32_u (ref.is_null (local.get $r))))))
        """;

    // What the block does: it changes every local, some twice, and throws in between.
    private const string Body = """
        (local.set $a (i32.add (local.get $a) (i32.const 10)))
        (local.set $b (i64.const 20))
        (local.set $c (f32.const 30))
        (local.set $d (f64.add (local.get $d) (f64.const 40)))
        (local.set $v (i64x2.add (local.get $v) (local.get $v)))
        (local.set $r (ref.func $machine))
        THROW
        (local.set $a (i32.const 1000000))
        (local.set $b (i64.const 1000000))
        (local.set $c (f32.const 1000000))
        (local.set $d (f64.const 1000000))
        (local.set $v (v128.const i64x2 1000000 1000000))
        (local.set $r (ref.null func))
        """;

    private static readonly Dictionary<string, string> s_handlers = new()
    {
        ["catch"] = "(block $h (result i32) (try_table (catch $t $h) BODY) (i32.const 1)) (local.set $got) (i64.const 7)",
        ["catch_ref"] = """
            (block $h (result i32 exnref) (try_table (catch_ref $t $h) BODY) (unreachable))
            (drop) (local.set $got) (i64.const 7)
            """,
        ["catch_all"] = "(block $h (try_table (catch_all $h) BODY) (unreachable)) (local.set $got (i32.const 40)) (i64.const 7)",
        ["catch_all_ref"] = """
            (block $g (result i32)
              (try_table (catch $t $g)
                (block $h (result exnref) (try_table (catch_all_ref $h) BODY) (unreachable))
                (throw_ref))
              (unreachable))
            (local.set $got) (i64.const 7)
            """,
        ["loop"] = """
            (i32.const 0)
            (loop $l (param i32)
              (local.set $got)
              (if (i32.eqz (local.get $got)) (then (try_table (catch $t $l) BODY))))
            (i64.const 7)
            """,
        ["nested"] = """
            (block $h (result i32)
              (try_table (catch $t $h)
                (block $g (result f64 i64) (try_table (catch $u $g) BODY) (unreachable))
                (unreachable))
              (unreachable))
            (local.set $got) (i64.const 7)
            """,
        ["try"] = """
            (try (result i64)
              (do BODY (i64.const 1))
              (catch $u (drop) (drop) (i64.const 1))
              (catch $t (local.set $got) (i64.const 7)))
            """,
        ["try catch_all"] = "(try (result i64) (do BODY (i64.const 1)) (catch_all (local.set $got (i32.const 40)) (i64.const 7)))",
        ["rethrow"] = """
            (try (result i64)
              (do (try $inner (do BODY) (catch_all (local.set $got (i32.const 1)) (rethrow $inner))) (i64.const 1))
              (catch $t (local.set $got) (i64.const 7)))
            """,
        ["delegate"] = """
            (try $outer (result i64)
              (do
                (try (do (try (do BODY) (delegate $outer))) (catch_all (unreachable)))
                (i64.const 1))
              (catch $t (local.set $got) (i64.const 7)))
            """,
        ["interpreted around"] = """
            INTERPRETED
            (block $h (result i32) (try_table (catch $t $h) BODY) (i32.const 1))
            (local.set $got) (i64.const 7)
            """,
    };

    private static readonly string[] s_throwers =
    [
        "(throw $t (i32.const 40))", "(call $machine)", "(call $slow)", "(call $host)", "(call $foreign)", "(call $tail)", "(call $deep)",
        "(call_indirect (type $none) (i32.const 0))", "(call_indirect (type $none) (i32.const 1))",
        "(call_indirect (type $none) (i32.const 2))", "(call_indirect (type $none) (i32.const 3))",
        "(call_ref $none (ref.func $machine))", "(call_ref $none (ref.func $foreign))",
    ];

    public static TheoryData<string> Kinds => new(s_handlers.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Handler_FindsLocalsAndOperands_WhoeverThrows(string kind)
    {
        foreach (string thrower in s_throwers)
        {
            string wat = Module.Replace("HANDLER", s_handlers[kind].Replace("BODY", Body.Replace("THROW", thrower)))
                .Replace("INTERPRETED", Interpreted);
            foreach (EngineForm form in Enum.GetValues<EngineForm>())
            {
                using var store = new Store(form.Options());
                Instance instance = Instantiate(store, wat);
                for (int i = 0; i < 3; i++)
                {
                    Assert.Equal([1000UL + 3 + 7 + 40 + 14 + 20 + 30 + 44 + 10 + 12], instance.Invoke("f", 3));
                }

                if (form == EngineForm.Machine && MachineCode.IsSupported && !kind.StartsWith("interpreted", StringComparison.Ordinal))
                {
                    Assert.True(MachineGuest.HasMachineCode(instance, "f"), $"{kind} {thrower}: there is no machine code");
                }
            }
        }
    }

    [Fact]
    public void Handler_AtTheFunctionsLabel_ReturnsWhatItCatches() => Assert.Equal(
        [7UL, 8, 9],
        MachineGuest.Call("""
            (module
              (tag $t (param i64 f32 i64))
              (func $throw (param i64) (throw $t (i64.const 7) (f32.reinterpret_i32 (i32.const 8)) (local.get 0)))
              (func (export "f") (param i64) (result i64 f32 i64)
                (try_table (catch $t 0) (call $throw (local.get 0)))
                (unreachable)))
            """, 9));

    [Fact]
    public void Frames_ThatAreLeft_TakeNoRegistersAlong() => Assert.Equal(
        [1UL + 2 + 3 + 40 + 50],
        MachineGuest.Call("""
            (module
              (tag $t (param i32))
              ;; What lives across its calls is in registers that callees keep, and those of the frames further out are pushed.
              (func $busy (param $n i32) (result i32) (local $a i32) (local $b i32) (local $c i32)
                (local.set $a (i32.mul (local.get $n) (i32.const 1000)))
                (local.set $b (i32.mul (local.get $n) (i32.const 2000)))
                (local.set $c (i32.mul (local.get $n) (i32.const 3000)))
                (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 40))))
                (drop (call $busy (i32.sub (local.get $n) (i32.const 1))))
                (drop (call $busy (i32.sub (local.get $n) (i32.const 2))))
                (i32.add (i32.add (local.get $a) (local.get $b)) (i32.add (local.get $c) (local.get $a))))
              (func $catch (param $x i32) (result i32)
                (block $h (result i32) (try_table (result i32) (catch $t $h) (call $busy (i32.const 5))))
                (i32.add (local.get $x)))
              (func (export "f") (param i32) (result i32) (local $a i32) (local $b i32) (local $c i32) (local $r i32)
                (local.set $a (local.get 0))
                (local.set $b (i32.add (local.get 0) (i32.const 1)))
                (local.set $c (i32.add (local.get 0) (i32.const 2)))
                (local.set $r (call $catch (i32.const 50)))
                (i32.add (local.get $r) (i32.add (local.get $a) (i32.add (local.get $b) (local.get $c))))))
            """, 1));

    [Fact]
    public void Branch_LeavesTheReachOfHandlers() => Assert.Equal(
        [(250UL * (1 + 5)) + (250 * (1 + 1 + 5)) + (500 * (1 + 1 + 2))],
        MachineGuest.Call("""
            (module
              (tag $t)
              (func $throw (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $t))))
              (func (export "f") (param $n i32) (result i32) (local $sum i32)
                (block $outer
                  (loop $more
                    (br_if $outer (i32.eqz (local.get $n)))
                    (block $h
                      (try_table (catch_all $h)
                        (block $leave
                          (try_table (catch_all $leave)
                            (br_if 1 (i32.eqz (i32.and (local.get $n) (i32.const 3))))
                            (call $throw (i32.const 0)))
                          (local.set $sum (i32.add (local.get $sum) (i32.const 1))))
                        (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
                        (call $throw (local.get $n)))
                      (local.set $sum (i32.add (local.get $sum) (i32.const 5)))
                      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                      (br $more))
                    (local.set $sum (i32.add (local.get $sum) (i32.const 2)))
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (br $more)))
                (local.get $sum)))
            """, 1000));

    [Theory]
    [InlineData("(unreachable)")]
    [InlineData("(drop (i32.div_u (i32.const 1) (local.get 0)))")]
    [InlineData("(drop (i32.load (i32.const 70000)))")]
    [InlineData("(call $deep)")]
    [InlineData("(throw_ref (ref.null exn))")]
    [InlineData("(call $throw)")]
    [InlineData("(throw $u)")]
    public void Traps_AndWhatHasNoHandler_PassThem(string instruction) => MachineGuest.Trap($"""
        (module
          (memory 1)
          (tag $t) (tag $u)
          (func $throw (throw $u))
          (func $deep (call $deep))
          (func $inner (param i32)
            (block $h (try_table (catch $t $h) {instruction})))
          (func (export "f") (param i32)
            (try (do (call $inner (local.get 0))) (catch $t))
            (try (do (call $inner (local.get 0))) (delegate 0))))
        """, null, 0);

    [Fact]
    public void Exception_PassesManyFrames() => Assert.Equal(
        [42UL],
        MachineGuest.Call("""
            (module
              (tag $t (param i32))
              (func $down (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 42))))
                (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
              (func (export "f") (param i32) (result i32)
                (block $h (result i32) (try_table (result i32) (catch $t $h) (call $down (local.get 0))))))
            """, 10_000));

    // Where the frames do not fit, the limit's trap comes in the place of the exception, and is not caught.
    [Theory]
    [InlineData(1 << 20, true)]
    [InlineData(1 << 18, false)]
    public void Exception_PassesAsManyFramesAsThereCanBe(int slotCount, bool isCaught)
    {
        string? expected = null;
        foreach (EngineForm form in new[] { EngineForm.Threaded, EngineForm.Machine, EngineForm.MachineReplaced })
        {
            string actual = "";
            GuestThread.Run(() =>
            {
                using var guest = new LoopGuest(form, """
                    (module
                      (tag $t (param i32))
                      (global $deepest (export "deepest") (mut i32) (i32.const 0))
                      (func $down (param i32) (result i32)
                        (global.set $deepest (local.get 0))
                        (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 42))))
                        (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
                      (func (export "f") (param i32) (result i32) (local i32)
                        (local.set 1 (i32.mul (local.get 0) (i32.const 3)))
                        (block $h (result i32) (try_table (result i32) (catch $t $h) (call $down (local.get 0))))
                        (i32.add (local.get 1))))
                    """, stackSlotCount: slotCount);
                try
                {
                    actual = $"{guest.Call("f", 100_000)[0]}";
                }
                catch (WasmTrapException trap)
                {
                    actual = $"{trap.Kind} {guest.Instance.FindGlobal("deepest")!.Value} {MachineGuest.Frames(trap)}";
                }
            });
            expected ??= actual;
            Assert.Equal($"{form} {expected}", $"{form} {actual}");
        }

        Assert.Equal(isCaught, expected == "300042");
    }

    [Theory]
    [MemberData(nameof(LoopGuest.Loops), MemberType = typeof(LoopGuest))]
    public void EndlessThrowing_AcrossFrames_CanBeInterrupted(EngineForm form)
    {
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(form.Options(), interrupt.Token);
        Linker linker = new Linker().DefineFunction("h", "started", s_noValues, (_, _) => interrupt.CancelAfter(50));
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module
              (import "h" "started" (func $started))
              (tag $t)
              (func $throw (throw $t))
              (func (export "go") (call $started) (loop $again (try (do (call $throw)) (catch_all)) (br $again))))
            """, linker);
        Assert.Throws<OperationCanceledException>(() => instance.Invoke("go"));
    }

    [Theory]
    [MemberData(nameof(LoopGuest.Loops), MemberType = typeof(LoopGuest))]
    public void CaughtExceptions_OfOtherTiers_TakeNoMemory(EngineForm form)
    {
        using var store = new Store(form.Options());
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module
              (tag $t (param i32))
              (func $throw (param i32) (throw $t (local.get 0)))
              (func (export "f") (param $n i32) (result i32) (local $sum i32)
                INTERPRETED
                (loop $more
                  (local.set $sum (i32.add (local.get $sum)
                    (block $h (result i32) (try_table (catch $t $h) (call $throw (local.get $n))) (unreachable))))
                  (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))
            """.Replace("INTERPRETED", Interpreted));
        Assert.Equal([50_005_000UL], instance.Invoke("f", 10_000));
        unsafe
        {
            Assert.InRange(Interpreter.Calls.HostOf(store.Context).Exceptions.ByteLength, 1UL, 64UL << 10);
        }
    }

    [Fact]
    public void Loop_ThatGoesAroundByThrowing_BecomesMachineCode()
    {
        if (!MachineCode.IsSupported)
        {
            return;
        }

        using var guest = new LoopGuest(EngineForm.MachineReplaced, """
            (module
              (tag $t (param i32))
              (func (export "f") (param i32) (result i32) (local $count i32)
                (local.get 0)
                (loop $again (param i32)
                  (local.set 0)
                  (local.set $count (i32.add (local.get $count) (i32.const 1)))
                  (if (local.get 0)
                    (then (try_table (catch $t $again) (throw $t (i32.sub (local.get 0) (i32.const 1)))))))
                (local.get $count)))
            """);
        Assert.Equal([1001UL], guest.Call("f", 1000));
        Assert.True(MachineGuest.HasMachineCode(guest.Instance, "f"));
    }

    // A tag, a host function that throws it, and an instance of another module with one that does.
    private static Instance Instantiate(Store store, string wat)
    {
        var tag = new Tag(store, new FuncType([ValType.I32], []));
        Linker linker = new Linker().Define("h", "t", tag)
            .DefineFunction("h", "throw", s_noValues, (_, _) => throw new WasmGuestException(tag, 40));
        linker.DefineInstance("other", Runtime.Guest.Instantiate(store, """
            (module (import "h" "t" (tag $t (param i32))) (memory 1) (func (export "throw") (throw $t (i32.const 40))))
            """, linker));
        return Runtime.Guest.Instantiate(store, wat, linker);
    }
}
