using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>The run on the embedded engine: order, traps, imports, preloads.</summary>
public class RunTests
{
    [Fact]
    public void Run_SaysThatTheInitializationFunctionTrapped()
    {
        WizerException error = Fails<WizerException>("(module (func (export \"wizer-initialize\") unreachable))");
        Assert.Equal(WizerError.InitializationFailed, error.Error);
        Assert.Equal("the `wizer-initialize` function trapped", error.Message);
        WasmTrapException trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal("unreachable", trap.Message);
        Assert.Equal(0u, Assert.Single(trap.Backtrace).FuncIndex);
    }

    [Theory]
    [InlineData("wizer-initialize")]
    [InlineData("_initialize")]
    public void Run_SaysThatTheReactorFunctionTrapped(string initFunc)
    {
        WizerException error = Fails<WizerException>(
            "(module (func (export \"_initialize\") unreachable) (func (export \"wizer-initialize\")))",
            new WizerOptions { InitFunc = initFunc });
        Assert.Equal("calling the Reactor initialization function", error.Message);
        Assert.IsType<WasmTrapException>(error.InnerException);
    }

    [Fact]
    public void Run_LeavesATrappingStartFunctionToSpeakForItself()
    {
        WizerException error = Fails<WizerException>(
            "(module (func $s unreachable) (start $s) (func (export \"wizer-initialize\")))");
        Assert.Equal(WizerError.InstantiationFailed, error.Error);
        WasmTrapException trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal(trap.Message, error.Message);
        Assert.NotEmpty(trap.Backtrace);
    }

    [Fact]
    public void Run_ReportsASegmentThatIsOutOfBounds()
    {
        WizerException error = Fails<WizerException>(
            "(module (memory 1) (data (i32.const 65536) \"a\") (func (export \"wizer-initialize\")))");
        WasmTrapException trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal("out of bounds memory access", trap.Message);
        Assert.Empty(trap.Backtrace);
    }

    [Fact]
    public void Run_TrapsOnlyWhenAnUnknownImportIsCalled()
    {
        const string Fields = "(import \"m\" \"f\" (func $f)) (func (export \"wizer-initialize\") ";
        new PreInitializer().Run(Modules.Compile($"(module {Fields}))"));
        WizerException error = Fails<WizerException>($"(module {Fields} call $f))");
        Assert.Equal("the `wizer-initialize` function trapped", error.Message);
        Assert.Equal("unknown import: `m::f` has not been defined", error.InnerException!.Message);
    }

    [Fact]
    public void Run_LetsPreloadsImportFromThoseBefore()
    {
        var environment = new InitEnvironment
        {
            Preloads =
            [
                Preload("first", "(module (func (export \"f\") (result i32) (i32.const 41)))"),
                Preload("p", "(module (import \"first\" \"f\" (func $f (result i32))) (func (export \"g\") (result i32) (i32.add (call $f) (i32.const 1))))"),
            ],
        };
        Assert.Equal(42, GlobalAfterCallingG(environment));
    }

    [Fact]
    public void Run_DoesNotInitializePreloads_ButRunsTheirStartFunctions()
    {
        var environment = new InitEnvironment
        {
            Preloads =
            [
                Preload("p", """
                    (module (global $x (mut i32) (i32.const 0))
                      (func $start (global.set $x (i32.const 5)))
                      (func (export "_initialize") (global.set $x (i32.const 9)))
                      (func (export "g") (result i32) (global.get $x))
                      (start $start))
                    """),
            ],
        };
        Assert.Equal(5, GlobalAfterCallingG(environment));
    }

    [Fact]
    public void Run_ReportsAPreloadThatIsInvalid_BeforeTheModuleItself()
    {
        var environment = new InitEnvironment { Preloads = [Preload("p", "(module (func (result i32)))")] };
        WizerException error = Fails<WizerException>("(module (func (result i32)))", environment: environment);
        Assert.Equal(WizerError.PreloadInvalid, error.Error);
        Assert.Equal("failed to parse preload module", error.Message);
        Assert.IsType<WasmValidationException>(error.InnerException);
    }

    [Theory]
    [InlineData("(func $s unreachable) (start $s)")]
    [InlineData("(import \"nobody\" \"f\" (func))")]
    public void Run_ReportsAPreloadThatCannotBeInstantiated(string fields)
    {
        var environment = new InitEnvironment { Preloads = [Preload("p", $"(module {fields})")] };
        WizerException error = Fails<WizerException>("(module (func (export \"wizer-initialize\")))", environment: environment);
        Assert.Equal(WizerError.PreloadFailed, error.Error);
        Assert.Equal("failed to instantiate preload module", error.Message);
        Assert.True(error.InnerException is WasmTrapException or WasmLinkException);
    }

    [Fact]
    public void Run_RejectsPreloadsThatDefineTheSameTwice()
    {
        PreloadModule preload = Preload("p", "(module (func (export \"f\")))");
        WizerException error = Fails<WizerException>(
            "(module (func (export \"wizer-initialize\")))", environment: new InitEnvironment { Preloads = [preload, preload] });
        Assert.Equal("failed to add preload's exports to linker", error.Message);
        Assert.Equal("import of `p::f` defined twice", error.InnerException!.Message);
    }

    [Fact]
    public void Run_DefinesTheCallersImports()
    {
        var environment = new InitEnvironment
        {
            DefineImports = (_, linker) => linker.DefineFunction(
                "p", "g", new FuncType([], [ValType.I32]), (_, slots) => slots[0] = 77),
        };
        Assert.Equal(77, GlobalAfterCallingG(environment));
    }

    [Fact]
    public void Run_DefinesWasi_OnlyWhenItIsAllowed()
    {
        const string Wat = """
            (module (import "wasi_snapshot_preview1" "sched_yield" (func $f (result i32)))
              (memory (export "memory") 1)
              (func (export "wizer-initialize") (drop (call $f))))
            """;
        new PreInitializer().Run(Modules.Compile(Wat), new InitEnvironment { Wasi = new WasiOptions() });
        WizerException error = Fails<WizerException>(Wat);
        Assert.Equal("unknown import: `wasi_snapshot_preview1::sched_yield` has not been defined", error.InnerException!.Message);
    }

    [Fact]
    public void Run_ReportsAnImportOfAnotherType()
    {
        var environment = new InitEnvironment
        {
            DefineImports = (_, linker) => linker.DefineFunction("p", "g", new FuncType([], []), (_, _) => { }),
        };
        WizerException error = Fails<WizerException>(
            "(module (import \"p\" \"g\" (func (result i32))) (func (export \"wizer-initialize\")))", environment: environment);
        Assert.Equal(WizerError.InstantiationFailed, error.Error);
        Assert.IsType<WasmLinkException>(error.InnerException);
    }

    [Fact]
    public void Run_ReportsADirectoryForWasi_ThatCannotBeOpened()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions { Preopens = [new WasiPreopen("/no/such/directory", "/")] } };
        WizerException error = Fails<WizerException>("(module (func (export \"wizer-initialize\")))", environment: environment);
        Assert.Equal(WizerError.EnvironmentUnusable, error.Error);
        Assert.NotNull(error.InnerException);
    }

    [Fact]
    public void Run_ReportsAnOptionForWasi_ThatMakesNoSense()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions { Arguments = ["a\0b"] } };
        WizerException error = Fails<WizerException>("(module (func (export \"wizer-initialize\")))", environment: environment);
        Assert.Equal(WizerError.BadOption, error.Error);
        Assert.IsType<ArgumentException>(error.InnerException);
    }

    [Fact]
    public void Run_ReportsAFunctionThatIsTooLargeToRun()
    {
        string locals = string.Concat(Enumerable.Repeat("(local v128 v128 v128 v128 v128 v128 v128 v128 v128 v128) ", 4_000));
        WizerException error = Fails<WizerException>($"(module (func (export \"wizer-initialize\") {locals}))");
        Assert.Equal(WizerError.UnsupportedModule, error.Error);
        Assert.IsType<UnsupportedModuleException>(error.InnerException);
    }

    [Fact]
    public void Run_LetsWhatAHostFunctionThrowsPassAsItIs()
    {
        var environment = new InitEnvironment
        {
            DefineImports = (_, linker) => linker.DefineFunction(
                "p", "g", new FuncType([], []), (_, _) => throw new InvalidOperationException("of the host")),
        };
        InvalidOperationException error = Fails<InvalidOperationException>(
            "(module (import \"p\" \"g\" (func $g)) (func (export \"wizer-initialize\") (call $g)))", environment: environment);
        Assert.Equal("of the host", error.Message);
    }

    [Fact]
    public void Run_EndsWhenItIsCancelled()
    {
        byte[] module = Modules.Compile("(module (func (export \"wizer-initialize\") (loop $forever (br $forever))))");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var sink = new CountingSink();
        var canceled = Assert.ThrowsAny<OperationCanceledException>(() => new PreInitializer().Run(module, sink, null, cancellation.Token));
        Assert.Equal(cancellation.Token, canceled.CancellationToken);
        Assert.Equal(0, sink.CallCount);
    }

    [Fact]
    public void Run_WritesNothing_WhenItFails()
    {
        var sink = new CountingSink();
        Assert.Throws<WizerException>(
            () => new PreInitializer().Run(Modules.Compile("(module (func (export \"wizer-initialize\") unreachable))"), sink));
        Assert.Equal(0, sink.CallCount);
    }

    [Fact]
    public void Run_ReportsWhatItDid()
    {
        byte[] module = Modules.Compile("""
            (module (memory 1) (global (mut i32) (i32.const 0)) (global i32 (i32.const 0))
              (data (i32.const 8) "abc") (data (i32.const 100) "defgh")
              (func (export "wizer-initialize")))
            """);
        var sink = new CountingSink();
        RunReport report = new PreInitializer().Run(module, sink);
        Assert.Equal(1, sink.CallCount);
        Assert.Equal(module.Length, report.Snapshot.InputByteLength);
        Assert.Equal(sink.ByteLength, report.Snapshot.OutputByteLength);
        Assert.Equal(2, report.Snapshot.SegmentCount);
        Assert.Equal(8, report.Snapshot.SegmentByteLength);
        Assert.Equal(1, report.Snapshot.GlobalCount);
    }

    private static int GlobalAfterCallingG(InitEnvironment environment)
    {
        byte[] output = new PreInitializer().Run(
            Modules.Compile("""
                (module (import "p" "g" (func $g (result i32))) (global $x (mut i32) (i32.const 0))
                  (func (export "wizer-initialize") (global.set $x (call $g))))
                """),
            environment);
        ModuleInfo module = ModuleReader.Parse(output);
        var init = new WasmReader(module.Globals[0].Init.Of(output.AsSpan()));
        Assert.Equal((byte)Opcode.I32Const, init.ReadByte());
        return init.ReadS32();
    }

    private static PreloadModule Preload(string name, string wat) => new(name, Modules.Compile(wat));

    private static TException Fails<TException>(string wat, WizerOptions? options = null, InitEnvironment? environment = null)
        where TException : Exception =>
        Assert.Throws<TException>(() => new PreInitializer(options).Run(Modules.Compile(wat), environment));

    private sealed class CountingSink : IModuleSink
    {
        public int CallCount { get; private set; }

        public long ByteLength { get; private set; }

        public void Write(ModuleSlices module)
        {
            CallCount++;
            ByteLength += module.ByteLength;
        }
    }
}
