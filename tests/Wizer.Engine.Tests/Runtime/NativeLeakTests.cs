using Wizer.Binary;
using Wizer.Engine.Native;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>The counters are the process's, so nothing else may run beside these.</summary>
[CollectionDefinition(nameof(NativeLeakTests), DisableParallelization = true)]
public sealed class NativeLeakCollection;

[Collection(nameof(NativeLeakTests))]
public sealed class NativeLeakTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_GivesEverythingBack(bool reserve)
    {
        int blocks = NativeBlock.Outstanding;
        int reservations = AddressSpace.Outstanding;
        for (int i = 0; i < 100; i++)
        {
            using var store = new Store(new EngineOptions { ReserveAddressSpace = reserve });
            var memory = new LinearMemory(store, new MemoryType(new Limits(1, null)));
            memory.Grow(3);
            var table = new Table(store, new TableType(ValType.FuncRef, new Limits(1, null)));
            table.Grow(100);
            _ = new Global(store, new GlobalType(ValType.I32, IsMutable: true), 1);
            _ = new Function(store, new FuncType([], []), static (_, _) => { });
            _ = new Tag(store, new FuncType([ValType.I32], []));
        }

        Assert.Equal(blocks, NativeBlock.Outstanding);
        Assert.Equal(reservations, AddressSpace.Outstanding);
    }

    [Fact]
    public void Dispose_GivesEverythingBack_WhenCreationFails()
    {
        int blocks = NativeBlock.Outstanding;
        int reservations = AddressSpace.Outstanding;
        using (var store = new Store(new EngineOptions { MaxMemoryByteLength = 65_536 }))
        {
            Assert.Throws<WasmLimitException>(() => new LinearMemory(store, new MemoryType(new Limits(2, null))));
        }

        Assert.Equal(blocks, NativeBlock.Outstanding);
        Assert.Equal(reservations, AddressSpace.Outstanding);
    }

    [Theory]
    [InlineData("""(module (memory 1) (table 3 funcref) (global i32 (i32.const 1)) (func $f) (elem funcref (ref.func $f)) (data "abc"))""")]
    [InlineData("""(module (import "m" "f" (func)))""")]
    [InlineData("""(module (memory 1) (memory 300 301))""")]
    [InlineData("""(module (memory 1) (table 20000000 funcref))""")]
    [InlineData("""(module (memory 1) (data (i32.const 65536) "x"))""")]
    [InlineData("""(module (table 1 funcref) (func $f) (elem funcref (ref.func $f)) (elem (i32.const 1) $f))""")]
    [InlineData("""(module (memory 1) (start $f) (func $f (unreachable)))""")]
    [InlineData("""(module (tag $t) (start $f) (func $f (block $h (result exnref) (try_table (catch_all_ref $h) (throw $t)) (ref.null exn)) throw_ref))""")]
    [InlineData("""(module (type $a (array i8)) (global (ref $a) (array.new_default $a (i32.const 100000))))""")]
    [InlineData("""(module (type $a (array v128)) (global (ref $a) (array.new_default $a (i32.const -1))))""")]
    public void Dispose_GivesEverythingBack_WhereverInstantiationStops(string wat)
    {
        ModuleInfo module = Guest.Module(wat);
        int blocks = NativeBlock.Outstanding;
        int reservations = AddressSpace.Outstanding;
        for (int i = 0; i < 20; i++)
        {
            using var store = new Store(new EngineOptions { MaxMemoryByteLength = 256 * 65_536 });
            try
            {
                new Linker().Instantiate(store, module);
            }
            catch (Exception e) when (e is WasmLinkException or WasmTrapException or WasmLimitException or UnsupportedModuleException)
            {
                // It stopped where this case wants it to.
            }
        }

        Assert.Equal(blocks, NativeBlock.Outstanding);
        Assert.Equal(reservations, AddressSpace.Outstanding);
    }
}
