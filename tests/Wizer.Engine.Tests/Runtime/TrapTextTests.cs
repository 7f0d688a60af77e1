using Wizer.Engine.Interpreter;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class TrapTextTests
{
    [Fact]
    public void DisplayBacktrace_HasTheOriginalsForm()
    {
        var trap = new WasmTrapException(TrapKind.Unreachable);
        Assert.Null(trap.DisplayBacktrace);
        trap.Add(new WasmFrame(0, "foo", 0x5c, "m"));
        trap.Add(new WasmFrame(1, "bar", 0x123456, "m"));
        trap.Add(new WasmFrame(2, null, 0x65, "m"));
        trap.Add(new WasmFrame(3, null, -1));

        Assert.Equal(
            """
            error while executing at wasm backtrace:
                0:     0x5c - m!foo
                1: 0x123456 - m!bar
                2:     0x65 - m!<wasm function 2>
                3: <unknown>!<wasm function 3>
            """.ReplaceLineEndings("\n"),
            trap.DisplayBacktrace);
        Assert.Equal("wasm trap: wasm `unreachable` instruction executed", trap.DisplayMessage);
        Assert.Equal("unreachable", trap.Message);
    }

    [Fact]
    public void DisplayBacktrace_HasSymbolsInThePlaceOfNames()
    {
        var trap = new WasmTrapException(TrapKind.Unreachable);
        FrameSymbol[] inlined =
            [new("inner", "/b.h", 7, 0), new(null, "/a.c", 4, null), new(null, "/a.c", null, null), new("outer", null, 12, 5)];
        trap.Add(new WasmFrame(0, "foo", 0x5c, "m") { Symbols = inlined });
        trap.Add(new WasmFrame(1, "bar", 0x60, "m") { Symbols = [new FrameSymbol(null, "/a.c", 20, 1)] });
        trap.Add(new WasmFrame(2, null, -1) { Symbols = [default] });
        trap.Add(new WasmFrame(3, "baz", 0x70, "m"));

        Assert.Equal(
            """
            error while executing at wasm backtrace:
                0:     0x5c - inner
                                at /b.h:7:0
                            - <inlined function>
                                at /a.c:4
                            - <inlined function>
                                at /a.c
                            - outer
                1:     0x60 - bar
                                at /a.c:20:1
                2: <wasm function 2>
                3:     0x70 - m!baz
            """.ReplaceLineEndings("\n"),
            trap.DisplayBacktrace);
    }

    [Fact]
    public void DisplayBacktrace_LeavesOutTheMiddle()
    {
        string[] lines = Recursion(500).DisplayBacktrace!.Split('\n');
        Assert.Equal(1 + 50 + 1 + 10, lines.Length);
        Assert.Equal("   49:      0x1 - <unknown>!again", lines[50]);
        Assert.Equal("       ... 440 more frames", lines[51]);
        Assert.Equal("  499:      0x1 - <unknown>!again", lines[61]);
    }

    [Fact]
    public void DisplayBacktrace_OfARunawayRecursion_LeavesOutTheEnd()
    {
        string[] lines = Recursion(Execution.MaxBacktraceFrames).DisplayBacktrace!.Split('\n');
        Assert.Equal(1 + 50 + 1, lines.Length);
        Assert.Equal("       ... more frames", lines[51]);
    }

    [Theory]
    [InlineData(TrapKind.UndefinedElement, "undefined element", "undefined element: out of bounds table access")]
    [InlineData(TrapKind.TableOutOfBounds, "out of bounds table access", "undefined element: out of bounds table access")]
    [InlineData(TrapKind.IndirectCallMismatch, "indirect call type mismatch", "indirect call type mismatch")]
    [InlineData(TrapKind.InvalidConversion, "invalid conversion to integer", "invalid conversion to integer")]
    [InlineData(TrapKind.NullFunctionReference, "null function reference", "null reference")]
    public void Kind_HasBothWordings(TrapKind kind, string spec, string display)
    {
        Assert.Equal(spec, kind.SpecText());
        Assert.Equal(display, kind.DisplayText());
    }

    [Fact]
    public void HostTrap_SpeaksForItself()
    {
        var trap = new WasiExitException(0);
        Assert.Equal("Exited with i32 exit status 0", trap.DisplayMessage);
        Assert.Null(trap.DisplayBacktrace);
        Assert.Equal(TrapKind.HostException, trap.Kind);
    }

    private static WasmTrapException Recursion(int depth)
    {
        var trap = new WasmTrapException(TrapKind.CallStackExhausted);
        for (uint i = 0; i < depth; i++)
        {
            trap.Add(new WasmFrame(i, "again", 1));
        }

        return trap;
    }
}
