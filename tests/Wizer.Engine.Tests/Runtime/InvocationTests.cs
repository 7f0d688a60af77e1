using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class InvocationTests
{
    [Fact]
    public void Trap_TellsTheFramesWithNamesAndOffsets()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module $m
              (func $foo (unreachable))
              (func $bar (call $foo))
              (func (export "go") (call $bar)))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("go"));
        Assert.Equal(TrapKind.Unreachable, trap.Kind);
        Assert.Equal("unreachable", trap.Message);
        Assert.Equal(3, trap.Backtrace.Count);
        long foo = instance.Module.BodyOf(0).Offset;
        long bar = instance.Module.BodyOf(1).Offset;

        // Bodies begin with their empty list of locals.
        Assert.Equal(new WasmFrame(0, "foo", foo + 1, "m"), trap.Backtrace[0]);
        Assert.Equal(new WasmFrame(1, "bar", bar + 1, "m"), trap.Backtrace[1]);
        Assert.Equal(2u, trap.Backtrace[2].FuncIndex);
        Assert.Null(trap.Backtrace[2].FuncName);
    }

    [Fact]
    public void Store_GoesOn_AfterATrap()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (func $f (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (unreachable))) (i32.const 7))
              (export "f" (func $f)))
            """);
        for (int i = 0; i < 100; i++)
        {
            Assert.Throws<WasmTrapException>(() => instance.Invoke("f", 0));
            Assert.Equal([7UL], instance.Invoke("f", 1));
        }
    }

    [Fact]
    public void DeepRecursion_EndsInATrap()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (func $f (export "f") (result i32) (i32.add (call $f) (i32.const 1))))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("f"));
        Assert.Equal(TrapKind.CallStackExhausted, trap.Kind);
        Assert.Equal("call stack exhausted", trap.Message);
        Assert.NotEmpty(trap.Backtrace);
    }

    [Fact]
    public void DeepRecursion_ThroughTheHost_EndsInATrap()
    {
        using var store = new Store();
        Linker linker = new Linker().DefineFunction("h", "again", new FuncType([], []), static (caller, _) => caller.Instance!.Invoke("f"));
        Instance instance = Guest.Instantiate(store, """
            (module (import "h" "again" (func $again)) (func (export "f") (call $again)))
            """, linker);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("f"));
        Assert.Equal(TrapKind.CallStackExhausted, trap.Kind);
    }

    [Fact]
    public void HostFunction_CallsBackIntoTheGuest()
    {
        using var store = new Store();
        Linker linker = new Linker().DefineFunction(
            "h",
            "down",
            new FuncType([ValType.I32], [ValType.I32]),
            static (caller, slots) => slots[0] = slots[0] == 0 ? 0 : caller.Instance!.Invoke("f", slots[0] - 1)[0] + slots[0]);
        Instance instance = Guest.Instantiate(store, """
            (module (import "h" "down" (func $down (param i32) (result i32)))
              (func (export "f") (param i32) (result i32) (local i32)
                (local.set 1 (i32.const 1000))
                (i32.add (local.get 1) (call $down (local.get 0)))))
            """, linker);

        // Eleven frames of 1000 and the sum of 1 to 10.
        Assert.Equal([11_055UL], instance.Invoke("f", 10));
    }

    [Fact]
    public void HostTrap_CarriesTheFramesOfAllActivations()
    {
        using var store = new Store();
        Linker linker = new Linker()
            .DefineFunction("h", "back", new FuncType([], []), static (caller, _) => caller.Instance!.Invoke("inner"))
            .DefineFunction("h", "fail", new FuncType([], []), static (_, _) => throw new WasmTrapException("enough"));
        Instance instance = Guest.Instantiate(store, """
            (module (import "h" "back" (func $back)) (import "h" "fail" (func $fail))
              (func $outer (export "outer") (call $back))
              (func $inner (export "inner") (call $fail)))
            """, linker);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("outer"));
        Assert.Equal("enough", trap.Message);
        Assert.Equal(["inner", "outer"], trap.Backtrace.Select(frame => frame.FuncName));
    }

    [Fact]
    public void HostException_ComesThroughAsItIs()
    {
        using var store = new Store();
        Linker linker = new Linker().DefineFunction("h", "f", new FuncType([], []), static (_, _) => throw new IOException("full"));
        Instance instance = Guest.Instantiate(store, """(module (import "h" "f" (func $f)) (func (export "go") (call $f)))""", linker);
        Assert.Equal("full", Assert.Throws<IOException>(() => instance.Invoke("go")).Message);
    }

    [Fact]
    public void Cancellation_EndsAnEndlessLoop()
    {
        using var source = new CancellationTokenSource();
        using var store = new Store(interrupt: source.Token);
        Instance instance = Guest.Instantiate(store, """(module (func (export "spin") (loop (br 0))) (func (export "f")))""");
        source.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("spin"));
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("f"));
    }

    [Fact]
    public void Cancellation_EndsEndlessMutualRecursionByTailCalls()
    {
        using var source = new CancellationTokenSource();
        using var store = new Store(interrupt: source.Token);
        Instance instance = Guest.Instantiate(store, """
            (module (func $a (export "a") (return_call $b)) (func $b (return_call $a)))
            """);
        source.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("a"));
    }

    [Fact]
    public void Interrupt_ReachesABlockedHostFunction()
    {
        using var store = new Store();
        Linker linker = new Linker().DefineFunction(
            "h",
            "sleep",
            new FuncType([], []),
            static (caller, _) =>
            {
                caller.Interrupt.WaitHandle.WaitOne();
                caller.Interrupt.ThrowIfCancellationRequested();
            });
        Instance instance = Guest.Instantiate(store, """(module (import "h" "sleep" (func $s)) (func (export "go") (call $s)))""", linker);
        using var timer = new Timer(_ => store.Interrupt(), null, 50, Timeout.Infinite);
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("go"));
    }

    [Fact]
    public void GuestThread_PassesExceptionsOn()
    {
        var thread = Thread.CurrentThread;
        Thread? seen = null;
        GuestThread.Run(() => seen = Thread.CurrentThread);
        Assert.NotSame(thread, seen);
        var error = Assert.Throws<IOException>(() => GuestThread.Run(() => throw new IOException("full")));
        Assert.Equal("full", error.Message);
    }
}
