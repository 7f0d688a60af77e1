using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--profile-write</c>, <c>--profile-use</c> and <c>--profile-embed</c>.</summary>
public sealed class ProfileOptionTests : TestDirectory
{
    [Fact]
    public void Outputs_AreTheSame_WithAndWithout()
    {
        byte[] expected = Expected();
        Run("in.wat -o recorded.wasm --profile-write a.profile --profile-embed with.wasm").Succeeded();
        Assert.Equal(expected, File.ReadAllBytes(In("recorded.wasm")));
        Assert.Equal(expected, Run("in.wat --profile-use a.profile").Succeeded().Output);
        Assert.Equal(expected, Run("with.wasm").Succeeded().Output);
        WizerResult verbose = Run("with.wasm -o out.wasm --verbose");
        Assert.Contains("profile                  1 functions, 0 busy, 0 of them compiled\n", verbose.Errors, StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllBytes(In("out.wasm")));
    }

    [Fact]
    public void OtherFiles_AreNoted_AndIgnored()
    {
        byte[] expected = Expected();
        File.WriteAllText(In("none.profile"), "not a profile");
        File.WriteAllText(In("empty.profile"), "");
        File.WriteAllText(In("other.wat"), """(module (func) (func (export "wizer-initialize")))""");
        Run("other.wat -o out.wasm --profile-write other.profile").Succeeded();
        foreach ((string name, string what) in new[]
        {
            ("none", "is damaged, or is none,"),
            ("empty", "is damaged, or is none,"),
            ("other", "is of another module, or of another build of this one,"),
        })
        {
            WizerResult result = Run($"in.wat --profile-use {name}.profile");
            Assert.Equal(0, result.ExitCode);
            Assert.Equal($"warning: the profile {what} and was ignored\n", result.Errors);
            Assert.Equal(expected, result.Output);
        }
    }

    [Fact]
    public void MissingProfile_IsAnError()
    {
        WizerResult result = Run("in.wat -o out.wasm --profile-use none.profile");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("Error: failed to read the profile `none.profile`\n", result.Errors, StringComparison.Ordinal);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Theory]
    [InlineData("in.wat -o out.wasm --profile-write in.wat", "in.wat", "the input")]
    [InlineData("in.wat -o out.wasm --profile-embed in.wat", "in.wat", "the input")]
    [InlineData("in.wat -o out.wasm --profile-write out.wasm", "out.wasm", "the new module")]
    [InlineData("in.wat -o out.wasm --profile-embed ./out.wasm", "./out.wasm", "the new module")]
    [InlineData("in.wat --profile-write -", "-", "the new module")]
    [InlineData("in.wat -o out.wasm --report a --profile-write a", "a", "the report")]
    [InlineData("in.wat -o out.wasm --profile-embed a --profile-write a", "a", "the module with the profile")]
    public void Profiles_HaveAPlaceOfTheirOwn(string command, string path, string what)
    {
        WizerResult result = Run(command);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: the profile cannot go to '{path}', which is {what}\n", result.Errors, StringComparison.Ordinal);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Fact]
    public void Profile_ReplacesNoModule()
    {
        Run("in.wat -o victim.wasm").Succeeded();
        byte[] victim = File.ReadAllBytes(In("victim.wasm"));
        WizerResult result = Run("in.wat -o out.wasm --profile-write victim.wasm");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a profile does not replace one: `victim.wasm`", result.Errors, StringComparison.Ordinal);
        Assert.Equal(victim, File.ReadAllBytes(In("victim.wasm")));
    }

    // What failed says nothing about the next run.
    [Fact]
    public void FailedRun_LeavesNoProfile()
    {
        Assert.Equal(1, Run("trap.wat -o out.wasm --profile-write a.profile --profile-embed b.wasm").ExitCode);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }
}
