using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What is said of runs that failed.</summary>
public sealed class RunHintTests
{
    private const string AllowWasi = "pass --allow-wasi to provide WASI while the module is initialized";

    private const string Provide = "--preload env=FILE provides the functions of another module, --stub env=zero ones that return zeros";

    [Theory]
    [InlineData("wasi_snapshot_preview1", "sched_yield", false, AllowWasi)]
    [InlineData("env", "f", false, Provide)]
    [InlineData("env", "f", true, Provide)]
    public void Of_SaysWhatProvidesAFunction(string module, string name, bool allowsWasi, string hint)
    {
        string import = $"(import \"{module}\" \"{name}\" (func $f (result i32))) (memory (export \"memory\") 1) (func $g (drop (call $f)))";
        const string InitFunc = "(func (export \"wizer-initialize\"))";
        var environment = new InitEnvironment { Wasi = allowsWasi ? new WasiOptions() : null };
        Assert.Equal(hint, Fails($"(module {import} (export \"wizer-initialize\" (func $g)))", environment).Hint);
        Assert.Equal(hint, Fails($"(module {import} (export \"_initialize\" (func $g)) {InitFunc})", environment).Hint);
        Assert.Equal(hint, Fails($"(module {import} (start $g) {InitFunc})", environment).Hint);
        environment = environment with { Preloads = [new PreloadModule("p", Modules.Compile($"(module {import})"))] };
        Assert.Equal(hint, Fails($"(module {InitFunc})", environment).Hint);
    }

    [Fact]
    public void Of_DoesNotOfferWasi_WhereItIsProvided()
    {
        const string Wat =
            """
            (module
              (import "wasi_snapshot_preview1" "sock_open" (func $f))
              (memory (export "memory") 1)
              (func (export "wizer-initialize") (call $f)))
            """;
        Assert.StartsWith(
            "--preload wasi_snapshot_preview1=FILE", Fails(Wat, new InitEnvironment { Wasi = new WasiOptions() }).Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(export \"wizer-initialize\" (func $s))", "pass --allow-exit-zero to take the state that the module exits with")]
    [InlineData("(start $s) (func (export \"wizer-initialize\"))", null)]
    [InlineData("(export \"_initialize\" (func $s)) (func (export \"wizer-initialize\"))", null)]
    public void Of_OffersToTakeAnExit_WhereThatHelps(string fields, string? hint) => Assert.Equal(
        hint,
        Fails(
            $"""
             (module
               (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
               (memory (export "memory") 1)
               (func $s (call $exit (i32.const 0)))
               {fields})
             """,
            new InitEnvironment { Wasi = new WasiOptions() }).Hint);

    [Fact]
    public void Of_SaysNothingOfOtherTraps() =>
        Assert.Null(Fails("(module (func (export \"wizer-initialize\") unreachable))", InitEnvironment.Empty).Hint);

    private static WizerException Fails(string wat, InitEnvironment environment) =>
        Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile(wat), environment));
}
