using Wizer.Binary.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Core modules and components that have several instances, each of which has a state of its own.</summary>
public sealed class CopyTests
{
    // Counts from a number, in steps of its own; its memory says how often.
    private const string Counter = """
        (core module $counter
          (memory (export "memory") 1)
          (global $n (mut i32) (i32.const 0))
          (data (i32.const 8) "unchanged")
          (func (export "add") (param i32)
            (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
            (global.set $n (i32.add (global.get $n) (local.get 0))))
          (func (export "get") (result i32) (i32.add (global.get $n) (i32.mul (i32.const 1000) (i32.load (i32.const 0))))))
        """;

    // A component beside the others, since one around them cannot call them: it gives numbers to functions that it imports.
    private static string Caller(string calls, params string[] names) => $"""
        (component $caller
          {string.Concat(names.Select(name => $"(import \"{name}\" (func ${name} (param \"by\" u32)))"))}
          {string.Concat(names.Select(name => $"(core func ${name} (canon lower (func ${name})))"))}
          (core module $main
            {string.Concat(names.Select(name => $"(import \"\" \"{name}\" (func ${name} (param i32)))"))}
            (func (export "init") {calls}))
          (core instance $i (instantiate $main (with "" (instance
            {string.Concat(names.Select(name => $"(export \"{name}\" (func ${name}))"))}))))
          (func (export "init") (canon lift (core func $i "init"))))
        """;

    [Fact]
    public void EachInstanceOfAModule_HasACopyWithItsState()
    {
        using ComponentRound round = ComponentRound.Initialize($"""
            {Counter}
            (core instance $a (instantiate $counter))
            (core instance $b (instantiate $counter))
            (core module $main
              (import "a" "add" (func $a (param i32))) (import "b" "add" (func $b (param i32))) (import "c" "add" (func $c (param i32)))
              (func (export "init") (call $a (i32.const 5)) (call $b (i32.const 6)) (call $b (i32.const 7)) (call $c (i32.const 9))))
            (core instance $c (instantiate $counter))
            (core instance $m (instantiate $main (with "a" (instance $a)) (with "b" (instance $b)) (with "c" (instance $c))))
            (func (export "init") (canon lift (core func $m "init")))
            (func (export "a") (result u32) (canon lift (core func $a "get")))
            (func (export "b") (result u32) (canon lift (core func $b "get")))
            (func (export "c") (result u32) (canon lift (core func $c "get")))
            """);
        Assert.Equal((1005u, 2013u, 1009u), (round.InvokeU32("a"), round.InvokeU32("b"), round.InvokeU32("c")));
        IReadOnlyList<CoreModuleReport> modules = round.Report!.Component!.Modules;
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 0)], modules.Select(module => (module.Index, module.Instance)));
        Assert.Equal(
            modules[1].Snapshot.OutputByteLength + modules[2].Snapshot.OutputByteLength, round.Report.Component.CopiedByteLength);
        Assert.Equal(4, round.Info.Definitions.OfType<CoreModuleDefinition>().Count());
    }

    [Fact]
    public void InstancesInOneSection_HaveTheirCopiesBeforeIt()
    {
        // The text format makes sections as long as it can; an instance that exports some things stands between.
        using ComponentRound round = ComponentRound.Initialize($"""
            {Counter}
            (core module $same (import "x" "add" (func $add (param i32))) (func (export "run") (call $add (i32.const 3))))
            (core instance $a (instantiate $counter)) (core instance $b (instantiate $counter))
            (core instance $r (instantiate $same (with "x" (instance $a)))) (core instance $s (instantiate $same (with "x" (instance $b))))
            (func (export "init") (canon lift (core func $s "run")))
            (func (export "a") (result u32) (canon lift (core func $a "get")))
            (func (export "b") (result u32) (canon lift (core func $b "get")))
            """);
        Assert.Equal((0u, 1003u), (round.InvokeU32("a"), round.InvokeU32("b")));
    }

    [Fact]
    public void EachInstanceOfAComponent_HasACopyOfWhatIsNestedInIt()
    {
        using ComponentRound round = ComponentRound.Initialize($"""
            (component $outer
              (type $number u32)
              (component $inner
                {Counter}
                (core instance $i (instantiate $counter))
                (alias outer $outer $number (type $n))
                (func (export "add") (param "by" $n) (canon lift (core func $i "add")))
                (func (export "get") (result u32) (canon lift (core func $i "get"))))
              (instance $a (instantiate $inner))
              (instance $b (instantiate $inner))
              (export "a" (instance $a))
              (export "b" (instance $b)))
            (instance $x (instantiate $outer))
            (instance $y (instantiate $outer))
            (alias export $x "b" (instance $xb)) (alias export $y "a" (instance $ya)) (alias export $y "b" (instance $yb))
            {Caller("(call $xb (i32.const 1)) (call $ya (i32.const 2)) (call $yb (i32.const 3)) (call $yb (i32.const 4))", "xb", "ya", "yb")}
            (instance $m (instantiate $caller
              (with "xb" (func $xb "add")) (with "ya" (func $ya "add")) (with "yb" (func $yb "add"))))
            (func (export "init") (alias export $m "init"))
            (alias export $x "a" (instance $xa))
            (func (export "xa") (alias export $xa "get")) (func (export "xb") (alias export $xb "get"))
            (func (export "ya") (alias export $ya "get")) (func (export "yb") (alias export $yb "get"))
            """);
        Assert.Equal(
            (0u, 1001u, 1002u, 2007u),
            (round.InvokeU32("xa"), round.InvokeU32("xb"), round.InvokeU32("ya"), round.InvokeU32("yb")));
    }

    [Fact]
    public void ModulesAndComponents_AreCopiedToWhereTheyAreInstantiated()
    {
        // Passed as arguments, aliased from around, exported by an instance: some instance has each where it is defined, others do not.
        using ComponentRound round = ComponentRound.Initialize(name: "$root", fields: $"""
              (type $number u32)
              {Counter}
              (component $user
                (import "m" (core module $m (export "add" (func (param i32))) (export "get" (func (result i32)))))
                (alias outer $root $number (type $n))
                (core instance $i (instantiate $m))
                (core instance $j (instantiate $m))
                (func (export "add") (param "by" $n) (canon lift (core func $i "add")))
                (func (export "get") (result u32) (canon lift (core func $i "get")))
                (func (export "other") (result u32) (canon lift (core func $j "get"))))
              (component $maker
                (alias outer $root $user (component $u))
                (alias outer $root $counter (core module $m))
                (core instance $own (instantiate $m))
                (instance $a (instantiate $u (with "m" (core module $m))))
                (instance $b (instantiate $u (with "m" (core module $m))))
                (export "a" (instance $a)) (export "b" (instance $b)) (export "m" (core module $m)))
              (instance $s (instantiate $maker))
              (instance $t (instantiate $maker))
              (alias export $t "m" (core module $m))
              (core instance $c (instantiate $m))
              (alias export $s "b" (instance $sb)) (alias export $t "a" (instance $ta))
              {Caller("(call $sb (i32.const 1)) (call $ta (i32.const 2))", "sb", "ta")}
              (instance $i (instantiate $caller (with "sb" (func $sb "add")) (with "ta" (func $ta "add"))))
              (func (export "init") (alias export $i "init"))
              (alias export $s "a" (instance $sa))
              (func (export "sa") (alias export $sa "get")) (func (export "sb") (alias export $sb "get"))
              (func (export "ta") (alias export $ta "get")) (func (export "other") (alias export $ta "other"))
              (func (export "c") (result u32) (canon lift (core func $c "get")))
            """);
        Assert.Equal(
            (0u, 1001u, 1002u, 0u, 0u),
            (round.InvokeU32("sa"), round.InvokeU32("sb"), round.InvokeU32("ta"), round.InvokeU32("other"), round.InvokeU32("c")));
    }

    [Fact]
    public void ResourcesOfCopies_AreStillThoseOfTheirInstances()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (component $maker
              (type $r (resource (rep i32)))
              (export $rx "r" (type $r))
              (core func $new (canon resource.new $r)) (core func $rep (canon resource.rep $r))
              (core module $m
                (import "" "new" (func $new (param i32) (result i32))) (import "" "rep" (func $rep (param i32) (result i32)))
                (global $made (mut i32) (i32.const 0))
                (func (export "make") (result i32) (global.set $made (i32.add (global.get $made) (i32.const 1))) (call $new (global.get $made)))
                (func (export "read") (param i32) (result i32) (local.get 0)))
              (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))))))
              (func (export "make") (result (own $rx)) (canon lift (core func $i "make")))
              (func (export "read") (param "r" (borrow $rx)) (result u32) (canon lift (core func $i "read"))))
            (instance $a (instantiate $maker))
            (instance $b (instantiate $maker))
            (component $caller
              (import "a" (instance $a (export "r" (type $r (sub resource)))
                (export "make" (func (result (own $r)))) (export "read" (func (param "r" (borrow $r)) (result u32)))))
              (import "b" (instance $b (export "r" (type $r (sub resource)))
                (export "make" (func (result (own $r)))) (export "read" (func (param "r" (borrow $r)) (result u32)))))
              (alias export $a "r" (type $ra)) (alias export $b "r" (type $rb))
              (core func $make-a (canon lower (func $a "make"))) (core func $make-b (canon lower (func $b "make")))
              (core func $read-a (canon lower (func $a "read"))) (core func $read-b (canon lower (func $b "read")))
              (core func $drop-a (canon resource.drop $ra)) (core func $drop-b (canon resource.drop $rb))
              (core module $main
                (import "" "make-a" (func $make-a (result i32))) (import "" "make-b" (func $make-b (result i32)))
                (import "" "read-a" (func $read-a (param i32) (result i32))) (import "" "read-b" (func $read-b (param i32) (result i32)))
                (import "" "drop-a" (func $drop-a (param i32))) (import "" "drop-b" (func $drop-b (param i32)))
                (func $a (export "a") (result i32) (local $r i32)
                  (local.set $r (call $make-a)) (call $read-a (local.get $r)) (call $drop-a (local.get $r)))
                (func $b (export "b") (result i32) (local $r i32)
                  (local.set $r (call $make-b)) (call $read-b (local.get $r)) (call $drop-b (local.get $r)))
                (func (export "init") (drop (call $a)) (drop (call $b)) (drop (call $b))))
              (core instance $i (instantiate $main (with "" (instance
                (export "make-a" (func $make-a)) (export "make-b" (func $make-b)) (export "read-a" (func $read-a))
                (export "read-b" (func $read-b)) (export "drop-a" (func $drop-a)) (export "drop-b" (func $drop-b))))))
              (func (export "init") (canon lift (core func $i "init")))
              (func (export "a") (result u32) (canon lift (core func $i "a")))
              (func (export "b") (result u32) (canon lift (core func $i "b"))))
            (instance $i (instantiate $caller (with "a" (instance $a)) (with "b" (instance $b))))
            (func (export "init") (alias export $i "init"))
            (func (export "a") (alias export $i "a")) (func (export "b") (alias export $i "b"))
            """);
        Assert.Equal((2u, 3u, 4u), (round.InvokeU32("a"), round.InvokeU32("b"), round.InvokeU32("b")));
    }

    [Fact]
    public void NamesAndAliases_FollowTheCopies()
    {
        byte[] component = Modules.CompileWithNames($"""
            (component $root
              {Counter}
              (core instance $a (instantiate $counter))
              (core instance $b (instantiate $counter))
              (core module $last (func (export "init")))
              (component $never (alias outer $root $last (core module $l)) (core instance (instantiate $l)))
              (core instance $c (instantiate $last))
              (func $init (export "init") (canon lift (core func $c "init"))))
            """);
        using ComponentRound round = ComponentRound.Initialize(component, new WizerOptions { InitFunc = "init" });
        ComponentNameSection names = ComponentNameSection.Read(round.Info);
        Assert.True(names.TryGetName(Sort.CoreModule, 2, out string? name));
        Assert.Equal("last", name);
        Assert.False(names.TryGetName(Sort.CoreModule, 1, out _));
        var never = round.Info.Definitions.OfType<ComponentDefinition>().Single().Component;
        Assert.Equal(2u, ((OuterAlias)never.Definitions[0]).Index);
    }

    [Fact]
    public void ModulesThatNobodyInstantiates_StayAsTheyAre()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $never (memory 1) (func $start (i32.store (i32.const 0) (i32.const 1))) (start $start))
            (component $unused (core module (func $s) (start $s)))
            (core module $m (func (export "init")))
            (core instance $a (instantiate $m)) (core instance (instantiate $m))
            (func (export "init") (canon lift (core func $a "init")))
            """);
        Assert.NotNull(round.Info.Definitions.OfType<CoreModuleDefinition>().First().Module.StartFunc);
        var unused = round.Info.Definitions.OfType<ComponentDefinition>().Single().Component;
        Assert.NotNull(unused.Definitions.OfType<CoreModuleDefinition>().Single().Module.StartFunc);
    }

    [Fact]
    public void ThePlaceOfAnError_SaysWhichInstance()
    {
        WizerException error = ComponentRound.Refuse("""
            (core module $bad (type $o (struct)) (global $g (export "g") (mut anyref) (ref.null any))
              (func (export "init") (global.set $g (struct.new $o))))
            (core module $user (import "b" "g" (global (mut anyref))))
            (core instance $a (instantiate $bad)) (core instance $b (instantiate $bad))
            (core instance (instantiate $user (with "b" (instance $b))))
            (func (export "init") (canon lift (core func $b "init")))
            """);
        Assert.Equal("core module 0, instance 1, global 0: a snapshot cannot hold an object, which modules may share", error.Message);
    }
}
