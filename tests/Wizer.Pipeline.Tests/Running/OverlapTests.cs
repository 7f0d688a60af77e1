using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// The bodies of a large module are checked while it is instantiated. Nobody can tell: errors are those of one step after the
/// other, and nothing of the guest or of the caller runs before the module is known to be valid.
/// </summary>
public class OverlapTests
{
    private const string OutOfBounds = "(memory 1) (data (i32.const 65536) \"a\")";
    private const string Invalid = "(func (result i32))";
    private const string Init = "(func (export \"wizer-initialize\"))";

    [Fact]
    public void Run_InstantiatesOnce()
    {
        const string Fields = """
            (memory (export "memory") 1) (global $starts (mut i32) (i32.const 0)) (table 2 funcref) (elem (i32.const 1) $start)
            (data (i32.const 8) "abc")
            (func $start (global.set $starts (i32.add (global.get $starts) (i32.const 1))))
            (start $start)
            (func (export "wizer-initialize") (call_indirect (i32.const 1)))
            """;
        byte[] small = new PreInitializer().Run(Modules.Compile($"(module {Fields})"));
        byte[] large = new PreInitializer().Run(Large(Fields));
        foreach (SectionId id in new[] { SectionId.Global, SectionId.Data })
        {
            Assert.Equal(Modules.Section(small, id), Modules.Section(large, id));
        }

        Assert.Equal([1, 0x7f, 1, 0x41, 2, 0x0b], Modules.Section(large, SectionId.Global));
    }

    [Fact]
    public void Run_ReportsTheInvalidBody_BeforeWhatInstantiationMeets()
    {
        WizerException error = Fails(Large($"{OutOfBounds} {Invalid} {Init}"));
        Assert.Equal(WizerError.InvalidModule, error.Error);
    }

    [Fact]
    public void Run_ReportsTheInvalidBody_BeforeAnUnusableEnvironment()
    {
        var environment = new InitEnvironment { Wasi = new WasiOptions { Preopens = [new WasiPreopen("/no/such/directory", "/")] } };
        Assert.Equal(WizerError.InvalidModule, Fails(Large($"{Invalid} {Init}"), environment).Error);
        Assert.NotEqual(WizerError.InvalidModule, Fails(Large(Init), environment).Error);
    }

    [Fact]
    public void Run_ReportsAnUnsupportedImport_BeforeThatItIsMissing()
    {
        WizerException error = Fails(Large($"(import \"m\" \"memory\" (memory 1)) {Init}"));
        Assert.Equal("imported memories are not supported", error.Message);
    }

    [Fact]
    public void Run_ReportsWhatInstantiationMeets_AsForASmallModule()
    {
        WizerException small = Fails(Modules.Compile($"(module {OutOfBounds} {Init})"));
        WizerException large = Fails(Large($"{OutOfBounds} {Init}"));
        Assert.Equal(small.Error, large.Error);
        Assert.Equal(small.Message, large.Message);
        Assert.Equal(small.InnerException!.Message, large.InnerException!.Message);
    }

    [Fact]
    public void Run_CallsNobody_WhenTheModuleIsInvalid()
    {
        int calls = 0;
        var environment = new InitEnvironment
        {
            Preloads =
            [
                new PreloadModule("p", Modules.Compile("(module (import \"host\" \"f\" (func $f)) (start $f))")),
            ],
            DefineImports = (_, linker) =>
            {
                calls++;
                linker.DefineFunction("host", "f", new FuncType([], []), (_, _) => calls++);
            },
        };
        Assert.Equal(WizerError.InvalidModule, Fails(Large($"{Invalid} {Init}"), environment).Error);
        Assert.Equal(0, calls);

        new PreInitializer().Run(Large(Init), environment);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Run_DoesNotStartAnInvalidModule()
    {
        using var written = new MemoryStream();
        var environment = new InitEnvironment { Wasi = new WasiOptions { Stdout = written } };
        const string Fields = """
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\01\00\00\00x")
            (func $start (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
            (start $start)
            """;
        Assert.Equal(WizerError.InvalidModule, Fails(Large($"{Fields} {Invalid} {Init}"), environment).Error);
        Assert.Equal(0, written.Length);
        new PreInitializer().Run(Large($"{Fields} {Init}"), environment);
        Assert.Equal(1, written.Length);
    }

    private static WizerException Fails(byte[] module, InitEnvironment? environment = null) =>
        Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));

    // With a megabyte of code more, which several threads check.
    private static byte[] Large(string fields)
    {
        var text = new StringBuilder("(module ").Append(fields);
        for (int i = 0; i < 250; i++)
        {
            text.Append("(func ").Insert(text.Length, "nop ", 4000).Append(')');
        }

        return Modules.Compile(text.Append(')').ToString());
    }
}
