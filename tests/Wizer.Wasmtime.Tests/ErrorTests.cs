using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>What fails, fails on both engines with the same error: code, texts, backtrace and hint.</summary>
public class ErrorTests
{
    private const string Init = "(export \"wizer-initialize\")";

    public static TheoryData<string, string> Failures => new()
    {
        { "unreachable", $"(func $inner unreachable) (func {Init} call $inner)" },
        { "division by zero", $"(func {Init} (local i32) (drop (i32.div_u (i32.const 1) (local.get 0))))" },
        { "overflow", $"(func {Init} (local i32) (drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1)))))" },
        { "conversion", $"(func {Init} (local f64) (drop (i32.trunc_f64_s (f64.div (local.get 0) (local.get 0)))))" },
        { "load", $"(memory 1) (func $named (param i32) (drop (i64.load offset=8 (local.get 0)))) (func {Init} (call $named (i32.const 65530)))" },
        { "load of memory64", $"(memory i64 1) (func {Init} (drop (i64.load (i64.const 0x1_0000_0000_0000))))" },
        { "memory.fill", $"(memory 1) (func {Init} (memory.fill (i32.const 65000) (i32.const 1) (i32.const 1000)))" },
        { "call beyond the table", $"(table 1 funcref) (func {Init} (call_indirect (i32.const 7)))" },
        { "call of nothing", $"(table 1 funcref) (func {Init} (call_indirect (i32.const 0)))" },
        { "call of another type", $"(table funcref (elem $f)) (func $f (param i32)) (func {Init} (call_indirect (i32.const 0)))" },
        { "null reference", $"(type $s (struct (field i32))) (func {Init} (drop (struct.get $s 0 (ref.null $s))))" },
        { "cast", $"(type $s (struct)) (func {Init} (drop (ref.cast (ref $s) (ref.i31 (i32.const 1)))))" },
        { "beyond an array", $"(type $a (array i8)) (func {Init} (drop (array.get_u $a (array.new $a (i32.const 1) (i32.const 3)) (i32.const 3))))" },
        { "unaligned", $"(memory 1) (func {Init} (drop (i32.atomic.load (i32.const 2))))" },
        { "wait", $"(memory 1) (func {Init} (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))))" },
        { "exception", $"(tag $t (param i32)) (func {Init} (throw $t (i32.const 5)))" },
        { "unknown import", $"(import \"env\" \"f\" (func $f (param i32) (result i32))) (func {Init} (drop (call $f (i32.const 1))))" },
        { "WASI that is not there", $"(import \"wasi_snapshot_preview1\" \"sched_yield\" (func $f (result i32))) (func {Init} (drop (call $f)))" },
        { "stub", $"(import \"trapping\" \"f\" (func $f)) (func {Init} (call $f))" },
        { "start function", $"(func $s unreachable) (start $s) (func {Init})" },
        { "data beyond the memory", $"(memory 1) (data (i32.const 65536) \"a\") (func {Init})" },
        { "elements beyond the table", $"(table 1 funcref) (elem (i32.const 1) $f) (func $f {Init})" },
        { "_initialize", $"(func (export \"_initialize\") unreachable) (func {Init})" },
        { "initial memory", $"(memory 20) (memory 15) (func {Init})" },
        { "initial table", $"(table 10 funcref) (table 120 externref) (func {Init})" },
        { "no such function", "(func (export \"other\"))" },
        { "invalid", $"(func {Init} (i32.const 1))" },
        { "imported memory", $"(import \"a\" \"b\" (memory 1)) (func {Init})" },
        { "a name of our own", $"(func (export \"__wizer_a\")) (func {Init})" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void BothEngines_FailAlike(string what, string fields)
    {
        Assert.NotEmpty(what);
        byte[] module = Compile(fields);
        var environment = new InitEnvironment
        {
            Stubs = [new ImportStub("trapping")],
            Limits = new EngineOptions { MaxMemoryByteLength = 2 << 20, MaxTableElementCount = 100, StackByteLength = 100_000 },
        };
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
    }

    [Theory]
    [InlineData("(call $exit (i32.const 3))")]
    [InlineData("(call $exit (i32.const 0))")]
    [InlineData("(drop (call $time (i32.const 0) (i64.const 0) (i32.const 0)))")]
    public void BothEngines_FailAlike_InWasi(string call)
    {
        byte[] module = Compile($"""
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
            (func {Init} {call})
            """);
        var environment = new InitEnvironment { Wasi = new WasiOptions() };
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
    }

    [Fact]
    public void Exit_IsDone_WhereThatIsAllowed()
    {
        byte[] module = Compile($"""
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (global $g (mut i32) (i32.const 0))
            (func {Init} (global.set $g (i32.const 7)) (call $exit (i32.const 0)) unreachable)
            """);
        var environment = new InitEnvironment { Wasi = new WasiOptions(), AllowExitZero = true };
        var wizer = new PreInitializer();
        Assert.Equal(EmbeddedEngine.Instance.Run(wizer, module, environment), Engines.Runner.Run(wizer, module, environment));
    }

    // How deep it goes differs; that it is the stack's fault, and how much there is of it, does not.
    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(8 << 20)]
    [InlineData(100 << 20)]
    public void Recursion_EndsAtTheLimit(long stackByteLength)
    {
        byte[] module = Compile($"(func $f (param i32) (call $f (i32.add (local.get 0) (i32.const 1))) nop) (func {Init} (call $f (i32.const 0)))");
        var environment = new InitEnvironment { Limits = new EngineOptions { StackByteLength = (ulong)stackByteLength } };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), module, environment));
        Assert.Equal(WizerError.StackLimitExceeded, error.Error);
        var trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal(TrapKind.CallStackExhausted, trap.Kind);
        Assert.Equal($"the stack limit is {Math.Max(stackByteLength, 16 << 10)} bytes", trap.InnerException!.Message);
        Assert.NotEmpty(trap.Backtrace);
    }

    [Fact]
    public void ThrowsOfHostFunctions_PassAsTheyAre()
    {
        byte[] module = Compile($"(import \"a\" \"b\" (func $f)) (func {Init} (call $f))");
        using var runner = new WasmtimeRunner(new WasmtimeOptions
        {
            DefineImports = static imports => imports.Define("a", "b", global::Wasmtime.Function.FromCallback(
                imports.Store, static () => throw new InvalidTimeZoneException("mine"))),
        });
        Assert.Equal("mine", Assert.Throws<InvalidTimeZoneException>(() => runner.Run(new PreInitializer(), module)).Message);
    }

    private static byte[] Compile(string fields) => Wizer.TestSupport.Wat.Compile($"(module $named {fields})", names: true);

    private static string Fail(IInitEngine engine, byte[] module, InitEnvironment environment)
    {
        WizerException error = Assert.Throws<WizerException>(() => engine.Run(new PreInitializer(), module, environment));
        var text = new StringBuilder().Append(error.Error).Append(' ').Append(error.Hint);
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            text.Append('\n').Append(cause is WasmTrapException trap
                ? $"{trap.DisplayBacktrace}\n{trap.DisplayFault}\n{trap.DisplayMessage}"
                : cause.Message);
        }

        return text.ToString();
    }
}
