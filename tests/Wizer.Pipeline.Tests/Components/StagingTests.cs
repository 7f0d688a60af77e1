using System.Buffers;
using Wizer.Engine;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Components that start in the state of others, which import something else.</summary>
public sealed class StagingTests
{
    private const string Main = """
        (core module $main
          (import "" "next" (func $next (result i32)))
          (memory (export "memory") 1)
          (global $sum (mut i32) (i32.const 0))
          (func $start (global.set $sum (i32.const 1)))
          (start $start)
          (func (export "init") (global.set $sum (i32.add (global.get $sum) (call $next))) (i32.store (i32.const 4) (i32.const 9)))
          (func (export "get") (result i32)
            (i32.add (global.get $sum) (i32.add (i32.mul (i32.const 1000) (i32.load (i32.const 4))) (call $next)))))
        """;

    // What is imported is passed to a component beside what may stand in for it.
    private static string World(string next, string main = Main, string exports = "") => $"""
        {next}
        (component $app
          (import "next" (func $next (result u32)))
          {main}
          (core func $lowered (canon lower (func $next)))
          (core instance $main (instantiate $main (with "" (instance (export "next" (func $lowered))))))
          (func (export "init") (canon lift (core func $main "init")))
          (func (export "get") (result u32) (canon lift (core func $main "get"))))
        (instance $app (instantiate $app (with "next" (func $next))))
        (func (export "init") (alias export $app "init"))
        (func (export "get") (alias export $app "get"))
        {exports}
        """;

    private const string Imported = "(import \"next\" (func $next (result u32)))";

    // What stands in for the import begins where it did, in a copy, too.
    private const string Stubbed = """
        (component $stub
          (core module $m (global $n (mut i32) (i32.const 0))
            (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 2))) (global.get $n)))
          (core instance $a (instantiate $m)) (core instance $i (instantiate $m))
          (func (export "next") (result u32) (canon lift (core func $i "next"))))
        (instance $first (instantiate $stub))
        (instance $stub (instantiate $stub))
        (alias export $stub "next" (func $next))
        """;

    [Fact]
    public void Target_StartsInTheStateOfTheOther()
    {
        using ComponentRound round = Stage(World(Imported), World(Stubbed));
        Assert.Equal(0, Assert.Single(round.Report!.Component!.Modules).Index);
        Assert.Equal(["get"], round.Instance.Exports.Names);
        Assert.Equal(9043u, round.InvokeU32("get"));
    }

    [Fact]
    public void OtherModules_AreRefused()
    {
        WizerException error = Refuse(World(Imported), World(Imported, Main.Replace("(i32.const 9)", "(i32.const 8)", StringComparison.Ordinal)));
        Assert.Equal("core module 0: the component that is to start in this state has no such module", error.Message);
    }

    // Keeps, where modules share it, functions of its own and what it imports, and resources of its own.
    private static string Wired(string next, string arguments = "", string more = "") => $"""
        {next}
        (component $app
          (import "next" (func $next (result u32)))
          {more}
          (type $r (resource (rep i32)))
          (type $other (resource (rep i32)))
          (core func $new (canon resource.new $r)) (core func $rep (canon resource.rep $r)) (core func $drop (canon resource.drop $r))
          (core func $new-other (canon resource.new $other))
          (core func $next (canon lower (func $next)))
          (core module $owner
            (type $f (func (result i32)))
            (table $t (export "t") 2 10 funcref)
            (global $g (export "g") (mut (ref null $f)) (ref.null $f))
            (func (export "call") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
            (func (export "last") (result i32) (call_ref $f (global.get $g))))
          (core module $user
            (type $f (func (result i32)))
            (import "o" "t" (table $t 2 funcref)) (import "o" "g" (global $g (mut (ref null $f))))
            (import "o" "call" (func $call (param i32) (result i32))) (import "o" "last" (func $last (result i32)))
            (import "" "next" (func $next (type $f)))
            (import "" "new" (func $new (param i32) (result i32))) (import "" "rep" (func $rep (param i32) (result i32)))
            (import "" "drop" (func $drop (param i32))) (import "" "new-other" (func $new-other (param i32) (result i32)))
            (global $kept (mut i32) (i32.const 0))
            (func $five (type $f) (i32.const 5))
            (elem declare func $five $next)
            (func (export "init") (local $gone i32)
              (table.set $t (i32.const 0) (ref.func $next)) (table.set $t (i32.const 1) (ref.func $five))
              (drop (table.grow $t (ref.func $next) (i32.const 1)))
              (global.set $g (ref.func $next))
              (local.set $gone (call $new (i32.const 1)))
              (drop (call $new-other (i32.const 2)))
              (global.set $kept (call $new (i32.add (i32.const 10000) (i32.mul (i32.const 1000) (call $next)))))
              (call $drop (local.get $gone)))
            (func (export "get") (result i32)
              (i32.add (call $rep (global.get $kept))
                (i32.add (i32.add (call $call (i32.const 0)) (call $last))
                  (i32.add (i32.mul (i32.const 100) (call $call (i32.const 1))) (call $call (i32.const 2)))))))
          (core instance $o (instantiate $owner))
          {(arguments.Length == 0 ? UserArguments : arguments)}
          (core instance $u (instantiate $user (with "o" (instance $o)) (with "" (instance $given))))
          (func (export "init") (canon lift (core func $u "init")))
          (func (export "get") (result u32) (canon lift (core func $u "get"))))
        (instance $a (instantiate $app (with "next" (func $next))))
        (instance $b (instantiate $app (with "next" (func $next))))
        (func (export "a") (alias export $a "init")) (func (export "init") (alias export $b "init"))
        (func (export "get-a") (alias export $a "get")) (func (export "get") (alias export $b "get"))
        """;

    private const string UserArguments = """
        (core instance $given (export "next" (func $next)) (export "new" (func $new)) (export "rep" (func $rep))
          (export "drop" (func $drop)) (export "new-other" (func $new-other)))
        """;

    [Fact]
    public void TablesGlobalsAndResources_AreSetInTheOther_WhereverTheyAreThere()
    {
        // There, a core module provides the import, and all indices are others.
        const string Shifted = """
            (type $before (resource (rep i32)))
            (core module $stub (global $n (mut i32) (i32.const 0))
              (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 2))) (global.get $n)))
            (core instance $stub (instantiate $stub))
            (core func $before (canon resource.new $before))
            """;
        using ComponentRound round = Stage(
            Wired(Imported),
            Wired(Stubbed, UserArguments.Replace("(func $next)", "(func $stub \"next\")", StringComparison.Ordinal), Shifted));
        Assert.Equal(50000u + 500 + 2 + 4 + 6, round.InvokeU32("get"));
        Assert.NotEqual(0, round.Report!.Component!.RestoreByteLength);
        HandleReport left = Assert.Single(round.Report.Component.OpenHandles);
        Assert.Equal((HandleFate.Restored, 2), (left.Fate, left.Count));
    }

    [Fact]
    public void EachOfSeveralInstances_StartsInItsOwnState()
    {
        const string Both = """
            (component $both (import "a" (func $a)) (import "b" (func $b))
              (core func $a (canon lower (func $a))) (core func $b (canon lower (func $b)))
              (core module $m (import "" "a" (func $a)) (import "" "b" (func $b)) (func (export "init") (call $a) (call $b)))
              (core instance $m (instantiate $m (with "" (instance (export "a" (func $a)) (export "b" (func $b))))))
              (func (export "init") (canon lift (core func $m "init"))))
            (instance $both (instantiate $both (with "a" (func $a "init")) (with "b" (func $b "init"))))
            (func (export "init") (alias export $both "init"))
            """;
        static string World(string next) => Wired(next).Replace(
            "(func (export \"init\") (alias export $b \"init\"))", Both, StringComparison.Ordinal);
        using ComponentRound round = Stage(World(Imported), World(Stubbed));
        Assert.Equal(50000u + 500 + 2 + 4 + 6, round.InvokeU32("get-a"));
        Assert.Equal(50000u + 500 + 8 + 10 + 12, round.InvokeU32("get"));
    }

    [Theory]
    [InlineData("(export \"rep\" (func $rep))", "(export \"rep\" (func $new))", 6)]
    [InlineData("(export \"new-other\" (func $new-other))", "(export \"new-other\" (func $new))", 8)]
    public void ResourcesOfAnotherType_AreRefused(string argument, string other, int import)
    {
        WizerException error = Refuse(
            Wired(Imported), Wired(Imported, UserArguments.Replace(argument, other, StringComparison.Ordinal)));
        Assert.Equal(
            $"core module 1, instance 0, import {import}: the component that is to start in this state provides something else there",
            error.Message);
    }

    [Fact]
    public void ModulesThatHaveSomethingElseOfOneAnother_AreRefused()
    {
        static string Twice(string of) => $"""
            (core module $m (memory (export "memory") 1))
            (core module $n (import "" "memory" (memory 1)) (func (export "init")))
            (core instance $a (instantiate $m)) (core instance $b (instantiate $m))
            (core instance $n (instantiate $n (with "" (instance {of}))))
            (func (export "init") (canon lift (core func $n "init")))
            """;
        WizerException error = Refuse(Twice("$a"), Twice("$b"));
        Assert.Equal("core module 1, import 0: the component that is to start in this state provides something else there", error.Message);
    }

    [Fact]
    public void ModulesThatAreTogetherElsewhere_AreRefused()
    {
        const string Modules = "(core module $m) (core instance (instantiate $m))";
        const string Init = "(core module $i (func (export \"init\"))) (core instance $i (instantiate $i))";
        const string Lift = "(func (export \"init\") (canon lift (core func $i \"init\")))";
        WizerException error = Refuse(
            $"{Modules} {Init} {Lift}", $"(component $c {Modules}) (instance (instantiate $c)) {Init} {Lift}");
        Assert.Equal(
            "core module 1: the component that is to start in this state has it together with others in an instance of a component",
            error.Message);
    }

    private static ComponentRound Stage(string source, string target)
    {
        var output = new ArrayBufferWriter<byte>();
        RunReport report = new PreInitializer(new WizerOptions { InitFunc = "init" }).RunStaged(
            Modules.Compile($"(component {source})"),
            Modules.Compile($"(component {target})"),
            new BufferWriterSink(output),
            new InitEnvironment { DefineComponentImports = Define });
        Assert.Equal(output.WrittenCount, report.Snapshot.OutputByteLength);
        return ComponentRound.Of(output.WrittenSpan.ToArray(), report);
    }

    private static WizerException Refuse(string source, string target, string initFunc = "init")
    {
        var output = new ArrayBufferWriter<byte>();
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer(new WizerOptions { InitFunc = initFunc }).RunStaged(
            Modules.Compile($"(component {source})"),
            Modules.Compile($"(component {target})"),
            new BufferWriterSink(output),
            new InitEnvironment { DefineComponentImports = Define }));
        Assert.Equal((WizerError.UnsupportedModule, 0), (error.Error, output.WrittenCount));
        return error;
    }

    private static void Define(Store store, ComponentLinker linker) =>
        linker.DefineFunction(null, "next", static (_, _) => ComponentValue.Of(40u));
}
