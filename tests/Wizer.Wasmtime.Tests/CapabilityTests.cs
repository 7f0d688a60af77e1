using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>
/// What ends the process when Wasmtime, or its library for .NET, gets to see it. Each of these tests would take the others with it.
/// </summary>
public class CapabilityTests
{
    private const string Init = "(func (export \"wizer-initialize\"))";

    public static TheoryData<string> HiddenTypes => new(
        "anyref", "eqref", "i31ref", "structref", "arrayref", "exnref", "nullref", "nullfuncref", "nullexternref", "nullexnref",
        "(ref func)", "(ref extern)", "(ref null $f)", "(ref $s)", "(ref null $s)");

    public static TheoryData<string, string> Refused => new()
    {
        { "(memory 1 1 shared)", "a module with shared memories" },
        { "(tag $t) (func try throw $t catch $t end)", "a module with the older exception instructions (`try`)" },
        { "(import \"a\" \"b\" (tag))", "a module with an imported tag, as `a::b` is" },
        { "(import \"a\" \"b\" (func (param i32 anyref)))", "a module with an import with the type anyref, as `a::b` has" },
        { "(type $t (struct)) (import \"a\" \"b\" (func (result (ref null $t))))", "a module with an import with the type (ref null 0), as `a::b` has" },
    };

    public static TheoryData<WasmFeatures> Features => new(Enum.GetValues<WasmFeatures>());

    [Theory]
    [MemberData(nameof(HiddenTypes))]
    public void ExportsWithTypesThatItDoesNotKnow_AreKeptFromIt(string type)
    {
        byte[] module = Modules.Compile($"""
            (module (type $f (func)) (type $s (struct (field i32)))
              (func (export "parameter") (param {type})) (func (export "result") (result {type}) unreachable)
              (tag (export "tag") (param {type}))
              {(type.StartsWith("(ref ", StringComparison.Ordinal) && !type.Contains("null", StringComparison.Ordinal)
                ? "" : $"(table (export \"table\") 1 {type})")}
              (func $sees (export "sees") (param funcref externref v128))
              (memory (export "memory") 1)
              (func (export "wizer-initialize") (i32.store (i32.const 4) (i32.const 5))))
            """);
        SameOutput(module);
    }

    [Fact]
    public void ExportsOfPreloads_AreKeptFromItAsWell()
    {
        byte[] preload = Modules.Compile("""
            (module (func (export "hidden") (param anyref)) (func (export "shown") (result i32) (i32.const 7)))
            """);
        byte[] module = Modules.Compile("""
            (module (import "p" "shown" (func $f (result i32))) (global $g (mut i32) (i32.const 0))
              (func (export "wizer-initialize") (global.set $g (call $f))))
            """);
        SameOutput(module, new InitEnvironment { Preloads = [new PreloadModule("p", preload)] });
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatItCannotRun_IsNamed(string fields, string what)
    {
        byte[] module = Modules.Compile($"(module {fields} {Init})");
        var wizer = new PreInitializer();
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(wizer, module));
        Assert.Equal((WizerError.UnsupportedModule, $"the engine `wasmtime` cannot run {what}"), (error.Error, error.Message));
        Assert.Contains("--engine embedded", error.Hint, StringComparison.Ordinal);
        Assert.NotEmpty(EmbeddedEngine.Instance.Run(wizer, module));
    }

    [Fact]
    public void PreloadThatItCannotRun_IsNamed()
    {
        byte[] preload = Modules.Compile("(module (memory 1 1 shared))");
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        WizerException error = Assert.Throws<WizerException>(
            () => Engines.Runner.Run(new PreInitializer(), Modules.Compile($"(module {Init})"), environment));
        Assert.Equal("the engine `wasmtime` cannot run the preload module `p` with shared memories", error.Message);
    }

    // Contradictions between features end the process; here none reaches Wasmtime.
    [Theory]
    [MemberData(nameof(Features))]
    public void AnyFeature_MayBeOff(WasmFeatures feature)
    {
        byte[] module = Modules.Compile($"(module {Init})");
        var wizer = new PreInitializer(new WizerOptions { Features = WasmFeatures.All & ~feature });
        Assert.Equal(EmbeddedEngine.Instance.Run(wizer, module), Engines.Runner.Run(wizer, module));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ulong.MaxValue)]
    public void AnyStack_MayBeAskedFor(ulong byteLength) => SameOutput(
        Modules.Compile("(module (memory 1) (func (export \"wizer-initialize\") (i32.store (i32.const 4) (i32.const 5))))"),
        new InitEnvironment { Limits = new EngineOptions { StackByteLength = Math.Min(byteLength, 1UL << 34) } },
        isEmbeddedLimited: byteLength < 1000);

    [Fact]
    public void PlatformWithoutWasmtime_IsKnownByWhatTheRuntimeThrows()
    {
        Assert.True(EngineSet.IsMissingLibrary(new DllNotFoundException()));
        Assert.True(EngineSet.IsMissingLibrary(new TypeInitializationException("Wasmtime.Config", new BadImageFormatException())));
        Assert.False(EngineSet.IsMissingLibrary(new TypeInitializationException("Wasmtime.Config", new InvalidOperationException())));
    }

    [Fact]
    public void ChangedTables_AreRefusedBefore()
    {
        byte[] module = Modules.Compile(
            "(module (table $t 1 funcref) (func $f) (elem declare func $f) (func (export \"wizer-initialize\") (table.set $t (i32.const 0) (ref.func $f))))");
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), module));
        Assert.Equal((WizerError.UnsupportedModule, "unsupported `table.set` instruction"), (error.Error, error.Message));
    }

    [Fact]
    public void ImportsOfTheOtherEngine_AreRefused()
    {
        byte[] module = Modules.Compile($"(module {Init})");
        var environment = new InitEnvironment { DefineImports = static (_, _) => { } };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), module, environment));
        Assert.Equal(WizerError.BadOption, error.Error);
        environment = new InitEnvironment { RecordsProfile = true };
        error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), module, environment));
        Assert.Equal((WizerError.BadOption, "the engine `wasmtime` records no profiles"), (error.Error, error.Message));
    }

    private static void SameOutput(byte[] module, InitEnvironment? environment = null, bool isEmbeddedLimited = false)
    {
        var wizer = new PreInitializer();
        byte[] expected = EmbeddedEngine.Instance.Run(wizer, module, isEmbeddedLimited ? null : environment);
        Assert.Equal(expected, Engines.Runner.Run(wizer, module, environment));
    }
}
