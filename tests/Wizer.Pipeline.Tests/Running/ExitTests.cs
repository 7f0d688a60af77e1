using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Initialization functions that end the program.</summary>
public class ExitTests
{
    // The function is called often enough to be compiled, and changes a global and the memory around the exit.
    private const string Wat =
        """
        (module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (global $sp (mut i32) (i32.const 65536))
          (global $after (mut i32) (i32.const 0))
          (func $main (param $depth i32) (param $code i32)
            (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
            (i32.store (global.get $sp) (local.get $depth))
            (if (i32.eqz (local.get $depth))
              (then (call $exit (local.get $code)) (global.set $after (i32.const 1))))
            (call $main (i32.sub (local.get $depth) (i32.const 1)) (local.get $code))
            (global.set $sp (i32.add (global.get $sp) (i32.const 16))))
          (func (export "wizer-initialize") (call $main (i32.const 2000) (i32.const 0)))
          (func (export "exit-1") (call $main (i32.const 1) (i32.const 1))))
        """;

    private static readonly InitEnvironment s_allowing = new() { Wasi = new WasiOptions(), AllowExitZero = true };

    [Theory]
    [InlineData(TierMode.InterpreterOnly)]
    [InlineData(TierMode.CompileEverything)]
    public void Run_TakesTheStateOfTheExit(TierMode tier)
    {
        byte[] output = new PreInitializer().Run(
            Modules.Compile(Wat), s_allowing with { Limits = EngineOptions.Default with { Tier = tier } });
        Assert.Equal(65536 - (2001 * 16), GlobalOf(output, 0));
        Assert.Equal(0, GlobalOf(output, 1));
    }

    [Fact]
    public void Run_Fails_UnlessAnExitIsAllowed()
    {
        WizerException error = Fails(Wat, new WizerOptions(), s_allowing with { AllowExitZero = false });
        Assert.Equal("the `wizer-initialize` function trapped", error.Message);
        Assert.Equal(0, Assert.IsType<WasiExitException>(error.InnerException).ExitCode);
    }

    [Fact]
    public void Run_Fails_WhenTheExitCodeIsNotZero()
    {
        WizerException error = Fails(Wat, new WizerOptions { InitFunc = "exit-1" }, s_allowing);
        Assert.Equal("the `exit-1` function trapped", error.Message);
    }

    [Theory]
    [InlineData("(start $s)", "Exited with i32 exit status 0")]
    [InlineData("(export \"_initialize\" (func $s))", "calling the Reactor initialization function")]
    public void Run_Fails_WhenTheExitComesBeforeTheInitializationFunction(string field, string message)
    {
        WizerException error = Fails(
            $"""
             (module
               (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
               (memory (export "memory") 1)
               (func $s (call $exit (i32.const 0)))
               {field}
               (func (export "wizer-initialize")))
             """,
            new WizerOptions(),
            s_allowing);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Run_TakesAnExit_WhenTheReactorFunctionIsTheInitializationFunction()
    {
        byte[] output = new PreInitializer(new WizerOptions { InitFunc = "_initialize" }).Run(
            Modules.Compile(Wat.Replace("wizer-initialize", "_initialize", StringComparison.Ordinal)), s_allowing);
        Assert.Equal(65536 - (2001 * 16), GlobalOf(output, 0));
    }

    private static int GlobalOf(byte[] output, int index)
    {
        var init = new WasmReader(ModuleReader.Parse(output).Globals[index].Init.Of(output.AsSpan()));
        Assert.Equal((byte)Opcode.I32Const, init.ReadByte());
        return init.ReadS32();
    }

    private static WizerException Fails(string wat, WizerOptions options, InitEnvironment environment) =>
        Assert.Throws<WizerException>(() => new PreInitializer(options).Run(Modules.Compile(wat), environment));
}
