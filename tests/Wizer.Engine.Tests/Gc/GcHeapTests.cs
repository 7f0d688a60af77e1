using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Gc;

/// <summary>The limit of the heap, and that nothing is lost or mixed up below it.</summary>
public sealed class GcHeapTests
{
    private const string Allocator = """
        (module
          (type $s (struct (field i64) (field i64) (field i64)))
          (type $bytes (array (mut i8)))
          (type $vectors (array v128))
          (func (export "structs") (param $n i32) (result i32)
            (loop $l
              (drop (struct.new_default $s))
              (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.const 7))
          (func (export "bytes") (param i32) (result i32) (array.len (array.new $bytes (i32.const 1) (local.get 0))))
          (func (export "default") (param i32) (result i32) (array.len (array.new_default $bytes (local.get 0))))
          (func (export "vectors") (param i32) (result i32) (array.len (array.new_default $vectors (local.get 0)))))
        """;

    [Fact]
    public void Structs_AreMade_UntilTheLimit()
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 64 << 10 });
        Instance instance = Guest.Instantiate(store, Allocator);

        // 32 bytes each, the header included.
        Assert.Equal([7UL], instance.Invoke("structs", 2048));

        AssertExhausted(instance, "structs", 1);
    }

    [Theory]
    [InlineData("bytes", 1_000_000 - 8)]
    [InlineData("default", 1_000_000 - 8)]
    [InlineData("vectors", 62_499)]
    public void Array_OfTheWholeHeap_IsMade_AndNoLargerOne(string function, uint length)
    {
        var options = new EngineOptions { MaxMemoryByteLength = 1_000_000 };
        using (var store = new Store(options))
        {
            AssertExhausted(Guest.Instantiate(store, Allocator), function, length + 1);
        }

        using (var store = new Store(options))
        {
            Instance instance = Guest.Instantiate(store, Allocator);
            Assert.Equal([length], instance.Invoke(function, length));
            AssertExhausted(instance, function, 1);
        }
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("default")]
    [InlineData("vectors")]
    public void Array_OfTheGreatestLength_Traps(string function)
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 1 << 20 });
        Instance instance = Guest.Instantiate(store, Allocator);
        AssertExhausted(instance, function, uint.MaxValue);
        Assert.Equal([3UL], instance.Invoke(function, 3));
    }

    [Fact]
    public void ConstantExpression_BeyondTheLimit_Traps()
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 1000 });
        var trap = Assert.Throws<WasmTrapException>(() => Guest.Instantiate(store, """
            (module (type $a (array i64)) (global (ref $a) (array.new $a (i64.const 1) (i32.const 1000))))
            """));
        Assert.Equal(TrapKind.AllocationTooLarge, trap.Kind);
    }

    [Fact]
    public void Objects_OfManyBlocks_KeepTheirValues()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (rec (type $list (struct (field $value i32) (field $large (ref $array)) (field $next (ref null $list))))
                   (type $array (array i32)))
              (func (export "sum") (param $n i32) (result i32) (local $l (ref null $list)) (local $sum i32)
                (loop $make
                  (local.set $l (struct.new $list (local.get $n)
                    (array.new $array (local.get $n) (i32.rem_u (i32.mul (local.get $n) (i32.const 7919)) (i32.const 30000)))
                    (local.get $l)))
                  (br_if $make (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (loop $check
                  (local.set $n (i32.add (local.get $n) (i32.const 1)))
                  (if (i32.ne (local.get $n) (struct.get $list $value (local.get $l))) (then (unreachable)))
                  (if (array.len (struct.get $list $large (local.get $l))) (then
                    (local.set $sum (i32.add (local.get $sum) (array.get $array (struct.get $list $large (local.get $l))
                      (i32.sub (array.len (struct.get $list $large (local.get $l))) (i32.const 1)))))))
                  (local.set $l (struct.get $list $next (local.get $l)))
                  (br_if $check (i32.eqz (ref.is_null (local.get $l)))))
                (local.get $sum)))
            """);
        ulong expected = 0;
        for (ulong i = 1; i <= 2000; i++)
        {
            expected += i * 7919 % 30000 == 0 ? 0 : i;
        }

        Assert.Equal([expected], instance.Invoke("sum", 2000));
    }

    private static void AssertExhausted(Instance instance, string function, uint argument)
    {
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke(function, argument));
        Assert.Equal(TrapKind.AllocationTooLarge, trap.Kind);
        Assert.Equal("allocation size too large", trap.Message);
        Assert.Equal("wasm trap: allocation size too large", trap.DisplayMessage);
    }
}
