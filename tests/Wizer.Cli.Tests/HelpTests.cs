using System.Text;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

public sealed class HelpTests : TestDirectory
{
    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_IsPrintedToStdout(string option) =>
        Snapshot.Verify(Encoding.UTF8.GetString(Run(option).Succeeded().Output), option.TrimStart('-'));

    [Fact]
    public void Help_NamesEveryOption()
    {
        string help = HelpPrinter.Format(CommandSyntax.Main, HelpKind.Short);
        foreach (Option option in OptionTable.Options)
        {
            Assert.Contains(option.Flag, help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_ToAFullDevice_IsAnError()
    {
        (int exitCode, string errors) = RunInShell("--help > /dev/full");
        Assert.Equal("Error: failed to write the help\n\nCaused by:\n    No space left on device (os error 28)\n", errors);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void UsageError_ExitsWith2() => Run("--nope").Failed(
        """
        error: unexpected argument '--nope' found

          tip: to pass '--nope' as a value, use '-- --nope'

        Usage: wizer [OPTIONS] [INPUT]

        For more information, try '--help'.

        """,
        exitCode: 2);
}
