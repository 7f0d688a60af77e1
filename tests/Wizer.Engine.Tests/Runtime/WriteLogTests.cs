using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>Who wrote which bytes of a memory last: every kind of store, and the stack of functions at that time.</summary>
public sealed unsafe class WriteLogTests
{
    private const string Source = """
        (module
          (memory $m 2) (memory $n i64 1)
          (data $d "0123456789")
          (func $store (param i32) (i32.store (local.get 0) (i32.const 1)))
          (func $byte (i64.store8 offset=3 (i32.const 61) (i64.const 1)))
          (func $float (f64.store (i32.const 128) (f64.const 1)) (f32.store (i32.const 136) (f32.const 1)))
          (func $vector (v128.store (i32.const 160) (v128.const i32x4 1 2 3 4))
            (v128.store8_lane 3 (i32.const 192) (v128.const i32x4 1 2 3 4)))
          (func $fill (memory.fill (i32.const 256) (i32.const 7) (i32.const 64)))
          (func $copy (memory.copy (i32.const 512) (i32.const 256) (i32.const 16)))
          (func $init (memory.init $d (i32.const 640) (i32.const 0) (i32.const 10)))
          (func $atomic (drop (i32.atomic.rmw.add (i32.const 768) (i32.const 1))) (i64.atomic.store (i32.const 776) (i64.const 1)))
          (func $second (i64.store $n (i64.const 8) (i64.const 1)))
          (func $load (drop (i32.load (i32.const 896))) (drop (v128.load (i32.const 896))) (drop (i32.atomic.load (i32.const 896))))
          (func $one (param i32) (call $store (local.get 0)))
          (func $two (param i32) (call $store (local.get 0)))
          (func $recurse (param i32)
            (i32.store (i32.add (i32.const 2048) (i32.mul (local.get 0) (i32.const 8))) (local.get 0))
            (if (local.get 0) (then (call $recurse (i32.sub (local.get 0) (i32.const 1))))))
          (func $again (param i32) (call $recurse (local.get 0)))
          (func (export "all")
            (call $byte) (call $float) (call $vector) (call $fill) (call $copy) (call $init) (call $atomic) (call $second) (call $load))
          (func (export "calls")
            (local i32)
            (call $one (i32.const 1024)) (call $two (i32.const 1032)) (call $store (i32.const 1040)) (call $two (i32.const 1048))
            (call $one (i32.const 1024))
            (loop $l
              (call $one (i32.add (i32.const 1056) (i32.mul (local.get 0) (i32.const 16))))
              (call $two (i32.add (i32.const 1064) (i32.mul (local.get 0) (i32.const 16))))
              (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10)))))
          (func (export "deep") (call $again (i32.const 20)) (call $recurse (i32.const 5))))
        """;

    private static readonly ModuleInfo s_module = Guest.Module(Source);

    [Theory]
    [InlineData(0, 56, "")]
    [InlineData(0, 64, "all byte")]
    [InlineData(0, 128, "all float")]
    [InlineData(0, 136, "all float")]
    [InlineData(0, 144, "")]
    [InlineData(0, 160, "all vector")]
    [InlineData(0, 168, "all vector")]
    [InlineData(0, 192, "all vector")]
    [InlineData(0, 256, "all fill")]
    [InlineData(0, 319, "all fill")]
    [InlineData(0, 320, "")]
    [InlineData(0, 512, "all copy")]
    [InlineData(0, 527, "all copy")]
    [InlineData(0, 640, "all init")]
    [InlineData(0, 649, "all init")]
    [InlineData(0, 768, "all atomic")]
    [InlineData(0, 776, "all atomic")]
    [InlineData(0, 896, "")]
    [InlineData(0, 70000, "")]
    [InlineData(1, 8, "all second")]
    [InlineData(1, 0, "")]
    public void EveryWrite_IsNoted(int memory, ulong address, string stack) => Assert.Equal(stack, WriterAfter("all", memory, address));

    [Theory]
    [InlineData(1024, "calls one store")]
    [InlineData(1032, "calls two store")]
    [InlineData(1040, "calls store")]
    [InlineData(1048, "calls two store")]
    [InlineData(1056, "calls one store")]
    [InlineData(1064, "calls two store")]
    [InlineData(1200, "calls one store")]
    [InlineData(1208, "calls two store")]
    public void Callers_AreToldApart(ulong address, string stack) => Assert.Equal(stack, WriterAfter("calls", 0, address));

    // What was written again counts for who did it last.
    [Theory]
    [InlineData(20, "deep again recurse")]
    [InlineData(18, "deep again recurse recurse recurse")]
    [InlineData(5, "deep recurse")]
    [InlineData(3, "deep recurse recurse recurse")]
    public void Recursion_HasEachOfItsFrames(int number, string stack) =>
        Assert.Equal(stack, WriterAfter("deep", 0, 2048 + (ulong)(number * 8)));

    [Fact]
    public void Writes_AreNoted_OnlyForWhoAsked()
    {
        using var store = new Store();
        Assert.Null(store.Writes);
        Assert.Equal(0, store.Context->AreWritesNoted);
    }

    private static string WriterAfter(string export, int memory, ulong address)
    {
        using var store = new Store(new EngineOptions { RecordsWriters = true, MachineThreshold = 0 });
        Instance instance = new Linker().Instantiate(store, s_module);
        instance.Invoke(export);
        Assert.Equal(0, store.CompiledMethodCount);
        WriteLog log = store.Writes!;
        int writer = log.FindWriter(instance.MemoryAt((uint)memory).Data, address);
        StackNames names = store.NameStacks(log.Tree);
        return writer < 0 ? "" : string.Join(' ', names.PathOf(writer).Select(function => names.Functions[function]));
    }
}
