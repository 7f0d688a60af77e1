using System.Diagnostics;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Equal input gives equal bytes, whatever machine and time look like.</summary>
public sealed class DeterministicRunTests : IDisposable
{
    // Stores the answers of everything that varies: clocks, random bytes, a listing, what is known about files, NaNs; and waits.
    private const string Wat = """
        (module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "clock_res_get" (func $resolution (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fstat (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (memory $shared 1 1 shared)
          (data (i32.const 16) "a/file")
          (func $check (param i32) (if (local.get 0) (then unreachable)))
          (func (export "wizer-initialize") (local $zero f64)
            (call $check (call $time (i32.const 0) (i64.const 0) (i32.const 1024)))
            (call $check (call $time (i32.const 1) (i64.const 0) (i32.const 1032)))
            (call $check (call $time (i32.const 2) (i64.const 0) (i32.const 1040)))
            (call $check (call $resolution (i32.const 1) (i32.const 1048)))
            (call $check (call $random (i32.const 1056) (i32.const 100)))
            (call $check (call $readdir (i32.const 3) (i32.const 2048) (i32.const 512) (i64.const 0) (i32.const 2044)))
            (call $check (call $stat (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 6) (i32.const 3072)))
            (call $check (call $fstat (i32.const 3) (i32.const 3136)))
            (call $check (call $fstat (i32.const 0) (i32.const 3200)))
            (f64.store (i32.const 4096) (f64.div (local.get $zero) (local.get $zero)))
            (f32.store (i32.const 4104) (f32.sqrt (f32.const -1)))
            (v128.store (i32.const 4112) (f32x4.add (f32x4.splat (f32.const -nan:0x123456)) (f32x4.splat (f32.const 1))))
            ;; An hour, on the clock and on a wait for a notification; then how long it took.
            (i64.store (i32.const 5024) (i64.const 3600000000000))
            (i32.store (i32.const 5016) (i32.const 1))
            (call $check (call $poll (i32.const 5000) (i32.const 5048) (i32.const 1) (i32.const 5100)))
            (i32.store (i32.const 5104) (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0) (i64.const 3600000000000)))
            (call $check (call $time (i32.const 1) (i64.const 0) (i32.const 5112)))))
        """;

    private readonly List<string> _directories = [];

    [Fact]
    public void TwoRuns_InDifferentPlacesAtDifferentTimes_GiveEqualBytes()
    {
        var stopwatch = Stopwatch.StartNew();
        byte[] first = Run(Directory("one", new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc), ["a/file", "b", "c"]), new());
        Thread.Sleep(20);
        byte[] second = Run(
            Directory("a place with another name", new DateTime(2020, 6, 1, 0, 0, 0, DateTimeKind.Utc), ["c", "b", "a/other", "a/file"], ["a/other"]), new());
        Assert.Equal(first, second);
        Assert.True(stopwatch.Elapsed < TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(TierMode.InterpreterOnly)]
    [InlineData(TierMode.CompileEverything)]
    public void HowTheGuestIsRun_MakesNoDifference(TierMode tier)
    {
        string directory = Directory("one", DateTime.UnixEpoch, ["a/file"]);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new PreInitializer().Run(
            Modules.Compile(Wat), new BufferWriterSink(output),
            Environment(directory, new()) with { Limits = new EngineOptions { Tier = tier } });
        Assert.Equal(Run(directory, new()), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void TimeAndSeed_AreTheOnlyDifference()
    {
        string directory = Directory("one", DateTime.UnixEpoch, ["a/file"]);
        byte[] plain = Run(directory, new());
        Assert.NotEqual(plain, Run(directory, new() { UnixSeconds = 1 }));
        Assert.NotEqual(plain, Run(directory, new() { RandomSeed = 1 }));
        Assert.Equal(Run(directory, new() { UnixSeconds = 7, RandomSeed = 9 }), Run(directory, new() { UnixSeconds = 7, RandomSeed = 9 }));
    }

    [Fact]
    public void WithoutTheOption_TheReportNamesWhatVaries()
    {
        RunReport report = Report(Directory("one", DateTime.UnixEpoch, ["a/file"]), null, Short());
        Assert.Equal(
            ["clock_res_get 1/1", "clock_time_get 4/4", "fd_filestat_get 1/2", "fd_readdir 1/1", "path_filestat_get 1/1", "poll_oneoff 0/1", "random_get 1/1"],
            report.WasiCalls.Select(static c => $"{c.Name} {c.NondeterministicCallCount}/{c.CallCount}"));
        Assert.All(report.WasiCalls, static c => Assert.Equal(WasiPreview1.ModuleName, c.Module));
        Assert.Equal(["clock_time_get 4", "clock_res_get 1"], report.ImportCalls.Take(2).Select(static c => $"{c.Name} {c.CallCount}"));

        report = Report(Directory("two", DateTime.UnixEpoch, ["a/file"]), new DeterministicOptions(), Wat);
        Assert.All(report.WasiCalls, static c => Assert.Equal(0, c.NondeterministicCallCount));
    }

    [Fact]
    public void ImportCalls_AreCounted_WhoeverProvidesThem()
    {
        byte[] preload = Modules.Compile("""
            (module
              (import "env" "host" (func $host))
              (func (export "twice") (call $host) (call $host) (call $own))
              (func $own (export "own"))
              (func (export "unused")))
            """);
        byte[] module = Modules.Compile("""
            (module
              (import "env" "unknown" (func))
              (import "lib" "twice" (func $twice))
              (import "lib" "unused" (func))
              (import "lib" "own" (func $own))
              (import "env" "host" (func $host))
              (import "env" "host" (func $host2))
              (import "lib" "twice" (func $twice2))
              (type $t (func))
              (table funcref (elem $own $host))
              (func $tail (return_call $own))
              (func (export "wizer-initialize")
                (call $twice) (call $twice2) (call $host) (call $host2)
                (call_indirect (type $t) (i32.const 0)) (call_indirect (type $t) (i32.const 1)) (call $tail)))
            """);
        var environment = new InitEnvironment
        {
            Preloads = [new PreloadModule("lib", preload)],
            DefineImports = static (_, linker) => linker.DefineFunction("env", "host", new Binary.FuncType([], []), static (_, _) => { }),
        };
        RunReport report = new PreInitializer().Run(
            module, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()), environment);
        Assert.Equal(
            [new ImportCalls("lib", "twice", 2), new ImportCalls("lib", "own", 2), new ImportCalls("env", "host", 3)], report.ImportCalls);
        Assert.Empty(report.WasiCalls);
    }

    public void Dispose()
    {
        foreach (string directory in _directories)
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    // The same without waiting for hours.
    private static string Short() => Wat.Replace("3600000000000", "1000", StringComparison.Ordinal);

    private static byte[] Run(string directory, DeterministicOptions options)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new PreInitializer().Run(Modules.Compile(Wat), new BufferWriterSink(output), Environment(directory, options));
        return output.WrittenSpan.ToArray();
    }

    private static RunReport Report(string directory, DeterministicOptions? options, string wat) => new PreInitializer().Run(
        Modules.Compile(wat), new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()), Environment(directory, options));

    private static InitEnvironment Environment(string directory, DeterministicOptions? options) => new()
    {
        Wasi = new WasiOptions { Preopens = [new WasiPreopen(directory, ".")] },
        Deterministic = options,
    };

    private string Directory(string name, DateTime time, string[] files, string[]? removed = null)
    {
        string temporary = System.IO.Directory.CreateTempSubdirectory("wizer-deterministic-").FullName;
        _directories.Add(temporary);
        string directory = Path.Join(temporary, name);
        foreach (string file in files)
        {
            string path = Path.Join(directory, file);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
            File.SetLastWriteTimeUtc(path, time);
        }

        foreach (string file in removed ?? [])
        {
            File.Delete(Path.Join(directory, file));
        }

        return directory;
    }
}
