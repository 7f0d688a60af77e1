using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>Calls of every kind, how deep they go, and how they end.</summary>
public sealed class CallTests
{
    private const string Recursive = """
        (module
          (func $down (export "down") (param i32) (result i32)
            (if (result i32) (local.get 0)
              (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
              (else (i32.const 0))))
          (func $forever (export "forever") (call $forever)))
        """;

    public static TheoryData<EngineForm> Loops => LoopGuest.Loops;

    [Theory]
    [MemberData(nameof(Loops))]
    public void Recursion_EndsInATrap_AndTheStoreGoesOn(EngineForm form)
    {
        using var guest = new LoopGuest(form, Recursive, stackSlotCount: Execution.DefaultSlotCount);
        for (int i = 0; i < 3; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => guest.Call("forever"));
            Assert.Equal("call stack exhausted", trap.Message);
            Assert.Equal([100_000UL], guest.Call("down", 100_000));
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void TailCalls_TakeConstantSpace(EngineForm form)
    {
        using var guest = new LoopGuest(form, """
            (module
              (type $t (func (param i32 i64) (result i64)))
              (table funcref (elem $odd))
              (func $even (export "even") (type $t)
                (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1)) (i32.const 0)))
              (func $odd (type $t) (local i64 i64 i64)
                (if (i32.eqz (local.get 0)) (then (return (i64.const -1))))
                (return_call $even (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1)))))
            """, stackSlotCount: 200);
        Assert.Equal([1_000_000UL], guest.Call("even", 1_000_000, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void TailCalls_BetweenInstances_TakeConstantSpace_AndUseTheirOwnMemories(EngineForm form)
    {
        using var store = new Store(form.Options(stackSlotCount: 400));
        var linker = new Linker();
        Instance first = Instantiate(store, linker, """
            (module
              (type $t (func (param i32) (result i32)))
              (table (export "table") 2 funcref)
              (memory (export "memory") 1)
              (func $step (export "step") (type $t)
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
                (if (i32.eqz (local.get 0)) (then (return (i32.load (i32.const 0)))))
                (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
              (elem (i32.const 0) $step))
            """);
        linker.DefineInstance("first", first);
        Instance second = Instantiate(store, linker, """
            (module
              (type $t (func (param i32) (result i32)))
              (import "first" "table" (table 2 funcref))
              (import "first" "step" (func $other (type $t)))
              (memory (export "memory") 1)
              (func $step (type $t) (local i64 i64)
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 100)))
                (return_call $other (local.get 0)))
              (func (export "start") (type $t)
                (i32.store (i32.const 4) (i32.const 77))
                (drop (call $other (i32.const 2)))
                (i32.add (call $other (local.get 0)) (i32.load (i32.const 4))))
              (elem (i32.const 1) $step))
            """);

        // 3 steps, then 100,001 more, counted in the first memory; the caller finds its own memory afterwards.
        Assert.Equal([100_004UL + 77], second.Invoke("start", 100_000));
        Assert.True(second.FindMemory("memory")!.TryGetSpan(0, 4, out Span<byte> bytes));
        Assert.Equal(100 * 100_002, BitConverter.ToInt32(bytes));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void CallsBetweenInstances_ReturnMany(EngineForm form)
    {
        using var store = new Store(form.Options());
        var linker = new Linker();
        linker.DefineInstance("m", Instantiate(store, linker, """
            (module (func (export "f") (param i32 i32) (result i32 i32 i32) (local.get 1) (local.get 0) (i32.const 3)))
            """));
        Instance caller = Instantiate(store, linker, """
            (module (import "m" "f" (func $f (param i32 i32) (result i32 i32 i32)))
              (func (export "g") (param i32) (result i32 i32 i32 i32)
                (i32.const 9) (call $f (local.get 0) (i32.const 8))))
            """);
        Assert.Equal([9UL, 8UL, 7UL, 3UL], caller.Invoke("g", 7));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void HostFunctions_SeeGrowth_AndCallBack(EngineForm form)
    {
        LoopGuest? guest = null;
        using LoopGuest owned = guest = new LoopGuest(
            form,
            """
            (module
              (import "h" "back" (func $back (param i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "f") (param i32) (result i32)
                (i32.add (i32.const 1000) (call $back (local.get 0)))
                (i32.store (i32.const 65536) (i32.const 5))
                (i32.add (i32.load (i32.const 65536)))))
            """,
            linker => linker.DefineFunction("h", "back", new FuncType([ValType.I32], [ValType.I32]), (caller, slots) =>
            {
                // The guest's memory grows while one of its functions waits.
                slots[0] = guest!.Call("grow", slots[0])[0];
            }));
        Assert.Equal([1000UL + 1 + 5], guest.Call("f", 1));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void TailCallOfAHostFunction_ReturnsToTheCaller(EngineForm form)
    {
        using var guest = new LoopGuest(
            form,
            """
            (module
              (import "h" "add" (func $add (param i32 i32) (result i32)))
              (func $f (param i32) (result i32) (return_call $add (local.get 0) (i32.const 30)))
              (func (export "f") (param i32) (result i32) (i32.mul (call $f (local.get 0)) (i32.const 2))))
            """,
            linker => linker.DefineFunction(
                "h", "add", new FuncType([ValType.I32, ValType.I32], [ValType.I32]), (caller, slots) => slots[0] += slots[1]));
        Assert.Equal([64UL], guest.Call("f", 2));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void HostExceptions_PassTheGuest(EngineForm form)
    {
        using var guest = new LoopGuest(
            form,
            """
            (module (import "h" "fail" (func $fail)) (func (export "f") (result i32) (call $fail) (i32.const 1)))
            """,
            linker => linker.DefineFunction("h", "fail", new FuncType([], []), (_, _) => throw new InvalidTimeZoneException("here")));
        Assert.Equal("here", Assert.Throws<InvalidTimeZoneException>(() => guest.Call("f")).Message);
    }

    private static Instance Instantiate(Store store, Linker linker, string wat)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
        ModuleValidator.Validate(module);
        return linker.Instantiate(store, module);
    }
}
