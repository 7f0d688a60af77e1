using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Components;

/// <summary>Tasks of <c>async</c> functions, where all that others do is done when their calls return.</summary>
public class ComponentTaskTests
{
    // `f` gives what a callback gives; `cb` counts its calls and gives way until the third.
    private const string Task = """
        (core func $return (canon task.return (result u32)))
        (core func $new (canon waitable-set.new))
        (core func $drop (canon waitable-set.drop))
        (core func $join (canon waitable.join))
        (core func $yield (canon thread.yield))
        (core module $Memory (memory (export "mem") 1))
        (core instance $memory (instantiate $Memory))
        (core func $poll (canon waitable-set.poll (memory (core memory $memory "mem"))))
        (core func $wait (canon waitable-set.wait (memory (core memory $memory "mem"))))
        (core module $M
          (import "" "return" (func $return (param i32)))
          (import "" "new" (func $new (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (import "" "join" (func $join (param i32 i32)))
          (import "" "yield" (func $yield (result i32)))
          (import "" "poll" (func $poll (param i32 i32) (result i32)))
          (import "" "wait" (func $wait (param i32 i32) (result i32)))
          (import "" "mem" (memory 1))
          (global $calls (mut i32) (i32.const 0))
          (func (export "yields") (result i32) (i32.const 1))
          (func (export "odd") (result i32) (i32.const 3))
          (func (export "waits") (result i32) (i32.or (i32.const 2) (i32.shl (call $new) (i32.const 4))))
          (func (export "waits-for-none") (result i32) (i32.const 0x72))
          (func (export "polls") (result i32) (local $set i32)
            (i32.store (i32.const 8) (i32.const -1))
            (i32.store (i32.const 12) (i32.const -1))
            (local.set $set (call $new))
            (call $return (i32.add (i32.add (call $poll (local.get $set) (i32.const 8)) (call $yield))
              (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))))
            (call $drop (local.get $set))
            (call $drop (local.get $set))
            (i32.const 0))
          (func (export "blocks") (result i32) (call $wait (call $new) (i32.const 8)))
          (func (export "unaligned") (result i32) (call $poll (call $new) (i32.const 6)))
          (func (export "outside") (result i32) (call $poll (call $new) (i32.const 65532)))
          (func (export "spins") (result i32) (loop $again (br_if $again (i32.eqz (call $yield)))) (i32.const 0))
          (func (export "joins") (result i32) (local $set i32)
            (local.set $set (call $new))
            (call $join (local.get $set) (local.get $set))
            (i32.const 0))
          (func (export "cb") (param i32 i32 i32) (result i32)
            (if (i32.or (local.get 0) (i32.or (local.get 1) (local.get 2))) (then unreachable))
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (if (i32.lt_u (global.get $calls) (i32.const 3)) (then (return (i32.const 1))))
            (call $return (global.get $calls))
            (i32.const 0)))
        (core instance $m (instantiate $M (with "" (instance
          (export "return" (func $return)) (export "new" (func $new)) (export "drop" (func $drop)) (export "join" (func $join))
          (export "yield" (func $yield)) (export "poll" (func $poll)) (export "wait" (func $wait)) (export "mem" (memory $memory "mem"))))))
        """;

    [Fact]
    public void ACallbackThatGivesWay_IsCalledAgain() => Assert.Equal(3, Call("yields")!.Value.AsInt64);

    [Theory]
    [InlineData("waits", "deadlock detected: event loop cannot make further progress: the task waits for an event, "
        + "and all that functions of the host do is done when they return")]
    [InlineData("spins", "deadlock detected: event loop cannot make further progress: the task has given way to others 4194304 times, "
        + "and nothing else runs")]
    [InlineData("waits-for-none", "unknown handle index 7")]
    [InlineData("odd", "unsupported callback code")]
    [InlineData("polls", "unknown handle index 1")]
    [InlineData("unaligned", "pointer not aligned")]
    [InlineData("outside", "pointer out of bounds of memory")]
    [InlineData("joins", "handle index 1 used with the wrong type, expected waitable but found a waitable-set")]
    public void WhatCannotGoOn_IsATrapThatSaysWhy(string function, string message) =>
        Assert.Equal(message, Assert.Throws<WasmTrapException>(() => Call(function)).Message);

    [Fact]
    public void NoEventIsFound_AndThePayloadIsCleared()
    {
        using var guest = new ComponentGuest();
        string once = Task.Replace("(call $drop (local.get $set))\n    (call $drop", "(call $drop", StringComparison.Ordinal);
        Assert.NotEqual(Task, once);
        Assert.Equal(0, guest.Instantiate(once + Lifted("polls")).Invoke("f")!.Value.AsInt64);
    }

    [Fact]
    public void AWait_IsADeadlockInAnAsyncFunction_AndNotAllowedInAnother()
    {
        using var guest = new ComponentGuest();
        ComponentInstance one = guest.Instantiate(Task + """(func (export "f") async (result u32) (canon lift (core func $m "blocks")))""");
        Assert.StartsWith("deadlock detected", Assert.Throws<WasmTrapException>(() => one.Invoke("f")).Message, StringComparison.Ordinal);
        ComponentInstance other = guest.Instantiate(Task + """(func (export "f") (result u32) (canon lift (core func $m "blocks")))""");
        Assert.Equal(
            "cannot block a synchronous task before returning", Assert.Throws<WasmTrapException>(() => other.Invoke("f")).Message);
    }

    [Fact]
    public void AnAsyncCallOfTheHost_HasReturnedWhenItReturns()
    {
        using var guest = new ComponentGuest();
        guest.Linker.DefineFunction(null, "h", (_, arguments) => ComponentValue.Of((uint)arguments[0].AsInt64 * 2));
        ComponentInstance instance = guest.Instantiate("""
            (import "h" (func $h async (param "n" u32) (result u32)))
            (core module $Memory (memory (export "mem") 1))
            (core instance $memory (instantiate $Memory))
            (core func $lowered (canon lower (func $h) async (memory (core memory $memory "mem"))))
            (core module $M
              (import "" "h" (func $h (param i32 i32) (result i32))) (import "" "mem" (memory 1))
              (func (export "f") (result i32)
                (i32.add (i32.mul (call $h (i32.const 21) (i32.const 16)) (i32.const 1000)) (i32.load (i32.const 16)))))
            (core instance $m (instantiate $M (with "" (instance (export "h" (func $lowered)) (export "mem" (memory $memory "mem"))))))
            (func (export "f") async (result u32) (canon lift (core func $m "f")))
            """);
        const int Returned = 2;
        Assert.Equal((Returned * 1000) + 42, instance.Invoke("f")!.Value.AsInt64);
    }

    private static ComponentValue? Call(string function)
    {
        using var guest = new ComponentGuest();
        return guest.Instantiate(Task + Lifted(function)).Invoke("f");
    }

    private static string Lifted(string function) =>
        $"""(func (export "f") async (result u32) (canon lift (core func $m "{function}") async (callback (core func $m "cb"))))""";
}
