using System.Diagnostics;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The line about a phase that takes long: on a terminal only, and never in the way.</summary>
public sealed class ProgressTests : TestDirectory
{
    private const string HideCursor = "\u001b[?25l";
    private const string ClearLineAndShowCursor = "\r\u001b[2K\u001b[?25h";

    // Sleeps for a second and a half; `hello` says so afterwards.
    private const string Sleeper =
        """
        (module
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\08\00\00\00\03\00\00\00hi\0a")
          (func $sleep (export "wizer-initialize")
            (i32.store (i32.const 80) (i32.const 1))
            (i64.store (i32.const 88) (i64.const 1500000000))
            (drop (call $poll (i32.const 64) (i32.const 200) (i32.const 1) (i32.const 300))))
          (func (export "hello")
            (call $sleep)
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
          (func (export "ask")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
            (call $sleep))
          (func (export "forever") (loop (call $sleep) (br 0)))
          (func (export "fail") (call $sleep) unreachable))
        """;

    public ProgressTests() => File.WriteAllText(In("sleep.wat"), Sleeper);

    [Fact]
    public void Line_AppearsAfterHalfASecond_AndIsClearedAway()
    {
        string shown = RunOnTerminal("sleep.wat --allow-wasi -o out.wasm");
        Assert.StartsWith(HideCursor, shown, StringComparison.Ordinal);
        // Which times it shows depends on what else the machine does.
        Assert.Matches(@"initialize [0-9]+\.[0-9] s", shown);
        Assert.EndsWith(ClearLineAndShowCursor, shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', shown);
    }

    [Theory]
    [InlineData("CI", "true")]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    [InlineData("TERM", "")]
    public void Line_DoesNotAppear_WhereItIsNotWanted(string variable, string value) =>
        Assert.Equal("", RunOnTerminal("sleep.wat --allow-wasi -o out.wasm", (variable, value)));

    [Fact]
    public void Line_DoesNotAppear_WhenStderrIsNoTerminal() =>
        Assert.Equal("", Run("sleep.wat --allow-wasi -o out.wasm").Succeeded().Errors);

    [Fact]
    public void Line_IsGoneBeforeAnErrorIsPrinted() => Assert.Contains(
        ClearLineAndShowCursor + "Error: the `fail` function trapped\r\n",
        RunOnTerminal("sleep.wat --allow-wasi -f fail"),
        StringComparison.Ordinal);

    [Fact]
    public void Line_IsGoneBeforeTheGuestWrites() => Assert.EndsWith(
        ClearLineAndShowCursor + "hi\r\n", RunOnTerminal("sleep.wat --allow-wasi -f hello -o out.wasm 1>&2"), StringComparison.Ordinal);

    [Fact]
    public void Line_DoesNotAppear_WhereTheGuestHasWritten() =>
        Assert.EndsWith("hi\r\n", RunOnTerminal("sleep.wat --allow-wasi -f ask -o out.wasm 1>&2"), StringComparison.Ordinal);

    [Fact]
    public void Line_IsGoneAfterCtrlC()
    {
        // A shell in the background ignores SIGINT, and so does what it starts; SIGTERM goes the same way.
        string shown = RunOnTerminal("sleep.wat --allow-wasi -f forever -o out.wasm & sleep 3; kill $!; wait");
        Assert.EndsWith(ClearLineAndShowCursor, shown, StringComparison.Ordinal);
    }

    // Where it takes longer to clear a line away than until the next one is due.
    [Fact]
    public void ThePhaseBehindALine_BeginsHoweverSlowTheTerminalIs()
    {
        using var isShown = new SemaphoreSlim(0);
        using var line = new ProgressLine((_, meanwhile) =>
        {
            isShown.Release();
            meanwhile(static _ => { });
            Thread.Sleep(1000);
        });
        line.Begin("first");
        isShown.Wait();
        var second = Task.Run(() => line.Begin("second"));
        Assert.True(second.Wait(TimeSpan.FromMinutes(1)));
        isShown.Wait();
    }

    [Trait("Build", "Assemblies")]
    [Fact]
    public void Spectre_IsNotLoaded_UntilItIsNeeded()
    {
        File.WriteAllText(In("wait.wat"), Sleeper.Replace("hi\\0a", "hi!", StringComparison.Ordinal));
        using Process wizer = WizerProcess.Start(["wait.wat", "--allow-wasi", "-f", "ask", "-o", "out.wasm"], Directory);
        wizer.StandardOutput.Read();
        string maps = File.ReadAllText($"/proc/{wizer.Id}/maps");
        wizer.Kill();
        Assert.Contains("Wizer.Engine.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("Spectre.Console.dll", maps, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "TERM=xterm")]
    [InlineData(true, "TERM=xterm", "NO_COLOR=", "CI=false")]
    [InlineData(false)]
    [InlineData(false, "TERM=")]
    [InlineData(false, "TERM=dumb")]
    [InlineData(false, "TERM=xterm", "NO_COLOR=1")]
    [InlineData(false, "TERM=xterm", "CI=1")]
    [InlineData(false, "TERM=xterm", "CI=true")]
    public void Environment_HasTheWord(bool isWanted, params string[] variables) => Assert.Equal(
        isWanted,
        ProgressLine.IsWanted(name => variables.Where(v => v.StartsWith(name + "=", StringComparison.Ordinal)).Select(v => v[(name.Length + 1)..]).FirstOrDefault()));

    private string RunOnTerminal(string command, params (string Name, string Value)[] environment)
    {
        using var terminal = new Terminal();
        string program = Path.Combine(AppContext.BaseDirectory, "wizer");
        var start = new ProcessStartInfo("sh", ["-c", $"exec 2>{terminal.Path}; '{program}' {command}"])
        {
            WorkingDirectory = Directory,
        };
        start.Environment.Remove("CI");
        start.Environment.Remove("NO_COLOR");
        start.Environment["TERM"] = "xterm";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process shell = Process.Start(start)!;
        string shown = terminal.ReadToEnd();
        shell.WaitForExit();
        return shown;
    }
}
