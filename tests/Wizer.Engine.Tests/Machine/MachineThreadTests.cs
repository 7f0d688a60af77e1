using System.Text;
using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Machine code that is made on another thread runs sooner or later, and changes nothing else.</summary>
public sealed class MachineThreadTests
{
    // It goes on until there is machine code, and traps in it.
    private const string Source = """
        (module
          (import "host" "done" (func $done (result i32)))
          (global $zero i32 (i32.const 0))
          (func $work (param i32) (result i32) (local i32)
            (loop $l (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 500))))
            (i32.div_u (i32.const 6) (i32.add (global.get $zero) (local.get 0))))
          (func (export "f") (result i32)
            (loop $again
              (drop (call $work (i32.const 2)))
              (br_if $again (i32.eqz (call $done))))
            (call $work (i32.const 3)))
          (func (export "trap") (result i32) (call $work (i32.const 0))))
        """;

    private static readonly EngineOptions s_options = new() { MachineThreshold = 0 };

    [Fact]
    public void Code_TakesOver_AndTrapsAtTheSamePlace()
    {
        using var interpreting = new Store(new EngineOptions { Tier = TierMode.InterpreterOnly });
        Instance interpreted = Instantiate(interpreting, static () => true);
        Assert.Equal([2UL], interpreted.Invoke("f"));
        string expected = Text(Assert.Throws<WasmTrapException>(() => interpreted.Invoke("trap")));

        using var store = new Store(s_options);
        Instance instance = Instantiate(store, () => IsCompiled(store));
        Assert.Equal([2UL], instance.Invoke("f"));
        Assert.True(IsCompiled(store));
        Assert.Equal(expected, Text(Assert.Throws<WasmTrapException>(() => instance.Invoke("trap"))));
        Assert.Equal(MachineCode.IsSupported ? 1 : 0, store.Machine?.OffsetCompilationCount ?? 0);
    }

    [Fact]
    public void StoppedThread_GoesOn_WhenResumed()
    {
        using var store = new Store(s_options);
        int calls = 0;
        Instance instance = Instantiate(store, () => ++calls > 50);
        store.StopCompiling();
        Assert.Equal([2UL], instance.Invoke("f"));
        Assert.Equal(0, MachineCode.IsSupported && Environment.ProcessorCount > 1 ? store.CompiledMethodCount : 0);
        store.ResumeCompiling();
        instance = Instantiate(store, () => IsCompiled(store));
        Assert.Equal([2UL], instance.Invoke("f"));
        Assert.True(IsCompiled(store));
    }

    // What is being compiled is part of the store.
    [Fact]
    public void Store_IsDisposed_WhileItsFunctionsAreCompiled()
    {
        string body = string.Concat(Enumerable.Repeat("(local.set 0 (i32.add (local.get 0) (i32.const 7)))", 20_000));
        ModuleInfo module = Runtime.Guest.Module($"""
            (module (func $f (param i32) (result i32) {body} (local.get 0))
              (func (export "f") (result i32) (local i32)
                (loop $l
                  (drop (call $f (i32.const 1)))
                  (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10))))
                (call $f (i32.const 5))))
            """);
        for (int i = 0; i < 20; i++)
        {
            using var store = new Store(new EngineOptions { MachineThreshold = 0, TierThreshold = 1_000_000 });
            Assert.Equal([140_005UL], new Linker().Instantiate(store, module).Invoke("f"));
        }
    }

    // How objects lie in memory is found out on the guest's thread only: such modules are compiled there.
    [Fact]
    public void ModulesWithObjects_AreCompiledAtOnce()
    {
        using var store = new Store(s_options);
        Instance instance = Runtime.Guest.Instantiate(store, """
            (module
              (type $s (struct (field (mut i32))))
              (func (export "f") (result i32) (local $s (ref $s)) (local $i i32)
                (local.set $s (struct.new $s (i32.const 0)))
                (loop $l
                  (struct.set $s 0 (local.get $s) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
                  (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
                (struct.get $s 0 (local.get $s))))
            """);
        Assert.Equal([5000UL], instance.Invoke("f"));
        Assert.Equal(MachineCode.IsSupported ? 1 : 0, MachineCode.IsSupported ? store.CompiledMethodCount : 0);
    }

    private static Instance Instantiate(Store store, Func<bool> isDone)
    {
        int calls = 0;
        var linker = new Linker();
        linker.DefineFunction("host", "done", new FuncType([], [ValType.I32]), (_, slots) =>
        {
            slots[0] = isDone() || ++calls > 5_000_000 ? 1UL : 0;
            Thread.Yield();
        });
        return Runtime.Guest.Instantiate(store, Source, linker);
    }

    // Where there is no machine code, there is nothing to wait for.
    private static bool IsCompiled(Store store) => !MachineCode.IsSupported || store.CompiledMethodCount >= 2;

    private static string Text(WasmTrapException trap)
    {
        var text = new StringBuilder();
        foreach (WasmFrame frame in trap.Backtrace)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{frame.FuncIndex}@{frame.CodeOffset:x} ");
        }

        return text.ToString();
    }
}
