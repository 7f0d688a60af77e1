using System.Diagnostics;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>The command with both engines, started as a shell starts it.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Wat = """
        (module
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "wizer-initialize") (drop (call $random (i32.const 100) (i32.const 20))))
          (func (export "traps") unreachable))
        """;

    private readonly TemporaryDirectory _directory = new();

    public CommandTests() => File.WriteAllText(_directory.In("in.wat"), Wat);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void BothEngines_GiveOneOutput_AndOneReport()
    {
        (int exitCode, string errors) = Run("in.wat -o a.wasm --allow-wasi --deterministic --report a.json");
        Assert.Equal((0, ""), (exitCode, errors));
        (exitCode, errors) = Run("in.wat -o b.wasm --allow-wasi --deterministic --report b.json --engine wasmtime");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(File.ReadAllBytes(_directory.In("a.wasm")), File.ReadAllBytes(_directory.In("b.wasm")));
        Assert.Equal(Report("a.json"), Report("b.json"));
    }

    [Theory]
    [InlineData("in.wat -f traps -o out.wasm")]
    [InlineData("in.wat -o out.wasm")]
    [InlineData("in.wat -f none -o out.wasm")]
    public void BothEngines_FailAlike(string command)
    {
        (int exitCode, string errors) = Run(command);
        Assert.Equal((exitCode, errors), Run($"{command} --engine wasmtime"));
        Assert.Equal(1, exitCode);
        Assert.Equal(["in.wat"], _directory.Names);
    }

    [Fact]
    public void BothEngines_WarnAlike()
    {
        (int exitCode, string errors) = Run("in.wat -o a.wasm --allow-wasi");
        Assert.Equal((exitCode, errors), Run("in.wat -o a.wasm --allow-wasi --engine wasmtime"));
        Assert.Contains("random_get", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Variable_SaysWhereCodeIsKept()
    {
        Assert.Equal((0, ""), Run("in.wat -o a.wasm --allow-wasi --deterministic --engine wasmtime", cache: "cache"));
        Assert.Single(Directory.GetFiles(_directory.In("cache")));
        Assert.Equal((0, ""), Run("in.wat -o b.wasm --allow-wasi --deterministic --engine wasmtime", cache: "cache"));
        Assert.Equal(File.ReadAllBytes(_directory.In("a.wasm")), File.ReadAllBytes(_directory.In("b.wasm")));
    }

    [Fact]
    public void ProfileToRecord_IsAnError()
    {
        (int exitCode, string errors) = Run("in.wat -o a.wasm --allow-wasi --engine wasmtime --profile-write a.profile");
        Assert.Equal((1, "Error: the engine `wasmtime` records no profiles\n"), (exitCode, errors));
        Assert.Equal(["in.wat"], _directory.Names);
    }

    [Theory]
    [InlineData("--version", "wizer-wasmtime ")]
    [InlineData("--help", "\nUsage: wizer-wasmtime [OPTIONS] [INPUT]\n       wizer-wasmtime inspect ")]
    [InlineData("inspect --help", "\nUsage: wizer-wasmtime inspect [OPTIONS] [FILE]\n")]
    [InlineData("completion bash", "complete -o filenames -F _wizer-wasmtime wizer-wasmtime\n")]
    [InlineData("completion bash", "command=\"wizer-wasmtime ${COMP_WORDS[1]}\"\n")]
    [InlineData("completion zsh", "#compdef wizer-wasmtime\n")]
    [InlineData("completion fish", "complete -c wizer-wasmtime -n '__fish_use_subcommand' -a inspect ")]
    public void Command_SaysItsOwnName(string command, string expected) =>
        Assert.Contains(expected, RunFor(command, output: true).Text, StringComparison.Ordinal);

    [Fact]
    public void Usage_SaysItsOwnName() =>
        Assert.EndsWith(
            "\n\nUsage: wizer-wasmtime [OPTIONS] [INPUT]",
            Run("--no-such-thing").Errors.Split("\n\nFor more")[0].TrimEnd(),
            StringComparison.Ordinal);

    // All but how long it took, and where.
    private string[] Report(string name) =>
        [.. File.ReadAllLines(_directory.In(name)).Where(static line => !line.Contains("illiseconds", StringComparison.Ordinal)
            && !line.Contains(".wasm\"", StringComparison.Ordinal) && !line.Contains(".json\"", StringComparison.Ordinal))];

    private (int ExitCode, string Errors) Run(string command, string? cache = null) => RunFor(command, output: false, cache);

    private (int ExitCode, string Text) RunFor(string command, bool output, string? cache = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "wizer-wasmtime.exe" : "wizer-wasmtime");
        var start = new ProcessStartInfo(program, command.Split(' '))
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardError = !output,
            RedirectStandardOutput = output,
        };
        start.Environment["WIZER_WASMTIME_CACHE"] = cache;
        start.Environment.Remove("WIZER_OPTIONS");
        using Process process = Process.Start(start)!;
        string text = (output ? process.StandardOutput : process.StandardError).ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
