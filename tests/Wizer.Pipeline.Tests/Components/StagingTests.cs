using System.Buffers;
using Wizer.Binary.Components;
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
        var output = new ArrayBufferWriter<byte>();
        RunReport report = new PreInitializer(new WizerOptions { InitFunc = "init" }).RunStaged(
            Modules.Compile($"(component {World(Imported)})"),
            Modules.Compile($"(component {World(Stubbed)})"),
            new BufferWriterSink(output),
            new InitEnvironment { DefineComponentImports = Define });
        Assert.Equal(output.WrittenCount, report.Snapshot.OutputByteLength);
        Assert.Equal(0, Assert.Single(report.Component!.Modules).Index);

        using var store = new Store();
        ComponentInfo info = ComponentReader.Parse(output.WrittenMemory);
        ComponentInstance instance = new ComponentLinker().Instantiate(
            store, CompiledComponent.Compile(info, ComponentValidator.Validate(info)));
        Assert.Equal(["get"], instance.Exports.Names);
        Assert.Equal(9043u, (uint)instance.Invoke("get")!.Value.AsInt64);
    }

    [Fact]
    public void OtherModules_AreRefused()
    {
        WizerException error = Refuse(World(Imported), World(Imported, Main.Replace("(i32.const 9)", "(i32.const 8)", StringComparison.Ordinal)));
        Assert.Equal("core module 0: the component that is to start in this state has no such module", error.Message);
    }

    [Fact]
    public void StateThatTakesAnotherModule_IsRefused()
    {
        const string Keeps = """
            (type $r (resource (rep i32))) (core func $new (canon resource.new $r))
            (core module $k (import "" "new" (func $new (param i32) (result i32))) (func (export "keep") (drop (call $new (i32.const 1)))))
            (core instance $k (instantiate $k (with "" (instance (export "new" (func $new))))))
            (func (export "keep") (canon lift (core func $k "keep")))
            """;
        WizerException error = Refuse(World(Imported, exports: Keeps), World(Imported, exports: Keeps), "keep");
        Assert.StartsWith("a component cannot start in a state of another one", error.Message, StringComparison.Ordinal);
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
