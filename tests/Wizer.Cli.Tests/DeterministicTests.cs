using Wizer.Binary;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--deterministic</c>, as far as the command has a part in it.</summary>
public sealed class DeterministicTests : TestDirectory
{
    private const string Clock =
        """
        (module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
          (memory (export "memory") 1)
          (global $time (mut i64) (i64.const 0))
          (func (export "wizer-initialize")
            (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))
            (global.set $time (i64.load (i32.const 0)))))
        """;

    public DeterministicTests() => File.WriteAllText(In("clock.wat"), Clock);

    [Theory]
    [InlineData("", 0)]
    [InlineData("5", 5)]
    [InlineData("1700000000", 1_700_000_000)]
    public void Time_BeginsAtSourceDateEpoch(string epoch, long seconds)
    {
        WizerResult result = RunAt(epoch).Succeeded();
        ModuleInfo module = ModuleReader.Parse(result.Output);
        var init = new WasmReader(module.Globals[0].Init.Of(result.Output.AsSpan()));
        Assert.Equal((byte)Opcode.I64Const, init.ReadByte());
        Assert.Equal(seconds * 1_000_000_000, init.ReadS64());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("18446744073709551615")]
    public void Time_ThatMakesNoSense_IsAnError(string epoch) =>
        RunAt(epoch).Failed($"Error: SOURCE_DATE_EPOCH is `{epoch}`, which is no time in seconds since 1970\n");

    [Fact]
    public void Epoch_IsNotLookedAt_WithoutTheOption() =>
        Assert.Equal(0, WizerProcess.Run(["clock.wat", "--allow-wasi"], Directory, null, ("SOURCE_DATE_EPOCH", "x")).ExitCode);

    private WizerResult RunAt(string epoch) =>
        WizerProcess.Run(["clock.wat", "--allow-wasi", "--deterministic"], Directory, null, ("SOURCE_DATE_EPOCH", epoch));
}
