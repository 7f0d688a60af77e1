using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>What the official scripts do not try: exceptions and the host, tail calls, deep stacks, memories that move.</summary>
public sealed class ExceptionTests
{
    private static readonly FuncType s_noValues = new([], []);

    public static TheoryData<EngineForm> Loops => EngineForms.All;

    private static Store NewStore(EngineForm form) => new(form.Options(reserve: form != EngineForm.Plain));

    [Theory]
    [MemberData(nameof(Loops))]
    public void UncaughtException_TellsTagValuesAndFrames(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module $m
              (tag $t (export "t") (param i32 f64 v128))
              (tag $other)
              (func $thrower (throw $t (i32.const 7) (f64.const 1) (v128.const i64x2 3 4)))
              (func (export "go") (block $h (try_table (catch $other $h) (call $thrower)))))
            """);
        var thrown = Assert.Throws<WasmGuestException>(() => instance.Invoke("go"));
        Assert.Equal(TrapKind.UncaughtException, thrown.Kind);
        Assert.Equal(instance.FindExport("t"), thrown.Tag);
        Assert.Equal([7, BitConverter.DoubleToUInt64Bits(1), 3, 4], thrown.Values.ToArray());
        Assert.Equal([0U, 1U], thrown.Backtrace.Select(static frame => frame.FuncIndex));
        Assert.Equal("thrower", thrown.Backtrace[0].FuncName);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void HostFunction_ThrowsWhatTheGuestCatches(EngineForm form)
    {
        using Store store = NewStore(form);
        var tag = new Tag(store, new FuncType([ValType.I32, ValType.I64], []));
        var thrown = new WasmGuestException(tag, 30, 12);
        Linker linker = new Linker().Define("h", "t", tag).DefineFunction("h", "throw", s_noValues, (_, _) => throw thrown);
        Instance instance = Guest.Instantiate(store, """
            (module
              (import "h" "t" (tag $t (param i32 i64)))
              (import "h" "throw" (func $throw))
              (table 1 funcref) (elem (i32.const 0) $throw)
              (func (export "call") (result i64) (local i64)
                (block $h (result i32 i64) (try_table (catch $t $h) (call $throw)) (unreachable))
                (local.set 0) (i64.extend_i32_u) (local.get 0) (i64.add))
              (func (export "indirect") (result exnref)
                (block $h (result exnref) (try_table (catch_all_ref $h) (call_indirect (i32.const 0))) (ref.null exn)))
              (func (export "legacy") (result i64) (local i64)
                (try (result i64) (do (call $throw) (i64.const 0)) (catch $t (local.set 0) (drop) (local.get 0))))
              (func (export "uncaught") (call $throw)))
            """, linker);
        Assert.Equal([42UL], instance.Invoke("call"));
        Assert.Equal([thrown.Handle], instance.Invoke("indirect"));
        Assert.Equal([12UL], instance.Invoke("legacy"));
        Assert.Same(thrown, Assert.Throws<WasmGuestException>(() => instance.Invoke("uncaught")));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Exception_CrossesTheHost(EngineForm form)
    {
        using Store store = NewStore(form);
        var seen = new List<WasmGuestException>();
        Linker linker = new Linker().DefineFunction("h", "inner", s_noValues, (caller, _) =>
        {
            try
            {
                caller.Instance!.Invoke("inner");
            }
            catch (WasmGuestException e)
            {
                seen.Add(e);
                throw;
            }
        });
        Instance instance = Guest.Instantiate(store, """
            (module
              (import "h" "inner" (func $inner))
              (tag $t (param i32))
              (global $e (mut exnref) (ref.null exn))
              (func (export "inner")
                (block $h (result exnref) (try_table (catch_all_ref $h) (throw $t (i32.const 5))) (unreachable))
                (global.set $e) (throw_ref (global.get $e)))
              (func (export "outer") (param i32) (result i32)
                (local $sum i32)
                (local.set $sum (local.get 0))
                (block $h (result i32 exnref)
                  (try_table (catch_ref $t $h) (call $inner))
                  (unreachable))
                (global.set $e)
                (i32.add (local.get $sum)))
              (func $relay (call $inner))
              (func (export "through") (call $relay)))
            """, linker);
        Assert.Equal([105UL], instance.Invoke("outer", 100));
        Assert.Single(seen);
        var uncaught = Assert.Throws<WasmGuestException>(() => instance.Invoke("through"));
        Assert.Same(seen[1], uncaught);
        Assert.Equal([1U, 3U, 4U], uncaught.Backtrace.Select(static frame => frame.FuncIndex));
        Assert.Equal([106UL], instance.Invoke("outer", 101));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Exception_OfAnotherStore_EndsTheGuest(EngineForm form)
    {
        using var other = new Store();
        using Store store = NewStore(form);
        var thrown = new WasmGuestException(new Tag(other, s_noValues));
        Linker linker = new Linker().DefineFunction("h", "throw", s_noValues, (_, _) => throw thrown);
        Instance instance = Guest.Instantiate(store, """
            (module (import "h" "throw" (func $throw)) (func (export "go") (block $h (try_table (catch_all $h) (call $throw)))))
            """, linker);
        Assert.Same(thrown, Assert.Throws<WasmGuestException>(() => instance.Invoke("go")));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Handlers_AroundATailCall_AreNotForItsCallee(EngineForm form)
    {
        using Store store = NewStore(form);
        var tag = new Tag(store, s_noValues);
        Linker linker = new Linker().Define("h", "t", tag)
            .DefineFunction("h", "throw", s_noValues, (_, _) => throw new WasmGuestException(tag));
        Instance instance = Guest.Instantiate(store, """
            (module
              (import "h" "t" (tag $t))
              (import "h" "throw" (func $host))
              (func $guest (throw $t))
              (func $a (try_table (catch_all 0) (return_call $host)))
              (func $b (try_table (catch_all 0) (return_call $guest)))
              (func (export "host") (result i32) (block $h (try_table (catch $t $h) (call $a)) (return (i32.const 1))) (i32.const 2))
              (func (export "guest") (result i32) (block $h (try_table (catch $t $h) (call $b)) (return (i32.const 1))) (i32.const 2))
              (func (export "uncaught") (call $a)))
            """, linker);
        Assert.Equal([2UL], instance.Invoke("host"));
        Assert.Equal([2UL], instance.Invoke("guest"));
        Assert.Throws<WasmGuestException>(() => instance.Invoke("uncaught"));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Exception_PassesTenThousandFrames(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module
              (tag $t (param i32))
              (func $down (param $n i32) (result i32)
                (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 9))))
                (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (i32.const 1)))
              (func (export "go") (param i32) (result i32)
                (block $h (result i32) (try_table (result i32) (catch $t $h) (call $down (local.get 0))))
                (i32.add (local.get 0))))
            """);
        Assert.Equal([10_009UL], instance.Invoke("go", 10_000));
    }

    // Each level counts and throws again, as the cleanup of a language with destructors does.
    [Theory]
    [MemberData(nameof(Loops))]
    public void Cleanups_RunInEveryFrame(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module
              (tag $t (param i32))
              (global $count (export "count") (mut i32) (i32.const 0))
              (func $new (param $n i32)
                (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 9))))
                (block $h (result exnref)
                  (try_table (catch_all_ref $h) (call $new (i32.sub (local.get $n) (i32.const 1))))
                  (return))
                (global.set $count (i32.add (global.get $count) (i32.const 1)))
                (throw_ref))
              (func $legacy (param $n i32)
                (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 9))))
                (try
                  (do (call $legacy (i32.sub (local.get $n) (i32.const 1))))
                  (catch_all
                    (global.set $count (i32.add (global.get $count) (i32.const 1)))
                    (rethrow 0))))
              (func (export "new") (param i32) (result i32)
                (block $h (result i32) (try_table (catch $t $h) (call $new (local.get 0))) (i32.const 0)))
              (func (export "legacy") (param i32) (result i32)
                (try (result i32) (do (call $legacy (local.get 0)) (i32.const 0)) (catch $t))))
            """);
        Assert.Equal([9UL], instance.Invoke("new", 1000));
        Assert.Equal([9UL], instance.Invoke("legacy", 1000));
        Assert.Equal(2000UL, instance.FindGlobal("count")!.Value);
    }

    // Without a reservation the memory moves when it grows.
    [Theory]
    [MemberData(nameof(Loops))]
    public void Memory_MayGrowBetweenTryAndCatch(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module
              (memory 1)
              (tag $t)
              (func $grow (drop (memory.grow (i32.const 100))) (i32.store (i32.const 6000000) (i32.const 77)) (throw $t))
              (func (export "go") (result i32)
                (i32.store (i32.const 0) (i32.const 1))
                (block $h (try_table (catch $t $h) (call $grow)))
                (i32.add (i32.load (i32.const 6000000)) (i32.load (i32.const 0)))))
            """);
        Assert.Equal([78UL], instance.Invoke("go"));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Exception_CrossesInstances(EngineForm form)
    {
        using Store store = NewStore(form);
        var linker = new Linker();
        Instance thrower = Guest.Instantiate(store, """
            (module
              (memory 1) (data (i32.const 0) "\01")
              (tag $t (export "t") (param i32))
              (func (export "throw") (throw $t (i32.load8_u (i32.const 0)))))
            """);
        linker.DefineInstance("a", thrower);
        linker.DefineInstance("b", Guest.Instantiate(store, """
            (module (import "a" "throw" (func $f)) (func (export "throw") (call $f)) (func (export "tail") (return_call $f)))
            """, linker));
        Instance catcher = Guest.Instantiate(store, """
            (module
              (import "a" "t" (tag $t (param i32)))
              (import "b" "throw" (func $throw))
              (import "b" "tail" (func $tail))
              (memory 1) (data (i32.const 0) "\0a")
              (func (export "throw") (result i32)
                (block $h (result i32) (try_table (catch $t $h) (call $throw)) (unreachable))
                (i32.add (i32.load8_u (i32.const 0))))
              (func (export "tail") (result i32)
                (block $h (result i32) (try_table (catch $t $h) (call $tail)) (unreachable))
                (i32.add (i32.load8_u (i32.const 0)))))
            """, linker);
        Assert.Equal([11UL], catcher.Invoke("throw"));
        Assert.Equal([11UL], catcher.Invoke("tail"));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void CaughtExceptions_TakeNoMemory(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module
              (tag $t (param i64))
              (func (export "go") (param $n i32) (result i64)
                (local $sum i64)
                (loop $again
                  (local.set $sum (i64.add (local.get $sum)
                    (block $h (result i64) (try_table (catch $t $h) (throw $t (i64.const 3))) (unreachable))))
                  (local.set $sum (i64.add (local.get $sum)
                    (try (result i64) (do (throw $t (i64.const 4))) (catch $t))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))
            """);
        Assert.Equal([700_000UL], instance.Invoke("go", 100_000));
        unsafe
        {
            Assert.InRange(Calls.HostOf(store.Context).Exceptions.ByteLength, 1UL, 64UL << 10);
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void EndlessThrowing_CanBeInterrupted(EngineForm form)
    {
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(form.Options(), interrupt.Token);
        Linker linker = new Linker().DefineFunction("h", "started", s_noValues, (_, _) => interrupt.CancelAfter(50));
        Instance instance = Guest.Instantiate(store, """
            (module
              (import "h" "started" (func $started))
              (tag $t)
              (func (export "go") (call $started) (loop $again (try_table (catch $t $again) (throw $t)))))
            """, linker);
        Assert.Throws<OperationCanceledException>(() => instance.Invoke("go"));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Values_GoAroundTheExceptionThatIsKept(EngineForm form)
    {
        using Store store = NewStore(form);
        Instance instance = Guest.Instantiate(store, """
            (module
              (tag $t (param v128 i32))
              (tag $u (param i64))
              (func (export "ref") (result i64)
                (local $e exnref) (local $i i32) (local $v v128)
                (block $h (result v128 i32 exnref)
                  (i64.const 1)
                  (try_table (param i64) (catch_ref $t $h)
                    (drop) (throw $t (v128.const i64x2 10 20) (i32.const 3)))
                  (unreachable))
                (local.set $e) (local.set $i) (local.set $v)
                (i64.add (i64x2.extract_lane 1 (local.get $v)) (i64.extend_i32_u (local.get $i))))
              (func (export "legacy") (result i64) (local $n i64)
                (i64.const 100)
                (try (result i64)
                  (do
                    (i64.const 1000)
                    (try (result i64)
                      (do (throw $t (v128.const i64x2 10 20) (i32.const 3)))
                      (catch $t
                        (drop) (drop)
                        (try (result i64) (do (throw $u (i64.const 5))) (catch $u (drop) (rethrow 1)))))
                    (i64.add))
                  (catch $t (i64.extend_i32_u) (local.set $n) (i64x2.extract_lane 0) (i64.add (local.get $n))))
                (i64.add)))
            """);
        Assert.Equal([23UL], instance.Invoke("ref"));
        Assert.Equal([113UL], instance.Invoke("legacy"));
    }

    [Fact]
    public void HostException_NeedsTheTagsValues()
    {
        using var store = new Store();
        Assert.Throws<ArgumentException>(() => new WasmGuestException(new Tag(store, s_noValues), 1));
    }
}
