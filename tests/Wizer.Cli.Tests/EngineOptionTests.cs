using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--engine</c>, of a command that has only one.</summary>
public sealed class EngineOptionTests : TestDirectory
{
    [Fact]
    public void EmbeddedEngine_IsTheDefault()
    {
        byte[] expected = Run("in.wat").Succeeded().Output;
        Assert.Equal(expected, Run("in.wat --engine embedded").Succeeded().Output);
    }

    [Fact]
    public void OtherEngine_IsAnErrorThatSaysWhereItIs()
    {
        WizerResult result = Run("in.wat -o out.wasm --engine wasmtime");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            "Error: the engine `wasmtime` is not part of this command\n\n"
            + "hint: `dotnet tool install --global wizer-wasmtime` installs one that has it: `wizer-wasmtime`, with the same options\n",
            result.Errors);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Theory]
    [InlineData("--engine=v8", "invalid value 'v8' for '--engine <embedded|wasmtime>'\n  [possible values: embedded, wasmtime]")]
    [InlineData("--engine=", "a value is required for '--engine <embedded|wasmtime>' but none was supplied\n  [possible values: embedded, wasmtime]")]
    public void NoEngine_IsAUsageError(string option, string message)
    {
        WizerResult result = Run($"in.wat {option}");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: {message}\n", result.Errors, StringComparison.Ordinal);
    }
}
