using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--report</c> and <c>--verbose</c>: what they say, also of runs that fail.</summary>
public sealed partial class ReportTests : TestDirectory
{
    private static readonly JsonElement s_schema =
        JsonDocument.Parse(File.ReadAllText(TestFiles.InProject("../../docs/report.schema.json"))).RootElement;

    [Fact]
    public void Report_SaysWhatARunCameTo()
    {
        File.WriteAllText(
            In("all.wat"),
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (global (mut i32) (i32.const 1))
              (data (i32.const 0) "\08\00\00\00\01\00\00\00!")
              (func (export "wizer-initialize")
                (drop (memory.grow (i32.const 2)))
                (global.set 0 (i32.const -7))
                (i32.store (i32.const 1000) (i32.const 0x01000001))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))
            """);
        Run("all.wat --allow-wasi -o out.wasm --report report.json");
        JsonElement report = Report();
        Assert.Equal("succeeded", report.GetProperty("status").GetString());
        Assert.Equal(0, report.GetProperty("exitCode").GetInt32());
        CheckFile(report.GetProperty("input"), "all.wat");
        CheckFile(report.GetProperty("output"), "out.wasm");
        JsonElement memory = Assert.Single(report.GetProperty("memories").EnumerateArray());
        Assert.Equal(1, memory.GetProperty("pagesBefore").GetInt32());
        Assert.Equal(3, memory.GetProperty("pagesAfter").GetInt32());
        Assert.Equal(6, memory.GetProperty("nonZeroByteLength").GetInt32());
        Assert.Equal(
            memory.GetProperty("segmentByteLength").GetInt32(),
            report.GetProperty("segments").EnumerateArray().Sum(segment => segment.GetProperty("byteLength").GetInt32()));
        JsonElement global = Assert.Single(report.GetProperty("globals").EnumerateArray());
        Assert.Equal("i32.const 1", global.GetProperty("before").GetString());
        Assert.Equal("i32.const -7", global.GetProperty("after").GetString());
        foreach (string calls in new[] { "wasiCalls", "importCalls" })
        {
            JsonElement call = Assert.Single(report.GetProperty(calls).EnumerateArray());
            Assert.Equal("fd_write", call.GetProperty("name").GetString());
            Assert.Equal(2, call.GetProperty("count").GetInt32());
        }
    }

    [Fact]
    public void Report_HasAPartForEachModuleOfAComponent()
    {
        File.WriteAllText(
            In("all.wat"),
            """
            (component
              (core module $first (memory 1) (global (mut i32) (i32.const 1))
                (func (export "setup") (param i32) (result i32) (i32.store (i32.const 8) (i32.const -1)) (global.set 0 (i32.const 2))
                  (local.get 0)))
              (core module $second (memory 1 2) (data (i32.const 0) "two"))
              (core instance $i (instantiate $first)) (core instance (instantiate $second))
              (func (export "setup") (param "n" u32) (result u32) (canon lift (core func $i "setup"))))
            """);
        WizerResult result = Run("all.wat -f setup(7) -o out.wasm --report report.json -v");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("`setup(7)` returned 7\n", result.Errors, StringComparison.Ordinal);
        Assert.Matches("module +[0-9]+ bytes, 1 segments of 3 bytes, 0 globals: core module 1 \\(`second`\\)\n", result.Errors);
        JsonElement report = Report();
        CheckFile(report.GetProperty("output"), "out.wasm");
        Assert.Empty(report.GetProperty("memories").EnumerateArray());
        JsonElement component = report.GetProperty("component");
        Assert.Equal("7", component.GetProperty("result").GetString());
        JsonElement[] modules = [.. component.GetProperty("modules").EnumerateArray()];
        Assert.Equal(["first", "second"], modules.Select(module => module.GetProperty("name").GetString()));
        Assert.Equal("i32.const 2", modules[0].GetProperty("globals")[0].GetProperty("after").GetString());
        Assert.Equal(3, modules[1].GetProperty("segments")[0].GetProperty("byteLength").GetInt32());
        WizerResult inspected = Run("inspect out.wasm").Succeeded();
        Assert.Contains("setup", Encoding.UTF8.GetString(inspected.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in.wat -o out.wasm", "start,read,parse text,validate,instantiate,initialize,snapshot,rewrite,write,hash,report")]
    [InlineData("trap.wat -o out.wasm", "start,read,parse text,validate,instantiate,initialize,report")]
    [InlineData("none.wasm -o out.wasm", "start,read,report")]
    public void Phases_AddUpToTheTotal(string command, string phases)
    {
        Run(command + " --report report.json");
        JsonElement report = Report();
        JsonElement[] items = report.GetProperty("phases").EnumerateArray().ToArray();
        Assert.Equal(phases, string.Join(',', items.Select(item => item.GetProperty("name").GetString())));
        double sum = items.Sum(item => item.GetProperty("milliseconds").GetDouble());
        Assert.Equal(report.GetProperty("totalMilliseconds").GetDouble(), sum, tolerance: 0.001 * items.Length);
    }

    [Fact]
    public void Start_IsWhatPassedBeforeTheProgram()
    {
        // From when the kernel made the process, so that it is never nothing.
        Run("in.wat -o out.wasm --report report.json");
        Assert.InRange(Report().GetProperty("phases")[0].GetProperty("milliseconds").GetDouble(), double.Epsilon, double.MaxValue);
    }

    [Fact]
    public void Report_SaysWhyARunFailed()
    {
        Run("trap.wat --report report.json");
        JsonElement report = Report();
        Assert.Equal("failed", report.GetProperty("status").GetString());
        Assert.Equal(1, report.GetProperty("exitCode").GetInt32());
        Assert.Equal("the `wizer-initialize` function trapped", report.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(2, report.GetProperty("error").GetProperty("causes").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("error").GetProperty("hint").ValueKind);
        CheckFile(report.GetProperty("input"), "trap.wat");
        Assert.Equal(JsonValueKind.Null, report.GetProperty("output").ValueKind);
    }

    [Fact]
    public void Report_KnowsNothingOfAnInputThatIsMissing()
    {
        Run("none.wasm --report report.json");
        JsonElement input = Report().GetProperty("input");
        Assert.Equal("none.wasm", input.GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, input.GetProperty("byteLength").ValueKind);
        Assert.Equal(JsonValueKind.Null, input.GetProperty("sha256").ValueKind);
    }

    [Fact]
    public void Report_MayGoToStdout()
    {
        byte[] output = Run("in.wat -o out.wasm --report -").Succeeded().Output;
        Check(output);
        Assert.Equal(Expected(), File.ReadAllBytes(In("out.wasm")));
    }

    [Fact]
    public void Report_ThatLeadsNowhere_EndsTheRunBeforeItBegins()
    {
        Run("in.wat -o out.wasm --report no/report.json").Failed(
            "Error: failed to create output file\n\nCaused by:\n    No such file or directory (os error 2): `no/report.json`\n");
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Fact]
    public void Report_ThatCannotBeWritten_IsAnError_WithTheModuleInPlace()
    {
        Run("in.wat -o out.wasm --report /dev/full").Failed(
            "Error: failed to write the report\n\nCaused by:\n    0: failed to write to output\n"
            + "    1: No space left on device (os error 28): `/dev/full`\n");
        Assert.Equal(Expected(), File.ReadAllBytes(In("out.wasm")));
        Assert.Equal(1, Run("trap.wat --report /dev/full").ExitCode);
        Assert.StartsWith(
            "warning: the report could not be written\nError: the `wizer-initialize` function trapped",
            Run("trap.wat --report /dev/full").Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public void UsageError_LeavesNoReport()
    {
        Assert.Equal(2, Run("in.wat --nope --report report.json").ExitCode);
        Assert.Equal(2, Run("in.wat --report report.json --nope").ExitCode);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Fact]
    public void Verbose_SaysWhereTheTimeWent()
    {
        WizerResult result = Run("-v in.wat");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Expected(), result.Output);
        Assert.Equal(
            """
            start N ms N ms CPU
            read N ms N ms CPU
            parse text N ms N ms CPU
            validate N ms N ms CPU
            instantiate N ms N ms CPU
            initialize N ms N ms CPU
            snapshot N ms N ms CPU
            rewrite N ms N ms CPU
            write N ms N ms CPU
            total N ms N ms CPU
            input N bytes
            output N bytes
            segments N of N bytes
            globals N

            """.ReplaceLineEndings("\n"),
            Numbers().Replace(result.Errors, " N"));
    }

    [Fact]
    public void Verbose_SaysHowFarAFailedRunCame()
    {
        string errors = Numbers().Replace(Run("-v trap.wat").Errors, " N");
        Assert.Contains(
            "initialize N ms N ms CPU\ntotal N ms N ms CPU\nError: the `wizer-initialize` function trapped\n\nCaused by:\n",
            errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Version_IsThatOfTheAssembly()
    {
        string version = typeof(Command).Assembly.GetName().Version!.ToString(3);
        Assert.Equal($"wizer {version}\n", System.Text.Encoding.UTF8.GetString(Run("--version").Succeeded().Output));
    }

    private void CheckFile(JsonElement file, string name)
    {
        byte[] bytes = File.ReadAllBytes(In(name));
        Assert.Equal(name, file.GetProperty("path").GetString());
        Assert.Equal(bytes.Length, file.GetProperty("byteLength").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("sha256").GetString());
    }

    private JsonElement Report() => Check(File.ReadAllBytes(In("report.json")));

    private static JsonElement Check(byte[] json)
    {
        JsonElement report = JsonDocument.Parse(json).RootElement;
        JsonSchema.Check(report, s_schema);
        return report;
    }

    [GeneratedRegex(" +[0-9][0-9,.]*")]
    private static partial Regex Numbers();
}
