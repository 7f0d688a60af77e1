using System.Text.Json;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>A file's name is bytes, which need not be UTF-8; whatever else is on the command line is text.</summary>
public sealed class FileNameTests : TestDirectory
{
    // The names that the shell makes: C# has no strings for them.
    private const string MakeNames = """m=$(printf 'm\377\376\303.wat'); o=$(printf '\303o\377.wasm'); d=$(printf 'd\200'); """;

    [Theory]
    [InlineData("""mv in.wat "$m";""", """ "$m" -o "$o" && mv "$o" out.wasm""")]
    [InlineData("""cp in.wat "$o";""", """ "$o" -o "$o" && mv "$o" out.wasm""")]
    [InlineData("""ln -s "$o" link;""", """in.wat -o link && mv "$o" out.wasm""")]
    [InlineData("""ln -s "$o" link; : > "$o";""", """in.wat -o link && mv "$o" out.wasm""")]
    [InlineData("""mkdir "$d"; ln -s ../in.wat "$d/$m"; """, """ "$d/$m" -o "$d/$o" && mv "$d/$o" out.wasm""")]
    [InlineData("""mkdir "$d"; ln -s "$d" link;""", """in.wat -o link/x.wasm && mv "$d/x.wasm" out.wasm""")]
    [InlineData(""": > "$o"; ln "$o" "$m";""", """in.wat -o "$o" && mv "$m" out.wasm""")]
    [InlineData("""echo in.wat > "$m";""", """@"$m" -o out.wasm""")]
    [InlineData("""cp in.wat "$m";""", """in.wat --preload other="$m" -o out.wasm""")]
    [InlineData("""cp in.wat "$m";""", """in.wat --preload=other="$m" -o=out.wasm""")]
    [InlineData("""mkdir "$d";""", """in.wat --allow-wasi --mapdir guest::"$d" -o out.wasm""")]
    public void Name_NeedNotBeUtf8(string before, string command)
    {
        byte[] expected = Expected();
        Assert.Equal((0, ""), RunInShell(Clean(command), MakeNames + before));
        Assert.Equal(expected, File.ReadAllBytes(In("out.wasm")));
        Assert.DoesNotContain(Names(), name => name.StartsWith('.'));
    }

    [Theory]
    [InlineData(""" "$m" -o out.wasm""", "failed to open input file", "m\ufffd\ufffd\ufffd.wat")]
    [InlineData("""in.wat -o "$d/out.wasm" """, "failed to create output file", "d\ufffd/out.wasm")]
    [InlineData("""in.wat --allow-wasi --mapdir guest::"$d" -o out.wasm""", "failed to open directory", "d\ufffd")]
    public void Name_IsShownWithReplacements(string command, string message, string name)
    {
        (int exitCode, string errors) = RunInShell(command, MakeNames);
        Assert.Equal($"Error: {message}\n\nCaused by:\n    No such file or directory (os error 2): `{name}`\n", errors);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void Name_WithACharacterForReplacements_IsItself()
    {
        File.Copy(In("in.wat"), In("\ufffd.wat"));
        WizerResult result = WizerProcess.Run(["\ufffd.wat", "-o", "\ufffdo.wasm"], Directory);
        result.Succeeded();
        Assert.Equal(Expected(), File.ReadAllBytes(In("\ufffdo.wasm")));
    }

    [Fact]
    public void Report_HasNamesWithReplacements()
    {
        Assert.Equal((0, ""), RunInShell(Clean(""" "$m" -o "$o" --report "$d" && mv "$d" report.json"""), MakeNames + """cp in.wat "$m";"""));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(In("report.json")));
        Assert.Equal("m\ufffd\ufffd\ufffd.wat", report.RootElement.GetProperty("input").GetProperty("path").GetString());
        Assert.Equal("\ufffdo\ufffd.wasm", report.RootElement.GetProperty("output").GetProperty("path").GetString());
    }

    [Fact]
    public void Report_OfAFailure_HasNamesWithReplacements()
    {
        (int exitCode, _) = RunInShell(Clean(""" "$m" --report report.json -o out.wasm"""), MakeNames);
        Assert.Equal(1, exitCode);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(In("report.json")));
        Assert.Contains("`m\ufffd\ufffd\ufffd.wat`", report.RootElement.GetProperty("error").GetProperty("causes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_TakesNoModulesPlace_WhateverItsName()
    {
        (int exitCode, string errors) = RunInShell(Clean("""--report "$m" "$m" -o out.wasm"""), MakeNames + """cp in.wat "$m";""");
        Assert.Equal("error: the report cannot go to 'm\ufffd\ufffd\ufffd.wat', which is the input\n\nFor more information, try '--help'.\n", errors);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("""print "$m" -o "$o" && mv "$o" out.txt""", "(module")]
    [InlineData("""inspect "$m" > out.txt""", "m\ufffd\ufffd\ufffd.wat")]
    [InlineData("""inspect --json "$m" > out.txt""", "\"path\": \"m")]
    public void Name_IsTakenByTheOtherCommands(string command, string expected)
    {
        Assert.Equal((0, ""), RunInShell(Clean(command), MakeNames + """cp in.wat "$m";"""));
        Assert.Contains(expected, File.ReadAllText(In("out.txt")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""in.wat -f "$m" """)]
    [InlineData("""in.wat -f"$m" """)]
    [InlineData("""in.wat --init-func="$m" """)]
    [InlineData("""in.wat -r "a=$m" """)]
    [InlineData("""in.wat -r "$m" """)]
    [InlineData("""in.wat --allow-wasi --dir "$d" """)]
    [InlineData("""in.wat --mapdir "$d" """)]
    [InlineData("""in.wat --mapdir "$d::." """)]
    [InlineData("""in.wat --preload "$m" """)]
    [InlineData("""in.wat --preload "$d=in.wat" """)]
    [InlineData("""in.wat --timeout "$d" """)]
    [InlineData(""" "$m" -f "$m" --unknown""")]
    public void Text_MustBeUtf8(string command) => IsMisuse(
        command, "invalid UTF-8 was detected in one or more arguments\n\nUsage: wizer [OPTIONS] [INPUT]");

    [Theory]
    [InlineData("""-"$d" """, "unexpected argument '-d' found\n\n  tip: to pass '-d' as a value, use '-- -d'\n\nUsage: wizer [OPTIONS] [INPUT]")]
    [InlineData(
        """-$(printf '\377')""",
        "unexpected argument '-\ufffd' found\n\n  tip: to pass '-\ufffd' as a value, use '-- -\ufffd'\n\nUsage: wizer [OPTIONS] [INPUT]")]
    [InlineData(
        """--foo$(printf '\377')""",
        "unexpected argument '--foo\ufffd' found\n\n  tip: to pass '--foo\ufffd' as a value, use '-- --foo\ufffd'\n\nUsage: wizer [OPTIONS] [INPUT]")]
    [InlineData("""in.wat --inherit-env "$d" """, "invalid value 'd\ufffd' for '--inherit-env [<true|false>]'\n  [possible values: true, false]")]
    public void OtherMisuse_IsShownWithReplacements(string command, string message) => IsMisuse(command, message);

    private void IsMisuse(string command, string message)
    {
        (int exitCode, string errors) = RunInShell(command, MakeNames);
        Assert.Equal($"error: {message}\n\nFor more information, try '--help'.\n", errors);
        Assert.Equal(2, exitCode);
    }

    // .NET could not delete what has such a name.
    private static string Clean(string command) => command + """; code=$?; rm -rf "$m" "$o" "$d"; exit $code""";
}
