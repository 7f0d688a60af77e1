using System.Text.Json;
using System.Text.RegularExpressions;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--error-format</c>: errors and warnings for programs.</summary>
public sealed class ErrorFormatTests : RequestDirectory
{
    [Theory]
    [InlineData("trap.wat", "trap.wat : error WZ0042: the `wizer-initialize` function trapped: wasm trap: wasm `unreachable` instruction")]
    [InlineData("none.wasm", "none.wasm : error WZ0020: failed to open input file: No such file or directory (os error 2): `")]
    [InlineData("bad.wat", "bad.wat(2,3): error WZ0030: failed to parse Wasm: unknown operator i32.ad")]
    [InlineData("invalid.wat", "invalid.wat : error WZ0031: wasm validation failed: type mismatch")]
    [InlineData("in.wat -f x", "in.wat : error WZ0036: the Wasm module does not have a `x` export")]
    [InlineData("in.wat --dir none --allow-wasi", "in.wat : error WZ0026: failed to open directory: No such file")]
    [InlineData("in.wat --preload p=none", "in.wat : error WZ0025: failed to parse preload module: failed to read from `none`: No such")]
    [InlineData("in.wat --preload p=bad.wat", "bad.wat(2,3): error WZ0039: failed to parse preload module: unknown operator")]
    [InlineData("in.wat --preload p", "in.wat : error WZ0005: Bad preload option: p (must be of form `name=file`)")]
    [InlineData("in.wat --engine wasmtime", "in.wat : error WZ0010: the engine `wasmtime` is not part of this command")]
    [InlineData("forever.wat --timeout 0.05", "forever.wat : error WZ0043: the initialization did not finish within 0.05 seconds")]
    [InlineData("in.wat --max-memory 1K", "in.wat : error WZ0044: memory minimum size of 1 pages exceeds the memory limit")]
    public void Canonical_IsOneLine_WithFileAndCode(string command, string expected)
    {
        File.WriteAllText(In("bad.wat"), "(module\n  i32.ad)");
        File.WriteAllText(In("invalid.wat"), "(module (func (export \"wizer-initialize\") i32.add))");
        File.WriteAllText(In("forever.wat"), "(module (func (export \"wizer-initialize\") (loop $l (br $l))))");
        WizerResult result = Request($"--error-format=canonical {command} -o out.wasm");
        Assert.Equal(1, result.ExitCode);
        string[] lines = result.Errors.TrimEnd('\n').Split('\n');
        Assert.StartsWith(expected.Split(": unknown operator")[0], lines[0], StringComparison.Ordinal);

        // What MSBuild looks for, in Microsoft.Build.Shared.CanonicalError: no other line may be another error.
        Assert.Matches(@"^[^:]+: (error|warning) WZ\d{4}: .+$", lines[0]);
        Assert.All(lines[1..], static line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.All(lines[1..], static line => Assert.DoesNotMatch(@"(error|warning)\s+\w*\s*:", line));
    }

    [Theory]
    [InlineData("in.wat --error-format=canonical --nope", "wizer : error WZ0003: unexpected argument '--nope' found\n")]
    [InlineData("--nope --error-format canonical", "wizer : error WZ0003: unexpected argument '--nope' found\n")]
    [InlineData("@canonical --nope", "wizer : error WZ0003: unexpected argument '--nope' found\n")]
    [InlineData("--nope @canonical", "error: unexpected argument '--nope' found\n")] // a file that is not reached is not read
    [InlineData("@canonical --keep-init-fun", "wizer : error WZ0003: unexpected argument '--keep-init-fun' found\n    hint: a similar")]
    [InlineData("@canonical --layout=x", "wizer : error WZ0005: invalid value 'x' for '--layout <compact|compatible>' [possible values: com")]
    [InlineData("@canonical -f", "wizer : error WZ0004: a value is required for '--init-func <INIT_FUNC>'")]
    [InlineData("@canonical -f a -f b", "wizer : error WZ0006: the argument '--init-func <INIT_FUNC>' cannot be used multiple times\n")]
    [InlineData("@canonical --depfile d", "wizer : error WZ0007: '--depfile <FILE>' needs a name")]
    [InlineData("@canonical @none", "wizer : error WZ0008: cannot read arguments from 'none'")]
    public void AMistakeInTheCommandLine_IsOneOfNoFile(string command, string expected)
    {
        File.WriteAllText(In("canonical"), "--error-format=canonical\n");
        WizerResult result = Request(command);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(expected, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_IsAnObjectInALine()
    {
        File.WriteAllText(In("invalid.wat"), "(module (func (export \"wizer-initialize\") i32.add))");
        WizerResult result = Request("invalid.wat -o out.wasm --error-format=json");
        JsonElement error = JsonDocument.Parse(Assert.Single(result.Errors.TrimEnd('\n').Split('\n'))).RootElement;
        Assert.Equal("error", error.GetProperty("severity").GetString());
        Assert.Equal("WZ0031", error.GetProperty("code").GetString());
        Assert.Equal("invalid.wat", error.GetProperty("file").GetString());
        Assert.Equal("wasm validation failed", error.GetProperty("message").GetString());
        string cause = error.GetProperty("causes")[0].GetString()!;
        Assert.EndsWith($"(at offset 0x{error.GetProperty("offset").GetInt64():x})", cause, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, error.GetProperty("line").ValueKind);

        error = JsonDocument.Parse(Request("bad.wat --error-format=json --nope").Errors).RootElement;
        Assert.Equal("WZ0003", error.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("file").ValueKind);
    }

    [Theory]
    [InlineData("text", "warning: nothing is exported as ")]
    [InlineData("canonical", "in.wat : warning WZ1006: nothing is exported as ")]
    [InlineData("json", """{"severity":"warning","code":"WZ1006","file":"in.wat","line":null,"column":null,"offset":null,"message":"noth""")]
    public void AWarning_HasANumber_AlsoFromACache(string format, string expected)
    {
        string command = $"in.wat -r a=nothing --deterministic --cache {In("store")} -o out.wasm --report report.json";
        Assert.Equal(0, Request(command).ExitCode);
        for (int i = 0; i < 2; i++)
        {
            WizerResult result = Request($"{command} --error-format={format} {(i == 0 ? "" : "--keep-init-func")}");
            Assert.StartsWith(expected, result.Errors, StringComparison.Ordinal);
            Assert.Equal(i == 0 ? "hit" : "miss", Report("cache").GetProperty("result").GetString());
            Assert.Equal("WZ1006", Report("warningCodes")[0].GetString());
        }
    }

    [Fact]
    public void AReport_HasTheNumberOfTheError()
    {
        Request("trap.wat -o out.wasm --report report.json");
        Assert.Equal("WZ0042", Report("error").GetProperty("code").GetString());
    }

    [Fact]
    public void TheOtherCommands_TakeTheOption()
    {
        File.WriteAllText(In("broken.wasm"), "nothing");
        foreach (string command in new[] { "inspect", "print" })
        {
            string errors = Run($"{command} --error-format=canonical broken.wasm").Errors;
            Assert.StartsWith("broken.wasm : error WZ0031: failed to parse Wasm: ", errors, StringComparison.Ordinal);
        }

        Assert.StartsWith("wizer : error WZ0031: ", Run("diff --error-format=canonical broken.wasm broken.wasm").Errors, StringComparison.Ordinal);
        Assert.StartsWith("wizer : error WZ0022: ", Run("report --error-format=canonical broken.wasm").Errors, StringComparison.Ordinal);
        Assert.StartsWith("wizer : error WZ0060: ", Run("worker --error-format=canonical", [1, 7]).Errors, StringComparison.Ordinal);
        Assert.StartsWith("wizer : error WZ0020: ", Run("batch none --error-format=canonical").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AResponse_HasTheFormOfItsRequest()
    {
        WizerResult result = Run(
            "batch",
            """{"arguments":["trap.wat","-o","1.wasm","--error-format=canonical"]}{"arguments":["trap.wat","-o","2.wasm"]}"""u8.ToArray());
        string text = System.Text.Encoding.UTF8.GetString(result.Output);
        Assert.Matches(new Regex("\"output\":\"trap.wat : error WZ0042: "), text);
        Assert.Matches(new Regex("\"output\":\"Error: the `wizer-initialize` function trapped"), text);
    }
}
