using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class InstantiationTests
{
    [Fact]
    public void Globals_AreEvaluatedInOrder_FromEarlierOnes()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (global $a i32 (i32.const -5))
              (global $b i32 (i32.add (global.get $a) (i32.mul (i32.const 3) (i32.const 4))))
              (global $c (mut i64) (i64.sub (i64.const 1) (i64.const 2)))
              (global $d f64 (f64.const 1.5))
              (global $e f32 (f32.const -0))
              (global $f funcref (ref.func $g))
              (global $n externref (ref.null extern))
              (func $g (export "g"))
              (export "b" (global $b)))
            """);
        Assert.Equal(0xffff_fffbUL, instance.GlobalAt(0).Value);
        Assert.Equal(7UL, instance.FindGlobal("b")!.Value);
        Assert.Equal(ulong.MaxValue, instance.GlobalAt(2).Value);
        Assert.Equal(BitConverter.DoubleToUInt64Bits(1.5), instance.GlobalAt(3).Value);
        Assert.Equal(0x8000_0000UL, instance.GlobalAt(4).Value);
        Assert.Equal(instance.FindFunction("g"), store.FunctionOf(instance.GlobalAt(5).Value));
        Assert.Equal(0UL, instance.GlobalAt(6).Value);
    }

    [Fact]
    public void Exports_AreFoundByNameAndKind()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (memory (export "m") 1) (table (export "t") 2 funcref) (global (export "g") i32 (i32.const 1)) (func (export "f")))
            """);
        Assert.Same(instance.MemoryAt(0), instance.FindMemory("m"));
        Assert.Same(instance.TableAt(0), instance.FindTable("t"));
        Assert.Same(instance.GlobalAt(0), instance.FindGlobal("g"));
        Assert.Equal(ExternKind.Func, instance.FindExport("f")!.Kind);
        Assert.Null(instance.FindMemory("f"));
        Assert.Null(instance.FindExport("absent"));
        Assert.Throws<ArgumentException>(() => instance.Invoke("absent"));
        Assert.Throws<ArgumentException>(() => instance.Invoke("f", 1));
    }

    [Fact]
    public void ActiveSegments_AreCopied_AtComputedOffsets()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (memory 1) (table 4 funcref)
              (global $o i32 (i32.const 100))
              (data (offset (i32.add (global.get $o) (i32.const 1))) "abc")
              (data (i32.const 65536) "")
              (elem (i32.const 1) $f $g)
              (func $f) (func $g))
            """);
        Assert.True(instance.MemoryAt(0).TryGetSpan(100, 5, out Span<byte> bytes));
        Assert.Equal("\0abc\0"u8, bytes);
        Assert.Equal(0UL, instance.TableAt(0)[0]);
        Assert.Equal(instance.FunctionAt(1), store.FunctionOf(instance.TableAt(0)[2]));
    }

    [Fact]
    public void ActiveSegment_BeyondTheMemory_Traps_AndWhatWasWrittenStays()
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, null)));
        var table = new Table(store, new TableType(ValType.FuncRef, new Limits(1, null)));
        Linker linker = new Linker().Define("h", "m", memory).Define("h", "t", table);
        const string Wat = """
            (module
              (import "h" "m" (memory 1)) (import "h" "t" (table 1 funcref))
              (func $f) (elem (i32.const 0) $f)
              (data (i32.const 0) "x") (data (i32.const 65535) "yz"))
            """;

        var trap = Assert.Throws<WasmTrapException>(() => Guest.Instantiate(store, Wat, linker));

        Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        Assert.True(memory.TryGetSpan(0, 1, out Span<byte> first));
        Assert.Equal((byte)'x', first[0]);
        Assert.NotEqual(0UL, table[0]);
        Assert.Empty(store.FunctionOf(table[0])!.Invoke());
    }

    [Fact]
    public void ActiveElements_BeyondTheTable_Trap()
    {
        using var store = new Store();
        var trap = Assert.Throws<WasmTrapException>(
            () => Guest.Instantiate(store, """(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))"""));
        Assert.Equal("out of bounds table access", trap.Message);
    }

    [Fact]
    public void StartFunction_Runs_AfterTheSegments()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (memory 1) (data (i32.const 0) "\05")
              (global $g (mut i32) (i32.const 0))
              (start $s)
              (func $s (global.set $g (i32.load8_u (i32.const 0)))))
            """);
        Assert.Equal(5UL, instance.GlobalAt(0).Value);
    }

    [Fact]
    public void Memory_BeyondTheStoresLimit_IsRefused()
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 1 << 20 });
        Assert.Throws<WasmLimitException>(() => Guest.Instantiate(store, "(module (memory 17))"));
    }

    [Fact]
    public void Functions_CostNoManagedObjects()
    {
        var wat = new System.Text.StringBuilder("(module (func $f (export \"f\"))");
        for (int i = 0; i < 20_000; i++)
        {
            wat.Append("(func (param i32) (result i32) local.get 0)");
        }

        ModuleInfo module = Guest.Module(wat.Append(')').ToString());
        using var store = new Store();
        store.Instantiate(module);
        long before = GC.GetAllocatedBytesForCurrentThread();
        store.Instantiate(module);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4_000, $"{allocated} bytes");
    }
}
