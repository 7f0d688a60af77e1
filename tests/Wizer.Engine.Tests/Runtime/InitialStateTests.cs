using Wizer.Binary;
using Wizer.Engine.Native;
using Wizer.Engine.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>
/// One run after another in one store: whatever the one did, and however it ended, the next finds what it would find in a new store.
/// </summary>
[Collection(nameof(NativeLeakTests))]
public sealed class InitialStateTests
{
    private const string Wat = """
        (module
          (type $pair (struct (field (mut i32)) (field (mut anyref))))
          (type $bytes (array (mut i8)))
          (type $number (func (result i32)))
          (import "host" "next" (func $next (result i32)))
          (import "host" "object" (func $object (result externref)))
          (import "host" "end" (func $end))
          (import "host" "fail" (func $fail))
          (import "host" "tag" (tag $foreign (param i32)))
          (memory $m 1 20) (memory $n 0 2) (memory $wide i64 1 3)
          (table $t 5 30 funcref) (table $objects 3 (ref null $pair) (struct.new $pair (i32.const 5) (ref.i31 (i32.const 6))))
          (table $host 2 100 externref)
          (tag $own (param i32))
          (global $g (mut i32) (i32.const 7)) (global $v (mut v128) (v128.const i64x2 1 2)) (global $f (mut f64) (f64.const 0.5))
          (global $k (ref $pair) (struct.new $pair (i32.const 11) (array.new $bytes (i32.const 9) (i32.const 100))))
          (global $r (mut (ref null $pair)) (global.get $k))
          (global $func (mut funcref) (ref.func $one))
          (global $thrown (mut exnref) (ref.null exn))
          (data $active (i32.const 8) "active") (data $passive "passive") (data (memory $wide) (i64.const 65530) "abc")
          (elem $one_passive funcref (ref.func $two) (ref.null func))
          (elem $pairs (ref null $pair) (struct.new $pair (i32.const 3) (ref.null any)))
          (elem (table $t) (i32.const 1) func $one $two)
          (func $one (result i32) (i32.const 1))
          (func $two (result i32) (i32.const 2))

          (func (export "mess") (local $i i32)
            (loop $fill
              (i32.store8 (local.get $i) (i32.const 0xaa))
              (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536))))
            (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 7))
            (data.drop $passive)
            (drop (memory.grow $m (i32.const 16))) (i32.store (i32.const 1000000) (i32.const -1))
            (drop (memory.grow $n (i32.const 2))) (i32.store $n (i32.const 100000) (i32.const -1))
            (drop (memory.grow $wide (i64.const 1))) (i64.store $wide (i64.const 131064) (i64.const -1))
            (table.init $t $one_passive (i32.const 0) (i32.const 0) (i32.const 1))
            (elem.drop $one_passive)
            (drop (table.grow $t (ref.func $two) (i32.const 20)))
            (table.set $t (i32.const 1) (ref.null func)) (table.set $t (i32.const 4) (ref.func $one))
            (table.set $objects (i32.const 1) (struct.new $pair (i32.const 99) (ref.null any)))
            (struct.set $pair 0 (table.get $objects (i32.const 0)) (i32.const 98))
            (table.init $objects $pairs (i32.const 2) (i32.const 0) (i32.const 1))
            (struct.set $pair 0 (table.get $objects (i32.const 2)) (i32.const 97))
            (elem.drop $pairs)
            (drop (table.grow $host (call $object) (i32.const 90)))
            (table.set $host (i32.const 0) (call $object))
            (global.set $g (call $next)) (global.set $v (v128.const i64x2 -1 -1)) (global.set $f (f64.const nan))
            (struct.set $pair 0 (global.get $k) (i32.const 96))
            (array.set $bytes (ref.cast (ref $bytes) (struct.get $pair 1 (global.get $k))) (i32.const 5) (i32.const 1))
            (global.set $r (struct.new $pair (i32.const 95) (array.new $bytes (i32.const 1) (i32.const 100000))))
            (global.set $func (ref.null func))
            (block $caught (result exnref)
              (try_table (catch_all_ref $caught) (throw $own (i32.const 4)))
              (unreachable))
            (global.set $thrown))

          (func (export "return"))
          (func (export "trap") (unreachable))
          (func (export "loop") (call $end) (loop $forever (br $forever)))
          (func $deep (export "recurse") (call $deep))
          (func (export "throw") (throw $own (i32.const 5)))
          (func (export "throw again") (throw_ref (global.get $thrown)))
          (func (export "throw foreign") (throw $foreign (i32.const 6)))
          (func (export "allocate") (loop $forever (drop (array.new $bytes (i32.const 0) (i32.const 1000000))) (br $forever)))
          (func (export "host") (call $fail))

          (func $add (param $hash i64) (param $value i64) (result i64)
            (i64.add (i64.mul (local.get $hash) (i64.const 1000003)) (local.get $value)))
          (func $probe (param $i i32) (result i64)
            (if (result i64) (ref.is_null (table.get $t (local.get $i)))
              (then (i64.const -1))
              (else (i64.extend_i32_u (call_indirect $t (type $number) (local.get $i))))))

          ;; All that there is to see; some of it can be seen once only.
          (func (export "look") (result i64) (local $hash i64) (local $i i32)
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (memory.size $m))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (memory.size $n))))
            (local.set $hash (call $add (local.get $hash) (memory.size $wide)))
            (local.set $hash (call $add (local.get $hash) (i64.load $wide (i64.const 65528))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (table.size $t))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (table.size $host))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (ref.is_null (table.get $host (i32.const 0))))))
            (loop $bytes
              (local.set $hash (call $add (local.get $hash) (i64.load (local.get $i))))
              (br_if $bytes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 65536))))
            (local.set $i (i32.const 0))
            (loop $elements
              (local.set $hash (call $add (local.get $hash) (call $probe (local.get $i))))
              (br_if $elements (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
            (local.set $i (i32.const 0))
            (loop $pairs
              (local.set $hash (call $add (local.get $hash)
                (i64.extend_i32_u (struct.get $pair 0 (table.get $objects (local.get $i))))))
              (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u
                (ref.eq (table.get $objects (local.get $i)) (table.get $objects (i32.const 1))))))
              (br_if $pairs (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (global.get $g))))
            (local.set $hash (call $add (local.get $hash) (i64x2.extract_lane 1 (global.get $v))))
            (local.set $hash (call $add (local.get $hash) (i64.reinterpret_f64 (global.get $f))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (struct.get $pair 0 (global.get $k)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u
              (array.get_u $bytes (ref.cast (ref $bytes) (struct.get $pair 1 (global.get $k))) (i32.const 5)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (ref.eq (global.get $r) (global.get $k)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (ref.is_null (global.get $func)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (ref.is_null (global.get $thrown)))))
            (memory.init $passive (i32.const 200) (i32.const 0) (i32.const 7))
            (local.set $hash (call $add (local.get $hash) (i64.load (i32.const 200))))
            (table.init $t $one_passive (i32.const 0) (i32.const 0) (i32.const 2))
            (local.set $hash (call $add (local.get $hash) (call $probe (i32.const 0))))
            (table.init $objects $pairs (i32.const 0) (i32.const 0) (i32.const 1))
            (local.set $hash (call $add (local.get $hash)
              (i64.extend_i32_u (struct.get $pair 0 (table.get $objects (i32.const 0))))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_s (memory.grow $m (i32.const 19)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_s (memory.grow $n (i32.const 2)))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 25)))))
            (local.set $hash (call $add (local.get $hash) (i64.load (i32.const 1000000))))
            (local.set $hash (call $add (local.get $hash) (i64.extend_i32_u (call $next))))
            (local.get $hash)))
        """;

    private static readonly ModuleInfo s_module = Guest.Module(Wat);

    private static readonly string[] s_endings =
        ["return", "trap", "loop", "recurse", "throw", "throw again", "throw foreign", "allocate", "host"];

    public static TheoryData<EngineForm, bool> Forms
    {
        get
        {
            var forms = new TheoryData<EngineForm, bool>();
            foreach (EngineForm form in Enum.GetValues<EngineForm>())
            {
                forms.Add(form, true);
                forms.Add(form, false);
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ARun_FindsWhatItWouldFindInANewStore_HoweverTheOneBeforeEnded(EngineForm form, bool reserve)
    {
        int blocks = NativeBlock.Outstanding;
        int reservations = AddressSpace.Outstanding;
        EngineOptions options = form.Options(stackSlotCount: 5_000, reserve: reserve) with { MaxMemoryByteLength = 4 << 20 };
        long expected = LookInNewStore(options);
        using (var first = new Runs(options))
        {
            Assert.Equal(expected, first.Look());
            for (int i = 0; i < 2; i++)
            {
                foreach (string ending in s_endings)
                {
                    first.Next();
                    first.Mess(ending);
                    first.Next();
                    Assert.Equal(expected, first.Look());
                    Assert.Equal((0, 0), (first.Store.RefusedMemoryGrowths, first.Store.RefusedTableGrowths));
                }
            }

            // Otherwise the comparisons say nothing.
            first.Next();
            first.Mess("return");
            Assert.Throws<WasmTrapException>(() => first.Look());
        }

        Assert.Equal((blocks, reservations), (NativeBlock.Outstanding, AddressSpace.Outstanding));
    }

    [Fact]
    public void TheHost_IsTheRunsOwn()
    {
        using var runs = new Runs(new EngineOptions());
        Caller before = runs.Caller!;
        ulong handle = runs.Store.CreateExternRef("of the first run");
        runs.Store.Sleep = static (_, _) => { };
        runs.Next();
        Assert.NotSame(before, runs.Caller);
        Assert.NotEqual(before.Interrupt, runs.Caller!.Interrupt);
        Assert.Throws<ArgumentOutOfRangeException>(() => runs.Store.ExternObjectOf(handle));
        Assert.Equal(Wizer.Engine.Platform.SystemClock.Sleep, runs.Store.Sleep);
        runs.Look();
        Assert.Equal(1, runs.Instance.FunctionAt(0).CallCount);
        runs.Next();
        Assert.Equal(0, runs.Instance.FunctionAt(0).CallCount);
    }

    [Fact]
    public void AnInterrupt_IsForTheRunItWasMeantFor()
    {
        using var runs = new Runs(new EngineOptions());
        runs.Interrupt.Cancel();
        Assert.Throws<OperationCanceledException>(() => runs.Instance.Invoke("loop"));
        CancellationTokenSource first = runs.Interrupt;
        runs.Next();
        first.Cancel();
        runs.Instance.Invoke("return");
        Assert.False(runs.Caller!.Interrupt.IsCancellationRequested);

        // Between two runs there is nobody to interrupt.
        Assert.True(runs.State.TryEndRun());
        runs.Store.Interrupt();
        runs.Begin();
        runs.Instance.Invoke("return");

        runs.Interrupt.Cancel();
        Assert.True(runs.Caller.Interrupt.IsCancellationRequested);
    }

    [Fact]
    public void NothingIsCompiled_FromWhatIsNotThere()
    {
        // What immutable globals refer to is a constant of the code.
        using var runs = new Runs(new EngineOptions());
        Assert.Equal(Environment.ProcessorCount > 1, runs.Store.IsCompiling);
        Assert.True(runs.State.TryEndRun());
        Assert.False(runs.Store.IsCompiling);
        runs.Store.BeginRun(CancellationToken.None);
        Assert.False(runs.Store.IsCompiling);
        Assert.True(runs.State.TryRestore(runs.CreateLinker()));
        Assert.Equal(Environment.ProcessorCount > 1, runs.Store.IsCompiling);
    }

    [Fact]
    public void AnException_OfAnEarlierRun_IsNobodysToCatch()
    {
        ModuleInfo module = Guest.Module("""
            (module (import "host" "f" (func $f)) (tag (export "tag"))
              (func (export "catch") (block $caught (try_table (catch_all $caught) (call $f)) (unreachable)))
              (func (export "throw") (throw 0)))
            """);
        using var store = new Store();
        WasmGuestException? thrown = null;
        var linker = new Linker();
        linker.DefineFunction("host", "f", new FuncType([], []), (_, _) => throw thrown!);
        Instance instance = store.Prepare(module, linker.Resolve(store, module));
        InitialState state = InitialState.TryTake(instance, linker)!;
        thrown = Assert.Throws<WasmGuestException>(() => instance.Invoke("throw"));
        instance.Invoke("catch");
        Assert.True(state.TryEndRun());
        store.BeginRun(CancellationToken.None);
        Assert.True(state.TryRestore(linker));
        Assert.Same(thrown, Assert.Throws<WasmGuestException>(() => instance.Invoke("catch")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AStore_WithObjectsOfTheHost_IsNotUsedAgain(int kind)
    {
        using var runs = new Runs(new EngineOptions());
        AddSomething(runs.Store, kind);
        Assert.False(runs.State.TryEndRun());

        // Neither when they come between the runs, as what defines imports may make them.
        using var others = new Runs(new EngineOptions());
        Assert.True(others.State.TryEndRun());
        others.Store.BeginRun(CancellationToken.None);
        AddSomething(others.Store, kind);
        Assert.False(others.State.TryRestore(others.CreateLinker()));
    }

    [Fact]
    public void AStore_IsNotKept_WhenSomethingLivesThere()
    {
        using var store = new Store();
        ModuleInfo module = Guest.Module("(module (import \"a\" \"f\" (func)))");
        Instance other = Guest.Instantiate(store, "(module (func (export \"f\")))");
        Linker linker = new Linker().DefineInstance("a", other);
        Assert.Null(InitialState.TryTake(store.Prepare(module, linker.Resolve(store, module)), linker));

        using var second = new Store();
        linker = new Linker().Define("a", "f", new Function(second, new FuncType([], []), static (_, _) => { }));
        Assert.Null(InitialState.TryTake(second.Prepare(module, linker.Resolve(second, module)), linker));
    }

    [Fact]
    public void AStore_IsNotKept_WhenItsStateIsTooLarge()
    {
        int blocks = NativeBlock.Outstanding;
        using (var store = new Store())
        {
            ModuleInfo module = Guest.Module(
                "(module (table 10000000 (ref func) (ref.func $f)) (func $f))");
            Assert.Null(InitialState.TryTake(store.Prepare(module), new Linker()));
        }

        Assert.Equal(blocks, NativeBlock.Outstanding);
    }

    [Fact]
    public void Imports_MustHaveTheTypesTheyHad()
    {
        using var runs = new Runs(new EngineOptions());
        Assert.True(runs.State.TryEndRun());
        runs.Store.BeginRun(CancellationToken.None);
        Linker linker = runs.CreateLinker()
            .DefineFunction("host", "next", new FuncType([ValType.I32], [ValType.I32]), static (_, _) => { });
        Assert.False(runs.State.TryRestore(linker));
        Assert.True(runs.State.TryRestore(runs.CreateLinker()));
    }

    private static void AddSomething(Store store, int kind)
    {
        _ = kind switch
        {
            0 => new Function(store, new FuncType([], []), static (_, _) => { }),
            1 => new Table(store, new TableType(ValType.FuncRef, new Limits(1, null))),
            2 => (object)new Global(store, new GlobalType(ValType.I32, IsMutable: true), 1),
            _ => Guest.Instantiate(store, "(module)"),
        };
    }

    private static long LookInNewStore(EngineOptions options)
    {
        using var runs = new Runs(options);
        return runs.Look();
    }

    /// <summary>A store, and one run after another in it.</summary>
    private sealed class Runs : IDisposable
    {
        private uint _next;

        internal Runs(EngineOptions options)
        {
            Store = new Store(options, Interrupt.Token);
            Linker linker = CreateLinker();
            Instance = Store.Prepare(s_module, linker.Resolve(Store, s_module));
            State = InitialState.TryTake(Instance, linker)!;
            Instance.Start();
            Look(out _);
        }

        internal CancellationTokenSource Interrupt { get; private set; } = new();

        internal Store Store { get; }

        internal Instance Instance { get; }

        internal InitialState State { get; }

        internal Caller? Caller { get; private set; }

        internal void Next()
        {
            Assert.True(State.TryEndRun());
            Begin();
        }

        internal void Begin()
        {
            Interrupt = new CancellationTokenSource();
            Store.BeginRun(Interrupt.Token);
            Assert.True(State.TryRestore(CreateLinker()));
            Look(out _);
        }

        internal Linker CreateLinker()
        {
            _next = 40;
            return new Linker { UnknownFunctionsTrap = true }
                .DefineFunction("host", "next", new FuncType([], [ValType.I32]), (caller, slots) => slots[0] = ++_next)
                .DefineFunction("host", "object", new FuncType([], [ValType.ExternRef]), (_, slots) => slots[0] = Store.CreateExternRef(this))
                .DefineFunction("host", "end", new FuncType([], []), (_, _) => Interrupt.Cancel())
                .DefineFunction("host", "fail", new FuncType([], []), static (_, _) => throw new IOException());
        }

        internal void Mess(string ending)
        {
            Instance.Invoke("mess");
            if (ending == "return")
            {
                Instance.Invoke(ending);
                return;
            }

            Assert.ThrowsAny<Exception>(() => Instance.Invoke(ending));
        }

        internal long Look() => (long)Instance.Invoke("look")[0];

        // The caller that host functions see.
        private void Look(out Caller caller) => Caller = caller = Instance.Caller;

        public void Dispose() => Store.Dispose();
    }
}
