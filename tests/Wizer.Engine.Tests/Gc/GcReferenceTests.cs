using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Gc;

/// <summary>What is known about references beyond the official scripts: across modules, and in the hands of the host.</summary>
public sealed class GcReferenceTests
{
    private const string Types = """
        (type $root (sub (struct (field i8))))
        (type $left (sub $root (struct (field i8) (field i64))))
        (type $leaf (sub final $left (struct (field i8) (field i64) (field (ref null $root)))))
        (type $right (sub $root (struct (field i8) (field i64) (field f32))))
        """;

    [Fact]
    public void Casts_Agree_BetweenModules()
    {
        using var store = new Store();
        Instance maker = Guest.Instantiate(store, $$"""
            (module
              {{Types}}
              (func (export "root") (result anyref) (struct.new $root (i32.const 1)))
              (func (export "left") (result anyref) (struct.new $left (i32.const 2) (i64.const 20)))
              (func (export "leaf") (result anyref) (struct.new $leaf (i32.const 3) (i64.const 30) (ref.null $root)))
              (func (export "right") (result anyref) (struct.new $right (i32.const 4) (i64.const 40) (f32.const 0))))
            """);

        // The same types at other indices, behind others.
        Instance user = Guest.Instantiate(store, $$"""
            (module
              (type (func)) (type $other (sub (struct (field i16)))) (type (sub $other (struct (field i16) (field i64))))
              {{Types}}
              (func (export "is") (param $x anyref) (result i32)
                (i32.or (ref.test (ref $root) (local.get $x))
                (i32.or (i32.shl (ref.test (ref $left) (local.get $x)) (i32.const 1))
                (i32.or (i32.shl (ref.test (ref $leaf) (local.get $x)) (i32.const 2))
                (i32.or (i32.shl (ref.test (ref $right) (local.get $x)) (i32.const 3))
                        (i32.shl (ref.test (ref $other) (local.get $x)) (i32.const 4)))))))
              (func (export "value") (param $x anyref) (result i64)
                (struct.get $left 1 (ref.cast (ref $left) (local.get $x)))))
            """);

        Assert.Equal([0b00001UL], user.Invoke("is", maker.Invoke("root")));
        Assert.Equal([0b00011UL], user.Invoke("is", maker.Invoke("left")));
        Assert.Equal([0b00111UL], user.Invoke("is", maker.Invoke("leaf")));
        Assert.Equal([0b01001UL], user.Invoke("is", maker.Invoke("right")));
        Assert.Equal([0UL], user.Invoke("is", 0));
        Assert.Equal([30UL], user.Invoke("value", maker.Invoke("leaf")));
        var trap = Assert.Throws<WasmTrapException>(() => user.Invoke("value", maker.Invoke("right")));
        Assert.Equal("cast failure", trap.Message);
        Assert.Throws<WasmTrapException>(() => user.Invoke("value", 0));
    }

    [Fact]
    public void FunctionCasts_Agree_BetweenModulesAndTheHost()
    {
        using var store = new Store();
        var host = new Function(store, new Wizer.Binary.FuncType([Wizer.Binary.ValType.I32], []), static (_, _) => { });
        Instance user = Guest.Instantiate(store, """
            (module
              (type $super (sub (func (param i64)))) (type $sub (sub $super (func (param i64)))) (type $final (func (param i32)))
              (func (export "f") (type $sub)) (elem declare func 0) (func (export "ref") (result funcref) (ref.func 0))
              (func (export "is") (param $x funcref) (result i32)
                (i32.or (ref.test (ref $super) (local.get $x))
                (i32.or (i32.shl (ref.test (ref $sub) (local.get $x)) (i32.const 1))
                (i32.or (i32.shl (ref.test (ref $final) (local.get $x)) (i32.const 2))
                        (i32.shl (ref.test (ref null nofunc) (local.get $x)) (i32.const 3)))))))
            """);
        Assert.Equal([0b0011UL], user.Invoke("is", user.Invoke("ref")));
        Assert.Equal([0b0100UL], user.Invoke("is", host.Handle));
        Assert.Equal([0b1000UL], user.Invoke("is", 0));
    }

    [Fact]
    public void HostObjects_ComeBack_ThroughAny()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (type $s (struct))
              (func (export "there") (param externref) (result anyref) (any.convert_extern (local.get 0)))
              (func (export "back") (param anyref) (result externref) (extern.convert_any (local.get 0)))
              (func (export "kind") (param anyref) (result i32)
                (i32.or (ref.test (ref any) (local.get 0))
                (i32.or (i32.shl (ref.test (ref eq) (local.get 0)) (i32.const 1))
                (i32.or (i32.shl (ref.test (ref i31) (local.get 0)) (i32.const 2))
                (i32.or (i32.shl (ref.test (ref struct) (local.get 0)) (i32.const 3))
                (i32.or (i32.shl (ref.test (ref array) (local.get 0)) (i32.const 4))
                        (i32.shl (ref.test (ref $s) (local.get 0)) (i32.const 5))))))))
              (func (export "i31") (result externref) (extern.convert_any (ref.i31 (i32.const 0))))
              (func (export "s") (result externref) (extern.convert_any (struct.new $s))))
            """);
        object[] objects = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        foreach (object each in objects)
        {
            ulong handle = store.CreateExternRef(each);
            ulong any = instance.Invoke("there", handle)[0];
            Assert.Equal([0b000001UL], instance.Invoke("kind", any));
            Assert.Same(each, store.ExternObjectOf(instance.Invoke("back", any)[0]));
        }

        ulong i31 = instance.Invoke("i31")[0];
        Assert.Equal([0b000111UL], instance.Invoke("kind", instance.Invoke("there", i31)));
        Assert.Null(store.ExternObjectOf(i31));
        ulong structure = instance.Invoke("s")[0];
        Assert.Equal([0b101011UL], instance.Invoke("kind", instance.Invoke("there", structure)));
        Assert.Null(store.ExternObjectOf(structure));
        Assert.Equal([0UL], instance.Invoke("there", 0));
        Assert.Null(store.ExternObjectOf(0));
    }

    [Fact]
    public void Fields_OfEveryWidth_KeepTheirNeighbours()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (type $s (struct (field $a (mut i8)) (field $b (mut i64)) (field $c (mut i16)) (field $d (mut v128))
                (field $e (mut i8)) (field $f (mut f32)) (field $g (mut i8)) (field $h (mut f64))))
              (global $x (mut (ref null $s)) (struct.new $s (i32.const 0x181) (i64.const -2) (i32.const 0x18003)
                (v128.const i64x2 4 5) (i32.const 6) (f32.const 7) (i32.const 8) (f64.const 9)))
              (func (export "all") (result i32 i32 i64 i32 i32 v128 i32 f32 i32 f64)
                (struct.get_s $s $a (global.get $x)) (struct.get_u $s $a (global.get $x)) (struct.get $s $b (global.get $x))
                (struct.get_s $s $c (global.get $x)) (struct.get_u $s $c (global.get $x)) (struct.get $s $d (global.get $x))
                (struct.get_s $s $e (global.get $x)) (struct.get $s $f (global.get $x)) (struct.get_u $s $g (global.get $x))
                (struct.get $s $h (global.get $x)))
              (func (export "set") (param i32 i64 i32 v128 i32 f32 i32 f64)
                (struct.set $s $h (global.get $x) (local.get 7)) (struct.set $s $g (global.get $x) (local.get 6))
                (struct.set $s $f (global.get $x) (local.get 5)) (struct.set $s $e (global.get $x) (local.get 4))
                (struct.set $s $d (global.get $x) (local.get 3)) (struct.set $s $c (global.get $x) (local.get 2))
                (struct.set $s $b (global.get $x) (local.get 1)) (struct.set $s $a (global.get $x) (local.get 0)))
              (func (export "new") (param i32 i64 i32 v128 i32 f32 i32 f64)
                (global.set $x (struct.new $s (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)
                  (local.get 5) (local.get 6) (local.get 7)))))
            """);
        ulong seven = BitConverter.SingleToUInt32Bits(7);
        ulong nine = BitConverter.DoubleToUInt64Bits(9);
        Assert.Equal(
            [0xffff_ff81, 0x81, 0xffff_ffff_ffff_fffe, 0xffff_8003, 0x8003, 4, 5, 6, seven, 8, nine],
            instance.Invoke("all"));
        ulong[] ones = [0xff, ulong.MaxValue, 0xffff, ulong.MaxValue, ulong.MaxValue, 0xff, uint.MaxValue, 0xff, ulong.MaxValue];
        ulong[] expected =
        [
            uint.MaxValue, 0xff, ulong.MaxValue, uint.MaxValue, 0xffff, ulong.MaxValue, ulong.MaxValue, uint.MaxValue, uint.MaxValue,
            0xff, ulong.MaxValue,
        ];
        foreach (string change in new[] { "set", "new" })
        {
            instance.Invoke(change, ones);
            Assert.Equal(expected, instance.Invoke("all"));
            instance.Invoke(change, new ulong[9]);
            Assert.Equal(new ulong[11], instance.Invoke("all"));
        }
    }

    [Fact]
    public void BranchOnCast_KeepsTheValuesBelow()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (type $s (struct (field i32)))
              (func $f (export "f") (param $x anyref) (param $y i32) (result i32)
                (i32.const 1000)
                (block $hit (result i32 (ref $s))
                  (i32.add (local.get $y) (i32.const 1))
                  (local.get $x)
                  (br_on_cast $hit anyref (ref $s))
                  (drop)
                  (return))
                (struct.get $s 0)
                (i32.mul)
                (i32.add))
              (func (export "null") (result i32) (call $f (ref.null any) (i32.const 3)))
              (func (export "hit") (result i32) (call $f (struct.new $s (i32.const 10)) (i32.const 3))))
            """);
        Assert.Equal([4UL], instance.Invoke("null"));
        Assert.Equal([1040UL], instance.Invoke("hit"));
    }

    [Fact]
    public void LargeArrayCopy_StopsWhenInterrupted()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module
              (type $a (array (mut i8)))
              (func (export "copy") (result i32) (local $x (ref $a))
                (local.set $x (array.new_default $a (i32.const 0x04000000)))
                (loop $l
                  (array.copy $a $a (local.get $x) (i32.const 1) (local.get $x) (i32.const 0) (i32.const 0x03ffffff))
                  (br $l))
                (unreachable)))
            """);
        using var timer = new Timer(_ => store.Interrupt(), null, 50, Timeout.Infinite);
        Assert.Throws<OperationCanceledException>(() => instance.Invoke("copy"));
    }
}
