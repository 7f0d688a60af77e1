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
    [InlineData(
        "(elem (i32.const 0) func $f $g)", "(table.set 0 (i32.const 1) (ref.func $f))",
        "core module 0, table 0, element 1: a snapshot cannot hold a reference that modules share and that instantiation does not put there")]
    [InlineData(
        "(elem (i32.const 0) func $f) (elem declare func $g) (func $wire (table.set 0 (i32.const 1) (ref.func $g))) (start $wire)", "nop",
        "core module 0, table 0, element 1: a snapshot cannot hold a reference that modules share and that instantiation does not put there")]
    [InlineData(
        "(elem (i32.const 0) func $f $g)", "(global.set $keep (ref.func $f))",
        "core module 0, global 0: a snapshot cannot hold a reference that modules share and that instantiation does not put there")]
    public void ReferencesThatModulesShare_AndThatHaveChanged_AreRefusedWithTheirPlace(string fixup, string init, string message)
    {
        WizerException error = ComponentRound.Refuse(Shim(fixup, init), "touch");
        Assert.Equal((WizerError.UnsupportedModule, message), (error.Error, error.Message));
    }

    [Fact]
    public void SharedTableThatHasGrown_IsRefused()
    {
        WizerException error = ComponentRound.Refuse(
            Shim("(elem (i32.const 0) func $f $g)", "(drop (table.grow 0 (ref.null func) (i32.const 3)))", "2"), "touch");
        Assert.Equal(
            "core module 0, table 0: a snapshot cannot hold a table that modules share and that has grown from 2 to 5 elements",
            error.Message);
    }

    [Fact]
    public void SegmentThatFitsOnlyBehindAStartFunction_IsRefused()
    {
        WizerException error = ComponentRound.Refuse(Shim(
            "(elem (i32.const 2) func $f $g)",
            table: "2",
            shimInit: "(func $grow (drop (table.grow $t (ref.null func) (i32.const 2)))) (start $grow)"), "touch");
        Assert.Contains("an element that is there only after a start function has run", error.Message, StringComparison.Ordinal);
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
    public void FunctionOfAnotherModule_InATableThatIsNotShared_IsRefused()
    {
        // It came through a global of the other one.
        WizerException error = ComponentRound.Refuse("""
            (core module $a (func $f) (global (export "g") funcref (ref.func $f)))
            (core module $b (import "a" "g" (global funcref)) (table 1 funcref)
              (func (export "init") (table.set (i32.const 0) (global.get 0))))
            (core instance $ia (instantiate $a))
            (core instance $ib (instantiate $b (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $ib "init")))
            """);
        Assert.StartsWith("core module 1, table 0, element 0: ", error.Message, StringComparison.Ordinal);
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
