using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Tables, references and objects of core modules, shared with others and not.</summary>
public sealed class WiringTests
{
    // As tools make components: trampolines through a table that another module fills once all are there.
    private static string Shim(string fixup, string init = "nop", string table = "2 2", string shimInit = "") => $"""
        (core module $shim
          (type $f (func (result i32)))
          (table $t (export "$imports") {table} funcref)
          (global $keep (export "keep") (mut funcref) (ref.null func))
          {shimInit}
          (func (export "0") (result i32) (call_indirect $t (type $f) (i32.const 0)))
          (func (export "1") (result i32) (call_indirect $t (type $f) (i32.const 1))))
        (core module $main
          (import "env" "f" (func $f (result i32))) (import "env" "g" (func $g (result i32)))
          (global $n (mut i32) (i32.const 0))
          (func (export "_initialize") (global.set $n (i32.const 1000)))
          (func (export "init") (global.set $n (i32.add (global.get $n) (i32.add (call $f) (call $g)))))
          (func (export "get") (result i32) (i32.add (global.get $n) (call $f))))
        (core module $answers (func (export "f") (result i32) (i32.const 3)) (func (export "g") (result i32) (i32.const 4)))
        (core module $fixup
          (import "shim" "$imports" (table 2 funcref)) (import "shim" "keep" (global $keep (mut funcref)))
          (import "a" "f" (func $f (result i32))) (import "a" "g" (func $g (result i32)))
          (import "main" "_initialize" (func $start)) {fixup}
          (func (export "touch") {init}))
        (core instance $s (instantiate $shim))
        (core instance $a (instantiate $answers))
        (core instance $m (instantiate $main (with "env" (instance (export "f" (func $s "0")) (export "g" (func $s "1"))))))
        (core instance $x (instantiate $fixup (with "shim" (instance $s)) (with "a" (instance $a)) (with "main" (instance $m))))
        (func (export "init") (canon lift (core func $m "init")))
        (func (export "touch") (canon lift (core func $x "touch")))
        (func (export "get") (result u32) (canon lift (core func $m "get")))
        """;

    [Fact]
    public void TablesThatSegmentsOfAnotherModuleFill_AreFilledAgain()
    {
        using ComponentRound round = ComponentRound.Initialize(Shim("(elem (i32.const 0) func $f $g) (start $start)"));
        Assert.Equal(1010u, round.InvokeU32("get"));
    }

    [Fact]
    public void TablesThatChangeAndChangeBack_AreAsInstantiationMakesThem()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Shim("(elem (i32.const 0) func $f $g)", "(table.set 0 (i32.const 0) (ref.func $g)) (table.set 0 (i32.const 0) (ref.func $f))"),
            "touch");
        Assert.Equal(3u, round.InvokeU32("get"));
    }

    [Theory]
    [InlineData("(elem (i32.const 0) func $f $g)", "(table.set 0 (i32.const 1) (ref.func $f))", "2 2", 1006u)]
    [InlineData(
        "(elem (i32.const 0) func $f) (elem declare func $g) (func $wire (table.set 0 (i32.const 1) (ref.func $g))) (start $wire)", "nop",
        "2 2", 3u)]
    [InlineData("(elem (i32.const 0) func $g $g) (elem declare func $f)", "(table.set 0 (i32.const 0) (ref.func $f))", "2 2", 3u)]
    [InlineData("(elem (i32.const 0) func $f $g)", "(drop (table.grow 0 (ref.func $f) (i32.const 3)))", "2", 3u)]
    [InlineData("(elem (i32.const 0) func $f $g)", "(global.set $keep (ref.func $f))", "2 2", 3u)]
    public void ReferencesThatModulesShare_AndThatHaveChanged_AreSetByAnAppendedModule(string fixup, string init, string table, uint expected)
    {
        using ComponentRound round = ComponentRound.Initialize(Shim(fixup, init, table), "touch", keeps: true);
        round.Invoke("init");
        Assert.Equal(expected == 3u ? 10u : 9u, round.InvokeU32("get"));
        Assert.NotEqual(0, round.Report!.Component!.RestoreByteLength);
        ModuleInfo restore = round.Info.Definitions.OfType<CoreModuleDefinition>().Last().Module;
        Assert.Equal("wizer-restore", NameSection.Read(restore).Module);
    }

    [Fact]
    public void SegmentThatFitsOnlyBehindAStartFunction_FitsATableThatIsLarger()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Shim(
                "(elem (i32.const 2) func $f $g) (elem (i32.const 0) func $f $g)",
                table: "2",
                shimInit: "(func $grow (drop (table.grow $t (ref.null func) (i32.const 2)))) (start $grow)"),
            "touch");
        Assert.Equal(3u, round.InvokeU32("get"));
        Assert.Equal(0, round.Report!.Component!.RestoreByteLength);
    }

    [Fact]
    public void ElementsAndGlobals_OfEveryKind_AreSet()
    {
        // Null over a function, numbers, typed functions, 64-bit tables, runs far apart and close together, of functions nobody exports.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $owner
              (rec (type $f (func (result i32))) (type $g (func (param (ref null $f)) (result i32))))
              (table (export "a") 100 funcref)
              (table (export "b") i64 10 (ref null $f))
              (table (export "c") 3 anyref)
              (table (export "d") 3 externref)
              (global (export "e") (mut (ref null $g)) (ref.null $g))
              (global (export "f") (mut anyref) (ref.null any))
              (global (export "g") (mut externref) (ref.null extern))
              (elem (table 0) (i32.const 50) func $hidden $hidden)
              (func $hidden (type $f) (i32.const 1000)))
            (core module $user
              (rec (type $f (func (result i32))) (type $g (func (param (ref null $f)) (result i32))))
              (import "o" "a" (table $a 0 funcref)) (import "o" "b" (table $b i64 0 (ref null $f)))
              (import "o" "c" (table $c 0 anyref)) (import "o" "d" (table $d 0 externref))
              (import "o" "e" (global $e (mut (ref null $g)))) (import "o" "f" (global $f (mut anyref)))
              (import "o" "g" (global $g (mut externref)))
              (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2))
              (func $call (type $g) (i32.mul (i32.const 100) (call_ref $f (local.get 0))))
              (elem declare func $one $two $call)
              (func (export "init")
                (table.set $a (i32.const 0) (ref.func $one)) (table.set $a (i32.const 2) (ref.func $two))
                (table.set $a (i32.const 50) (ref.null func)) (table.set $a (i32.const 99) (table.get $a (i32.const 51)))
                (table.set $b (i64.const 9) (ref.func $two))
                (table.set $c (i32.const 1) (ref.i31 (i32.const -5)))
                (table.set $d (i32.const 2) (extern.convert_any (ref.i31 (i32.const 70))))
                (global.set $e (ref.func $call)) (global.set $f (ref.i31 (i32.const 3)))
                (global.set $g (extern.convert_any (ref.i31 (i32.const 4)))))
              (func (export "get") (result i32)
                (i32.add (i32.add
                  (i32.add (call_indirect $a (type $f) (i32.const 0)) (call_indirect $a (type $f) (i32.const 2)))
                  (i32.add (i32.mul (i32.const 10000) (ref.is_null (table.get $a (i32.const 50)))) (call_indirect $a (type $f) (i32.const 99))))
                  (i32.add (i32.add (call_ref $g (table.get $b (i64.const 9)) (global.get $e))
                    (i31.get_s (ref.cast (ref i31) (table.get $c (i32.const 1)))))
                    (i32.add (i31.get_s (ref.cast (ref i31) (any.convert_extern (table.get $d (i32.const 2)))))
                      (i32.add (i31.get_s (ref.cast (ref i31) (global.get $f)))
                        (i31.get_s (ref.cast (ref i31) (any.convert_extern (global.get $g))))))))))
            (core instance $o (instantiate $owner))
            (core instance $u (instantiate $user (with "o" (instance $o))))
            (func (export "init") (canon lift (core func $u "init")))
            (func (export "get") (result u32) (canon lift (core func $u "get")))
            """);
        Assert.Equal(3u + 10000 + 1000 + 200 - 5 + 70 + 3 + 4, round.InvokeU32("get"));
        SnapshotReport owner = round.Report!.Component!.Modules[0].Snapshot;
        Assert.Equal(4, owner.References!.TableCount);
    }

    [Fact]
    public void EachInstanceOfAComponent_HasAnAppendedModuleOfItsOwn()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (component $c
              (core module $o (table (export "t") 1 funcref))
              (core module $u (type $f (func (result i32))) (import "o" "t" (table 1 funcref))
                (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2)) (elem declare func $one $two)
                (func (export "set") (param i32)
                  (if (local.get 0) (then (table.set (i32.const 0) (ref.func $one))) (else (table.set (i32.const 0) (ref.func $two)))))
                (func (export "get") (result i32) (call_indirect (type $f) (i32.const 0))))
              (core instance $o (instantiate $o))
              (core instance $u (instantiate $u (with "o" (instance $o))))
              (func (export "set") (param "v" u32) (canon lift (core func $u "set")))
              (func (export "get") (result u32) (canon lift (core func $u "get"))))
            (component $main
              (import "a" (func $a (param "v" u32))) (import "b" (func $b (param "v" u32)))
              (core func $a (canon lower (func $a))) (core func $b (canon lower (func $b)))
              (core module $m (import "" "a" (func $a (param i32))) (import "" "b" (func $b (param i32)))
                (func (export "init") (call $a (i32.const 0)) (call $b (i32.const 1))))
              (core instance $i (instantiate $m (with "" (instance (export "a" (func $a)) (export "b" (func $b))))))
              (func (export "init") (canon lift (core func $i "init"))))
            (instance $a (instantiate $c)) (instance $b (instantiate $c))
            (instance $main (instantiate $main (with "a" (func $a "set")) (with "b" (func $b "set"))))
            (func (export "init") (alias export $main "init"))
            (func (export "a") (alias export $a "get")) (func (export "b") (alias export $b "get"))
            """);
        Assert.Equal((2u, 1u), (round.InvokeU32("a"), round.InvokeU32("b")));
    }

    [Fact]
    public void TableOfOneModule_IsWrittenWithItsChanges()
    {
        // Its functions are its own, or imported; nobody else knows the table.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $a (func (export "seven") (result i32) (i32.const 7)))
            (core module $m
              (type $f (func (result i32)))
              (import "a" "seven" (func $seven (result i32)))
              (table $t 2 10 funcref)
              (global $kept (mut (ref null $f)) (ref.null $f))
              (elem (i32.const 0) func $one) (elem declare func $seven)
              (func $one (result i32) (i32.const 1))
              (func (export "init")
                (drop (table.grow $t (ref.func $seven) (i32.const 2)))
                (table.set $t (i32.const 1) (ref.func $seven))
                (global.set $kept (ref.func $seven)))
              (func (export "get") (result i32)
                (i32.add (call_ref $f (global.get $kept))
                  (i32.add (i32.mul (i32.const 100) (table.size $t)) (call_indirect $t (type $f) (i32.const 3))))))
            (core instance $ia (instantiate $a))
            (core instance $i (instantiate $m (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """);
        Assert.Equal(414u, round.InvokeU32("get"));
        Assert.Equal(1, round.Report!.Component!.Modules[1].Snapshot.References!.TableCount);
    }

    [Fact]
    public void ObjectsOfOneModule_AreWritten()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m
              (type $pair (struct (field (mut i32)) (field (mut anyref))))
              (global $g (mut (ref null $pair)) (ref.null $pair))
              (func (export "init")
                (global.set $g (struct.new $pair (i32.const 5) (ref.null any)))
                (struct.set $pair 1 (global.get $g) (global.get $g)))
              (func (export "get") (result i32)
                (struct.get $pair 0 (ref.cast (ref $pair) (struct.get $pair 1 (global.get $g))))))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """);
        Assert.Equal(5u, round.InvokeU32("get"));
    }

    [Fact]
    public void ModuleThatNeedsCode_AndHasNoTypeForIt_GetsOne()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m
              (type $pair (struct (field (mut i32)) (field (mut anyref))))
              (global $g (mut (ref null $pair)) (ref.null $pair))
              (func (export "init") (param i32)
                (global.set $g (struct.new $pair (local.get 0) (ref.null any)))
                (struct.set $pair 1 (global.get $g) (global.get $g)))
              (func (export "get") (result i32)
                (struct.get $pair 0 (ref.cast (ref $pair) (struct.get $pair 1 (global.get $g))))))
            (core instance $i (instantiate $m))
            (core module $caller (import "m" "init" (func $f (param i32))) (func (export "init") (call $f (i32.const 5))))
            (core instance $c (instantiate $caller (with "m" (instance $i))))
            (func (export "init") (canon lift (core func $c "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """);
        Assert.Equal(5u, round.InvokeU32("get"));
    }

    [Fact]
    public void ObjectsThatModulesMayShare_AreRefused()
    {
        WizerException error = ComponentRound.Refuse("""
            (core module $a
              (global $g (mut eqref) (ref.null eq))
              (func (export "make") (result eqref) (global.set $g (array.new_default $bytes (i32.const 3))) (global.get $g))
              (type $bytes (array (mut i8))))
            (core module $b
              (import "a" "make" (func $make (result eqref)))
              (global $g (mut eqref) (ref.null eq))
              (func (export "init") (global.set $g (call $make))))
            (core instance $ia (instantiate $a))
            (core instance $ib (instantiate $b (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $ib "init")))
            """);
        Assert.Equal("core module 0, global 0: a snapshot cannot hold an object, which modules may share", error.Message);
    }

    [Fact]
    public void FunctionOfAnotherModule_ThatNoFunctionOfThisOneIs_IsSetByAnAppendedModule()
    {
        // It came through a global of the other one.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $a (func $f (result i32) (i32.const 6)) (global (export "g") funcref (ref.func $f)))
            (core module $b (type $f (func (result i32))) (import "a" "g" (global funcref)) (table 1 funcref)
              (func (export "init") (table.set (i32.const 0) (global.get 0)))
              (func (export "get") (result i32) (call_indirect (type $f) (i32.const 0))))
            (core instance $ia (instantiate $a))
            (core instance $ib (instantiate $b (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $ib "init")))
            (func (export "get") (result u32) (canon lift (core func $ib "get")))
            """);
        Assert.Equal(6u, round.InvokeU32("get"));
    }

    [Fact]
    public void Tags_AreImportedAndDefined()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $a (tag (export "t") (param i32)))
            (core module $b (import "a" "t" (tag $t (param i32))) (tag $own) (global $g (mut i32) (i32.const 0))
              (func (export "init") (global.set $g (block $caught (result i32) (try_table (catch $t $caught) (throw $t (i32.const 6))) (unreachable))))
              (func (export "get") (result i32) (global.get $g)))
            (core instance $ia (instantiate $a))
            (core instance $ib (instantiate $b (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $ib "init")))
            (func (export "get") (result u32) (canon lift (core func $ib "get")))
            """);
        Assert.Equal(6u, round.InvokeU32("get"));
    }
}
