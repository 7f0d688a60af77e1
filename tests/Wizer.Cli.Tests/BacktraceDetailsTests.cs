using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The environment variable of the original that asks for files and lines in backtraces.</summary>
public sealed class BacktraceDetailsTests : TestDirectory
{
    private const string Note =
        "note: using the `WASMTIME_BACKTRACE_DETAILS=1` environment variable may show more debugging information";

    // A function `init` that calls `take`, where `check` was put at the instruction that traps: in version 4 of DWARF.
    private const string Sections =
        """
          (@custom ".debug_abbrev" "\01\11\01\10\17\1b\08\11\01\12\0b\00\00\02.\01\03\08\11\01\12\0b\00\00"
            "\03\1d\00\03\08\11\01\12\0bX\0bY\0bW\0b\00\00\00")
          (@custom ".debug_info" ">\00\00\00\04\00\00\00\00\00\04\01\00\00\00\00/src\00\02\00\00\00\08"
            "\02init\00\02\00\00\00\04\00\02take\00\07\00\00\00\03\03check\00\08\00\00\00\01\01\04\02\00\00")
          (@custom ".debug_line" "9\00\00\00\04\00\1b\00\00\00\01\01\01\fb\0e\0d\00\01\01\01\01\00\00\00\01\00\00\01\00a.c\00\00\00\00\00"
            "\00\05\02\02\00\00\00\03\09\05\03\01\02\06\03\7f\05\07\01\02\02\00\01\01")
        """;

    private const string Frames = "    0:     0x33 - m!take\n    1:     0x2e - m!init";

    private static readonly string s_details =
        """
            0:     0x33 - check
                            at /src/a.c:9:7
                        - take
                            at /src/a.c:4:2
            1:     0x2e - init
                            at /src/a.c:10:3
        """.ReplaceLineEndings("\n");

    [Fact]
    public void One_ShowsFilesAndLines()
    {
        Write("module.wat", Guest("wizer-initialize", Sections));
        Assert.Equal(Failure("the `wizer-initialize` function trapped", s_details), Errors("1", "module.wat"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("true")]
    [InlineData(" 1")]
    public void AnythingElse_ShowsThatThereIsMore(string value)
    {
        Write("module.wat", Guest("wizer-initialize", Sections));
        Assert.Equal(Failure("the `wizer-initialize` function trapped", Frames + "\n" + Note), Errors(value, "module.wat"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public void ModulesWithoutDebugSections_AreTheSameEitherWay(string value)
    {
        Write("module.wat", Guest("wizer-initialize", ""));
        Assert.Equal(Failure("the `wizer-initialize` function trapped", Frames), Errors(value, "module.wat"));
    }

    // The original goes by the name of the section alone.
    [Theory]
    [InlineData(".debug_", true)]
    [InlineData(".debug_x", true)]
    [InlineData(".debug", false)]
    [InlineData("x.debug_info", false)]
    public void Note_IsForEverySectionNamedAsDebugSectionsAre(string section, bool isNoted)
    {
        Write("module.wat", Guest("wizer-initialize", $"(@custom \"{section}\" \"\")"));
        string expected = Frames + (isNoted ? "\n" + Note : "");
        Assert.Equal(Failure("the `wizer-initialize` function trapped", expected), Errors("", "module.wat"));
        Assert.Equal(Failure("the `wizer-initialize` function trapped", Frames), Errors("1", "module.wat"));
    }

    [Fact]
    public void StartFunctions_HaveFilesAndLinesToo()
    {
        Write("module.wat", Guest("wizer-initialize", Sections, "(start $init)"));
        Assert.Equal(Failure(null, At("0x36", "0x31")), Errors("1", "module.wat"));
    }

    [Fact]
    public void PreloadedModules_HaveTheirOwn()
    {
        Write("preload.wat", Guest("go", Sections));
        Write("module.wat", """
            (module $user
              (import "p" "go" (func $go))
              (func $run (export "wizer-initialize") (call $go)))
            """);
        string[] arguments = ["module.wat", "--preload", "p=preload.wat"];
        Assert.Equal(
            Failure(
                "the `wizer-initialize` function trapped",
                At("0x25", "0x20") + "\n    2:     0x37 - user!run"),
            Errors("1", arguments));
        Assert.Contains($"user!run\n       {Note}\n", Errors("0", arguments), StringComparison.Ordinal);
    }

    private static string Guest(string export, string sections, string start = "") =>
        $"(module $m\n{start}\n  (func $init (export \"{export}\") (call $take))\n  (func $take unreachable)\n{sections})\n";

    private static string Failure(string? what, string frames)
    {
        const string Cause = "error while executing at wasm backtrace:\n";
        const string Reason = "wasm trap: wasm `unreachable` instruction executed\n";
        return what is null
            ? $"Error: {Cause}{frames}\n\nCaused by:\n    {Reason}"
            : $"Error: {what}\n\nCaused by:\n    0: {Cause}       {Indent(frames)}\n    1: {Reason}";
    }

    private static string Indent(string lines) => lines.Replace("\n", "\n       ", StringComparison.Ordinal);

    private static string At(string take, string init) =>
        s_details.Replace("0x33", take, StringComparison.Ordinal).Replace("0x2e", init, StringComparison.Ordinal);

    private void Write(string name, string text) => File.WriteAllText(In(name), text);

    private string Errors(string value, params string[] arguments)
    {
        WizerResult result = WizerProcess.Run(arguments, Directory, null, ("WASMTIME_BACKTRACE_DETAILS", value));
        Assert.Equal(1, result.ExitCode);
        return result.Errors;
    }
}
