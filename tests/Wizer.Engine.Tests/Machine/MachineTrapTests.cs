using Wizer.Binary;
using Wizer.Engine.Native;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>What traps in machine code says the same as interpreted: which trap, where, and through which frames.</summary>
public sealed class MachineTrapTests
{
    public static TheoryData<string, TrapKind> Traps => new()
    {
        { "unreachable", TrapKind.Unreachable },
        { "(drop (i32.div_s (i32.const 1) (local.get 0)))", TrapKind.IntegerDivideByZero },
        { "(drop (i64.rem_u (i64.const 1) (i64.extend_i32_u (local.get 0))))", TrapKind.IntegerDivideByZero },
        { "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1))))", TrapKind.IntegerOverflow },
        { "(drop (i64.div_s (i64.const 0x8000000000000000) (i64.extend_i32_s (i32.sub (local.get 0) (i32.const 1)))))", TrapKind.IntegerOverflow },
        { "(drop (i32.trunc_f32_s (f32.div (f32.const 0) (f32.convert_i32_s (local.get 0)))))", TrapKind.InvalidConversion },
        { "(drop (i32.trunc_f64_u (f64.sub (f64.convert_i32_s (local.get 0)) (f64.const 1))))", TrapKind.IntegerOverflow },
        { "(drop (i32.trunc_f64_s (f64.const 2147483648)))", TrapKind.IntegerOverflow },
        { "(drop (i64.trunc_f64_s (f64.const 1e30)))", TrapKind.IntegerOverflow },
        { "(drop (i64.trunc_f32_u (f32.const nan)))", TrapKind.InvalidConversion },
        { "(drop (i32.load (i32.const 65533)))", TrapKind.MemoryOutOfBounds },
        { "(i64.store8 (i32.sub (local.get 0) (i32.const 1)) (i64.const 1))", TrapKind.MemoryOutOfBounds },
        { "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))", TrapKind.MemoryOutOfBounds },
        { "(drop (table.get $t (i32.const 9)))", TrapKind.TableOutOfBounds },
        { "(call_indirect $t (i32.const 9))", TrapKind.UndefinedElement },
        { "(call_indirect $t (i32.const 1))", TrapKind.UninitializedElement },
        { "(call_indirect $t (param i32) (local.get 0) (i32.const 0))", TrapKind.IndirectCallMismatch },
        { "(call_ref $none (ref.null $none))", TrapKind.NullFunctionReference },
        { "(drop (ref.as_non_null (table.get $t (i32.const 1))))", TrapKind.NullReference },
    };

    // At the end of a way through functions of all kinds: twice as deep for the second argument.
    [Theory]
    [MemberData(nameof(Traps))]
    public void Traps_SayTheSameThroughAllFrames(string instruction, TrapKind kind)
    {
        string wat = $"""
            (module
              (type $none (func))
              (import "m" "back" (func $back (param i32 i32)))
              (memory 1)
              (table $t funcref (elem (ref.func $fine) (ref.null func)))
              (func $fine)
              (func $trap (param i32) (local i32 i64)
                (local.set 1 (i32.add (local.get 0) (i32.const 1)))
                {instruction}
                (local.set 1 (i32.add (local.get 1) (i32.const 1))))
              (func $interpreted (param i32)
                (block (try_table (catch_all 0) (call $trap (local.get 0)))))
              (func $vector (param i32)
                (drop (i32x4.splat (local.get 0)))
                (call $interpreted (local.get 0)))
              (func $deep (export "deep") (param i32 i32)
                (if (local.get 1)
                  (then (call $deep (local.get 0) (i32.sub (local.get 1) (i32.const 1))))
                  (else (call $vector (local.get 0)))))
              (func (export "f") (param i32 i32)
                (call $deep (local.get 0) (local.get 1))
                (call $back (local.get 0) (local.get 1))))
            """;
        foreach (uint depth in new uint[] { 0, 1, 30 })
        {
            WasmTrapException direct = MachineGuest.Trap(wat, Define, 0, depth);
            Assert.Equal(kind, direct.Kind);
            Assert.Equal((int)depth + 5, direct.Backtrace.Count);
        }
    }

    // The host calls back in, and the trap goes through it.
    [Fact]
    public void Traps_SayTheSameThroughTheHost()
    {
        const string Source = """
            (module
              (import "m" "back" (func $back (param i32 i32)))
              (memory 1)
              (func (export "deep") (param i32 i32)
                (if (local.get 1)
                  (then (call $back (local.get 0) (i32.sub (local.get 1) (i32.const 1))))
                  (else (drop (i32.load offset=65533 (local.get 0))))))
              (func (export "f") (param i32 i32) (call $back (local.get 0) (local.get 1))))
            """;
        WasmTrapException trap = MachineGuest.Trap(Source, Define, 0, 3);
        Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        Assert.Equal(5, trap.Backtrace.Count);
    }

    [Fact]
    public void ManyTraps_TakeNothingForGood()
    {
        using var guest = new LoopGuest(EngineForm.Machine, """
            (module
              (memory 1)
              (func $load (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "f") (param i32) (result i32) (i32.add (call $load (local.get 0)) (i32.const 1))))
            """);
        Assert.Throws<WasmTrapException>(() => guest.Call("f", 65_536));
        int blocks = NativeBlock.Outstanding;
        int reservations = AddressSpace.Outstanding;
        for (uint i = 0; i < 10_000; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 65_533 + (i * 400_000)));
            Assert.Equal(2, trap.Backtrace.Count);
        }

        // Stores of other tests come and go meanwhile, but not so many.
        Assert.InRange(NativeBlock.Outstanding - blocks, -5_000, 5_000);
        Assert.InRange(AddressSpace.Outstanding - reservations, -1_000, 1_000);
        Assert.Equal([1UL], guest.Call("f", 65_532));
    }

    // Faults of managed code stay what they are, whoever handles signals now.
    [Fact]
    public void NullReferences_StayExceptions_BesideGuestFaults()
    {
        Parallel.For(0, 4, number =>
        {
            GuestThread.Run(() =>
            {
                using var guest = new LoopGuest(EngineForm.Machine, """
                    (module (memory 1) (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))
                    """);
                for (uint i = 0; i < 300; i++)
                {
                    Assert.Throws<NullReferenceException>(() => Dereference(null!));
                    WasmTrapException trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 65_533 + (uint)number));
                    Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
                    Assert.Single(trap.Backtrace);
                    Assert.Equal([0UL], guest.Call("f", 65_532));
                }
            });
        });
    }

    // What the collector does to threads that run machine code, and to objects that host functions make meanwhile.
    [Fact]
    public void Collections_LeaveGuestsAlone()
    {
        using var done = new CancellationTokenSource();
        Task collector = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
            }
        });
        try
        {
            Parallel.For(0, 2, _ =>
            {
                var kept = new List<object>();
                using var guest = new LoopGuest(
                    EngineForm.Machine,
                    """
                    (module
                      (import "m" "allocate" (func $allocate (param i32) (result i32)))
                      (func (export "f") (param i32) (result i32) (local i32 i32)
                        (loop $l
                          (local.set 1 (i32.add (local.get 1) (call $allocate (local.get 0))))
                          (local.set 2 (i32.const 1000))
                          (loop $inner (br_if $inner (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
                          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                        (local.get 1)))
                    """,
                    linker => linker.DefineFunction("m", "allocate", new FuncType([ValType.I32], [ValType.I32]), (_, slots) =>
                    {
                        var values = new byte[100 + (slots[0] % 100)];
                        kept.Add(values);
                        slots[0] = (ulong)values.Length - 100;
                    }));
                ulong expected = 0;
                for (ulong i = 1; i <= 1000; i++)
                {
                    expected += i % 100;
                }

                Assert.Equal([expected], guest.Call("f", 1000));
                Assert.Equal(1000, kept.Count);
            });
        }
        finally
        {
            done.Cancel();
            collector.Wait();
        }
    }

    // The tier that machine code falls back to where little is left of the stack.
    [Theory]
    [InlineData(192 << 10)]
    [InlineData(256 << 10)]
    [InlineData(1 << 20)]
    public void Recursion_EndsAtTheSameDepth_OnThreadsWithSmallStacks(int stackByteLength)
    {
        const string Source = """
            (module
              (global $depth (export "depth") (mut i32) (i32.const 0))
              (func $f (export "f") (param i32 i64) (result i32)
                (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (i32.add (call $g (i32.add (local.get 0) (i32.const 1)) (local.get 1)) (local.get 0)))
              (func $g (param i32 i64) (result i32) (drop (i32x4.splat (local.get 0))) (call $f (local.get 0) (local.get 1))))
            """;
        string Run(EngineForm form, int stack)
        {
            string result = "";
            var thread = new Thread(
                () =>
                {
                    using var guest = new LoopGuest(form, Source, stackSlotCount: 1 << 17);
                    var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 0, 0));
                    result = $"{trap.Kind} {guest.Instance.FindGlobal("depth")!.Value} {MachineGuest.Frames(trap)}";
                },
                stack);
            thread.Start();
            thread.Join();
            return result;
        }

        Assert.Equal(Run(EngineForm.Threaded, 16 << 20), Run(EngineForm.Machine, stackByteLength));
    }

    [Theory]
    [InlineData("(loop $l (br $l))")]
    [InlineData("(loop $l (call $nothing) (br $l))")]
    [InlineData("(loop $l (call $counted) (br $l))")]
    [InlineData("(call $deep)")]
    public void Interrupt_EndsMachineCode(string body)
    {
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(EngineForm.Machine.Options(stackSlotCount: 1 << 24), interrupt.Token);
        var linker = new Linker();
        linker.DefineFunction("m", "start", new FuncType([], []), (_, _) => interrupt.CancelAfter(20));
        Instance instance = Runtime.Guest.Instantiate(store, $"""
            (module
              (import "m" "start" (func $start))
              (global $count (mut i32) (i32.const 0))
              (func $nothing)
              (func $counted (global.set $count (i32.add (global.get $count) (i32.const 1))))
              (func $deep (loop $again (call $rest (i32.const 1000)) (br $again)))
              (func $rest (param i32)
                (if (local.get 0) (then (call $rest (i32.sub (local.get 0) (i32.const 1))))))
              (func (export "f") (call $start) {body}))
            """, linker);
        GuestThread.Run(() => Assert.Throws<OperationCanceledException>(() => instance.Invoke("f")));
    }

    private static int Dereference(string text) => text.Length;

    private static void Define(Linker linker) =>
        linker.DefineFunction("m", "back", new FuncType([ValType.I32, ValType.I32], []), (caller, slots) =>
            caller.Instance!.Invoke("deep", slots[..2]));
}
