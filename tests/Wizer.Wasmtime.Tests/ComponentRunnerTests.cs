using System.Buffers;
using Wasmtime.Components;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.TestSupport;
using Xunit;
using OurValue = Wizer.Engine.Components.ComponentValue;

namespace Wizer.Wasmtime.Tests;

/// <summary>Whole runs of components: with Wasmtime they give what the embedded engine gives.</summary>
public sealed class ComponentRunnerTests : IDisposable
{
    private const string Text = """
        (component
          (type $c' (record (field "name" string) (field "sizes" (list u16)) (field "flag" (option bool))))
          (import "config" (type $c (eq $c')))
          (core module $A
            (memory (export "mem") 1)
            (global $next (mut i32) (i32.const 1024))
            (global $g (mut i64) (i64.const 7))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
              (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
              (global.get $next)
              (global.set $next (i32.add (global.get $next) (local.get 3))))
            (func (export "bare") (i32.store (i32.const 16) (i32.const 99)))
            (func (export "setup") (param i32 i32 i32 i32 i32 i32) (result i32)
              (global.set $g (i64.extend_i32_u (i32.add (local.get 1) (local.get 3))))
              (i32.store8 (i32.const 32) (i32.eqz (local.get 1)))
              (i32.store (i32.const 36) (local.get 3))
              (i32.const 32))
            (func (export "trap") unreachable)
            (func (export "spin") (loop $l (br $l))))
          (core module $B
            (import "a" "mem" (memory 1)) (data (i32.const 64) "segment")
            (func $s (i32.store8 (i32.const 72) (i32.const 1))) (start $s))
          (core instance $a (instantiate $A))
          (core instance (instantiate $B (with "a" (instance $a))))
          (func $bare (canon lift (core func $a "bare")))
          (func $setup (param "config" $c) (result (result u32 (error u32)))
            (canon lift (core func $a "setup") (memory (core memory $a "mem")) (realloc (core func $a "realloc"))))
          (export "bare" (func $bare))
          (export "setup" (func $setup))
          (func (export "trap") (canon lift (core func $a "trap")))
          (func (export "spin") (canon lift (core func $a "spin")))
          (component $I
            (import "f" (func $f))
            (export "in-instance" (func $f)))
          (instance $i (instantiate $I (with "f" (func $bare))))
          (export "local:local/init@0.1.0" (instance $i)))
        """;

    private readonly WasmtimeRunner _wasmtime = new();

    public void Dispose() => _wasmtime.Dispose();

    [Theory]
    [InlineData("bare")]
    [InlineData("in-instance")]
    [InlineData("local:local/init.in-instance@0.1.0()")]
    [InlineData("setup({name: \"hö☃\", sizes: [1, 2, 3], flag: some(true)})")]
    public void BothEngines_GiveOneOutput_AndOneResult(string initFunc)
    {
        (byte[] expected, RunReport embedded) = Run(EmbeddedEngine.Instance, initFunc);
        (byte[] actual, RunReport other) = Run(_wasmtime, initFunc);

        Assert.Equal(expected, actual);
        Assert.Equal(embedded.Component!.Result, other.Component!.Result);
        Assert.Equal(
            embedded.Component.Modules.Select(static module => (module.Index, module.Snapshot.SegmentCount, module.Snapshot.GlobalCount)),
            other.Component.Modules.Select(static module => (module.Index, module.Snapshot.SegmentCount, module.Snapshot.GlobalCount)));
        Assert.Equal(embedded.Snapshot.OutputByteLength, other.Snapshot.OutputByteLength);
    }

    [Fact]
    public void Result_IsReported()
    {
        (_, RunReport report) = Run(_wasmtime, "setup({name: \"abc\", sizes: [1, 2]})");

        Assert.Equal(OurValue.Ok(OurValue.Of(2u)), report.Component!.Result);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("setup(1)")]
    [InlineData("setup")]
    [InlineData("setup({name: \"\", sizes: []})")]
    public void BothEngines_FailAlike(string initFunc)
    {
        WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, initFunc));
        WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, initFunc));

        Assert.Equal((expected.Error, expected.Message, expected.Hint), (actual.Error, actual.Message, actual.Hint));
        Assert.Equal(expected.InnerException?.Message, actual.InnerException?.Message);
    }

    [Fact]
    public void Trap_IsThatOfTheEmbeddedEngine()
    {
        WizerException error = Assert.Throws<WizerException>(() => Run(_wasmtime, "trap"));

        Assert.Equal((WizerError.InitializationFailed, "the initialization function trapped"), (error.Error, error.Message));
        Assert.Equal("unreachable", Assert.IsType<WasmTrapException>(error.InnerException).Message);
    }

    [Fact]
    public void ErrorResult_IsTakenWhenItIsAllowed()
    {
        (_, RunReport report) = Run(
            _wasmtime, "setup({name: \"\", sizes: []})", new InitEnvironment { AllowInitError = true });

        Assert.Equal("err(0)", report.Component!.Result.ToString());
    }

    [Fact]
    public void Timeout_EndsTheRun()
    {
        WizerException error = Assert.Throws<WizerException>(
            () => Run(_wasmtime, "spin", new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    [Fact]
    public void Imports_AreThoseOfTheOptions()
    {
        byte[] component = Wat.Compile("""
            (component
              (import "number" (func $n (result u32)))
              (core func $n' (canon lower (func $n)))
              (core module $M
                (import "" "n" (func $n (result i32))) (global $g (mut i32) (i32.const 0))
                (func (export "init") (global.set $g (call $n))))
              (core instance $m (instantiate $M (with "" (instance (export "n" (func $n'))))))
              (func (export "bare") (canon lift (core func $m "init"))))
            """);
        using var runner = new WasmtimeRunner(new WasmtimeOptions
        {
            DefineComponentImports = static linker =>
            {
                using ComponentLinkerInstance root = linker.Root();
                root.DefineFunction("number", static (_, results) => results[0] = ComponentValue.U32(5));
            },
        });
        var output = new ArrayBufferWriter<byte>();
        var wizer = new PreInitializer(new WizerOptions { InitFunc = "bare" });

        RunReport report = runner.Run(wizer, component, new BufferWriterSink(output));

        Assert.Equal(1, report.Snapshot.GlobalCount);
        Assert.True(output.WrittenSpan.IndexOf("\x7f\x01\x41\x05\x0b"u8) > 0);
        WizerException missing = Refuse(new InitEnvironment { UnknownImports = UnknownImports.Fail });
        Assert.Equal(WizerError.InstantiationFailed, missing.Error);
        Assert.Contains("number", missing.Message, StringComparison.Ordinal);
        Assert.Equal(WizerError.InitializationFailed, Refuse(InitEnvironment.Empty).Error);

        WizerException Refuse(InitEnvironment environment) => Assert.Throws<WizerException>(
            () => _wasmtime.Run(wizer, component, new BufferWriterSink(new ArrayBufferWriter<byte>()), environment));
    }

    [Fact]
    public void ImportsOfTheOtherEngine_AreAnError()
    {
        WizerException error = Assert.Throws<WizerException>(
            () => Run(_wasmtime, "bare", new InitEnvironment { DefineComponentImports = static (_, _) => { } }));

        Assert.Equal(WizerError.BadOption, error.Error);
    }

    [Fact]
    public void HandlesThatAreNotSeen_CannotBeAnError()
    {
        byte[] component = Wat.Compile("""
            (component
              (type $r (resource (rep i32)))
              (export "thing" (type $r))
              (core module $m (func (export "init")))
              (core instance $i (instantiate $m))
              (func (export "init") (canon lift (core func $i "init"))))
            """);
        var environment = new InitEnvironment { FailsOnLostHandles = true };
        WizerException error = Assert.Throws<WizerException>(() => _wasmtime.Run(
            new PreInitializer(new WizerOptions { InitFunc = "init" }),
            component,
            new BufferWriterSink(new ArrayBufferWriter<byte>()),
            environment));

        Assert.Equal(
            (WizerError.BadOption, "--handles=fail cannot be used with Wasmtime, which does not show handles of `thing`"),
            (error.Error, error.Message));
        Assert.Equal(Run(EmbeddedEngine.Instance, "bare", environment).Output, Run(_wasmtime, "bare", environment).Output);
    }

    private static (byte[] Output, RunReport Report) Run(IInitEngine engine, string initFunc, InitEnvironment? environment = null)
    {
        var output = new ArrayBufferWriter<byte>();
        RunReport report = engine.Run(
            new PreInitializer(new WizerOptions { InitFunc = initFunc }), Wat.Compile(Text), new BufferWriterSink(output), environment);
        return (output.WrittenSpan.ToArray(), report);
    }
}
