using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Which imports and options are rejected, and what is said about them.</summary>
public class ImportCheckTests
{
    [Theory]
    [InlineData("(memory 1)", "imported memories are not supported", "--import-memory=define")]
    [InlineData("(table 1 funcref)", "imported tables are not supported", "--import-table=define")]
    [InlineData("(global (mut i32))", "imported globals are not supported", "--import-global=fresh")]
    [InlineData("(global i32)", "imported globals are not supported", "--define-global e.x=VALUE")]
    [InlineData("(global (mut externref))", "imported globals are not supported", "--import-global=fresh")]
    [InlineData("(global eqref)", "imported globals are not supported", "--define-global e.x=VALUE")]
    public void RejectedImports_SayWhichOptionHelps(string type, string message, string hint)
    {
        WizerException error = Fails($"(import \"e\" \"x\" {type})", WizerOptions.Default);
        Assert.Equal((WizerError.UnsupportedModule, message), (error.Error, error.Message));
        Assert.Contains(hint, error.Hint);
    }

    [Fact]
    public void RejectedGlobal_IsNamed_WhenOthersHaveValues()
    {
        WizerException error = Fails(
            "(@custom \"dylink.0\" (before first) \"\") (import \"env\" \"__memory_base\" (global i32))"
            + " (import \"env\" \"__stack_pointer\" (global (mut i32)))",
            new WizerOptions { DefinedGlobals = [new("env.__memory_base", "1024")] });
        Assert.Equal("imported globals are not supported", error.Message);
        Assert.Equal("pass --define-global env.__stack_pointer=VALUE", error.Hint);
    }

    [Theory]
    [InlineData("(import \"e\" \"x\" (global i32))", "the imported global `e.x` cannot change, so that what the module computes depends on its value")]
    [InlineData("(import \"e\" \"x\" (global eqref))", "the imported global `e.x` cannot change, so that what the module computes depends on its value")]
    [InlineData("(import \"e\" \"x\" (global (mut (ref extern))))", "the imported global `e.x` is of type (ref extern), of which there is no value to begin with")]
    [InlineData("(import \"e\" \"x\" (table 1 (ref extern)))", "the imported table `e.x` has elements of type (ref extern), of which there is no value to begin with")]
    [InlineData("(import \"e\" \"x\" (memory 1)) (import \"e\" \"x\" (memory 1))", "the imported memory `e.x` is imported twice")]
    [InlineData("(import \"e\" \"x\" (table 1 funcref)) (import \"e\" \"x\" (table 1 funcref))", "the imported table `e.x` is imported twice")]
    [InlineData("(import \"e\" \"x\" (global (mut i32))) (import \"e\" \"x\" (global (mut i32)))", "the imported global `e.x` is imported twice")]
    public void WhatHasNoMeaning_IsRejectedUnderEitherPolicy(string fields, string message)
    {
        foreach (ImportPolicy policy in (ImportPolicy[])[ImportPolicy.Fresh, ImportPolicy.Define])
        {
            WizerException error = Fails(fields, All(policy));
            Assert.Equal((WizerError.UnsupportedModule, message), (error.Error, error.Message));
        }
    }

    [Fact]
    public void SharedMemory_CannotBeFresh_ButDefined()
    {
        const string Fields = "(import \"env\" \"memory\" (memory 1 2 shared))";
        WizerException error = Fails(Fields, All(ImportPolicy.Fresh));
        Assert.Equal(
            "the imported memory `env.memory` is shared: the instance of each thread would fill it again while others use it", error.Message);
        Assert.Contains("--import-memory=define", error.Hint);
        ImportRound.Check(SnapshotRound.Module(Fields, "(i32.store (i32.const 4) (i32.const 5))"), All(ImportPolicy.Define));
    }

    [Theory]
    [InlineData("(memory 1)", "the imported memory `e.x` is that of others, of which a shared library gets a part")]
    [InlineData("(table 1 funcref)", "the imported table `e.x` is that of others, of which a shared library gets a part")]
    public void SharedLibrary_HasNoStateOfItsOwn(string type, string message)
    {
        foreach (string name in (string[])["dylink.0", "dylink"])
        {
            WizerException error = Fails($"(@custom \"{name}\" (before first) \"\") (import \"e\" \"x\" {type})", All(ImportPolicy.Fresh));
            Assert.Equal(message, error.Message);
            Assert.Contains("--define-global env.__memory_base=1024", error.Hint);
        }
    }

    [Fact]
    public void SharedLibrary_HasToFitItsImports()
    {
        WizerException error = Fails(
            "(@custom \"dylink.0\" (before first) \"\\01\\06\\a0\\8d\\06\\04\\02\\00\") (import \"env\" \"memory\" (memory 1 1))",
            All(ImportPolicy.Define));
        Assert.Equal("the imported memory 0 has a maximum of 1, and the library at its base needs 2", error.Message);
    }

    [Fact]
    public void DefinedGlobals_AreTheLastOnes()
    {
        const string Fields = "(import \"e\" \"a\" (global (mut i32))) (import \"e\" \"b\" (global (mut i32))) (import \"e\" \"c\" (global externref))";
        WizerOptions fresh = All(ImportPolicy.Fresh);
        WizerException error = Fails(Fields, fresh with { DefinedGlobals = [new("e.a", "1")] });
        Assert.Equal(
            "the imported global `e.a` cannot become a definition as long as `e.b`, which is imported after it, stays an import:"
            + " its index would be another",
            error.Message);
        Assert.Equal("pass --define-global e.b=VALUE", error.Hint);
        Assert.Contains("`e.b` cannot become a definition as long as `e.c`", Fails(Fields, fresh with { DefinedGlobals = [new("e.b", "1")] }).Message);
        ImportRound.Check(SnapshotRound.Module(Fields, "(nop)"), fresh with { DefinedGlobals = [new("e.b", "1"), new("e.c", "null")] });
    }

    [Theory]
    [InlineData("env.bas", "1", "the module imports no global `env.bas` that could be given a value", "it imports `env.base`")]
    [InlineData("other", "1", "the module imports no global `other` that could be given a value", null)]
    [InlineData("e.f", "1", "the module imports no global `e.f` that could be given a value", null)]
    [InlineData("env.base", "one", "the global `env.base` is of type i32, and `one` is no value of that type", null)]
    [InlineData("env.base", "null", "the global `env.base` is of type i32, and `null` is no value of that type", null)]
    public void Definitions_AreOfGlobalsThatAreThere(string import, string value, string message, string? hint)
    {
        WizerException error = Fails(
            "(import \"env\" \"base\" (global i32)) (import \"e\" \"f\" (func))", new WizerOptions { DefinedGlobals = [new(import, value)] });
        Assert.Equal((WizerError.BadOption, message, hint), (error.Error, error.Message, error.Hint));
    }

    [Fact]
    public void Definitions_AreGivenOnce()
    {
        WizerException error = Fails(
            "(import \"e\" \"x\" (global i32))", new WizerOptions { DefinedGlobals = [new("e.x", "1"), new("e.x", "1")] });
        Assert.Equal((WizerError.BadOption, "the global `e.x` is given a value twice"), (error.Error, error.Message));
        Assert.Equal(WizerError.BadOption, Assert.Throws<WizerException>(() => GlobalDefinition.Parse("e.x")).Error);
        Assert.Equal(new GlobalDefinition("a.b=c", "1"), GlobalDefinition.Parse("a.b=c=1"));
        Assert.Equal("a.b=1", new GlobalDefinition("a.b", "1").ToString());
    }

    [Fact]
    public void ImmutableGlobal_MayBeImportedTwice_WhenItHasAValue() => ImportRound.Check(
        SnapshotRound.Module("(import \"e\" \"x\" (global i32)) (import \"e\" \"x\" (global i32)) (memory 1)", "(i32.store (global.get 0) (global.get 1))"),
        new WizerOptions { DefinedGlobals = [new("e.x", "12")] });

    [Fact]
    public void CompatibleLayout_TakesNoImports()
    {
        WizerException error = Fails("(import \"e\" \"x\" (memory 1))", All(ImportPolicy.Define) with { Layout = ModuleLayout.Compatible });
        Assert.Equal(WizerError.BadOption, error.Error);
        Assert.Equal("imported globals are not supported", Fails(
            "(import \"e\" \"x\" (global externref))", new WizerOptions { Layout = ModuleLayout.Compatible }).Message);
    }

    [Fact]
    public void OtherEngines_SeeNoReferences()
    {
        var wizer = new PreInitializer(All(ImportPolicy.Fresh));
        Assert.Equal("unsupported mutable global containing a reference type", Assert.Throws<WizerException>(() => wizer.Instrument(
            Modules.Compile(SnapshotRound.Module("(import \"e\" \"x\" (global (mut externref)))", "(nop)")), out _)).Message);
        Assert.Contains("cannot change", Assert.Throws<WizerException>(() => wizer.Instrument(
            Modules.Compile(SnapshotRound.Module("(import \"e\" \"x\" (global externref))", "(nop)")), out _)).Message);
    }

    private static WizerOptions All(ImportPolicy policy) =>
        new() { ImportedMemories = policy, ImportedTables = policy, ImportedGlobals = policy };

    private static WizerException Fails(string fields, WizerOptions options) => Assert.Throws<WizerException>(
        () => new PreInitializer(options).Run(Modules.Compile(SnapshotRound.Module(fields, "(nop)"))));
}
