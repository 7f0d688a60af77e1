using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The page that shows a report: <c>--report FILE.html</c> and <c>wizer report</c>.</summary>
public sealed partial class PageTests : TestDirectory
{
    [Theory]
    [InlineData("report.html")]
    [InlineData("report.HTM")]
    public void Report_ToAnHtmlFile_IsAPage(string name)
    {
        Run($"in.wat -o out.wasm --report {name}").Succeeded();
        JsonElement report = DataOf(File.ReadAllText(In(name)));
        Assert.Equal("succeeded", report.GetProperty("status").GetString());
        Assert.Equal(new FileInfo(In("out.wasm")).Length, report.GetProperty("output").GetProperty("byteLength").GetInt64());
    }

    [Fact]
    public void Report_OfARunThatFailed_IsAPage()
    {
        Assert.Equal(1, Run("trap.wat --report report.html").ExitCode);
        Assert.Equal("failed", DataOf(File.ReadAllText(In("report.html"))).GetProperty("status").GetString());
    }

    [Fact]
    public void Page_HasTheReportAsItIs()
    {
        Run("in.wat -o out.wasm --report report.json").Succeeded();
        Run("report report.json -o page.html").Succeeded();
        JsonElement report = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement;
        JsonElement data = DataOf(File.ReadAllText(In("page.html")));
        foreach (JsonProperty property in report.EnumerateObject())
        {
            Assert.True(JsonElement.DeepEquals(property.Value, data.GetProperty(property.Name)), property.Name);
        }

        Assert.Equal(0, data.GetProperty("leftOut").GetArrayLength());
        byte[] page = Run("report", File.ReadAllBytes(In("report.json"))).Succeeded().Output;
        Assert.Equal(File.ReadAllBytes(In("page.html")), page);
    }

    [Fact]
    public void Page_NeedsNothingElse_AndExecutesNothingElse()
    {
        Run("in.wat -o out.wasm --report page.html").Succeeded();
        string page = File.ReadAllText(In("page.html"));
        Assert.DoesNotMatch("(?i)(src|href)=\"?(https?:|//)", page);
        Assert.DoesNotMatch("@import|url\\(", page);
        Match policy = Policy().Match(page);
        Assert.True(policy.Success);
        Assert.Equal(HashOf(Between(page, "<style>", "</style>")), policy.Groups["style"].Value);
        Assert.Equal(HashOf(Between(page, "<script>", "</script>")), policy.Groups["script"].Value);
    }

    [Fact]
    public void Names_OfAModule_StayData()
    {
        const string Hostile = "</script><script>alert(1)</script><!--&amp;\u2028{{script}}";
        File.WriteAllText(
            In("hostile.wat"),
            $"""
            (module
              (import "{Hostile}" "{Hostile}" (func $f))
              (@custom "{Hostile}" "x")
              (memory 1)
              (func (export "wizer-initialize") (call $f)))
            """);
        WizerResult result = WizerProcess.Run(["hostile.wat", "-o", "out.wasm", "--stub", Hostile + "=zero", "--report", "page.html"], Directory);
        Assert.Equal(0, result.ExitCode);
        string page = File.ReadAllText(In("page.html"));
        Assert.Equal(2, page.Split("</script>").Length - 1);
        Assert.Equal(2, page.Split("<script").Length - 1);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        JsonElement report = DataOf(page);
        Assert.Equal(Hostile, report.GetProperty("importCalls")[0].GetProperty("name").GetString());
        Assert.Contains(
            report.GetProperty("sections").GetProperty("before").EnumerateArray(),
            section => section.GetProperty("name").GetString() == $"\"{Hostile}\"");
    }

    [Fact]
    public void LongLists_AreCut_AndThePageSaysSo()
    {
        var segments = new StringBuilder();
        for (int i = 0; i < 6000; i++)
        {
            segments.Append(i == 0 ? "" : ",").Append("{\"memory\":0,\"address\":").Append(8 * i).Append(",\"byteLength\":1}");
        }

        string name = new('n', 10_000);
        string report = $$"""
            {"schemaVersion": 1, "tool": "wizer", "segments": [{{segments}}], "name": "{{name}}", "later": {"member": [true] } }
            """;
        JsonElement data = DataOf(Encoding.UTF8.GetString(PageWriter.Format(Encoding.UTF8.GetBytes(report)).Span));
        Assert.Equal(5000, data.GetProperty("segments").GetArrayLength());
        Assert.Equal(4099, data.GetProperty("name").GetString()!.Length);
        Assert.True(data.GetProperty("later").GetProperty("member")[0].GetBoolean());
        JsonElement omitted = Assert.Single(data.GetProperty("leftOut").EnumerateArray());
        Assert.Equal("segments", omitted.GetProperty("what").GetString());
        Assert.Equal(6000, omitted.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("{}", "it is no report of wizer, or of a version that is not known here")]
    [InlineData("[1]", "it is no report of wizer, or of a version that is not known here")]
    [InlineData("""{"tool":"wizer","schemaVersion":2}""", "it is no report of wizer, or of a version that is not known here")]
    [InlineData("(module)", "it is no JSON")]
    public void WhatIsNoReport_IsAnError(string text, string problem)
    {
        File.WriteAllText(In("report.json"), text);
        WizerResult result = Run("report report.json -o page.html");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("Error: failed to show the report\n", result.Errors, StringComparison.Ordinal);
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(In("page.html")));
    }

    [Fact]
    public void Page_ReplacesNoModule()
    {
        Run("in.wat -o out.wasm --report report.json").Succeeded();
        byte[] module = File.ReadAllBytes(In("out.wasm"));
        Assert.Contains("a module is there", Run("report report.json -o out.wasm").Errors, StringComparison.Ordinal);
        Assert.Equal(module, File.ReadAllBytes(In("out.wasm")));
        Assert.Contains("failed to open the report", Run("report none.json").Errors, StringComparison.Ordinal);
    }

    private static JsonElement DataOf(string page) =>
        JsonDocument.Parse(Between(page, "<script type=\"application/json\" id=\"report\">", "</script>")).RootElement;

    private static string HashOf(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex("content=\"default-src 'none'; style-src 'sha256-(?<style>[^']+)'; script-src 'sha256-(?<script>[^']+)'\"")]
    private static partial Regex Policy();
}
