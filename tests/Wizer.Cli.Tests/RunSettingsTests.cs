using Wizer.Engine;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>What the command line means to the pipeline, where no run shows it alike on every machine.</summary>
public sealed class RunSettingsTests
{
    [Fact]
    public void Env_WinsOverWhatIsInherited()
    {
        WasiOptions wasi = Wasi("--allow-wasi --inherit-env --env PATH=mine --env WIZER_NEW=1");
        Assert.Equal("mine", Assert.Single(wasi.Environment, variable => variable.Name == "PATH").Value);
        Assert.Equal(new WasiVariable("WIZER_NEW", "1"), wasi.Environment[^1]);
        Assert.True(wasi.IsEnvironmentInherited);
    }

    [Fact]
    public void Env_WithoutAValue_IsTheVariableThatIsSetHere()
    {
        WasiOptions wasi = Wasi("--allow-wasi --env PATH");
        Assert.Equal([new WasiVariable("PATH", Environment.GetEnvironmentVariable("PATH")!)], wasi.Environment);

        // It was named, as a file is: the user's to repeat.
        Assert.False(wasi.IsEnvironmentInherited);
    }

    private static WasiOptions Wasi(string command) =>
        RunSettings.Environment(UsageErrorTests.Arguments(command), new GuestStreams(), []).Wasi!;
}
