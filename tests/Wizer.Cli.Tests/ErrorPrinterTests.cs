using Wizer.Engine;
using Xunit;

namespace Wizer.Cli.Tests;

public sealed class ErrorPrinterTests
{
    [Fact]
    public void Format_PrintsAnErrorWithoutCausesAlone() =>
        Assert.Equal("Error: it broke\n", ErrorPrinter.Format(new InvalidOperationException("it broke")));

    [Fact]
    public void Format_IndentsASingleCause() => Assert.Equal(
        "Error: it broke\n\nCaused by:\n    a hammer\n    of steel\n",
        ErrorPrinter.Format(new InvalidOperationException("it broke", new InvalidOperationException("a hammer\nof steel"))));

    [Fact]
    public void Format_PutsTheOutermostHintBehindTheCauses() => Assert.Equal(
        "Error: it broke\n\nCaused by:\n    a hammer\n\nhint: glue it\n",
        ErrorPrinter.Format(new InvalidOperationException(
            "it broke", Failed("a hammer", "glue it", Failed("a hammer", "no")))));

    [Fact]
    public void Format_NumbersSeveralCauses()
    {
        Exception error = new InvalidOperationException("the last");
        for (int i = 10; i >= 0; i--)
        {
            error = new InvalidOperationException(i == 10 ? "two\nlines" : $"cause {i}", error);
        }

        string text = ErrorPrinter.Format(error);
        Assert.StartsWith("Error: cause 0\n\nCaused by:\n    0: cause 1\n    1: cause 2\n", text, StringComparison.Ordinal);
        Assert.EndsWith("    8: cause 9\n    9: two\n       lines\n   10: the last\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_PrintsATrapWithoutFramesAsOneCause() => Assert.Equal(
        "Error: it trapped\n\nCaused by:\n    wasm trap: integer divide by zero\n",
        ErrorPrinter.Format(new InvalidOperationException("it trapped", new WasmTrapException(TrapKind.IntegerDivideByZero))));

    [Fact]
    public void Format_PrintsWhatAHostFunctionSaidAsItIs() =>
        Assert.Equal("Error: Exited with i32 exit status 7\n", ErrorPrinter.Format(new WasiExitException(7)));

    [Fact]
    public void FormatInternal_SaysWhereAndAsksForAReport_WithoutAStackTrace()
    {
        string text = "";
        try
        {
            Fail();
        }
        catch (InvalidOperationException error)
        {
            text = ErrorPrinter.FormatInternal(error);
        }

        Assert.Equal(
            """
            Error: internal error: InvalidOperationException in Wizer.Cli.Tests.ErrorPrinterTests.Fail

            Caused by:
                line one line two

            This is a fault of wizer and not of the module. Please report it with the command line and the module.

            """,
            text);
    }

    private static CommandException Failed(string message, string hint, Exception? cause = null) =>
        new(DiagnosticCode.OutputFailed, message, cause) { Hint = hint };

    private static void Fail() => throw new InvalidOperationException("line one\nline two");
}
