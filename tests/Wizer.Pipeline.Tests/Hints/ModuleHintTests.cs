using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What is said of modules that are valid, but not as they have to be.</summary>
public sealed class ModuleHintTests
{
    [Theory]
    [InlineData("wizer-initialize", "wizer.initialize", "it exports `wizer.initialize`; pass -f wizer.initialize")]
    [InlineData("wizer-initialize", "_start", "it exports `_start`; pass -f _start")]
    [InlineData("wizer-initialize", "other", "it exports `other`; pass -f other")]
    [InlineData("wizer-initialize", "set up", "it exports `set up`; pass -f 'set up'")]
    [InlineData("set-upp", "_start|set-up", "it exports `set-up` and `_start`; pass one of them, for example -f set-up")]
    [InlineData("x", "init|a|wizer.initialize", "it exports `wizer.initialize` and `init`; pass one of them, for example -f wizer.initialize")]
    [InlineData("x", "a|b|c|d|e|f", "it exports `a`, `b`, `c`, `d` and 2 more; pass one of them, for example -f a")]
    [InlineData("x", "a\\1bb", "it exports `a\\u{1b}b`; pass -f 'a\\u{1b}b'")]
    [InlineData("x", "", "the module exports no function that takes and returns nothing")]
    public void OfInitFunc_ListsWhatMayBeMeant(string wanted, string exports, string hint)
    {
        string functions = string.Concat(
            exports.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(name => $"(func (export \"{name}\"))"));
        string wat = $"(module {functions} (memory (export \"memory\") 1) (func (export \"init2\") (param i32)))";
        Assert.Equal(hint, Fails(wat, wanted).Hint);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("init2")]
    public void OfInitFunc_IsForExportsThatDoNotFit_Too(string wanted) => Assert.Equal(
        "it exports `init`; pass -f init",
        Fails("(module (memory (export \"memory\") 1) (func (export \"init2\") (param i32)) (func (export \"init\")))", wanted).Hint);

    [Theory]
    [InlineData("(import \"env\" \"memory\" (memory 1))", "`env.memory` is imported; link without --import-memory")]
    [InlineData("(import \"env\" \"t\" (table 1 funcref))", "`env.t` is imported; link without --import-table")]
    [InlineData("(import \"env\" \"g\" (global i32))", "`env.g` is imported; define it in the module")]
    [InlineData("(import \"env\" \"memory\" (memory 1)) (@custom \"dylink.0\" \"\")", "the module is a shared library")]
    [InlineData("(import \"env\" \"g\" (global i32)) (@custom \"dylink\" \"\")", "the module is a shared library")]
    [InlineData("(import \"env\" \"__linear_memory\" (memory 1)) (@custom \"linking\" \"\\02\")", "the input is an object file")]
    public void OfImportedState_SaysHowToHaveItOtherwise(string fields, string hint) =>
        Assert.StartsWith(hint, Fails($"(module {fields})").Hint, StringComparison.Ordinal);

    [Fact]
    public void OfInitFunc_KnowsObjectFiles_ByTheirLackOfExports()
    {
        const string Linking = "(@custom \"linking\" \"\\02\")";
        Assert.StartsWith("the input is an object file", Fails($"(module {Linking})").Hint, StringComparison.Ordinal);
        Assert.Equal("it exports `init`; pass -f init", Fails($"(module (func (export \"init\")) {Linking})").Hint);
    }

    [Theory]
    [InlineData("$grow", ", `grow`")]
    [InlineData("", "")]
    public void OfInstruction_SaysWhereItIs(string id, string name)
    {
        string wat =
            $"""
             (module
               (import "m" "f" (func))
               (table 1 funcref)
               (func (nop))
               (func {id} (export "g") (param i32) (table.set (i32.const 0) (ref.null func)))
               (func (export "wizer-initialize")))
             """;
        byte[] module = Wat.Compile(wat, names: true);
        long offset = module.AsSpan().IndexOf<byte>([0xd0, 0x70, 0x26, 0x00]) + 2;
        WizerException error = Assert.Throws<WizerException>(
            () => new PreInitializer(new WizerOptions { Layout = ModuleLayout.Compatible }).Run(module));
        Assert.Equal("unsupported `table.set` instruction", error.Message);
        Assert.Equal($"the first one is at offset 0x{offset:x}, in function 2{name}", error.Hint);
    }

    private static WizerException Fails(string wat, string initFunc = "wizer-initialize") => Assert.Throws<WizerException>(
        () => new PreInitializer(new WizerOptions { InitFunc = initFunc }).Run(Modules.Compile(wat)));
}
