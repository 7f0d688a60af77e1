using System.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Hints stand behind the original's text of an error; <c>cases/</c> has more of them.</summary>
public sealed class HintTests : TestDirectory
{
    [Theory]
    [InlineData("<!DOCTYPE html>", "hint: the input is an HTML page, perhaps the answer of a server that does not have the module\n")]
    [InlineData("\n<html>", "hint: the input is an HTML page, perhaps the answer of a server that does not have the module\n")]
    [InlineData("(function () {})", "hint: the input looks like a script; the module is the .wasm file that comes with it\n")]
    public void Text_ThatIsNoModule_IsCalledWhatItIs(string text, string hint)
    {
        foreach (string command in new[] { "", "inspect", "print", "--preload p=- in.wat" })
        {
            WizerResult result = Run(command, Encoding.UTF8.GetBytes(text));
            Assert.StartsWith("Error: ", result.Errors, StringComparison.Ordinal);
            Assert.EndsWith("\n\n" + hint, result.Errors, StringComparison.Ordinal);
        }
    }
}
