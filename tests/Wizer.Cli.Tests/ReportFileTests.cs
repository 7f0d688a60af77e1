using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>A report takes the place of no module: not of what is read, not of what is written, not of any other.</summary>
public sealed class ReportFileTests : TestDirectory
{
    private static readonly byte[] s_module = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];

    [Fact]
    public void Report_DoesNotReplaceAModule()
    {
        File.WriteAllBytes(In("victim.wasm"), s_module);
        Run("-o out.wasm --report victim.wasm", input: []).Failed(
            """
            Error: failed to create report file

            Caused by:
                a module is there, and a report does not replace one: `victim.wasm`

            """);
        Assert.Equal(s_module, File.ReadAllBytes(In("victim.wasm")));
        Assert.Equal(["in.wat", "trap.wat", "victim.wasm"], Names());
    }

    [Fact]
    public void Report_ReplacesAnythingElse()
    {
        File.WriteAllText(In("report.json"), "old");
        Run("in.wat -o out.wasm --report report.json").Succeeded();
        Run("in.wat -o out.wasm --report report.json").Succeeded();
        Assert.StartsWith("{", File.ReadAllText(In("report.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--report in.wat in.wat -o out.wasm", "in.wat")]
    [InlineData("--report ./in.wat in.wat -o out.wasm", "./in.wat")]
    [InlineData("--report link in.wat -o out.wasm", "link")]
    [InlineData("--report in.wat link -o out.wasm", "in.wat")]
    [InlineData("--report hard in.wat -o out.wasm", "hard")]
    [InlineData("--report directory/in.wat in.wat", "directory/in.wat")]
    public void Report_DoesNotReplaceTheInput(string command, string path)
    {
        MakeNames();
        IsMisuse(command, $"the report cannot go to '{path}', which is the input");
    }

    [Theory]
    [InlineData("--preload x=in.wat")]
    [InlineData("--preload x=link")]
    [InlineData("--preload x=hard")]
    [InlineData("--preload y=trap.wat --preload x=directory/in.wat")]
    public void Report_DoesNotReplaceAModuleToPreload(string options)
    {
        MakeNames();
        IsMisuse($"trap.wat {options} --report in.wat -o out.wasm", "the report cannot go to 'in.wat', which is a module to preload");
    }

    [Theory]
    [InlineData("out.wasm", "./out.wasm", false)]
    [InlineData("out.wasm", "directory/out.wasm", false)]
    [InlineData("new-link", "new.wasm", false)]
    [InlineData("out.wasm", "./out.wasm", true)]
    [InlineData("out.wasm", "out-link", true)]
    [InlineData("out.wasm", "out-hard", true)]
    public void Report_DoesNotReplaceTheOutput(string output, string report, bool exists)
    {
        MakeNames();
        File.CreateSymbolicLink(In("new-link"), "new.wasm");
        if (exists)
        {
            File.WriteAllText(In("out.wasm"), "old");
            File.CreateSymbolicLink(In("out-link"), "out.wasm");
            HardLink("out.wasm", "out-hard");
        }

        IsMisuse($"trap.wat -o {output} --report {report}", $"the module and the report cannot both go to '{output}'");
    }

    [Fact]
    public void Report_DoesNotReplaceWhatIsOnStdin()
    {
        (int exitCode, string errors) = RunInShell("--report in.wat -o out.wasm < in.wat");
        Assert.Equal("error: the report cannot go to 'in.wat', which is the input\n\nFor more information, try '--help'.\n", errors);
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public void Report_DoesNotReplaceWhatIsOnStdout()
    {
        (int exitCode, string errors) = RunInShell("in.wat --report both > both");
        Assert.Equal(
            "error: the module and the report cannot both go to stdout; name a file with '-o' or '--report'\n\n"
            + "For more information, try '--help'.\n",
            errors);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("in.wat --report /dev/stdout")]
    [InlineData("in.wat -o /dev/stdout --report -")]
    [InlineData("in.wat -o /dev/stdout --report /proc/self/fd/1")]
    public void Report_DoesNotJoinTheModuleOnStdout(string command)
    {
        WizerResult result = Run(command);
        Assert.StartsWith("error: the module and the report cannot both go to ", result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Report_AndModule_MayBothGoToNowhere() => Run("in.wat -o /dev/null --report /../dev/null").Succeeded();

    // As where names differ by case only, which shows when the module is there.
    [Fact]
    public void Report_DoesNotReplaceAModuleThatAppearedMeanwhile()
    {
        File.WriteAllText(
            In("link.wat"),
            """
            (module
              (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "out.wasmreport.json")
              (func (export "wizer-initialize")
                (if (call $symlink (i32.const 0) (i32.const 8) (i32.const 3) (i32.const 8) (i32.const 11)) (then unreachable))))
            """);
        WizerResult result = Run("link.wat --allow-wasi --dir . -o out.wasm --report report.json");
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith(
            """
            Error: failed to write the report

            Caused by:
                0: failed to create report file
                1: a module is there, and a report does not replace one: `report.json`

            """,
            result.Errors,
            StringComparison.Ordinal);
        Assert.Equal(s_module, File.ReadAllBytes(In("out.wasm")).AsSpan(0, 8).ToArray());
    }

    private void IsMisuse(string command, string message)
    {
        string[] before = Names();
        Run(command).Failed($"error: {message}\n\nFor more information, try '--help'.\n", exitCode: 2);
        Assert.Equal(before, Names());
        Assert.Equal(Module, File.ReadAllText(In("in.wat")));
    }

    private void MakeNames()
    {
        File.CreateSymbolicLink(In("link"), "in.wat");
        File.CreateSymbolicLink(In("directory"), ".");
        HardLink("in.wat", "hard");
    }

    private void HardLink(string from, string to)
    {
        using System.Diagnostics.Process link = System.Diagnostics.Process.Start("ln", [In(from), In(to)]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);
    }
}
