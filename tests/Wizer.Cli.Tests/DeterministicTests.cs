using Wizer.Binary;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--deterministic</c>, as far as the command has a part in it.</summary>
public sealed class DeterministicTests : TestDirectory
{
    private const string Clock =
        """
        (module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
          (memory (export "memory") 1)
          (global $time (mut i64) (i64.const 0))
          (func (export "wizer-initialize")
            (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))
            (global.set $time (i64.load (i32.const 0)))))
        """;

    public DeterministicTests() => File.WriteAllText(In("clock.wat"), Clock);

    [Theory]
    [InlineData("", 0)]
    [InlineData("5", 5)]
    [InlineData("1700000000", 1_700_000_000)]
    public void Time_BeginsAtSourceDateEpoch(string epoch, long seconds)
    {
        WizerResult result = RunAt(epoch).Succeeded();
        ModuleInfo module = ModuleReader.Parse(result.Output);
        var init = new WasmReader(module.Globals[0].Init.Of(result.Output.AsSpan()));
        Assert.Equal((byte)Opcode.I64Const, init.ReadByte());
        Assert.Equal(seconds * 1_000_000_000, init.ReadS64());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("18446744073709551615")]
    public void Time_ThatMakesNoSense_IsAnError(string epoch) =>
        RunAt(epoch).Failed($"Error: SOURCE_DATE_EPOCH is `{epoch}`, which is no time in seconds since 1970\n");

    [Fact]
    public void Epoch_IsNotLookedAt_WithoutTheOption() =>
        Assert.Equal(0, WizerProcess.Run(["clock.wat", "--allow-wasi"], Directory, null, ("SOURCE_DATE_EPOCH", "x")).ExitCode);

    // Reads every clock, random bytes, and all that the host says of a directory, a file in it and standard output.
    [Fact]
    public void AnyPlace_TimeAndZone_GiveTheSameBytes()
    {
        File.WriteAllText(In("world.wat"), """
            (module
              (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
              (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fstat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 8) "a/b")
              (func $check (param i32) (if (local.get 0) (then unreachable)))
              (func (export "wizer-initialize")
                (call $check (call $clock (i32.const 0) (i64.const 0) (i32.const 1024)))
                (call $check (call $clock (i32.const 1) (i64.const 0) (i32.const 1032)))
                (call $check (call $clock (i32.const 2) (i64.const 0) (i32.const 1040)))
                (call $check (call $random (i32.const 1048) (i32.const 40)))
                (call $check (call $readdir (i32.const 3) (i32.const 2048) (i32.const 1000) (i64.const 0) (i32.const 2044)))
                (call $check (call $fstat (i32.const 3) (i32.const 4096)))
                (call $check (call $fdstat (i32.const 1) (i32.const 4160)))
                (call $check (call $stat (i32.const 3) (i32.const 1) (i32.const 8) (i32.const 3) (i32.const 4200)))))
            """);
        byte[] first = RunIn("one", "UTC", ["c", "a/b"], new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        byte[] second = RunIn("another place", "Pacific/Auckland", ["a/b", "a/x", "c"], new DateTime(2020, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(first, second);
        Assert.NotEqual(first, RunIn("third", "UTC", ["c", "a/b"], DateTime.UnixEpoch, "--random-seed=1"));
    }

    private byte[] RunIn(string name, string zone, string[] files, DateTime time, params string[] options)
    {
        string directory = System.IO.Directory.CreateDirectory(In(name)).FullName;
        foreach (string file in files)
        {
            string path = Path.Join(directory, file);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
            File.SetLastWriteTimeUtc(path, time);
        }

        return WizerProcess.Run(["../world.wat", "--allow-wasi", "--dir=.", "--deterministic", .. options], directory, null, ("TZ", zone))
            .Succeeded().Output;
    }

    private WizerResult RunAt(string epoch) =>
        WizerProcess.Run(["clock.wat", "--allow-wasi", "--deterministic"], Directory, null, ("SOURCE_DATE_EPOCH", epoch));
}
