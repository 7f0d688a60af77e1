using System.Text;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Valid functions that would have the compiler take time or memory out of proportion to their size: it leaves them alone.</summary>
public sealed class HostileFunctionTests
{
    [Fact]
    public void BacktraceOfALargeFunction_CompilesItOnce()
    {
        string wat = $"""
            (module (func $f (export "f") (param i32) (result i32)
              (if (i32.eqz (local.get 0)) (then unreachable))
              (drop (call $f (i32.sub (local.get 0) (i32.const 1))))
              {string.Concat(Enumerable.Repeat("(if (local.get 0) (then (drop (i32.load (local.get 0)))))\n", 20_000))}
              (i32.const 1))
              (memory 1))
            """;
        using var guest = new LoopGuest(EngineForm.Machine, wat);
        var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 900));
        Assert.Equal(901, trap.Backtrace.Count);
        Assert.Single(trap.Backtrace.Skip(1).Select(frame => frame.CodeOffset).Distinct());
        Assert.NotEqual(trap.Backtrace[0].CodeOffset, trap.Backtrace[1].CodeOffset);
        Assert.Equal(MachineCode.IsSupported ? 1 : 0, guest.Store.Machine?.OffsetCompilationCount ?? 0);
    }

    // What is caught needs no backtrace.
    [Fact]
    public void CaughtExceptions_CompileNothingAgain()
    {
        using var guest = new LoopGuest(EngineForm.Machine, """
            (module
              (tag $t)
              (func $throw (throw $t))
              (func $between (call $throw))
              (func (export "f") (param i32) (result i32)
                (loop $l
                  (block $caught (try_table (catch $t $caught) (call $between)))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 0)))
            """);
        Assert.Equal([0UL], guest.Call("f", 100));
        Assert.Equal(0, guest.Store.Machine?.OffsetCompilationCount ?? 0);
    }
}
