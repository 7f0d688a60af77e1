using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Modules that others import from, on both engines.</summary>
public class PreloadTests
{
    private const string Library = """
        (module $library
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1) (global (export "global") (mut i32) (i32.const 3)) (table (export "table") 2 funcref)
          (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
          (func (export "many") (param i32 f64 v128 funcref externref) (result externref v128 i64)
            (local.get 4) (local.get 2) (i64.const 9))
          (func (export "random") (result i32) (drop (call $random (i32.const 8) (i32.const 4))) (i32.load (i32.const 8)))
          (func (export "trap") unreachable))
        """;

    private const string Middle = """
        (module $middle
          (import "library" "memory" (memory 1)) (import "library" "global" (global $g (mut i32))) (import "library" "table" (table 2 funcref))
          (import "library" "twice" (func $twice (param i32) (result i32)))
          (func (export "four times") (param i32) (result i32)
            (global.set $g (i32.const 4)) (i32.store (i32.const 100) (i32.const 5)) (call $twice (call $twice (local.get 0)))))
        """;

    [Fact]
    public void BothEngines_GiveOneOutput_AndCountAlike()
    {
        byte[] module = Modules.Compile("""
            (module
              (import "library" "twice" (func $twice (param i32) (result i32)))
              (import "middle" "four times" (func $four (param i32) (result i32)))
              (import "library" "many" (func $many (param i32 f64 v128 funcref externref) (result externref v128 i64)))
              (import "library" "random" (func $random (result i32)))
              (import "nobody" "knows" (func $unused))
              (memory 1) (global $r (mut i32) (i32.const 0)) (global $v (mut v128) (v128.const i64x2 0 0)) (global $l (mut i64) (i64.const 0))
              (func (export "wizer-initialize")
                (i32.store (i32.const 0) (call $twice (i32.const 21)))
                (i32.store (i32.const 4) (call $twice (call $four (i32.const 21))))
                (call $many (i32.const 1) (f64.const 2) (v128.const i64x2 3 4) (ref.null func) (ref.null extern))
                (global.set $l) (global.set $v) (drop)
                (global.set $r (call $random))))
            """);
        InitEnvironment environment = Environment(Library, Middle);
        byte[] expected = EmbeddedEngine.Instance.Run(new PreInitializer(), module, environment, out RunReport ours);
        Assert.Equal(expected, Engines.Runner.Run(new PreInitializer(), module, environment, out RunReport theirs));
        Assert.Equal([("four times", 1), ("many", 1), ("random", 1)], Counts(theirs).Where(static call => call.Name != "twice"));
        Assert.Equal(Counts(ours), Counts(theirs));
        Assert.Equal(ours.WasiCalls, theirs.WasiCalls);
    }

    [Fact]
    public void Exceptions_PassThroughCountedCalls()
    {
        byte[] module = Modules.Compile("""
            (module
              (import "library" "throws" (func $throws)) (global $g (mut i32) (i32.const 0))
              (func (export "wizer-initialize")
                (block $caught (try_table (catch_all $caught) (call $throws)) (unreachable))
                (global.set $g (i32.const 1))))
            """);
        InitEnvironment environment = Environment("(module (tag $t) (func (export \"throws\") (throw $t)))");
        var wizer = new PreInitializer();
        Assert.Equal(EmbeddedEngine.Instance.Run(wizer, module, environment), Engines.Runner.Run(wizer, module, environment));
    }

    [Theory]
    [InlineData("(import \"library\" \"trap\" (func $f))", Library)]
    [InlineData("(import \"library\" \"twice\" (func $f (param i64)))", Library)]
    [InlineData("(import \"library\" \"memory\" (func $f))", Library)]
    [InlineData("(func $f)", "(module (import \"nobody\" \"has\" (func)))")]
    [InlineData("(func $f)", "(module (import \"nobody\" \"has\" (memory 1)))")]
    [InlineData("(func $f)", "(module (func $s unreachable) (start $s))")]
    [InlineData("(func $f)", "(module (memory 1000))")]
    [InlineData("(func $f)", "(module (func (result i32)))")]
    [InlineData("(func $f)", Library, "(module (import \"library\" \"twice\" (func)))")]
    public void BothEngines_FailAlike(string field, params string[] preloads)
    {
        string parameter = field.Contains("param i64", StringComparison.Ordinal) ? "(i64.const 1)" : "";
        byte[] module = Modules.Compile($"(module {field} (func (export \"wizer-initialize\") (call $f {parameter})))");
        InitEnvironment environment = Environment(preloads);
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
    }

    [Fact]
    public void Clash_IsAnError()
    {
        byte[] module = Modules.Compile("(module (func (export \"wizer-initialize\")))");
        byte[] preload = Modules.Compile("(module (func (export \"f\")))");
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload), new PreloadModule("p", preload)] };
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
    }

    private static InitEnvironment Environment(params string[] preloads)
    {
        string[] names = ["library", "middle"];
        return new InitEnvironment
        {
            Preloads = [.. preloads.Select((wat, i) => new PreloadModule(names[i], Wizer.TestSupport.Wat.Compile(wat, names: true)))],
            Wasi = new WasiOptions(),
            Deterministic = new DeterministicOptions(),
            Limits = new EngineOptions { MaxMemoryByteLength = 10 << 20 },
        };
    }

    private static (string Name, long Count)[] Counts(RunReport report) => [.. report.ImportCalls.Select(static call => (call.Name, call.CallCount))];

    private static string Fail(IInitEngine engine, byte[] module, InitEnvironment environment)
    {
        var messages = new List<string>();
        Exception? cause = Assert.Throws<WizerException>(() => engine.Run(new PreInitializer(), module, environment));
        messages.Add(((WizerException)cause).Error.ToString());
        for (; cause is not null; cause = cause.InnerException)
        {
            messages.Add(cause.Message + (cause as WasmTrapException)?.DisplayBacktrace);
        }

        return string.Join('\n', messages);
    }
}
