using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>WASI is one, whichever engine calls it: what the guest sees, and what is said about it afterwards.</summary>
public sealed class WasiTests : IDisposable
{
    private const string Wat = """
        (module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_seek" (func $legalized (param i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $dir_name (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $nobodys (param f32)))
          (import "stubs" "any" (func $stub (param f64 v128 funcref) (result i32 externref v128)))
          (memory (export "memory") 2)
          (global $errors (mut i32) (i32.const 0))
          (data (i32.const 16) "file") (data (i32.const 32) "../outside")
          (func $note (param i32) (global.set $errors (i32.add (i32.mul (global.get $errors) (i32.const 7)) (local.get 0))))
          (func (export "wizer-initialize") (local $v v128)
            (call $note (call $args_sizes (i32.const 1024) (i32.const 1028)))
            (call $note (call $args (i32.const 1100) (i32.const 1200)))
            (call $note (call $environ_sizes (i32.const 1032) (i32.const 1036)))
            (call $note (call $environ (i32.const 1400) (i32.const 1500)))
            (call $note (call $time (i32.const 0) (i64.const 0) (i32.const 1040)))
            (call $note (call $time (i32.const 1) (i64.const 0) (i32.const 1048)))
            (call $note (call $random (i32.const 2000) (i32.const 64)))
            (call $note (call $random (i32.const -5) (i32.const 64)))
            (i32.store (i32.const 900) (i32.const 3000)) (i32.store (i32.const 904) (i32.const 100))
            (call $note (call $read (i32.const 0) (i32.const 900) (i32.const 1) (i32.const 1056)))
            (call $note (call $prestat (i32.const 3) (i32.const 2100)))
            (call $note (call $dir_name (i32.const 3) (i32.const 2200) (i32.load (i32.const 2104))))
            (call $note (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 0)
              (i64.const 38) (i64.const 38) (i32.const 0) (i32.const 1060)))
            (call $note (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 10) (i32.const 0)
              (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 1076)))
            (call $note (call $stat (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 2300)))
            (call $note (call $legalized (i32.load (i32.const 1060)) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 1080)))
            (call $note (call $seek (i32.load (i32.const 1060)) (i64.const 1) (i32.const 1) (i32.const 1088)))
            (i32.store (i32.const 900) (i32.const 3200))
            (call $note (call $read (i32.load (i32.const 1060)) (i32.const 900) (i32.const 1) (i32.const 1064)))
            (i32.store (i32.const 900) (i32.const 16)) (i32.store (i32.const 904) (i32.const 4))
            (call $note (call $write (i32.const 1) (i32.const 900) (i32.const 1) (i32.const 1068)))
            (call $stub (f64.const 1) (v128.const i64x2 1 2) (ref.null func)) (local.set $v) (drop) (call $note)
            (v128.store (i32.const 2400) (local.get $v))))
        """;

    private static readonly byte[] s_module = Modules.Compile(Wat);

    private readonly TemporaryDirectory _directory = new();

    public WasiTests() => File.WriteAllText(_directory.In("file"), "contents of a file");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void BothEngines_ShowOneWorld()
    {
        byte[] expected = Run(EmbeddedEngine.Instance, new DeterministicOptions { RandomSeed = 5, UnixSeconds = 6 }, out RunReport ours);
        byte[] actual = Run(Engines.Runner, new DeterministicOptions { RandomSeed = 5, UnixSeconds = 6 }, out RunReport theirs);
        Assert.Equal(expected, actual);
        Assert.Equal(Describe(ours), Describe(theirs));
        Assert.Contains("fd_read 2 (0)", Describe(theirs), StringComparison.Ordinal);
        Assert.Contains("any 1 (0)", Describe(theirs), StringComparison.Ordinal);
    }

    [Fact]
    public void BothEngines_CountWhatDependsOnTheMachine()
    {
        Run(EmbeddedEngine.Instance, null, out RunReport ours);
        Run(Engines.Runner, null, out RunReport theirs);
        Assert.Equal(Describe(ours), Describe(theirs));
        Assert.Contains("random_get 2 (1)", Describe(theirs), StringComparison.Ordinal);
        Assert.Contains("clock_time_get 2 (2)", Describe(theirs), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeOpened_IsTheSameError()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions { Preopens = [new WasiPreopen(_directory.In("none"), ".")] } };
        byte[] module = Modules.Compile("(module (func (export \"wizer-initialize\")))");
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
        environment = new InitEnvironment { Wasi = new WasiOptions(), Stubs = [new ImportStub(WasiPreview1.ModuleName)] };
        Assert.Equal(Fail(EmbeddedEngine.Instance, module, environment), Fail(Engines.Runner, module, environment));
    }

    private static (WizerError, string, string?) Fail(IInitEngine engine, byte[] module, InitEnvironment environment)
    {
        WizerException error = Assert.Throws<WizerException>(() => engine.Run(new PreInitializer(), module, environment));
        return (error.Error, error.Message, error.InnerException?.Message);
    }

    private byte[] Run(IInitEngine engine, DeterministicOptions? deterministic, out RunReport report)
    {
        var environment = new InitEnvironment
        {
            Deterministic = deterministic,
            Stubs = [new ImportStub("stubs", StubKind.Zero)],
            Wasi = new WasiOptions
            {
                Arguments = ["program", "argument"],
                Environment = [new WasiVariable("NAME", "value")],
                IsEnvironmentInherited = true,
                Stdin = new MemoryStream("standard input"u8.ToArray()),
                Stdout = new MemoryStream(),
                Preopens = [new WasiPreopen(_directory.Path, ".")],
            },
        };
        return engine.Run(new PreInitializer(), s_module, environment, out report);
    }

    private static string Describe(RunReport report)
    {
        var text = new StringBuilder();
        foreach (ImportCalls calls in report.ImportCalls.Concat(report.WasiCalls))
        {
            text.Append($"{calls.Module} {calls.Name} {calls.CallCount} ({calls.NondeterministicCallCount})\n");
        }

        text.AppendJoin('\n', report.OpenDescriptors.Concat(report.KnownDirectories));
        return text.Append($"\n{report.EnvironmentVariableCount} {report.Snapshot.SegmentCount}").ToString();
    }
}
