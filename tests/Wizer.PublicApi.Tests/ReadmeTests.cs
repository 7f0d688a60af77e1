using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.PublicApi.Tests;

/// <summary>What the README shows of the library compiles, runs, and is short.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wizer-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Readme_ShowsTheSample_AndNothingElse()
    {
        string sample = Read("samples/Library/Program.cs");
        Assert.Contains($"```csharp\n{sample}```\n", Read("README.md"));
    }

    [Fact]
    public void Sample_TakesTenLines()
    {
        // Lines that say something: not the usings, not the braces, not what stands around a body.
        string[] lines = Read("samples/Library/Program.cs").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Count(line => line is not ("{" or "}" or "try") && !line.StartsWith("using Wizer.", StringComparison.Ordinal)), 1, 10);
    }

    [Fact]
    public void Sample_PreInitializesAFile()
    {
        (int exitCode, string output, string errors) = RunSample(
            """(module (memory 1) (func (export "wizer-initialize") (i32.store8 (i32.const 7) (i32.const 42))))""");
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Contains("1 segments, ", output);
        ModuleInfo module = ModuleReader.Parse(File.ReadAllBytes(Path.Combine(_directory, "out.wasm")));
        Assert.Equal(-1, module.FindExport("wizer-initialize"));
        Assert.Equal(1, Assert.Single(module.DataSegments).Data.Length);
    }

    [Fact]
    public void Sample_SaysWhatWentWrong_AndOfWhichKindItIs()
    {
        (int exitCode, _, string errors) = RunSample("""(module (func (export "wizer-initialize") unreachable))""");
        Assert.Equal("InitializationFailed: the `wizer-initialize` function trapped\n", errors);
        Assert.Equal(1, exitCode);
        Assert.False(File.Exists(Path.Combine(_directory, "out.wasm")));
    }

    private (int ExitCode, string Output, string Errors) RunSample(string wat)
    {
        File.WriteAllBytes(Path.Combine(_directory, "in.wasm"), Wat.Compile(wat));
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Library"), ["in.wasm", "out.wasm"])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process sample = Process.Start(start)!;
        Task<string> errors = sample.StandardError.ReadToEndAsync();
        string output = sample.StandardOutput.ReadToEnd();
        sample.WaitForExit();
        return (sample.ExitCode, output, errors.Result);
    }

    private static string Read(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../..", path)).ReplaceLineEndings("\n");
}
