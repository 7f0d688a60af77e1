using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>What machine code leaves out around calls, and what takes its place.</summary>
public sealed unsafe class MachineCallTests
{
    // Three locals that live across the calls, in as few slots as there can be; and calls of all kinds.
    private const string Recursive = """
        (module
          (import "h" "at" (func $at (param i32)))
          (type $t (func (param i32 i32 i32) (result i32)))
          (table 2 2 funcref)
          (elem (i32.const 0) $h $g)
          (global $depth (export "depth") (mut i32) (i32.const 0))
          (func $f (export "f") (type $t)
            (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
            (if (i32.eqz (i32.and (global.get $depth) (i32.const 0xfff))) (then (call $at (global.get $depth))))
            (i32.add
              (i32.add (call $g (i32.add (local.get 0) (i32.const 1)) (local.get 1) (local.get 2)) (local.get 0))
              (i32.add (local.get 1) (local.get 2))))
          (func $g (type $t)
            (i32.add
              (i32.add
                (call_indirect (type $t) (local.get 0) (local.get 1) (local.get 2)
                  (i32.eqz (i32.and (local.get 0) (i32.const 0x3ffff))))
                (local.get 0))
              (i32.add (local.get 1) (local.get 2))))
          (func $h (type $t) (return_call $f (local.get 0) (local.get 1) (local.get 2)))
          (func $none (export "none") (result i32) (call $none)))
        """;

    public static TheoryData<EngineForm> Forms => LoopGuest.Loops;

    private static void OnThread(int stackByteLength, Action work)
    {
        if (stackByteLength == 0)
        {
            GuestThread.Run(work);
            return;
        }

        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            stackByteLength);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static string Exhaust(LoopGuest guest, string export, params ulong[] arguments)
    {
        guest.Instance.FindGlobal("depth")!.Value = 0;
        var trap = Assert.Throws<WasmTrapException>(() => guest.Call(export, arguments));
        return $"{trap.Kind} {guest.Instance.FindGlobal("depth")!.Value} {MachineGuest.Frames(trap)}";
    }

    private static void IgnoreDepth(Linker linker) =>
        linker.DefineFunction("h", "at", new FuncType([ValType.I32], []), static (_, _) => { });

    // The store changes threads: nothing is checked on the first and the last.
    [Fact]
    public void Recursion_EndsWhereTheSlotsEnd_WhicheverThreadRunsIt()
    {
        using var interpreted = new LoopGuest(EngineForm.Threaded, Recursive, IgnoreDepth, stackSlotCount: 1 << 20);
        string expected = Exhaust(interpreted, "f", 0, 1, 2);
        string expectedOfNone = Exhaust(interpreted, "none");
        foreach (EngineForm form in new[] { EngineForm.Machine, EngineForm.MachineReplaced })
        {
            using var guest = new LoopGuest(form, Recursive, IgnoreDepth, stackSlotCount: 1 << 20);
            foreach (int stackByteLength in new[] { 0, 256 << 10, 1 << 20, 0 })
            {
                OnThread(stackByteLength, () =>
                {
                    Assert.Equal(expected, Exhaust(guest, "f", 0, 1, 2));
                    Assert.Equal(expectedOfNone, Exhaust(guest, "none"));
                    Assert.Equal(stackByteLength == 0, guest.Store.Context->HasNativeRoom != 0);
                });
            }
        }
    }

    // A thread with little room runs the store while one with much waits, and the other way round.
    [Theory]
    [InlineData(0, 256 << 10)]
    [InlineData(256 << 10, 0)]
    public void Recursion_EndsWhereTheSlotsEnd_BehindACallOnAnotherThread(int outer, int inner)
    {
        string Run(EngineForm form)
        {
            LoopGuest? guest = null;
            var results = new List<string>();
            void Define(Linker linker) => linker.DefineFunction("h", "at", new FuncType([ValType.I32], []), (_, _) =>
            {
                if (results.Count == 0)
                {
                    results.Add("");
                    OnThread(inner, () => results.Add(Exhaust(guest!, "none")));
                }
            });
            using var owned = guest = new LoopGuest(form, Recursive, Define, stackSlotCount: 1 << 18);
            OnThread(outer, () => results.Add(Exhaust(guest, "f", 0, 1, 2)));
            return string.Join('\n', results);
        }

        Assert.Equal(Run(EngineForm.Threaded), Run(EngineForm.Machine));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void Recursion_BetweenInstances_EndsAtTheSameDepth(int stackByteLength)
    {
        string Run(EngineForm form)
        {
            using var store = new Store(form.Options(stackSlotCount: 1 << 18));
            var linker = new Linker();
            Instance first = Runtime.Guest.Instantiate(store, """
                (module
                  (type $t (func (param i32) (result i32)))
                  (table (export "table") 1 1 funcref)
                  (global $depth (export "depth") (mut i32) (i32.const 0))
                  (func (export "f") (type $t)
                    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                    (i32.add (local.get 0) (call_indirect (type $t) (local.get 0) (i32.const 0)))))
                """);
            linker.DefineInstance("first", first);
            Runtime.Guest.Instantiate(store, """
                (module
                  (type $t (func (param i32) (result i32)))
                  (import "first" "table" (table 1 1 funcref))
                  (import "first" "f" (func $f (type $t)))
                  (func $g (type $t) (i32.add (local.get 0) (call $f (local.get 0))))
                  (elem (i32.const 0) $g))
                """, linker);
            string result = "";
            OnThread(stackByteLength, () =>
            {
                var trap = Assert.Throws<WasmTrapException>(() => first.Invoke("f", 1));
                result = $"{trap.Kind} {first.FindGlobal("depth")!.Value} {MachineGuest.Frames(trap)}";
            });
            return result;
        }

        Assert.Equal(Run(EngineForm.Threaded), Run(EngineForm.Machine));
    }

    // What is left for them beyond where it is looked is this for each byte of slots.
    [Fact]
    public void Frames_TakeNoMoreOfTheNativeStack_ThanWasReservedForTheirSlots()
    {
        long lowest = long.MaxValue, highest = 0;
        uint first = 0, last = 0;
        using var guest = new LoopGuest(
            EngineForm.Machine,
            Recursive,
            linker => linker.DefineFunction("h", "at", new FuncType([ValType.I32], []), (_, slots) =>
            {
                byte here;
                first = first == 0 ? (uint)slots[0] : first;
                last = (uint)slots[0];
                lowest = Math.Min(lowest, (long)&here);
                highest = Math.Max(highest, (long)&here);
            }),
            stackSlotCount: 1 << 18);
        GuestThread.Run(() => Exhaust(guest, "f", 0, 1, 2));

        // Of each two, one has three parameters and one more slot for what it adds up.
        ulong slots = (last - first) * (ulong)(2 * (FrameHeader.SavedSlots + 3) + 1);
        Assert.InRange((ulong)(highest - lowest), 1UL, FrameHeader.NativeBytesPerByte * slots * sizeof(ulong));
        if (!MachineCode.IsSupported)
        {
            return;
        }

        for (uint seed = 1; seed <= 50; seed++)
        {
            using var random = new LoopGuest(EngineForm.Machine, new RandomBody(seed).Write());
            try
            {
                random.Call("f", 1, 2, 3, 4, 5, 6, 7, 8);
            }
            catch (WasmTrapException)
            {
            }

            int frame = random.Store.Machine!.MaxFrameByteLength + sizeof(ulong);
            Assert.InRange(frame, 16, FrameHeader.NativeBytesPerByte * FrameHeader.SavedSlots * sizeof(ulong));
        }
    }

    // The table's functions were all of one instance when the code was made.
    [Theory]
    [MemberData(nameof(Forms))]
    public void IndirectCalls_FindOtherInstances_ThatComeLater(EngineForm form)
    {
        using var store = new Store(form.Options());
        var linker = new Linker();
        linker.DefineFunction("h", "later", new FuncType([ValType.I32], []), (caller, slots) =>
        {
            if (slots[0] == 50)
            {
                linker.DefineInstance("first", caller.Instance!);
                Runtime.Guest.Instantiate(store, """
                    (module
                      (type $t (func (param i32) (result i32)))
                      (import "first" "table" (table 4 4 funcref))
                      (import "first" "own" (func $own (type $t)))
                      (memory 1)
                      (data (i32.const 0) "\03")
                      (func $mine (type $t) (i32.add (call $own (local.get 0)) (i32.load8_u (i32.const 0))))
                      (func $tail (type $t) (return_call $own (i32.add (local.get 0) (i32.load8_u (i32.const 0)))))
                      (elem (i32.const 2) $mine $tail))
                    """, linker);
            }
        });
        linker.DefineFunction("h", "host", new FuncType([ValType.I32], [ValType.I32]), static (_, slots) => slots[0] += 1000);
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module
              (type $t (func (param i32) (result i32)))
              (import "h" "later" (func $later (param i32)))
              (import "h" "host" (func $host (type $t)))
              (table (export "table") 4 4 funcref)
              (elem (i32.const 0) $own $host $own $own)
              (memory (export "memory") 1)
              (data (i32.const 0) "\07")
              (func $own (export "own") (type $t) (i32.add (local.get 0) (i32.load8_u (i32.const 0))))
              (func $jump (param i32 i32) (result i32)
                (return_call_indirect (type $t) (local.get 0) (local.get 1)))
              (func (export "f") (result i32) (local i32 i32)
                (loop $more
                  (call $later (local.get 0))
                  (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 3))
                    (call_indirect (type $t) (local.get 0) (i32.and (local.get 0) (i32.const 3)))))
                  (local.set 1 (i32.add (local.get 1) (call $jump (local.get 0) (i32.and (local.get 0) (i32.const 3)))))
                  (br_if $more (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 100))))
                (local.get 1)))
            """, linker);
        uint expected = 0;
        for (uint i = 0; i < 100; i++)
        {
            uint element = (i & 3) switch { 1 => i + 1000, >= 2 when i >= 50 => i + 7 + 3, _ => i + 7 };
            expected = (expected * 3) + (2 * element);
        }

        Assert.Equal([expected], instance.Invoke("f"));
    }

    // Wherever they were: in the registers of locals and of other arguments, in slots, nowhere; and through a look at types on the way.
    [Fact]
    public void Arguments_Arrive()
    {
        const string Source = """
            (module
              (type $super (sub (func (param i32 i64 i32 i64) (result i64))))
              (type $sub (sub $super (func (param i32 i64 i32 i64) (result i64))))
              (table funcref (elem $g $mixed))
              (func $g (type $sub)
                (i64.add
                  (i64.add (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const 1000003)) (i64.mul (local.get 1) (i64.const 10007)))
                  (i64.add (i64.mul (i64.extend_i32_u (local.get 2)) (i64.const 101)) (local.get 3))))
              (func $mixed (param f32 i32 f64 i32) (result i32)
                (i32.add (i32.trunc_f32_s (local.get 0))
                  (i32.add (i32.mul (local.get 1) (i32.const 3))
                    (i32.add (i32.mul (i32.trunc_f64_s (local.get 2)) (i32.const 5)) (i32.mul (local.get 3) (i32.const 7))))))
              (func $vector (param i32 v128 i32) (result i32)
                (i32.add (i32x4.extract_lane 1 (local.get 1)) (i32.add (local.get 0) (i32.mul (local.get 2) (i32.const 11)))))
              (func $tail (param i32 i64 i32 i64) (result i64)
                (return_call_indirect (type $super)
                  (local.get 2) (local.get 3) (local.get 0) (i64.extend_i32_u (local.get 0)) (i32.const 0)))
              (func $reference (param i32 i64 i32 i64) (result i64)
                (return_call_ref $sub (i32.wrap_i64 (local.get 3)) (i64.const -1) (i32.wrap_i64 (local.get 1)) (local.get 1)
                  (ref.func $g)))
              (elem declare func $g)
              (func (export "f") (param i32 i64 i32 i64) (result i64)
                (local $sum i64)
                (local.set $sum (i64.xor
                  (i64.mul (local.get 1) (local.get 3))
                  (call_indirect (type $super)
                    (i32.add (local.get 0) (local.get 2)) (i64.sub (local.get 1) (local.get 3)) (i32.mul (local.get 0) (local.get 2))
                    (i64.xor (local.get 1) (local.get 3)) (i32.and (local.get 0) (i32.const 0)))))
                (local.set $sum (i64.add (local.get $sum)
                  (call $g (local.get 2) (local.get 3) (local.get 0) (local.get 1))))
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3))
                  (call $tail (i32.const 7) (local.get $sum) (local.get 0) (call $g (local.get 0) (local.get 1) (i32.const -1) (local.get 1)))))
                (local.set $sum (i64.add (local.get $sum)
                  (call_ref $super (local.get 0) (local.get $sum) (local.get 2) (i64.const 1) (ref.func $g))))
                (local.set $sum (i64.add (local.get $sum) (call $reference (local.get 0) (local.get 1) (local.get 2) (local.get $sum))))
                (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u
                  (call $mixed (f32.convert_i32_s (i32.const 5)) (local.get 2) (f64.const 9) (i32.sub (local.get 2) (local.get 0))))))
                (i64.add (local.get $sum) (i64.extend_i32_u
                  (call $vector (local.get 0) (i32x4.splat (local.get 2)) (i32.add (local.get 2) (i32.const 1)))))))
            """;
        Assert.Single(MachineGuest.Call(Source, 1, 2, 3, 4));
        Assert.Single(MachineGuest.Call(Source, 0xffff_ffff, ulong.MaxValue, 0x8000_0000, 1UL << 63));
    }

    [Fact]
    public void Ifs_WithoutElse_EndInNoJump()
    {
        if (!MachineCode.IsSupported)
        {
            return;
        }

        using var guest = new LoopGuest(EngineForm.Machine, """
            (module
              (func (export "f") (param i32 i32) (result i32)
                (if (local.get 0) (then (local.set 1 (i32.add (local.get 1) (i32.const 5)))))
                (local.get 1)
                (if (param i32) (result i32) (local.get 0) (then (i32.mul (i32.const 3))))))
            """);
        Assert.Equal([21UL], guest.Call("f", 1, 2));
        Assert.Equal([2UL], guest.Call("f", 0, 2));
        MachineFunction function = guest.Store.Machine!.Find(guest.Instance.FindFunction("f")!.Data->MachineEntry + 1)!;
        ReadOnlySpan<byte> code = new((void*)function.Start, function.Length);
        ReadOnlySpan<byte> jumpToNext = [0xe9, 0, 0, 0, 0];
        Assert.Equal(-1, code.IndexOf(jumpToNext));
    }

    // Those of one shape that are called through a table in turn: some processors tell their returns apart by two bits.
    [Fact]
    public void Returns_AreWhereTheProcessorTellsThemApart()
    {
        if (!MachineCode.IsSupported)
        {
            return;
        }

        using var guest = new LoopGuest(EngineForm.Machine, """
            (module
              (func (export "a") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "b") (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
              (func (export "c") (param i32) (result i32) (i32.add (local.get 0) (i32.const 3)))
              (func (export "d") (param i32) (result i32) (i32.add (local.get 0) (i32.const 4))))
            """);
        var places = new SortedSet<nint>();
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            guest.Call(name, 1);
            MachineFunction function = guest.Store.Machine!.Find(guest.Instance.FindFunction(name)!.Data->MachineEntry + 1)!;
            ReadOnlySpan<byte> code = new((void*)function.Start, function.Length);
            places.Add((function.Start + code.IndexOf((byte)0xc3)) & 15);
        }

        Assert.Equal([0, 4, 8, 12], places);
    }
}
