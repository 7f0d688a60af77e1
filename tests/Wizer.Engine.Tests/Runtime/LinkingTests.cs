using Wizer.Binary;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class LinkingTests
{
    [Theory]
    [InlineData("""(import "m" "absent" (func))""", "unknown import: `m::absent` has not been defined")]
    [InlineData("""(import "n" "f" (func))""", "unknown import: `n::f` has not been defined")]
    [InlineData("""(import "m" "f" (global i32))""", "incompatible import type for `m::f`: expected a global, found a function")]
    [InlineData("""(import "m" "f" (func (param i64)))""", "incompatible import type for `m::f`: expected [i64] -> [], found [i32] -> [i32]")]
    [InlineData("""(import "m" "g" (global i64))""", "incompatible import type for `m::g`: expected i64, found i32")]
    [InlineData("""(import "m" "g" (global (mut i32)))""", "incompatible import type for `m::g`: expected a mutable global, found an immutable global")]
    [InlineData("""(import "m" "mem" (memory 2))""", "incompatible import type for `m::mem`: expected i32 size 2.., found i32 size 1..3")]
    [InlineData("""(import "m" "mem" (memory 1 2))""", "incompatible import type for `m::mem`: expected i32 size 1..2, found i32 size 1..3")]
    [InlineData("""(import "m" "t" (table 1 externref))""", "incompatible import type for `m::t`: expected externref, found funcref")]
    [InlineData("""(import "m" "t" (table 1 10 funcref))""", "incompatible import type for `m::t`: expected i32 size 1..10, found i32 size 1..")]
    public void Import_ThatDoesNotFit_IsNamed(string import, string message)
    {
        using var store = new Store();
        Linker linker = Provide(store);
        var error = Assert.Throws<WasmLinkException>(() => Guest.Instantiate(store, $"(module {import})", linker));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("""(import "m" "f" (func (param i32) (result i32)))""")]
    [InlineData("""(import "m" "g" (global i32))""")]
    [InlineData("""(import "m" "mem" (memory 1 3))""")]
    [InlineData("""(import "m" "mem" (memory 0))""")]
    [InlineData("""(import "m" "t" (table 0 funcref))""")]
    public void Import_ThatFits_IsTaken(string import)
    {
        using var store = new Store();
        Guest.Instantiate(store, $"(module {import})", Provide(store));
    }

    [Fact]
    public void Import_SeesTheSizeAfterGrowth()
    {
        using var store = new Store();
        Linker linker = Provide(store);
        Instance first = Guest.Instantiate(store, """(module (import "m" "mem" (memory 1)))""", linker);
        first.MemoryAt(0).Grow(1);
        Instance second = Guest.Instantiate(store, """(module (import "m" "mem" (memory 2)))""", linker);
        Assert.Same(first.MemoryAt(0), second.MemoryAt(0));
    }

    [Fact]
    public void EqualTypesOfTwoModules_AreOne()
    {
        using var store = new Store();
        Instance provider = Guest.Instantiate(store, """
            (module (type (func)) (type $t (func (param i32) (result i32)))
              (func (export "inc") (type $t) (i32.add (local.get 0) (i32.const 1))))
            """);
        Linker linker = new Linker().DefineInstance("p", provider);
        Instance user = Guest.Instantiate(store, """
            (module (type $t (func (param i32) (result i32)))
              (import "p" "inc" (func $inc (type $t)))
              (table 1 funcref) (elem (i32.const 0) $inc)
              (func (export "f") (result i32) (call_indirect (type $t) (i32.const 41) (i32.const 0))))
            """, linker);
        Assert.Equal([42UL], user.Invoke("f"));
    }

    [Fact]
    public void UnknownFunction_Traps_WhenItIsCalled()
    {
        using var store = new Store();
        var linker = new Linker { UnknownFunctionsTrap = true };
        Instance instance = Guest.Instantiate(store, """
            (module (import "m" "f" (func $f (param i64) (result f32))) (func (export "go") (drop (call $f (i64.const 1)))))
            """, linker);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("go"));
        Assert.Equal("unknown import: `m::f` has not been defined", trap.Message);
        Assert.Equal(trap.Message, trap.DisplayMessage);
        Assert.Single(trap.Backtrace);
        Assert.Throws<WasmLinkException>(() => Guest.Instantiate(store, """(module (import "m" "x" (memory 1)))""", linker));
    }

    [Fact]
    public void FunctionOfWasi_IsFound_InItsLegalizedForm()
    {
        using var store = new Store();
        var linker = new Linker();
        using var wasi = new WasiPreview1(new WasiOptions());
        wasi.DefineIn(linker);
        Instance instance = Guest.Instantiate(store, """
            (module
              (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_advise" (func $advise (param i32 i64 i64 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "time") (result i32) (call $time (i32.const 1) (i32.const -1) (i32.const -1) (i32.const 16)))
              (func (export "allocate") (result i32)
                (call $allocate (i32.const 99) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)))
              (func (export "advise") (result i32) (call $advise (i32.const 99) (i64.const 1) (i64.const 2) (i32.const 3))))
            """, linker);
        Assert.Equal([(ulong)Errno.Success], instance.Invoke("time"));
        Assert.Equal([(ulong)Errno.Badf], instance.Invoke("allocate"));
        Assert.Equal([(ulong)Errno.Badf], instance.Invoke("advise"));
        Assert.Equal(1, Assert.Single(wasi.Functions, static f => f.Name == "clock_time_get").CallCount);
    }

    [Theory]
    [InlineData("(param i32 f64 i32 i32) (result i32)", "[i32 f64 i32 i32] -> [i32]")]
    [InlineData("(param i32 i64 i32 i32)", "[i32 i64 i32 i32] -> []")]
    [InlineData("(param i32 i32 i32 i32 i32) (result i64)", "[i32 i32 i32 i32 i32] -> [i64]")]
    [InlineData("(param i32 i32 i32 i32 i32 i32) (result i32)", "[i32 i32 i32 i32 i32 i32] -> [i32]")]
    [InlineData("", "[] -> []")]
    public void FunctionOfWasi_WithAnyOtherType_IsOneThatNobodyDefines(string type, string asText)
    {
        using var store = new Store();
        var linker = new Linker { UnknownFunctionsTrap = true };
        using var wasi = new WasiPreview1(new WasiOptions());
        wasi.DefineIn(linker);
        string module = $"""
            (module (import "wasi_snapshot_preview1" "fd_seek" (func $seek {type})) (export "seek" (func $seek))
              (func (export "fine")))
            """;
        Instance instance = Guest.Instantiate(store, module, linker);
        Assert.Empty(instance.Invoke("fine"));
        ulong[] arguments = new ulong[type.Split("(result")[0].Count(static c => c is 'i' or 'f')];
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("seek", arguments));
        Assert.Equal(
            $"unknown import: `wasi_snapshot_preview1::fd_seek` has not been defined with the type {asText}, but with [i32 i64 i32 i32] -> [i32]",
            trap.Message);

        // Where nothing may be missing, the types are what is wrong.
        linker.UnknownFunctionsTrap = false;
        var error = Assert.Throws<WasmLinkException>(() => Guest.Instantiate(store, module, linker));
        Assert.Equal(
            $"incompatible import type for `wasi_snapshot_preview1::fd_seek`: expected {asText}, found [i32 i64 i32 i32] -> [i32]", error.Message);
    }

    [Fact]
    public void Item_OfAnotherStore_IsRefused()
    {
        using var store = new Store();
        using var other = new Store();
        Linker linker = Provide(other);
        Assert.Throws<ArgumentException>(() => Guest.Instantiate(store, """(module (import "m" "mem" (memory 1)))""", linker));
    }

    [Fact]
    public void HostFunctions_ServeManyStores()
    {
        Linker linker = new Linker().DefineFunction(
            "h", "add", new FuncType([ValType.I32, ValType.I32], [ValType.I32]), static (_, slots) => slots[0] = (uint)(slots[0] + slots[1]));
        for (int i = 0; i < 3; i++)
        {
            using var store = new Store();
            Instance instance = Guest.Instantiate(store, """
                (module (import "h" "add" (func $add (param i32 i32) (result i32))) (export "add" (func $add))
                  (func (export "three") (result i32) (call $add (i32.const 1) (i32.const 2))))
                """, linker);
            Assert.Equal([3UL], instance.Invoke("three"));
            Assert.Equal([7UL], instance.Invoke("add", 3, 4));
        }
    }

    private static Linker Provide(Store store) => new Linker()
        .Define("m", "f", new Function(store, new FuncType([ValType.I32], [ValType.I32]), static (_, _) => { }))
        .Define("m", "g", new Global(store, new GlobalType(ValType.I32, IsMutable: false), 1))
        .Define("m", "mem", new LinearMemory(store, new MemoryType(new Limits(1, 3))))
        .Define("m", "t", new Table(store, new TableType(ValType.FuncRef, new Limits(1, null))));
}
