using Wizer.Binary;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>
/// Tail calls of all kinds between functions of all tiers, of two instances and of the host: they answer and trap alike in every form
/// of the engine, and take constant space, of slots and of the native stack.
/// </summary>
public sealed class TailCallTests
{
    private const int EndCount = 8;

    // What no tier compiles.
    private const string Interpreted = "(drop (block (result anyref) (br_on_cast 0 anyref (ref i31) (ref.null any))))";

    private static readonly FuncType s_step = new([ValType.I32, ValType.I64, ValType.I64], [ValType.I64]);

    // A step counts in its instance's memory, and goes on with whom the lowest bits say. At the end, a global says what happens.
    private static string Step(string name, int number, string next, string before = "") => $"""
        (func ${name} (export "{name}") (type $step) (local i64 i32)
          {before}
          (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const {number})))
          (if (i32.eqz (i32.and (local.get 0) (i32.const 0xfffff)))
            (then (call $tick (local.get 0))))
          (local.set 3 (i64.add (i64.mul (local.get 2) (i64.const 31)) (i64.const {number})))
          (local.set 4 (i32.sub (local.get 0) (i32.const 1)))
          (if (i32.eqz (local.get 0))
            (then (return_call $end (local.get 4) (local.get 1) (local.get 3))))
          (local.get 4) (i64.rotr (local.get 1) (i64.const 3)) (local.get 3)
          {next})
        """;

    private const string Indirect = "(return_call_indirect (type $step) (i32.wrap_i64 (i64.and (local.get 1) (i64.const 7))))";

    private const string Reference = """
        (return_call_ref $step
          (ref.cast (ref null $step) (table.get $table (i32.wrap_i64 (i64.and (local.get 1) (i64.const 7))))))
        """;

    private static readonly string s_first = $"""
        (module
          (type $step (func (param i32 i64 i64) (result i64)))
          (type $other (func (param i32)))
          (import "h" "tick" (func $tick (param i32)))
          (import "h" "host" (func $host (type $step)))
          (import "h" "fail" (func $fail (type $step)))
          (table $table (export "table") 20 funcref)
          (memory (export "memory") 1)
          (global $ending (export "ending") (mut i32) (i32.const 0))
          (elem (i32.const 0) $a $b)
          (elem (i32.const 4) $e)
          (elem (i32.const 7) $h $end $host $ticks $fail)
          (func $ticks (param i32))
          {Step("a", 1, Indirect)}
          {Step("b", 2, Indirect, Interpreted)}
          {Step("e", 5, Reference)}
          {Step("h", 8, "(return_call $b)")}
          (func $end (export "end") (type $step) (local i64)
            (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
              (br_table $0 $1 $2 $3 $4 $5 $6 $7 (global.get $ending)))
              (return (local.get 2)))
              (return_call $host (local.get 0) (local.get 1) (local.get 2)))
              (unreachable))
              (return_call_indirect (type $step) (local.get 0) (local.get 1) (local.get 2) (i32.const 19)))
              (return_call_indirect (type $step) (local.get 0) (local.get 1) (local.get 2) (i32.const 20)))
              (return_call_indirect (type $step) (local.get 0) (local.get 1) (local.get 2) (i32.const 10)))
              (return_call_ref $step (local.get 0) (local.get 1) (local.get 2) (ref.null $step)))
            (return_call_indirect (type $step) (local.get 0) (local.get 1) (local.get 2) (i32.const 11)))
          (func (export "machine") (type $step)
            (i64.xor (call $a (local.get 0) (local.get 1) (local.get 2)) (i64.load (i32.const 0))))
          (func (export "interpreted") (type $step)
            {Interpreted}
            (i64.xor (call $a (local.get 0) (local.get 1) (local.get 2)) (i64.load (i32.const 0)))))
        """;

    private static readonly string s_second = $"""
        (module
          (type $step (func (param i32 i64 i64) (result i64)))
          (import "h" "tick" (func $tick (param i32)))
          (import "first" "table" (table $table 20 funcref))
          (import "first" "end" (func $end (type $step)))
          (import "first" "a" (func $a (type $step)))
          (memory (export "memory") 1)
          (elem (table $table) (i32.const 2) func $c $d)
          (elem (table $table) (i32.const 5) func $f $g)
          {Step("c", 3, Indirect)}
          {Step("d", 4, Reference, Interpreted)}
          {Step("f", 6, Indirect)}
          {Step("g", 7, "(return_call $a)")}
          (func (export "foreign") (type $step)
            (i64.xor (call $a (local.get 0) (local.get 1) (local.get 2)) (i64.load (i32.const 0)))))
        """;

    private sealed class Pair : IDisposable
    {
        private readonly Store _store;
        private long _lowest = long.MaxValue;
        private long _highest;

        internal Pair(EngineForm form, int stackSlotCount)
        {
            _store = new Store(form.Options(stackSlotCount));
            var linker = new Linker();
            linker.DefineFunction("h", "tick", new FuncType([ValType.I32], []), (_, _) => Tick());
            linker.DefineFunction("h", "host", s_step, (caller, slots) =>
            {
                Tick();
                slots[0] += slots[1] ^ slots[2] ^ (ulong)caller.Instance!.FindGlobal("ending")!.Value;
            });
            linker.DefineFunction("h", "fail", s_step, (_, _) => throw new WasmTrapException("no"));
            First = Runtime.Guest.Instantiate(_store, s_first, linker);
            linker.DefineInstance("first", First);
            Second = Runtime.Guest.Instantiate(_store, s_second, linker);
        }

        internal Instance First { get; }

        internal Instance Second { get; }

        /// <summary>How far the native stack was apart where the host was called.</summary>
        internal long NativeSpan => _highest - _lowest;

        public void Dispose() => _store.Dispose();

        private unsafe void Tick()
        {
            byte here;
            _lowest = Math.Min(_lowest, (long)&here);
            _highest = Math.Max(_highest, (long)&here);
        }

        internal string Call(string export, int ending, uint count, ulong order)
        {
            First.FindGlobal("ending")!.Value = (ulong)ending;
            string result;
            try
            {
                result = $"{(export == "foreign" ? Second : First).Invoke(export, count, order, 17)[0]:x}";
            }
            catch (WasmTrapException trap)
            {
                result = $"{trap.Message} {MachineGuest.Frames(trap)}";
            }

            return $"{result} {Count(First)} {Count(Second)}";
        }

        private static int Count(Instance instance)
        {
            Assert.True(instance.FindMemory("memory")!.TryGetSpan(0, 4, out Span<byte> bytes));
            return BitConverter.ToInt32(bytes);
        }
    }

    [Fact]
    public void AllForms_AnswerAlike_WhoeverCallsWhom()
    {
        var random = new Random(7);
        var pairs = Enum.GetValues<EngineForm>().Select(form => (Form: form, Pair: new Pair(form, 1 << 14))).ToList();
        for (int i = 0; i < 300; i++)
        {
            string export = (i % 4) switch { 0 => "machine", 1 => "interpreted", 2 => "foreign", _ => "a" };
            int ending = i / 4 % EndCount;
            var count = (uint)random.Next(i < 100 ? 4 : 200);
            var order = (ulong)random.NextInt64();
            string? expected = null;
            foreach ((EngineForm form, Pair pair) in pairs)
            {
                string actual = pair.Call(export, ending, count, order);
                expected ??= actual;
                Assert.Equal($"{i} {form} {expected}", $"{i} {form} {actual}");
            }
        }

        foreach ((EngineForm form, Pair pair) in pairs)
        {
            if (form == EngineForm.Machine && Compiler.X64.MachineCode.IsSupported)
            {
                Assert.True(MachineGuest.HasMachineCode(pair.First, "a"));
                Assert.True(MachineGuest.HasMachineCode(pair.First, "end"));
                Assert.True(MachineGuest.HasMachineCode(pair.Second, "c"));
            }

            Assert.False(MachineGuest.HasMachineCode(pair.First, "b"));
            pair.Dispose();
        }
    }

    // By element: 0, 4 and 7 are of the first instance, 1 is and is interpreted; 2, 5 and 6 are of the second, 3 is and is interpreted.
    public static TheoryData<EngineForm, string, ulong> Cycles
    {
        get
        {
            var data = new TheoryData<EngineForm, string, ulong>();
            foreach (EngineForm form in Enum.GetValues<EngineForm>())
            {
                foreach (string export in new[] { "machine", "foreign" })
                {
                    foreach (ulong order in new ulong[] { 0, 0x1111111111111111, 0x3333333333333333, 0xff37_2845_9a0c_6b1d })
                    {
                        data.Add(form, export, order);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cycles))]
    public void LongChains_TakeConstantSpace(EngineForm form, string export, ulong order)
    {
        using var pair = new Pair(form, 400);

        // The host is called every million, and at the end.
        uint count = form is EngineForm.Machine or EngineForm.MachineReplaced ? 10_000_000U : 2_000_000U;
        string result = pair.Call(export, 1, count, order);
        Assert.DoesNotContain("exhausted", result, StringComparison.Ordinal);
        Assert.InRange(pair.NativeSpan, 0, 16 << 10);
    }

    // Neither has a loop, and neither calls the other but in this way.
    [Theory]
    [MemberData(nameof(LoopGuest.Loops), MemberType = typeof(LoopGuest))]
    public void EndlessTailCalls_BetweenInstances_CanBeInterrupted(EngineForm form)
    {
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(form.Options(), interrupt.Token);
        Linker linker = new Linker().DefineFunction("h", "started", new FuncType([], []), (_, _) => interrupt.CancelAfter(20));
        Instance first = Runtime.Guest.Instantiate(store, """
            (module
              (import "h" "started" (func $started))
              (type $t (func (param i32) (result i32)))
              (table (export "table") 1 1 funcref)
              (func $f (export "f") (type $t) (return_call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)))
              (func (export "go") (type $t) (call $started) (return_call $f (local.get 0))))
            """, linker);
        linker.DefineInstance("first", first);
        Runtime.Guest.Instantiate(store, """
            (module
              (type $t (func (param i32) (result i32)))
              (import "first" "table" (table 1 1 funcref))
              (import "first" "f" (func $f (type $t)))
              (func $g (type $t) (return_call $f (local.get 0)))
              (elem (i32.const 0) $g))
            """, linker);
        GuestThread.Run(() => Assert.Throws<OperationCanceledException>(() => first.Invoke("go", 1)));
    }

    [Theory]
    [InlineData(16 << 20)]
    [InlineData(256 << 10)]
    public void Recursion_ThroughTailCalls_EndsAtTheSameDepth(int stackByteLength)
    {
        string source = $"""
            (module
              (global $depth (export "depth") (mut i32) (i32.const 0))
              (type $t (func (param i32 i64 i32) (result i32)))
              (table funcref (elem $h $g))
              (func $f (export "f") (param i32 i64) (result i32)
                (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (i32.add (local.get 0)
                  (call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (local.get 1) (i32.const 3)
                    (i32.and (local.get 0) (i32.const 1)))))
              (func $g (type $t) (return_call $f (local.get 0) (local.get 1)))
              (func $h (type $t) (local i64 i64 i64 i64) {Interpreted} (return_call $g (local.get 0) (local.get 1) (local.get 2))))
            """;
        string? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            string result = "";
            var thread = new Thread(
                () =>
                {
                    using var guest = new LoopGuest(form, source, stackSlotCount: 1 << 16);
                    var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 0, 0));
                    result = $"{trap.Kind} {guest.Instance.FindGlobal("depth")!.Value} {MachineGuest.Frames(trap)}";
                },
                stackByteLength);
            thread.Start();
            thread.Join();
            expected ??= result;
            Assert.Equal($"{form} {expected}", $"{form} {result}");
        }
    }
}
