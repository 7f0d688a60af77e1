using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a report says that the new module has of its build, and that its runs will not find again.</summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wizer-leftovers-").FullName;

    public LeftoverTests()
    {
        Directory.CreateDirectory(Path.Join(_directory, "deep"));
        File.WriteAllText(Path.Join(_directory, "a.txt"), "");
        File.WriteAllText(Path.Join(_directory, "deep", "b.txt"), "");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Nothing_IsLeft_ByWhoAsksForNothing()
    {
        RunReport report = Run("");
        Assert.Empty(report.OpenDescriptors);
        Assert.Empty(report.KnownDirectories);
        Assert.Equal(0, report.EnvironmentVariableCount);
    }

    [Fact]
    public void OpenDescriptors_AreThoseThatWereNotClosed_ByNumber()
    {
        RunReport report = Run("""
            (call $open-file (i32.const 3)) (call $open-directory) (call $open-file (i32.const 6)) (call $open-file (i32.const 4))
            (drop (call $close (i32.const 5)))
            """);
        Assert.Equal(
            [new DescriptorReport(6, "/conf/deep"), new DescriptorReport(7, "/conf/deep/b.txt"), new DescriptorReport(8, "run/a.txt")],
            report.OpenDescriptors);
    }

    [Fact]
    public void AFile_ThatTookThePlaceOfAStandardStream_IsOpen()
    {
        RunReport report = Run("(call $open-file (i32.const 3)) (drop (call $renumber (i32.const 5) (i32.const 1)))");
        Assert.Equal([new DescriptorReport(1, "/conf/a.txt")], report.OpenDescriptors);
    }

    [Fact]
    public void StandardStreams_AreNotLeft() => Assert.Empty(Run("(drop (call $close (i32.const 0)))").OpenDescriptors);

    [Fact]
    public void Directories_AreKnown_OnceTheirNamesWereTold()
    {
        Assert.Empty(Run("(drop (call $prestat (i32.const 3) (i32.const 0)))").KnownDirectories);
        Assert.Equal([new DescriptorReport(4, "run")], Run("(call $name (i32.const 4) (i32.const 3))").KnownDirectories);
        Assert.Equal(
            [new DescriptorReport(3, "/conf"), new DescriptorReport(4, "run")],
            Run("(call $name (i32.const 4) (i32.const 9)) (call $name (i32.const 3) (i32.const 9))").KnownDirectories);
        Assert.Empty(Run("(call $name (i32.const 3) (i32.const 9)) (call $name (i32.const 3) (i32.const 0))").KnownDirectories);
        Assert.Empty(Run("(call $name (i32.const 3) (i32.const 9)) (drop (call $close (i32.const 3)))").KnownDirectories);
    }

    [Fact]
    public void Environment_IsInTheModule_OnceItWasRead()
    {
        Assert.Equal(0, Run("(drop (call $environ-sizes (i32.const 0) (i32.const 4)))").EnvironmentVariableCount);
        Assert.Equal(0, Run("(drop (call $environ (i32.const -1) (i32.const 64)))").EnvironmentVariableCount);
        Assert.Equal(2, Run("(drop (call $environ (i32.const 0) (i32.const 64)))").EnvironmentVariableCount);
    }

    [Fact]
    public void WithoutWasi_NothingIsLeft()
    {
        RunReport report = new PreInitializer(WizerOptions.Default).Run(
            Modules.Compile("""(module (func (export "wizer-initialize")))"""), new StreamSink(new MemoryStream()));
        Assert.Empty(report.OpenDescriptors);
        Assert.Empty(report.KnownDirectories);
        Assert.Equal(0, report.EnvironmentVariableCount);
    }

    private RunReport Run(string init)
    {
        byte[] module = Modules.Compile($"""
            (module
              (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $dir-name (param i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ-sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 100) "a.txt") (data (i32.const 110) "deep") (data (i32.const 120) "b.txt")
              (func $open-file (param $directory i32)
                (if (call $open (local.get $directory) (i32.const 0)
                      (select (i32.const 120) (i32.const 100) (i32.eq (local.get $directory) (i32.const 6))) (i32.const 5)
                      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 200))
                  (then (unreachable))))
              (func $open-directory
                (if (call $open (i32.const 3) (i32.const 0) (i32.const 110) (i32.const 4)
                      (i32.const 2) (i64.const 0) (i64.const -1) (i32.const 0) (i32.const 200))
                  (then (unreachable))))
              (func $name (param $fd i32) (param $length i32)
                (drop (call $dir-name (local.get $fd) (i32.const 300) (local.get $length))))
              (func (export "wizer-initialize") {init}))
            """);
        var wasi = new WasiOptions
        {
            Preopens = [new WasiPreopen(_directory, "/conf"), new WasiPreopen(_directory, "run")],
            Environment = [new WasiVariable("A", "1"), new WasiVariable("B", "2")],
        };
        return new PreInitializer(WizerOptions.Default).Run(
            module, new StreamSink(new MemoryStream()), new InitEnvironment { Wasi = wasi });
    }
}
