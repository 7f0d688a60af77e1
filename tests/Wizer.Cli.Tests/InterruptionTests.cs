using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Ctrl-C, a closed terminal and SIGTERM end the run, whatever the guest does, and leave nothing behind.</summary>
public sealed partial class InterruptionTests : TestDirectory
{
    // A process started in the background or by nohup ignores these signals, and so does all that it starts, the command
    // included: that is as it should be, so the tests take it back before they start one.
    public InterruptionTests()
    {
        _ = TakeDefault(1, 0);
        _ = TakeDefault(2, 0);
    }

    [Theory]
    [InlineData(1, 129)]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public void Signal_EndsAGuestThatWouldNot(int signal, int exitCode)
    {
        // It says so on stdout once it runs, so that the signal does not come too early.
        File.WriteAllText(
            In("loop.wat"),
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\08\00\00\00\01\00\00\00!")
              (func (export "wizer-initialize")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
                (loop (br 0))))
            """);
        using Process wizer = WizerProcess.Start(["loop.wat", "--allow-wasi", "-o", "out.wasm"], Directory);
        Assert.Equal('!', wizer.StandardOutput.Read());
        Assert.Equal(0, Kill(wizer.Id, signal));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(exitCode, wizer.ExitCode);
        Assert.Equal("", wizer.StandardError.ReadToEnd());
        Assert.Equal(["in.wat", "loop.wat", "trap.wat"], Names());
    }

    [Fact]
    public void Signal_IsNotForgotten_WhenTheGuestReturnsFromTheReadItCutShort()
    {
        File.WriteAllText(
            In("read.wat"),
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\08\00\00\00\01\00\00\00!")
              (func (export "wizer-initialize")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
                (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))))
            """);
        using Process wizer = WizerProcess.Start(["read.wat", "--allow-wasi", "-o", "out.wasm"], Directory);
        Assert.Equal('!', wizer.StandardOutput.Read());
        Assert.Equal(0, Kill(wizer.Id, 2));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(130, wizer.ExitCode);
        Assert.Equal(["in.wat", "read.wat", "trap.wat"], Names());
    }

    // Each begins to do something that takes long without looking whether it should stop: as soon as it says that it runs, the
    // signal comes, and whatever it is doing then ends with the process.
    [Theory]
    [InlineData("(memory (export \"memory\") 16384)", "(loop (memory.fill (i32.const 100) (i32.const 7) (i32.const 0x3fffff00)) (br 0))")]
    [InlineData("(memory (export \"memory\") 16384)", "(loop (memory.copy (i32.const 100) (i32.const 200) (i32.const 0x3fffff00)) (br 0))")]
    [InlineData("(memory (export \"memory\") 1)", "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))")]
    [InlineData("(memory (export \"memory\") 16384)", "(memory.fill (i32.const 100) (i32.const 7) (i32.const 0x3fffff00))")]
    public void Signal_EndsWhatTakesLong(string memory, string work)
    {
        File.WriteAllText(
            In("long.wat"),
            $"""
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              {memory}
              (data (i32.const 0) "\08\00\00\00\01\00\00\00!")
              (func (export "wizer-initialize")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
                {work}))
            """);
        using Process wizer = WizerProcess.Start(["long.wat", "--allow-wasi", "-o", "out.wasm", "--report", "report.json"], Directory);
        Assert.Equal('!', wizer.StandardOutput.Read());
        Assert.Equal(0, Kill(wizer.Id, 2));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(130, wizer.ExitCode);
        Assert.Equal("", wizer.StandardError.ReadToEnd());
        Assert.DoesNotContain("out.wasm", Names());
        Assert.DoesNotContain(Names(), name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Signal_IsNamedInTheReport()
    {
        File.WriteAllText(In("loop.wat"), """(module (func (export "wizer-initialize") (loop (br 0))))""");
        using Process wizer = WizerProcess.Start(["loop.wat", "-o", "out.wasm", "--report", "report.json"], Directory);
        Thread.Sleep(2000);
        Assert.Equal(0, Kill(wizer.Id, 2));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        string report = File.ReadAllText(In("report.json"));
        Assert.Contains("\"status\": \"interrupted\"", report, StringComparison.Ordinal);
        Assert.Contains("\"exitCode\": 130", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 129)]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public void Signal_EndsAComponentThatWouldNot(int signal, int exitCode)
    {
        File.WriteAllText(
            In("loop.wat"),
            """
            (component
              (core module $m (memory 1) (func (export "init") (loop (i32.store (i32.const 0) (i32.const 1)) (br 0))))
              (core instance $i (instantiate $m))
              (func (export "init") (canon lift (core func $i "init"))))
            """);
        using Process wizer = WizerProcess.Start(["loop.wat", "-f", "init", "-o", "out.wasm", "--report", "report.json"], Directory);
        Thread.Sleep(2000);
        Assert.Equal(0, Kill(wizer.Id, signal));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(exitCode, wizer.ExitCode);
        Assert.Equal("", wizer.StandardError.ReadToEnd());
        Assert.Equal(["in.wat", "loop.wat", "report.json", "trap.wat"], Names());
        Assert.Contains("\"status\": \"interrupted\"", File.ReadAllText(In("report.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_EndsAWaitForAReader()
    {
        using (Process make = Process.Start("mkfifo", In("pipe")))
        {
            make.WaitForExit();
        }

        using Process wizer = WizerProcess.Start(["in.wat", "-o", "pipe"], Directory);
        Thread.Sleep(1500);
        Assert.Equal(0, Kill(wizer.Id, 15));
        Assert.True(wizer.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(143, wizer.ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint TakeDefault(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
