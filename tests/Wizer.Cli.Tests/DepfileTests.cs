using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--depfile</c>, and the inputs in the report.</summary>
public sealed class DepfileTests : TestDirectory
{
    [Theory]
    [InlineData("plain/name.txt", "plain/name.txt")]
    [InlineData("a b", "a\\ b")]
    [InlineData("a\tb", "a\\\tb")]
    [InlineData("a#b", "a\\#b")]
    [InlineData("$a$", "$$a$$")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("a\\ b", "a\\\\\\ b")]
    [InlineData("a\\\\#", "a\\\\\\\\\\#")]
    [InlineData("a:b", "a\\:b")]
    [InlineData("C:\\a", "C:\\a")]
    [InlineData("C:/a", "C:/a")]
    [InlineData("ä%*", "ä%*")]
    public void Names_AreQuoted(string name, string expected)
    {
        string rule = Encoding.UTF8.GetString(DependencyFile.Format("out", [name]));
        Assert.Equal($"out: \\\n  {expected}\n", rule);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\\")]
    public void Names_ThatNoRuleCanHave_AreRefused(string name) =>
        Assert.Throws<CommandException>(() => DependencyFile.Format("out", [name]));

    [Fact]
    public void Rule_HasAllThatTheModuleDependsOn()
    {
        World();
        Assert.Equal(0, Run("in.wat --allow-wasi --dir world --preload p=p.wat -o out/new.wasm --depfile out/new.d").ExitCode);
        Assert.Equal(
            "out/new.wasm: \\\n  in.wat \\\n  p.wat \\\n  world/a\\ file \\\n  world/sub \\\n  world/sub/x\n",
            File.ReadAllText(In("out/new.d")));
    }

    [Fact]
    public void Rule_HasNoDirectoryThatAnOutputGoesTo()
    {
        World();
        Assert.Equal(0, Run("in.wat --allow-wasi --dir world -o world/sub/new.wasm --depfile new.d").ExitCode);
        Assert.DoesNotContain("world/sub \\", File.ReadAllText(In("new.d")), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_LeavesTheOldRule()
    {
        File.WriteAllText(In("new.d"), "old");
        Assert.Equal(1, Run("trap.wat -o new.wasm --depfile new.d").ExitCode);
        Assert.Equal("old", File.ReadAllText(In("new.d")));
    }

    [Theory]
    [InlineData("in.wat --depfile new.d", "needs a name for the new module")]
    [InlineData("in.wat -o x --depfile x", "the depfile cannot go to 'x', which is the new module")]
    [InlineData("in.wat -o y --depfile x --report x", "the depfile cannot go to 'x', which is the report")]
    [InlineData("in.wat -o y --depfile in.wat", "the depfile cannot go to 'in.wat', which is the input")]
    public void Depfile_HasAPlaceOfItsOwn(string command, string expected)
    {
        WizerResult result = Run(command);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Depfile_ReplacesNoModule()
    {
        File.WriteAllBytes(In("module.d"), Expected());
        Assert.Contains("a module is there", Run("in.wat -o y --depfile module.d").Errors, StringComparison.Ordinal);
    }

    // By the reader that matters: a touched dependency is why it is made again.
    [Fact]
    public void Make_UnderstandsTheRule()
    {
        if (!File.Exists("/usr/bin/make"))
        {
            return;
        }

        World();
        foreach (string name in new[] { "#$ \\x", "a:b c" })
        {
            File.WriteAllText(In($"world/sub/{name}"), "");
        }

        foreach (string file in System.IO.Directory.GetFiles(In("world"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        File.WriteAllBytes(In("rule.d"), DependencyFile.Format("made", ["world/sub/#$ \\x", "world/sub/a:b c", "world/a file"]));
        File.WriteAllText(In("Makefile"), "made: ; @touch made; echo making\ninclude rule.d\n");
        Assert.Equal("making", Make());
        Assert.Equal("make: 'made' is up to date.", Make());
        foreach (string name in new[] { "sub/#$ \\x", "sub/a:b c", "a file" })
        {
            File.SetLastWriteTimeUtc(In("made"), DateTime.UtcNow.AddHours(-1));
            Assert.Equal("make: 'made' is up to date.", Make());
            File.SetLastWriteTimeUtc(In($"world/{name}"), DateTime.UtcNow.AddMinutes(-1));
            Assert.Equal("making", Make());
            File.SetLastWriteTimeUtc(In($"world/{name}"), DateTime.UnixEpoch);
        }
    }

    [Fact]
    public void Report_HasTheInputs()
    {
        World();
        Assert.Equal(0, Run("in.wat --allow-wasi --dir world --preload p=p.wat -o new.wasm --report report.json").ExitCode);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement;
        Assert.Equal(
            [
                "module in.wat", "preload p.wat", "file world/a file", "listing world/sub", "file world/sub/x", "status world/nothing",
                "clock ",
            ],
            report.GetProperty("inputs").EnumerateArray()
                .Select(input => $"{input.GetProperty("kind").GetString()} {input.GetProperty("name").GetString()}"));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("cache").ValueKind);
    }

    private string Make()
    {
        using Process process = Process.Start(new ProcessStartInfo("make", ["-s", "--no-silent", "made"])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (output + errors).Trim();
    }

    private void World()
    {
        System.IO.Directory.CreateDirectory(In("world/sub"));
        System.IO.Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("world/a file"), "a");
        File.WriteAllText(In("world/sub/x"), "x");
        File.WriteAllText(In("p.wat"), "(module)");
        File.WriteAllText(
            In("in.wat"),
            Explorer.Text("open a|file; read 10; close; opendir sub; list; close; open sub/x; close; stat nothing; clock")
                .Replace("a|file", "a file", StringComparison.Ordinal));
    }
}
