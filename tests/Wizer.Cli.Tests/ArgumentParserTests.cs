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
        foreach (string feature in new[] { "multi-memory", "multi-value", "bulk-memory", "simd", "relaxed-simd", "reference-types" })
        {
            Arguments arguments = UsageErrorTests.Arguments($"--wasm-{feature}=false");
            Assert.Equal(feature != "multi-memory", arguments.MultiMemory);
            Assert.Equal(feature != "multi-value", arguments.MultiValue);
            Assert.Equal(feature != "bulk-memory", arguments.BulkMemory);
            Assert.Equal(feature != "simd", arguments.Simd);
            Assert.Equal(feature != "relaxed-simd", arguments.RelaxedSimd);
            Assert.Equal(feature != "reference-types", arguments.ReferenceTypes);
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

    [Theory]
    [InlineData("MARTHA", "MARHTA", 0.944)]
    [InlineData("DIXON", "DICKSONX", 0.767)]
    [InlineData("a", "b", 0)]
    [InlineData("", "", 1)]
    [InlineData("a", "", 0)]
    public void Similarity_IsJaros(string a, string b, double similarity) =>
        Assert.Equal(similarity, Similarity.Jaro(a, b), 3);
}
