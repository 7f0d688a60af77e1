using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Components that call WASI 0.2 while they are initialized.</summary>
public sealed class ComponentWasiTests
{
    private const string Fields = """
        (import "wasi:io/streams@0.2.0" (instance $streams (export "output-stream" (type (sub resource)))))
        (alias export $streams "output-stream" (type $stream))
        (import "wasi:cli/stdout@0.2.3" (instance $stdout (export "get-stdout" (func (result (own $stream))))))
        (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
        (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
        (import "wasi:clocks/monotonic-clock@0.2.1" (instance $clock (export "now" (func (result u64)))))
        (core func $get-stdout (canon lower (func $stdout "get-stdout")))
        (core func $exit (canon lower (func $exit "exit")))
        (core func $random (canon lower (func $random "get-random-u64")))
        (core func $now (canon lower (func $clock "now")))
        (core module $m
          (import "w" "get-stdout" (func $get-stdout (result i32)))
          (import "w" "exit" (func $exit (param i32)))
          (import "w" "random" (func $random (result i64)))
          (import "w" "now" (func $now (result i64)))
          (global $a (mut i64) (i64.const 0)) (global $b (mut i64) (i64.const 0))
          (func (export "init") (global.set $a (call $random)) (global.set $b (call $now)))
          (func (export "leave") (drop (call $get-stdout)) (drop (call $get-stdout)))
          (func (export "succeed") (global.set $a (i64.const 7)) (call $exit (i32.const 0)))
          (func (export "fail") (call $exit (i32.const 1)))
          (func (export "sum") (result i64) (i64.add (global.get $a) (global.get $b))))
        (core instance $i (instantiate $m (with "w" (instance
          (export "get-stdout" (func $get-stdout)) (export "exit" (func $exit))
          (export "random" (func $random)) (export "now" (func $now))))))
        (func (export "init") (canon lift (core func $i "init")))
        (func (export "leave") (canon lift (core func $i "leave")))
        (func (export "succeed") (canon lift (core func $i "succeed")))
        (func (export "fail") (canon lift (core func $i "fail")))
        (func (export "sum") (result u64) (canon lift (core func $i "sum")))
        """;

    [Fact]
    public void WithoutPermission_ACallTraps_AndTheOptionIsNamed()
    {
        WizerException error = ComponentRound.Refuse(Fields);
        Assert.Equal("the initialization function trapped", error.Message);
        Assert.Equal(
            "component imports function `wasi:random/random@0.2.0`, `get-random-u64`, but a matching implementation was not found in the linker",
            error.InnerException!.Message);
        Assert.Equal("pass --allow-wasi to provide WASI while the component is initialized", error.Hint);
    }

    [Fact]
    public void ADeterministicRun_GivesTheSameBytes()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions(), Deterministic = new DeterministicOptions { RandomSeed = 3 } };
        using ComponentRound first = ComponentRound.Initialize(Fields, environment: environment);
        using ComponentRound second = ComponentRound.Initialize(Fields, environment: environment);
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.NotEqual("0", first.Invoke("sum").ToString());
        Assert.Equal(
            [("wasi:clocks/monotonic-clock", "now", 1L, 0L), ("wasi:random/random", "get-random-u64", 1L, 0L)],
            first.Report!.WasiCalls.Select(call => (call.Module, call.Name, call.CallCount, call.NondeterministicCallCount)));
    }

    [Fact]
    public void AnswersOfTheMachine_AreCounted()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions() };
        using ComponentRound first = ComponentRound.Initialize(Fields, environment: environment);
        using ComponentRound second = ComponentRound.Initialize(Fields, environment: environment);
        Assert.NotEqual(first.Bytes, second.Bytes);
        Assert.All(first.Report!.WasiCalls, call => Assert.Equal(1, call.NondeterministicCallCount));
    }

    [Fact]
    public void HandlesThatAreLeft_HaveTheNamesOfTheirTypes()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Fields, "leave", environment: new InitEnvironment { Wasi = new WasiOptions() });
        Assert.Equal([new HandleReport("own<wasi:io/streams.output-stream>", 2)], round.Report!.Component!.OpenHandles);
    }

    [Fact]
    public void Exits_AreAsOfModules()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions() };
        WizerException error = ComponentRound.Refuse(Fields, "succeed", environment);
        Assert.Equal(
            ("Exited with i32 exit status 0", "pass --allow-exit-zero to take the state that the component exits with"),
            (error.InnerException!.Message, error.Hint));
        using ComponentRound round = ComponentRound.Initialize(Fields, "succeed", environment: environment with { AllowExitZero = true });
        Assert.Equal("7", round.Invoke("sum").ToString());
        error = ComponentRound.Refuse(Fields, "fail", environment with { AllowExitZero = true });
        Assert.Equal("Exited with i32 exit status 1", error.InnerException!.Message);
    }

    [Fact]
    public void OptionsThatCannotBe_AreReported()
    {
        WizerException error = ComponentRound.Refuse(
            Fields, environment: new InitEnvironment { Wasi = new WasiOptions { Preopens = [new WasiPreopen("/no/such/directory", "/")] } });
        Assert.Equal((WizerError.EnvironmentUnusable, "failed to set up WASI"), (error.Error, error.Message));
        error = ComponentRound.Refuse(
            Fields, environment: new InitEnvironment { Wasi = new WasiOptions { Environment = [new WasiVariable("a=b", "")] } });
        Assert.Equal((WizerError.BadOption, "failed to set up WASI"), (error.Error, error.Message));
    }

    [Fact]
    public void ImportsThatNobodyProvides_AreDefaultsOrRefused_AsAskedFor()
    {
        using ComponentRound round = ComponentRound.Initialize(
            Fields, environment: new InitEnvironment { UnknownImports = UnknownImports.Default });
        Assert.Equal("0", round.Invoke("sum").ToString());
        WizerException error = ComponentRound.Refuse(Fields, environment: new InitEnvironment { UnknownImports = UnknownImports.Fail });
        Assert.Equal(
            "component imports 5 items that nobody provides: resource `wasi:io/streams@0.2.0`, `output-stream`, "
            + "function `wasi:cli/stdout@0.2.3`, `get-stdout`, function `wasi:cli/exit@0.2.0`, `exit`, "
            + "function `wasi:random/random@0.2.0`, `get-random-u64`, function `wasi:clocks/monotonic-clock@0.2.1`, `now`",
            error.Message);
        ComponentRound.Initialize(
            Fields, environment: new InitEnvironment { UnknownImports = UnknownImports.Fail, Wasi = new WasiOptions() }).Dispose();
    }
}
