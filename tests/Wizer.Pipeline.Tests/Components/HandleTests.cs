using Wizer.Engine;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Handles of resources that are there after the initialization.</summary>
public sealed class HandleTests
{
    // Keeps three of its own resources, one of which is gone in between, and counts what its destructor is called for.
    private const string Own = """
        (core module $d (global $dropped (mut i32) (i32.const 0))
          (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
          (func (export "dropped") (result i32) (global.get $dropped)))
        (core instance $d (instantiate $d))
        (type $r (resource (rep i32) (dtor (func $d "dtor"))))
        (type $s (resource (rep i32)))
        (export "thing" (type $r))
        (core func $new (canon resource.new $r)) (core func $drop (canon resource.drop $r)) (core func $rep (canon resource.rep $r))
        (core func $new-s (canon resource.new $s)) (core func $rep-s (canon resource.rep $s))
        (core module $m
          (import "" "new" (func $new (param i32) (result i32))) (import "" "drop" (func $drop (param i32)))
          (import "" "rep" (func $rep (param i32) (result i32))) (import "" "new-s" (func $new-s (param i32) (result i32)))
          (import "" "rep-s" (func $rep-s (param i32) (result i32)))
          (global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0)) (global $s (mut i32) (i32.const 0))
          (func (export "init") (local $x i32) (local $y i32)
            (global.set $a (call $new (i32.const 10)))
            (local.set $x (call $new (i32.const 100)))
            (local.set $y (call $new (i32.const 200)))
            (global.set $b (call $new (i32.const -30)))
            (global.set $s (call $new-s (i32.const 5)))
            (call $drop (local.get $y)) (call $drop (local.get $x)))
          (func (export "get") (result i32)
            (i32.add (call $rep (global.get $a)) (i32.add (call $rep (global.get $b)) (call $rep-s (global.get $s)))))
          (func (export "next") (result i32) (call $new (i32.const 7)))
          (func (export "end") (call $drop (global.get $a)) (call $drop (global.get $b))))
        (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))
          (export "new-s" (func $new-s)) (export "rep-s" (func $rep-s))))))
        (func (export "init") (canon lift (core func $i "init")))
        (func (export "get") (result s32) (canon lift (core func $i "get")))
        (func (export "next") (result u32) (canon lift (core func $i "next")))
        (func (export "end") (canon lift (core func $i "end")))
        (func (export "dropped") (result s32) (canon lift (core func $d "dropped")))
        """;

    [Fact]
    public void HandlesOfOwnResources_AreMadeAnew_WithTheirIndices()
    {
        using ComponentRound round = ComponentRound.Initialize(Own);
        Assert.Equal(-15, round.Invoke("get")!.Value.AsInt64);
        Assert.Equal(300, round.Invoke("dropped")!.Value.AsInt64);

        // Those that were free are used again in the same order, the one dropped last first.
        Assert.Equal((2u, 3u, 6u), (round.InvokeU32("next"), round.InvokeU32("next"), round.InvokeU32("next")));
        round.Invoke("end");
        Assert.Equal(280, round.Invoke("dropped")!.Value.AsInt64);
        Assert.Equal(
            [
                new HandleReport("own<resource of the component>", 1) { Fate = HandleFate.Restored },
                new HandleReport("own<thing>", 2) { Fate = HandleFate.Restored },
            ],
            round.Report!.Component!.OpenHandles);
        Assert.NotEqual(0, round.Report.Component.RestoreByteLength);
    }

    [Fact]
    public void HandlesOfOwnResources_AreMadeAnewAgain()
    {
        using ComponentRound first = ComponentRound.Initialize(Own);
        using ComponentRound again = ComponentRound.Initialize(first.Bytes, new WizerOptions { InitFunc = "next()" });
        Assert.Equal(-15, again.Invoke("get")!.Value.AsInt64);
        Assert.Equal(3u, again.InvokeU32("next"));
    }

    [Fact]
    public void HandlesOfOwnResources_AreNoErrorWhereLostOnesAre() =>
        ComponentRound.Initialize(Own, environment: new InitEnvironment { FailsOnLostHandles = true }).Dispose();

    [Theory]
    [InlineData(249_999)]
    [InlineData(250_000)]
    public void ManyHandles_AreMadeAnew_UpToALimitThatIsNamed(int count)
    {
        string component = $"""
            (type $r (resource (rep i32)))
            (core func $new (canon resource.new $r)) (core func $rep (canon resource.rep $r))
            (core module $m
              (import "" "new" (func $new (param i32) (result i32))) (import "" "rep" (func $rep (param i32) (result i32)))
              (func (export "init") (local $i i32)
                (loop (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (drop (call $new (i32.mul (i32.const 3) (local.get $i))))
                  (br_if 0 (i32.lt_u (local.get $i) (i32.const {count})))))
              (func (export "get") (result i32) (call $rep (i32.const {count}))))
            (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))))))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """;
        if (count == 249_999)
        {
            using ComponentRound round = ComponentRound.Initialize(component);
            Assert.Equal(749_997u, round.InvokeU32("get"));
            return;
        }

        Assert.Equal(
            "the initialization left up to 250000 handles, of resources of the component's own: at most 249999 can be made again",
            ComponentRound.Refuse(component).Message);
    }

    // A host with a resource, which the component gets and keeps.
    private static string Imported(string more = "") => $"""
        (import "wasi:filesystem/types@0.2.3" (instance $fs (export "descriptor" (type $d (sub resource)))
          (export "open" (func (result (own $d))))))
        (import "other" (type $other (sub resource)))
        (import "make" (func $make (result (own $other))))
        (alias export $fs "descriptor" (type $d))
        (core func $open (canon lower (func $fs "open")))
        (core func $make (canon lower (func $make)))
        (core module $m
          (import "" "open" (func $open (result i32))) (import "" "make" (func $make (result i32)))
          (global $resets (mut i32) (i32.const 0))
          (func (export "one") (drop (call $make)))
          (func (export "init") (drop (call $open)) (drop (call $open)) (drop (call $make)))
          {more}
          (func (export "get") (result i32) (global.get $resets)))
        (core instance $i (instantiate $m (with "" (instance (export "open" (func $open)) (export "make" (func $make))))))
        (func (export "one") (canon lift (core func $i "one")))
        (func (export "init") (canon lift (core func $i "init")))
        (func (export "get") (result u32) (canon lift (core func $i "get")))
        """;

    private const string Resets = """
        (func (export "__wasilibc_reset_preopens") (global.set $resets (i32.add (i32.mul (global.get $resets) (i32.const 10)) (i32.const 2))))
        (func (export "reset_adapter_state") (global.set $resets (i32.add (i32.mul (global.get $resets) (i32.const 10)) (i32.const 1))))
        """;

    private static void Define(Store store, ComponentLinker linker)
    {
        var descriptor = new ComponentResourceType("descriptor");
        var other = new ComponentResourceType("other");
        linker.DefineResource("wasi:filesystem/types@0.2.3", "descriptor", descriptor);
        linker.DefineResource(null, "other", other);
        linker.DefineFunction(
            "wasi:filesystem/types@0.2.3", "open", (_, _) => ComponentValue.Own(new ComponentResource(descriptor, 1)));
        linker.DefineFunction(null, "make", (_, _) => ComponentValue.Own(new ComponentResource(other, 2)));
    }

    [Fact]
    public void HandlesOfTheHost_AreReportedAsLost_WithTheirTypes()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Imported(), environment: new InitEnvironment { DefineComponentImports = Define });
        Assert.Equal(
            ["own<other> x1", "own<wasi:filesystem/types.descriptor> x2"],
            round.Report!.Component!.OpenHandles.Select(static report => $"{report}"));
        Assert.All(round.Report.Component.OpenHandles, static report => Assert.Equal(HandleFate.Lost, report.Fate));
        Assert.Equal(0, round.Report.Component.RestoreByteLength);
    }

    [Fact]
    public void LostHandles_AreAnError_WhereThatIsAskedFor()
    {
        WizerException error = ComponentRound.Refuse(
            Imported(Resets), environment: new InitEnvironment { DefineComponentImports = Define, FailsOnLostHandles = true });
        Assert.Equal("the initialization left handles of resources: own<other> x1", error.Message);
        error = ComponentRound.Refuse(
            Imported(),
            environment: new InitEnvironment { DefineComponentImports = Define, FailsOnLostHandles = true });
        Assert.Equal(
            "the initialization left handles of resources: own<other> x1, own<wasi:filesystem/types.descriptor> x2", error.Message);
    }

    [Theory]
    [InlineData("init", true, 12u, HandleFate.Forgotten)]
    [InlineData("init", false, 0u, HandleFate.Lost)]
    [InlineData("one", true, 0u, HandleFate.Lost)]
    public void WhatKeepsHandlesOfWasi_ForgetsThem_WhereSomeAre(string init, bool resets, uint expected, HandleFate fate)
    {
        using ComponentRound round = ComponentRound.Initialize(
            Imported(Resets), init, environment: new InitEnvironment { DefineComponentImports = Define, ResetsWasi = resets });
        Assert.Equal(expected, round.InvokeU32("get"));
        Assert.Equal(fate, round.Report!.Component!.OpenHandles[^1].Fate);
        string[] called = expected == 0 ? [] : ["reset_adapter_state", "__wasilibc_reset_preopens"];
        Assert.Equal(called, round.Report.Component.Resets);
    }

    [Fact]
    public void ResetOfAnotherType_IsNotCalled_AndOneThatTraps_IsAnError()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Imported("(func (export \"reset_adapter_state\") (param i32) unreachable)"),
            environment: new InitEnvironment { DefineComponentImports = Define });
        Assert.Empty(round.Report!.Component!.Resets);
        WizerException error = ComponentRound.Refuse(
            Imported("(func (export \"reset_adapter_state\") unreachable)"),
            environment: new InitEnvironment { DefineComponentImports = Define });
        Assert.Equal("the `reset_adapter_state` function trapped", error.Message);
        Assert.StartsWith("pass --reset-wasi=false", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void HandlesOfNestedInstances_AreReportedWithTheirOwner()
    {
        byte[] component = Modules.CompileWithNames("""
            (component
              (component $maker
                (type $r (resource (rep i32)))
                (export $rx "counter" (type $r))
                (core func $new (canon resource.new $r))
                (core module $m (import "" "new" (func $new (param i32) (result i32)))
                  (func (export "make") (result i32) (call $new (i32.const 9))))
                (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
                (func (export "make") (result (own $rx)) (canon lift (core func $i "make"))))
              (component $user
                (import "p" (instance $p (export "counter" (type $c (sub resource))) (export "make" (func (result (own $c))))))
                (core func $make (canon lower (func $p "make")))
                (core module $m (import "" "make" (func $make (result i32))) (func (export "init") (drop (call $make))))
                (core instance $i (instantiate $m (with "" (instance (export "make" (func $make))))))
                (func (export "init") (canon lift (core func $i "init"))))
              (instance $p (instantiate $maker))
              (instance $the-user (instantiate $user (with "p" (instance $p))))
              (func (export "init") (alias export $the-user "init")))
            """);
        using ComponentRound round = ComponentRound.Initialize(component, new WizerOptions { InitFunc = "init" });
        Assert.Equal(["own<counter> x1 of `the-user`"], round.Report!.Component!.OpenHandles.Select(static report => $"{report}"));
    }
}
