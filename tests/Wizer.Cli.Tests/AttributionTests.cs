using System.Text.Json;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--attribute</c>: which functions wrote the bytes that the new module has more.</summary>
public sealed class AttributionTests : TestDirectory
{
    private const string Writers =
        """
        (module
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 2)
          (data (i32.const 0) "as it was")
          (func $fill (param i32 i32) (memory.fill (local.get 0) (i32.const 1) (local.get 1)))
          (func $table (call $fill (i32.const 1024) (i32.const 300)))
          (func $cache (call $fill (i32.const 65536) (i32.const 1000)))
          (func (export "wizer-initialize")
            (call $cache) (call $table)
            (drop (call $random (i32.const 4096) (i32.const 64)))
            (i32.store8 (i32.const 0) (i32.const 65)) (i32.store8 (i32.const 1) (i32.const 115))))
        """;

    public AttributionTests() => File.WriteAllText(In("writers.wat"), Writers);

    [Fact]
    public void Attribution_IsOfWhatIsNotTheInputs()
    {
        Run("writers.wat --allow-wasi --deterministic -o plain.wasm").Succeeded();
        Run("writers.wat --allow-wasi --deterministic -o out.wasm --attribute a.folded --report report.json").Succeeded();
        Assert.Equal(File.ReadAllBytes(In("plain.wasm")), File.ReadAllBytes(In("out.wasm")));
        string[] lines = File.ReadAllLines(In("a.folded"));
        Assert.Equal(
            ["wizer-initialize;cache;fill 1000", "wizer-initialize;table;fill 300", "wizer-initialize 1"], lines[..3]);
        Assert.Matches("^\\(host\\) (6[0-4])$", Assert.Single(lines[3..]));
        JsonElement attribution = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement.GetProperty("attribution");
        long host = attribution.GetProperty("hostByteLength").GetInt64();
        Assert.Equal(1301 + host, attribution.GetProperty("byteLength").GetInt64());
        Assert.Equal(
            ["fill 1300 1300", "wizer-initialize 1 1301", "cache 0 1000", "table 0 300"],
            attribution.GetProperty("functions").EnumerateArray().Select(function =>
                $"{function.GetProperty("name")} {function.GetProperty("byteLength")} {function.GetProperty("withCalleesByteLength")}"));
    }

    [Fact]
    public void Attribution_IsAFlameGraphOfBytes()
    {
        Run("writers.wat --allow-wasi --deterministic -o out.wasm --attribute a.json --sample s.json").Succeeded();
        JsonElement profile = JsonDocument.Parse(File.ReadAllText(In("a.json"))).RootElement.GetProperty("profiles")[0];
        Assert.Equal("bytes", profile.GetProperty("unit").GetString());
        Assert.Equal(1000, profile.GetProperty("weights")[0].GetInt32());
        Assert.True(File.Exists(In("s.json")));
    }

    [Fact]
    public void Attribution_OfAComponent_HasAllItsModules()
    {
        File.WriteAllText(
            In("c.wat"),
            """
            (component
              (core module $a (memory 1) (func $a (export "a") (memory.fill (i32.const 0) (i32.const 1) (i32.const 10))))
              (core module $b (import "a" "a" (func $a)) (memory 1) (data (i32.const 0) "12")
                (func (export "work") (call $a) (i32.store16 (i32.const 0) (i32.const 0x3231)) (i32.store8 (i32.const 4) (i32.const 1))))
              (core instance $i (instantiate $a)) (core instance $j (instantiate $b (with "a" (instance $i))))
              (func (export "work") (canon lift (core func $j "work"))))
            """);
        Run("c.wat -f work -o out.wasm --attribute a.folded").Succeeded();
        Assert.Equal(["b!work;a!a 10", "b!work 1"], File.ReadAllLines(In("a.folded")));
    }

    [Fact]
    public void Report_SaysNothing_WithoutIt()
    {
        Run("in.wat -o out.wasm --report report.json").Succeeded();
        JsonElement report = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement;
        Assert.Equal(JsonValueKind.Null, report.GetProperty("attribution").ValueKind);
    }

    [Theory]
    [InlineData("in.wat -o out.wasm --attribute in.wat", "error: the attribution cannot go to 'in.wat', which is the input\n")]
    [InlineData("in.wat -o out.wasm --sample p --attribute p", "error: the samples cannot go to 'p', which is the attribution\n")]
    [InlineData("in.wat -o out.wasm --engine wasmtime --attribute p", "error: '--attribute <FILE>' cannot be used with")]
    public void Attribution_ThatMakesNoSense_IsAUsageError(string command, string message)
    {
        WizerResult result = Run(command);
        Assert.StartsWith(message, result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
    }
}
