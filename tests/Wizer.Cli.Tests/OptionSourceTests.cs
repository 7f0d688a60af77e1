using Wizer.Pipeline;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Options that do not stand on the command line: those in a file and those of the environment.</summary>
public sealed class OptionSourceTests : TestDirectory
{
    private const string Usage = "\n\nUsage: wizer [OPTIONS] [INPUT]\n\nFor more information, try '--help'.\n";

    [Theory]
    [InlineData("", "")]
    [InlineData("  a\tb\nc\r\nd ", "a|b|c|d")]
    [InlineData("'a b' \"c d\"", "a b|c d")]
    [InlineData("--dir='a b'/c", "--dir=a b/c")]
    [InlineData("'' \"\"", "|")]
    [InlineData("a''b", "ab")]
    [InlineData("a\\ b \\\\ \\'", "a b|\\|'")]
    [InlineData("'a\\b'", "a\\b")]
    [InlineData("\"a\\\"b\\\\c\\d\\$e\"", "a\"b\\c\\d$e")]
    [InlineData("$HOME *", "$HOME|*")]
    public void Split_IsAShells(string text, string words) =>
        Assert.Equal(text.Length == 0 ? [] : words.Split('|'), OptionWords.Split(text));

    [Theory]
    [InlineData("-f 'x", "a quote (') is not closed")]
    [InlineData("\"x", "a quote (\") is not closed")]
    [InlineData("\"x\\", "a quote (\") is not closed")]
    [InlineData("x\\", "nothing follows the last backslash")]
    public void Split_RefusesWhatDoesNotEnd(string text, string message)
    {
        UsageException error = Assert.Throws<UsageException>(() => ArgumentParser.Parse([], text));
        Assert.Equal($"error: WIZER_OPTIONS: {message}\n\nFor more information, try '--help'.\n", error.Message);
    }

    [Fact]
    public void Variable_ComesBeforeTheCommandLine()
    {
        Arguments arguments = Parse("-o p in.wasm -f g --dir b -r x=y", "-f f --keep-init-func --dir a --dir 'a b' --max-memory 1M -r v=w");
        Assert.Equal("g", arguments.InitFunc);
        Assert.Equal("p", arguments.Output);
        Assert.Equal("in.wasm", arguments.Input);
        Assert.True(arguments.KeepInitFunc);
        Assert.Equal(1UL << 20, arguments.MaxMemory);
        Assert.Equal(["a", "a b", "b"], arguments.Dirs);
        Assert.Equal([new FuncRename("v", "w"), new FuncRename("x", "y")], arguments.Renames);
    }

    [Theory]
    [InlineData("--keep-init-func=false --inherit-env=false", "--keep-init-func --inherit-env")]
    [InlineData("", "--keep-init-func=false --inherit-env=false")]
    [InlineData("false", "--keep-init-func=false --inherit-env=false")] // the input, and no value for the last option there
    public void Switches_OfTheCommandLineCount(string command, string variable)
    {
        Arguments arguments = Parse(command, variable);
        Assert.False(arguments.KeepInitFunc || arguments.InheritEnv);
    }

    [Theory]
    [InlineData("", "-f a -f b", "the argument '--init-func <INIT_FUNC>' cannot be used multiple times")]
    [InlineData("", "in.wasm", "unexpected argument 'in.wasm' found")]
    [InlineData("", "-- in.wasm", "unexpected argument 'in.wasm' found")]
    [InlineData("", "-", "unexpected argument '-' found")]
    [InlineData("", "-vh", "unexpected argument '--help' found")]
    [InlineData("", "--version", "unexpected argument '--version' found")]
    [InlineData("in.wasm", "-x", "unexpected argument '-x' found\n\n  tip: to pass '-x' as a value, use '-- -x'")]
    public void Variable_IsNamedInItsErrors(string command, string variable, string message)
    {
        UsageException error = Assert.Throws<UsageException>(() => Parse(command, variable));
        Assert.Equal("error: WIZER_OPTIONS: " + message + Usage, error.Message);
    }

    [Fact]
    public void Variable_IsNoReason_NotToHelp()
    {
        Assert.Equal(HelpKind.Long, Parse("--help", "--nope").Help);
        Assert.True(Parse("--version", "--nope").Version);
        Assert.Equal(CommandKind.Inspect, Parse("inspect in.wasm", "--nope").Syntax.Kind);
        UsageException error = Assert.Throws<UsageException>(() => Parse("--never", "--nope"));
        Assert.StartsWith("error: unexpected argument '--never'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_ReadsTheVariable()
    {
        WizerResult result = WizerProcess.Run(["in.wat"], Directory, null, ("WIZER_OPTIONS", "-f 'no such'"));
        Assert.StartsWith("Error: the Wasm module does not have a `no such` export\n", result.Errors, StringComparison.Ordinal);
        result = WizerProcess.Run(["in.wat", "-f", "wizer-initialize"], Directory, null, ("WIZER_OPTIONS", "-f 'no such'"));
        Assert.Equal(Expected(), result.Succeeded().Output);
    }

    [Fact]
    public void File_HasOneArgumentALine()
    {
        File.WriteAllText(In("args"), "\uFEFF-f\r\n two words \n\n--dir=a b\n--keep-init-func\n-o");
        Arguments arguments = Parse($"-v @{In("args")} out.wasm in.wasm", "");
        Assert.Equal(" two words ", arguments.InitFunc);
        Assert.Equal(["a b"], arguments.Dirs);
        Assert.True(arguments.KeepInitFunc && arguments.Verbose);
        Assert.Equal(("out.wasm", "in.wasm"), (arguments.Output, arguments.Input));
    }

    [Fact]
    public void Files_MayFollowOneAnother()
    {
        File.WriteAllText(In("first"), "-f\ng\n");
        File.WriteAllText(In("second"), "in.wasm");
        Arguments arguments = Parse($"@{In("first")} @{In("second")}", "");
        Assert.Equal(("g", "in.wasm"), (arguments.InitFunc, arguments.Input));
        Assert.Equal("g", Parse("in.wasm", $"@{In("first")}").InitFunc);
    }

    [Theory]
    [InlineData("-f @x", "@x", null)]
    [InlineData("--init-func=@x", "@x", null)]
    [InlineData("-- @x", "wizer-initialize", "@x")]
    [InlineData("./@x", "wizer-initialize", "./@x")]
    [InlineData("@", "wizer-initialize", "@")]
    public void File_IsReadOnlyWhereAnInputCouldStand(string command, string initFunc, string? input)
    {
        Arguments arguments = Parse(command, "");
        Assert.Equal((initFunc, input), (arguments.InitFunc, arguments.Input));
    }

    [Fact]
    public void File_IsAModule_WhereAModuleIsLookedAt() => Assert.Equal("@x", Parse("inspect @x", "").Input);

    [Fact]
    public void File_CannotNameAnother()
    {
        File.WriteAllText(In("args"), "-v\n@args");
        UsageException error = Assert.Throws<UsageException>(() => Parse($"@{In("args")}", ""));
        Assert.StartsWith("error: unexpected argument '@args' found: a file with arguments cannot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatCannotBeRead_IsAnError()
    {
        Run("@none").Failed(
            """
            error: cannot read arguments from 'none': No such file or directory (os error 2)

              tip: a module that is called '@none' is './@none'

            For more information, try '--help'.

            """,
            exitCode: 2);
        File.WriteAllBytes(In("latin-1"), [(byte)'-', (byte)'f', 0xfc]);
        UsageException error = Assert.Throws<UsageException>(() => Parse($"@{In("latin-1")}", ""));
        Assert.Contains("it is no text in UTF-8", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<UsageException>(() => Parse("in.wasm", "@" + In("none")));
        Assert.StartsWith("error: WIZER_OPTIONS: cannot read arguments from", error.Message, StringComparison.Ordinal);
    }

    private static Arguments Parse(string command, string variable) =>
        ArgumentParser.Parse(ShellWords.Split(command).ToArray(), variable);
}
