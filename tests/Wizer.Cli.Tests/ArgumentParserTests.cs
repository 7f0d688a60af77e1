using Wizer.Pipeline;
using Xunit;

namespace Wizer.Cli.Tests;

public sealed class ArgumentParserTests
{
    [Fact]
    public void Parse_HasTheOriginalsDefaults()
    {
        Arguments arguments = UsageErrorTests.Arguments("");
        Assert.Null(arguments.Input);
        Assert.Null(arguments.Output);
        Assert.Equal("wizer-initialize", arguments.InitFunc);
        Assert.Empty(arguments.Renames);
        Assert.False(arguments.KeepInitFunc);
        Assert.False(arguments.AllowWasi);
        Assert.Empty(arguments.Preloads);
        Assert.True(arguments.InheritStdio);
        Assert.False(arguments.InheritEnv);
        Assert.Empty(arguments.Dirs);
        Assert.Empty(arguments.MapDirs);
        Assert.True(arguments.MultiMemory && arguments.MultiValue && arguments.BulkMemory);
        Assert.True(arguments.Simd && arguments.RelaxedSimd && arguments.ReferenceTypes);
        Assert.True(arguments.RelaxedSimdDeterministic);
        Assert.Equal(HelpKind.None, arguments.Help);
    }

    [Theory]
    [InlineData("", "Compact")]
    [InlineData("--layout compact", "Compact")]
    [InlineData("--layout=compatible", "Compatible")]
    public void Layout_IsCompact_UnlessToldOtherwise(string command, string layout) =>
        Assert.Equal(Enum.Parse<ModuleLayout>(layout), UsageErrorTests.Arguments(command).Layout);

    [Theory]
    [InlineData("-o p", "p")]
    [InlineData("-op", "p")]
    [InlineData("-o=p", "p")]
    [InlineData("-o=p=q", "p=q")]
    [InlineData("-o==p", "=p")]
    [InlineData("-o p=q", "p=q")]
    [InlineData("-o -", null)]
    [InlineData("-o-", null)]
    [InlineData("-o=-", null)]
    [InlineData("-o=-x", "-x")]
    public void Output_TakesItsValueInThreeWays(string command, string? output) =>
        Assert.Equal(output, UsageErrorTests.Arguments(command).Output);

    [Theory]
    [InlineData("in.wasm", "in.wasm")]
    [InlineData("-", null)]
    [InlineData("-- -x", "-x")]
    [InlineData("-- --", "--")]
    [InlineData("-o p in.wasm", "in.wasm")]
    [InlineData("in.wasm -o p", "in.wasm")]
    [InlineData("--inherit-env -- in.wasm", "in.wasm")]
    [InlineData("--keep-init-func in.wasm", "in.wasm")]
    [InlineData("--relaxed-simd-deterministic in.wasm", "in.wasm")]
    [InlineData("--allow-wasi in.wasm --", "in.wasm")]
    public void Input_IsTheWordThatBelongsToNoOption(string command, string? input) =>
        Assert.Equal(input, UsageErrorTests.Arguments(command).Input);

    [Theory]
    [InlineData("--relaxed-simd-deterministic", true)]
    [InlineData("--relaxed-simd-deterministic=true", true)]
    [InlineData("--relaxed-simd-deterministic=false", false)]
    public void RelaxedSimdDeterministic_IsWhatItSays(string command, bool expected) =>
        Assert.Equal(expected, UsageErrorTests.Arguments(command).RelaxedSimdDeterministic);

    [Theory]
    [InlineData("-f g", "g")]
    [InlineData("-fg", "g")]
    [InlineData("-f=g", "g")]
    [InlineData("-f=--g", "--g")]
    [InlineData("--init-func g", "g")]
    [InlineData("--init-func=g", "g")]
    [InlineData("--init-func=g=h", "g=h")]
    [InlineData("--init-func=", "")]
    [InlineData("-f -", "-")]
    [InlineData("-f ''", "")]
    public void InitFunc_MayBeAnyName(string command, string name) =>
        Assert.Equal(name, UsageErrorTests.Arguments(command).InitFunc);

    [Theory]
    [InlineData("-r a=b", "a", "b")]
    [InlineData("-ra=b", "a", "b")]
    [InlineData("-r=a=b", "a", "b")]
    [InlineData("--rename-func a=b", "a", "b")]
    [InlineData("--rename-func=a=b", "a", "b")]
    [InlineData("--func-rename a=b", "a", "b")]
    [InlineData("-r a=b=c", "a", "b=c")]
    [InlineData("-r a==b", "a", "=b")]
    [InlineData("-r =", "", "")]
    public void Rename_IsSplitAtTheFirstEqualsSign(string command, string destination, string source) =>
        Assert.Equal([new FuncRename(destination, source)], UsageErrorTests.Arguments(command).Renames);

    [Fact]
    public void ListOptions_KeepTheirOrder()
    {
        Arguments arguments = UsageErrorTests.Arguments(
            "--dir b --dir=a --mapdir x::y --mapdir w::v --preload q=r --preload=p=s -r c=d --func-rename a=b");
        Assert.Equal(["b", "a"], arguments.Dirs);
        Assert.Equal(["x::y", "w::v"], arguments.MapDirs);
        Assert.Equal(["q=r", "p=s"], arguments.Preloads);
        Assert.Equal([new FuncRename("c", "d"), new FuncRename("a", "b")], arguments.Renames);
    }

    [Theory]
    [InlineData("", true, false, true)]
    [InlineData("--inherit-stdio", true, false, true)]
    [InlineData("--inherit-stdio=false", false, false, true)]
    [InlineData("--inherit-stdio false", false, false, true)]
    [InlineData("--inherit-env", true, true, true)]
    [InlineData("--inherit-env true", true, true, true)]
    [InlineData("--inherit-env false", true, false, true)]
    [InlineData("--inherit-env=true --inherit-stdio=false", false, true, true)]
    [InlineData("--wasm-simd=false", true, false, false)]
    [InlineData("--wasm-simd false", true, false, false)]
    public void Switches_TakeTrueOrFalse(string command, bool inheritStdio, bool inheritEnv, bool simd)
    {
        Arguments arguments = UsageErrorTests.Arguments(command);
        Assert.Equal((inheritStdio, inheritEnv, simd), (arguments.InheritStdio, arguments.InheritEnv, arguments.Simd));
    }

    [Theory]
    [InlineData("--keep-init-func", true)]
    [InlineData("--keep-init-func=true", true)]
    [InlineData("--keep-init-func=false", false)]
    [InlineData("--keep-init-func false", true)]
    public void KeepInitFunc_TakesOnlyAnAttachedValue(string command, bool keep) =>
        Assert.Equal(keep, UsageErrorTests.Arguments(command).KeepInitFunc);

    [Fact]
    public void FeatureSwitches_EachTurnOffTheirOwn()
    {
        foreach (string feature in new[] { "multi-memory", "multi-value", "bulk-memory", "simd", "relaxed-simd", "reference-types", "compact-imports" })
        {
            Arguments arguments = UsageErrorTests.Arguments($"--wasm-{feature}=false");
            Assert.Equal(feature != "multi-memory", arguments.MultiMemory);
            Assert.Equal(feature != "multi-value", arguments.MultiValue);
            Assert.Equal(feature != "bulk-memory", arguments.BulkMemory);
            Assert.Equal(feature != "simd", arguments.Simd);
            Assert.Equal(feature != "relaxed-simd", arguments.RelaxedSimd);
            Assert.Equal(feature != "reference-types", arguments.ReferenceTypes);
            Assert.Equal(feature != "compact-imports", arguments.CompactImports);
        }
    }

    [Theory]
    [InlineData("-h", HelpKind.Short)]
    [InlineData("-hx", HelpKind.Short)]
    [InlineData("-h=1", HelpKind.Short)]
    [InlineData("--help", HelpKind.Long)]
    [InlineData("--help --nope", HelpKind.Long)]
    [InlineData("in.wasm -h --nope", HelpKind.Short)]
    [InlineData("--inherit-env -h", HelpKind.Short)]
    public void Help_EndsTheParsing(string command, object kind) =>
        Assert.Equal(kind, UsageErrorTests.Arguments(command).Help);

    [Fact]
    public void Parse_AddsNothingUnlessAsked()
    {
        Arguments arguments = UsageErrorTests.Arguments("");
        Assert.Equal(CommandKind.PreInitialize, arguments.Syntax.Kind);
        Assert.False(arguments.AllowExitZero);
        Assert.False(arguments.Version || arguments.Verbose || arguments.Deterministic || arguments.Json);
        Assert.Null(arguments.Report);
        Assert.Null(arguments.Timeout);
        Assert.Null(arguments.MaxMemory);
        Assert.Null(arguments.MaxTableElements);
        Assert.Null(arguments.StackSize);
        Assert.Null(arguments.MaxSegments);
        Assert.Equal(0u, arguments.RandomSeed);
    }

    [Theory]
    [InlineData("env", "env", "Trap")]
    [InlineData("env=zero", "env", "Zero")]
    [InlineData("env=trap", "env", "Trap")]
    [InlineData("a=b=zero", "a=b", "Zero")]
    [InlineData("''", "", "Trap")]
    public void Stub_IsSplitAtTheLastEqualsSign(string value, string module, string kind) =>
        Assert.Equal([new ImportStub(module, Enum.Parse<StubKind>(kind))], UsageErrorTests.Arguments("--stub " + value).Stubs);

    [Theory]
    [InlineData("env=")]
    [InlineData("env=one")]
    [InlineData("zero=env")]
    public void Stub_TrapsOrReturnsZeros(string value)
    {
        UsageException error = Assert.Throws<UsageException>(() => UsageErrorTests.Arguments("--stub " + value));
        Assert.StartsWith(
            $"error: invalid value '{value}' for '--stub <MODULE[=zero]>': must be the name of a module", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imports_HavePoliciesAndValues()
    {
        Arguments arguments = UsageErrorTests.Arguments(
            "--import-memory fresh --import-table=define --import-global=reject --define-global GOT.mem.a=b=-1 --define-global=e.x=null");
        Assert.Equal(
            (ImportPolicy.Fresh, ImportPolicy.Define, ImportPolicy.Reject),
            (arguments.ImportedMemories, arguments.ImportedTables, arguments.ImportedGlobals));
        Assert.Equal([new GlobalDefinition("GOT.mem.a=b", "-1"), new GlobalDefinition("e.x", "null")], arguments.DefinedGlobals);
    }

    [Theory]
    [InlineData("--import-memory=new", "invalid value 'new' for '--import-memory <reject|fresh|define>'")]
    [InlineData("--import-global=", "a value is required for '--import-global <reject|fresh|define>'")]
    [InlineData("--define-global=env.base", "invalid value 'env.base' for '--define-global <MODULE.NAME=VALUE>': must be the names of an import")]
    public void Imports_AreRefusedAsOthersAre(string word, string message) => Assert.Contains(
        message, Assert.Throws<UsageException>(() => UsageErrorTests.Arguments(word)).Message, StringComparison.Ordinal);

    [Fact]
    public void VariablesAndArguments_KeepTheirOrder()
    {
        Arguments arguments = UsageErrorTests.Arguments("--env B=1 --env=A=x=y --env HOME --env E= --arg b --arg=-a --arg ''");
        Assert.Equal(["B=1", "A=x=y", "HOME", "E="], arguments.Envs);
        Assert.Equal(["b", "-a", ""], arguments.Args);
    }

    [Theory]
    [InlineData("")]
    [InlineData("=x")]
    public void Env_NeedsAName(string value)
    {
        UsageException error = Assert.Throws<UsageException>(() => ArgumentParser.Parse(["--env=" + value]));
        Assert.Equal(
            $"error: invalid value '{value}' for '--env <NAME[=VALUE]>': must begin with the name of the variable\n\n"
            + "For more information, try '--help'.\n",
            error.Message);
    }

    [Fact]
    public void Letters_MayBeBundled()
    {
        Arguments arguments = UsageErrorTests.Arguments("-vo p -fx");
        Assert.True(arguments.Verbose);
        Assert.Equal("p", arguments.Output);
        Assert.Equal("x", arguments.InitFunc);
        Assert.Equal(HelpKind.Short, UsageErrorTests.Arguments("-vhx").Help);
    }

    [Theory]
    [InlineData("--version --nope")]
    [InlineData("--version a b")]
    public void Version_IsPrintedWhateverFollows(string command) => Assert.True(UsageErrorTests.Arguments(command).Version);

    [Theory]
    [InlineData("--max-memory=0", 0UL)]
    [InlineData("--max-memory 1000000", 1_000_000UL)]
    [InlineData("--max-memory=512M", 512UL << 20)]
    [InlineData("--max-memory=512m", 512UL << 20)]
    [InlineData("--max-memory=3KiB", 3UL << 10)]
    [InlineData("--max-memory=4GiB", 4UL << 30)]
    [InlineData("--max-memory=2T", 2UL << 40)]
    [InlineData("--max-memory=18446744073709551615", ulong.MaxValue)]
    public void Bytes_MayHaveAUnit(string command, ulong bytes) =>
        Assert.Equal(bytes, UsageErrorTests.Arguments(command).MaxMemory);

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5G")]
    [InlineData("1 G")]
    [InlineData("1MB")]
    [InlineData("0x10")]
    [InlineData("18446744073709551616")]
    [InlineData("16777216T")]
    public void Bytes_AreRefused_WhenTheyAreNone(string value)
    {
        UsageException error = Assert.Throws<UsageException>(() => ArgumentParser.Parse(["--stack-size=" + value]));
        Assert.Equal(
            $"error: invalid value '{value}' for '--stack-size <BYTES>': must be a number of bytes, for example 1000000, 512M or 4GiB\n\n"
            + "For more information, try '--help'.\n",
            error.Message);
    }

    [Theory]
    [InlineData("30", 30_000)]
    [InlineData("0.5", 500)]
    [InlineData(".25", 250)]
    [InlineData("4000000", 4_000_000_000)]
    public void Seconds_MayHaveFractions(string value, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), UsageErrorTests.Arguments("--timeout " + value).Timeout);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData("30s")]
    [InlineData("4000001")]
    public void Seconds_AreRefused_WhenTheyAreNone(string value)
    {
        UsageException error = Assert.Throws<UsageException>(() => ArgumentParser.Parse(["--timeout=" + value]));
        Assert.StartsWith($"error: invalid value '{value}' for '--timeout <SECONDS>': must be a number of seconds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-table-elements=x")]
    [InlineData("--max-segments=-1")]
    [InlineData("--random-seed=-1")]
    [InlineData("--random-seed=18446744073709551616")]
    public void Counts_AreRefused_WhenTheyAreNone(string command)
    {
        UsageException error = Assert.Throws<UsageException>(() => UsageErrorTests.Arguments(command));
        Assert.Contains("must be a number in decimal digits", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout 1 --timeout 2", "the argument '--timeout <SECONDS>' cannot be used multiple times")]
    [InlineData("-v --verbose", "the argument '--verbose' cannot be used multiple times")]
    [InlineData("--report", "a value is required for '--report <FILE>' but none was supplied")]
    [InlineData("--report=", "a value is required for '--report <FILE>' but none was supplied")]
    [InlineData("--report - in.wasm", "the module and the report cannot both go to stdout; name a file with '-o' or '--report'")]
    [InlineData("--report x -o x", "the module and the report cannot both go to 'x'")]
    [InlineData("--verbos", "unexpected argument '--verbos' found\n\n  tip: a similar argument exists: '--verbose'")]
    [InlineData("--verbose=1", "unexpected argument '--verbose' found")]
    public void Additions_AreRefusedLikeTheRest(string command, string message)
    {
        UsageException error = Assert.Throws<UsageException>(() => UsageErrorTests.Arguments(command));
        Assert.StartsWith("error: " + message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect", CommandKind.Inspect, null)]
    [InlineData("inspect a.wasm --json", CommandKind.Inspect, "a.wasm")]
    [InlineData("print -", CommandKind.Print, null)]
    [InlineData("print -o out.wat a.wasm", CommandKind.Print, "a.wasm")]
    [InlineData("completion fish", CommandKind.Completion, "fish")]
    [InlineData("./inspect", CommandKind.PreInitialize, "./inspect")]
    [InlineData("-- print", CommandKind.PreInitialize, "print")]
    [InlineData("--allow-wasi print", CommandKind.PreInitialize, "print")]
    [InlineData("inspect inspect", CommandKind.Inspect, "inspect")]
    public void Subcommand_IsTheFirstWordOnly(string command, object kind, string? input)
    {
        Arguments arguments = UsageErrorTests.Arguments(command);
        Assert.Equal(kind, arguments.Syntax.Kind);
        Assert.Equal(input, arguments.Input);
    }

    [Theory]
    [InlineData("inspect --allow-wasi", "unexpected argument '--allow-wasi' found\n\n  tip: to pass '--allow-wasi' as a value, use '-- --allow-wasi'\n\nUsage: wizer inspect [OPTIONS] [FILE]")]
    [InlineData("inspect --jso", "unexpected argument '--jso' found\n\n  tip: a similar argument exists: '--json'\n\nUsage: wizer inspect --json [FILE]")]
    [InlineData("print a b", "unexpected argument 'b' found\n\nUsage: wizer print [OPTIONS] [FILE]")]
    [InlineData("completion", "a value is required for '<SHELL>' but none was supplied\n  [possible values: bash, zsh, fish]")]
    [InlineData("completion tcsh", "invalid value 'tcsh' for '<SHELL>'\n  [possible values: bash, zsh, fish]")]
    public void Subcommand_RefusesWhatItDoesNotKnow(string command, string message)
    {
        UsageException error = Assert.Throws<UsageException>(() => UsageErrorTests.Arguments(command));
        Assert.Equal($"error: {message}\n\nFor more information, try '--help'.\n", error.Message);
    }
}
