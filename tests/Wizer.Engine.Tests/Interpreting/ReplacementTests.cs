using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>Compiled code takes over from the interpreter, in the middle of a function too.</summary>
public sealed class ReplacementTests
{
    // What only one of the ways to the end of a block has in its slot.
    [Theory]
    [InlineData(1, 107)]
    [InlineData(0, 7)]
    public void ConstantsBelowALoop_AreThereOnAllWays(ulong argument, ulong expected)
    {
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            ulong actual = LoopGuest.Run(form, """
                (module (func (export "f") (param i32) (result i32) (local i32 i32)
                  (loop $again (result i32)
                    (i32.const 7)
                    (if (local.get 0)
                      (then
                        (loop $inner
                          (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                          (br_if $inner (i32.rem_u (local.get 1) (i32.const 50))))))
                    (local.get 1)
                    (i32.add)
                    (local.set 2)
                    (br_if $again (i32.and (local.get 0) (i32.lt_u (local.get 1) (i32.const 100))))
                    (local.get 2))))
                """, argument);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void LoopInALongCall_IsCompiledWhileItRuns()
    {
        using var store = new Store(new EngineOptions { TierThreshold = 1, CompilesInBackground = false, UsesMachineCode = false });
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32) (result i32) (local i32)
              (loop $l
                (local.set 1 (i32.add (local.get 1) (local.get 0)))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get 1)))
            """);
        Assert.Equal(0, store.CompiledMethodCount);
        const uint Count = 1_000_000;
        Assert.Equal([unchecked((uint)((ulong)Count * (Count + 1) / 2))], instance.Invoke("f", Count));
        Assert.Equal(1, store.CompiledMethodCount);
    }

    // What is below a loop is kept from the first translation but for constants, of which there may be many for each of many loops.
    [Theory]
    [InlineData("(i32.mul (local.get 1) (i32.const 3))", 0)]
    [InlineData("(i32.const 3)", 1)]
    public void LoopsWithConstantsBelow_AreLookedForOnceMore(string below, int expected)
    {
        using var store = new Store(new EngineOptions { TierThreshold = 0, CompilesInBackground = false });
        Instance instance = Runtime.Guest.Instantiate(store, $"""
            (module (func (export "f") (param i32 i32) (result i32) (local i32)
              {below}
              (loop $l
                (local.set 2 (i32.add (local.get 2) (i32.const 2)))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (i32.add (local.get 2))))
            """);
        Assert.Equal([203UL], instance.Invoke("f", 100, 1));
        Assert.Equal(1, store.CompiledMethodCount);
        Assert.Equal(expected, store.LoopTranslationCount);
    }

    [Fact]
    public void FunctionCalledOften_IsCompiledForItsNextCall()
    {
        using var store = new Store(new EngineOptions { TierThreshold = 1, CompilesInBackground = false, UsesMachineCode = false });
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
            """);
        for (uint i = 0; i < 1000; i++)
        {
            Assert.Equal([(ulong)(i * 3)], instance.Invoke("f", i));
        }

        Assert.Equal(0, store.CompiledMethodCount);
        Instance caller = Runtime.Guest.Instantiate(store, """
            (module
              (func $g (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
              (func (export "f") (param i32) (result i32) (local i32)
                (loop $l
                  (local.set 1 (i32.add (local.get 1) (call $g (local.get 0))))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 1)))
            """);
        Assert.Equal([3UL * 10_000 * 10_001 / 2], caller.Invoke("f", 10_000));
        Assert.InRange(store.CompiledMethodCount, 2, 3);
    }

    // RyuJIT takes a rotated constant for positive.
    [Fact]
    public void RotatedConstants_KeepTheirSign()
    {
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            ulong actual = LoopGuest.Run(form, """
                (module (func (export "f") (param i32) (result i32)
                  (i32.div_s (i32.rotr (i32.const 254) (i32.const 7)) (i32.or (local.get 0) (i32.const 1)))))
                """, 2);
            Assert.Equal(0xfeaaaaabu, (uint)actual);
        }
    }

    // RyuJIT makes a load of 32 bits of one of 16 whose value becomes a float.
    [Fact]
    public void ShortLoads_StayShortAsFloats()
    {
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            ulong actual = LoopGuest.Run(form, """
                (module
                  (memory 1)
                  (data (i32.const 8) "\ff\ff\ff\ff")
                  (func (export "f") (param i32) (result i32)
                    (i32.reinterpret_f32 (f32.reinterpret_i32 (i32.load16_u (local.get 0))))))
                """, 8);
            Assert.Equal(0xffffu, (uint)actual);
        }
    }

    // Each further version of a function has to be worth it, too.
    [Fact]
    public void SecondVersion_TakesTwiceTheHeat()
    {
        using var store = new Store(new EngineOptions { CompilesInBackground = false, UsesMachineCode = false });
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32)
              (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
            """);
        instance.Invoke("f", 100_000);
        Assert.Equal(1, store.CompiledMethodCount);
        instance.Invoke("f", 100_000);
        Assert.Equal(1, store.CompiledMethodCount);
        for (int i = 0; i < 100; i++)
        {
            instance.Invoke("f", 100_000);
        }

        Assert.Equal(2, store.CompiledMethodCount);
    }

    [Fact]
    public void StoppedCompiler_LeavesGuestsToTheInterpreter()
    {
        using var store = new Store(new EngineOptions { TierThreshold = 1, UsesMachineCode = false });
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32) (result i32) (local i32)
              (loop $l
                (local.set 1 (i32.add (local.get 1) (i32.const 2)))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get 1)))
            """);
        Assert.Equal([20_000UL], instance.Invoke("f", 10_000));
        store.StopCompiling();
        Assert.Equal([2_000_000UL], instance.Invoke("f", 1_000_000));
    }

    [Fact]
    public void SmallGuests_CompileNothing()
    {
        using var store = new Store();
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32)
              (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
            """);
        instance.Invoke("f", 300);
        Assert.Equal(0, store.CompiledMethodCount);
    }

    [Fact]
    public void InterpreterOnly_CompilesNothing()
    {
        using var store = new Store(new EngineOptions { Tier = TierMode.InterpreterOnly, TierThreshold = 0 });
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module (func (export "f") (param i32)
              (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
            """);
        instance.Invoke("f", 10_000);
        Assert.Equal(0, store.CompiledMethodCount);
    }

    // The stack of slots is the one limit: the tiers reach it at the same depth, and on a thread with a small native stack too.
    [Theory]
    [InlineData(1 << 12)]
    [InlineData(1 << 17)]
    public void Recursion_EndsAtTheSameDepth(int slotCount)
    {
        const string Source = """
            (module
              (global $depth (export "depth") (mut i32) (i32.const 0))
              (func $f (export "f") (param i32 i64) (result i32)
                (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (i32.add (call $f (i32.add (local.get 0) (i32.const 1)) (local.get 1)) (local.get 0))))
            """;
        ulong expected = 0;
        string? backtrace = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, Source, stackSlotCount: slotCount);
            WasmTrapException trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 0, 0));
            Assert.Equal(TrapKind.CallStackExhausted, trap.Kind);
            ulong depth = guest.Instance.FindGlobal("depth")!.Value;
            string text = string.Join(' ', trap.Backtrace.Select(frame => $"{frame.FuncIndex}@{frame.CodeOffset:x}"));
            expected = expected == 0 ? depth : expected;
            backtrace ??= text;
            Assert.Equal(expected, depth);
            Assert.Equal(backtrace, text);
        }
    }

    // More locals than registers, in slots where the interpreter saves what the backtrace goes on with.
    [Fact]
    public void Traps_KnowTheCallers_WhoeverCalled()
    {
        string sets = string.Concat(Enumerable.Range(1, 9).Select(static i => $"(local.set {i} (call $id (i32.const -{i})))"));
        string sums = string.Concat(Enumerable.Range(1, 9).Select(static i => $"(i32.add (local.get {i}))"));
        string source = $"""
            (module
              (func $id (param i32) (result i32) (local.get 0))
              (func $g (param i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32 i32)
                {sets}
                (i32.div_u (call $id (i32.const 7)) (local.get 0))
                {sums})
              (func (export "f") (result i32)
                (block $caught
                  (try_table (catch_all $caught)
                    (drop (call $g (i32.const 1)))
                    (drop (call $g (i32.const 1)))
                    (return (call $g (i32.const 0)))))
                (i32.const 5)))
            """;
        string? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, source);
            WasmTrapException trap = Assert.ThrowsAny<WasmTrapException>(() => guest.Call("f"));
            string text = string.Join(' ', trap.Backtrace.Select(frame => $"{frame.FuncIndex}@{frame.CodeOffset:x}"));
            expected ??= text;
            Assert.Equal(expected, text);
        }
    }

    // Five of them, of which each has the index in a register: more than there are.
    [Fact]
    public void BranchTables_WithoutCases_GiveTheirRegistersBack()
    {
        string blocks = string.Concat(Enumerable.Repeat("(block (br_table 0 (i32.add (local.get 0) (i32.const 1))))", 5));
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            ulong actual = LoopGuest.Run(form, $"""
                (module (func (export "f") (param i32) (result i32)
                  {blocks}
                  (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.add (local.get 0) (i32.const 2)))))
                """, 2);
            Assert.Equal(12u, actual);
        }
    }

    // An exception crosses compiled frames on its way from an interpreted function to an interpreted handler.
    [Fact]
    public void Exceptions_CrossCompiledFrames()
    {
        const string Source = """
            (module
              (tag $t (param i32))
              (func $throw (param i32) (throw $t (i32.add (local.get 0) (i32.const 1))))
              (func $between (param i32) (result i32) (call $throw (i32.mul (local.get 0) (i32.const 2))) (i32.const 0))
              (func (export "f") (param i32) (result i32) (local i32)
                (loop $l
                  (block $caught (result i32)
                    (try_table (catch $t $caught) (drop (call $between (local.get 0))))
                    (unreachable))
                  (local.set 1 (i32.add (local.get 1)))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 1))
              (func (export "g") (param i32) (result i32) (call $between (local.get 0))))
            """;
        string? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, Source);
            Assert.Equal([110UL + 10], guest.Call("f", 10));
            WasmTrapException uncaught = Assert.ThrowsAny<WasmTrapException>(() => guest.Call("g", 10));
            string text = string.Join(' ', uncaught.Backtrace.Select(frame => $"{frame.FuncIndex}@{frame.CodeOffset:x}"));
            expected ??= text;
            Assert.Equal(expected, text);
        }
    }
}
