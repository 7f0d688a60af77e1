using System.Buffers;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Components that call WASI 0.2 while they are initialized: it is ours on both engines.</summary>
public sealed class ComponentWasiTests : IDisposable
{
    private const string Text = """
        (component
          (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
          (alias export $error "error" (type $error))
          (import "wasi:io/streams@0.2.0" (instance $streams
            (export "output-stream" (type $output-stream (sub resource)))
            (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
            (export "stream-error" (type $stream-error (eq $stream-error')))
            (export "[method]output-stream.blocking-write-and-flush"
              (func (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
          (alias export $streams "output-stream" (type $output-stream))
          (import "wasi:cli/stdout@0.2.6" (instance $stdout (export "get-stdout" (func (result (own $output-stream))))))
          (import "wasi:cli/environment@0.2.0" (instance $environment
            (export "get-environment" (func (result (list (tuple string string)))))))
          (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
          (import "wasi:clocks/wall-clock@0.2.0" (instance $clock
            (type $datetime' (record (field "seconds" u64) (field "nanoseconds" u32)))
            (export "datetime" (type $datetime (eq $datetime')))
            (export "now" (func (result $datetime)))))
          (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
          (core module $memory
            (memory (export "memory") 1)
            (global $top (mut i32) (i32.const 1024))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
              (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
              (global.get $top)
              (global.set $top (i32.add (global.get $top) (local.get 3)))))
          (core instance $memory (instantiate $memory))
          (alias core export $memory "memory" (core memory $memory))
          (alias core export $memory "realloc" (core func $realloc))
          (core func $get-stdout (canon lower (func $stdout "get-stdout")))
          (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
          (core func $get-environment (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc)))
          (core func $exit (canon lower (func $exit "exit")))
          (core func $now (canon lower (func $clock "now") (memory $memory)))
          (core func $get-random (canon lower (func $random "get-random-u64")))
          (core func $drop (canon resource.drop $output-stream))
          (core module $main
            (import "wasi" "memory" (memory 1))
            (import "wasi" "get-stdout" (func $get-stdout (result i32)))
            (import "wasi" "write" (func $write (param i32 i32 i32 i32)))
            (import "wasi" "get-environment" (func $get-environment (param i32)))
            (import "wasi" "exit" (func $exit (param i32)))
            (import "wasi" "now" (func $now (param i32)))
            (import "wasi" "get-random" (func $get-random (result i64)))
            (import "wasi" "drop" (func $drop (param i32)))
            (global $stdout (mut i32) (i32.const 0))
            (data (i32.const 0) "hello\n")
            (func (export "init")
              (global.set $stdout (call $get-stdout))
              (call $write (global.get $stdout) (i32.const 0) (i32.const 6) (i32.const 16))
              (call $drop (global.get $stdout))
              (global.set $stdout (i32.const 0))
              (call $get-environment (i32.const 32))
              (call $now (i32.const 48))
              (i64.store (i32.const 64) (call $get-random)))
            (func (export "leave") (global.set $stdout (call $get-stdout)))
            (func (export "reset_adapter_state") (global.set $stdout (i32.const -1)))
            (func (export "__wasilibc_reset_preopens") (i32.store (i32.const 84) (global.get $stdout)))
            (func (export "exit") (i32.store (i32.const 80) (i32.const 1)) (call $exit (i32.const 0)))
            (func (export "fail") (call $exit (i32.const 1)))
            (func (export "closed") (global.set $stdout (call $get-stdout)) (call $drop (global.get $stdout)) (call $drop (global.get $stdout))))
          (core instance $main (instantiate $main (with "wasi" (instance
            (export "memory" (memory $memory))
            (export "get-stdout" (func $get-stdout))
            (export "write" (func $write))
            (export "get-environment" (func $get-environment))
            (export "exit" (func $exit))
            (export "now" (func $now))
            (export "get-random" (func $get-random))
            (export "drop" (func $drop))))))
          (func (export "init") (canon lift (core func $main "init")))
          (func (export "leave") (canon lift (core func $main "leave")))
          (func (export "exit") (canon lift (core func $main "exit")))
          (func (export "fail") (canon lift (core func $main "fail")))
          (func (export "closed") (canon lift (core func $main "closed"))))
        """;

    private static readonly InitEnvironment s_deterministic = new()
    {
        Deterministic = new DeterministicOptions { RandomSeed = 7 },
        Wasi = new WasiOptions { Environment = [new WasiVariable("NAME", "välue")] },
    };

    private readonly WasmtimeRunner _wasmtime = new();

    public void Dispose() => _wasmtime.Dispose();

    [Theory]
    [InlineData("init")]
    [InlineData("leave")]
    public void BothEngines_GiveOneOutput_AndCountTheSameCalls(string initFunc)
    {
        var stdout = new MemoryStream();
        InitEnvironment environment = s_deterministic with { Wasi = s_deterministic.Wasi! with { Stdout = stdout } };
        (byte[] expected, RunReport embedded) = Run(EmbeddedEngine.Instance, initFunc, environment);
        string written = System.Text.Encoding.UTF8.GetString(stdout.ToArray());
        (byte[] actual, RunReport other) = Run(_wasmtime, initFunc, environment);

        Assert.Equal(expected, actual);
        Assert.Equal(written + written, System.Text.Encoding.UTF8.GetString(stdout.ToArray()));
        Assert.Equal(initFunc == "init" ? "hello\n" : "", written);
        Assert.NotEmpty(embedded.WasiCalls);
        Assert.Equal(embedded.WasiCalls, other.WasiCalls);
        Assert.Equal(embedded.EnvironmentVariableCount, other.EnvironmentVariableCount);
        Assert.Equal(embedded.Component!.OpenHandles, other.Component!.OpenHandles);
        Assert.Equal(embedded.Component.Resets, other.Component.Resets);
        Assert.Equal(initFunc == "leave" ? 2 : 0, other.Component.Resets.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HandlesOfWasi_AreSeenByBothEngines(bool fails)
    {
        InitEnvironment environment = s_deterministic with { FailsOnLostHandles = fails, ResetsWasi = false };
        if (fails)
        {
            WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, "leave", environment));
            WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, "leave", environment));
            Assert.Equal((expected.Error, expected.Message, expected.Hint), (actual.Error, actual.Message, actual.Hint));
            Assert.Equal(Run(EmbeddedEngine.Instance, "init", environment).Output, Run(_wasmtime, "init", environment).Output);
            return;
        }

        (byte[] output, RunReport report) = Run(_wasmtime, "leave", environment);
        Assert.Equal(["own<wasi:io/streams.output-stream> x1"], report.Component!.OpenHandles.Select(static left => $"{left}"));
        Assert.Equal(HandleFate.Lost, report.Component.OpenHandles[0].Fate);
        Assert.Equal(Run(EmbeddedEngine.Instance, "leave", environment).Output, output);
    }

    [Fact]
    public void AllThatNobodyProvides_IsNamed()
    {
        var environment = new InitEnvironment { UnknownImports = UnknownImports.Fail };
        WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, "init", environment));
        WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, "init", environment));
        Assert.Equal((expected.Error, expected.Message, expected.Hint), (actual.Error, actual.Message, actual.Hint));
        Assert.Equal(expected.InnerException?.Message, actual.InnerException?.Message);
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("fail")]
    [InlineData("closed")]
    public void BothEngines_FailAlike(string initFunc)
    {
        WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, initFunc, s_deterministic));
        WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, initFunc, s_deterministic));

        Assert.Equal((expected.Error, expected.Message, expected.Hint), (actual.Error, actual.Message, actual.Hint));
        if (initFunc != "closed")
        {
            // What is said of a handle that is none is each engine's own.
            Assert.Equal(expected.InnerException!.Message, actual.InnerException!.Message);
        }
    }

    [Fact]
    public void AnExit_CannotBeTakenForTheEnd()
    {
        WizerException error = Assert.Throws<WizerException>(
            () => Run(_wasmtime, "exit", s_deterministic with { AllowExitZero = true }));
        Assert.Equal(
            (WizerError.BadOption, "--allow-exit-zero cannot be used with components on Wasmtime"), (error.Error, error.Message));
    }

    [Fact]
    public void WithoutPermission_ACallTraps()
    {
        WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, "init", new InitEnvironment()));
        WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, "init", new InitEnvironment()));
        Assert.Equal((expected.Error, expected.Message), (actual.Error, actual.Message));
    }

    [Fact]
    public void Defaults_AreThoseOfTheEmbeddedEngine()
    {
        var environment = new InitEnvironment { UnknownImports = UnknownImports.Default };
        Assert.Equal(Run(EmbeddedEngine.Instance, "init", environment).Output, Run(_wasmtime, "init", environment).Output);
    }

    [Fact]
    public void ADirectoryThatIsNotThere_IsReportedAlike()
    {
        InitEnvironment environment = s_deterministic with
        {
            Wasi = new WasiOptions { Preopens = [new WasiPreopen("/no/such/directory", "/")] },
        };
        WizerException expected = Assert.Throws<WizerException>(() => Run(EmbeddedEngine.Instance, "init", environment));
        WizerException actual = Assert.Throws<WizerException>(() => Run(_wasmtime, "init", environment));
        Assert.Equal((expected.Error, expected.Message), (actual.Error, actual.Message));
    }

    private static (byte[] Output, RunReport Report) Run(IInitEngine engine, string initFunc, InitEnvironment environment)
    {
        var output = new ArrayBufferWriter<byte>();
        RunReport report = engine.Run(
            new PreInitializer(new WizerOptions { InitFunc = initFunc }), Wat.Compile(Text), new BufferWriterSink(output), environment);
        return (output.WrittenSpan.ToArray(), report);
    }
}
