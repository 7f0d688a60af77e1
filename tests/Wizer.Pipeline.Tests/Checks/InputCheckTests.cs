using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What is rejected, in whose words, and what comes first when there are several faults.</summary>
public class InputCheckTests
{
    private const string Init = "(func (export \"wizer-initialize\"))";

    // Otherwise, what a run does decides; see ReferenceCheckTests.
    private static readonly WizerOptions s_compatible = WizerOptions.Default with { Layout = ModuleLayout.Compatible };

    [Theory]
    [InlineData("(import \"a\" \"b\" (global i32))", "imported globals are not supported")]
    [InlineData("(import \"a\" \"b\" (table 1 funcref))", "imported tables are not supported")]
    [InlineData("(import \"a\" \"b\" (memory 1))", "imported memories are not supported")]
    [InlineData("(import \"a\" \"b\" (memory 1)) (import \"a\" \"c\" (table 1 funcref))", "imported memories are not supported")]
    [InlineData("(import \"__wizer_a\" \"b\" (func))", "input Wasm module already imports entities named with the `__wizer_*` prefix")]
    [InlineData("(import \"a\" \"__wizer_b\" (func))", "input Wasm module already imports entities named with the `__wizer_*` prefix")]
    [InlineData("(func (export \"__wizer_\"))", "input Wasm module already exports entities named with the `__wizer_*` prefix")]
    [InlineData("(global (mut funcref) (ref.null func))", "unsupported mutable global containing a reference type")]
    [InlineData("(global (mut externref) (ref.null extern))", "unsupported mutable global containing a reference type")]
    [InlineData("(global (mut anyref) (ref.null any))", "unsupported mutable global containing a reference type")]
    [InlineData("(global (mut i31ref) (ref.i31 (i32.const 1)))", "unsupported mutable global containing a reference type")]
    [InlineData("(type $s (struct)) (global (mut (ref null $s)) (ref.null $s))", "unsupported mutable global containing a reference type")]
    [InlineData("(type $s (struct)) (global (mut (ref $s)) (struct.new $s))", "unsupported mutable global containing a reference type")]
    [InlineData("(type $a (array i8)) (global (mut arrayref) (array.new_fixed $a 0))", "unsupported mutable global containing a reference type")]
    public void Run_RejectsStateItCannotHold(string fields, string message) => AssertUnsupported(fields, message);

    [Theory]
    [InlineData("table.copy", "(table.copy (i32.const 0) (i32.const 0) (i32.const 0))")]
    [InlineData("table.init", "(table.init $e (i32.const 0) (i32.const 0) (i32.const 0))")]
    [InlineData("table.set", "(table.set (i32.const 0) (ref.null func))")]
    [InlineData("table.grow", "(drop (table.grow (ref.null func) (i32.const 0)))")]
    [InlineData("table.fill", "(table.fill (i32.const 0) (ref.null func) (i32.const 0))")]
    [InlineData("elem.drop", "(elem.drop $e)")]
    [InlineData("data.drop", "(data.drop $d)")]
    public void Run_RejectsInstructionsThatChangeWhatASnapshotDoesNotHold(string name, string instruction) => AssertUnsupported(
        $"(table 4 funcref) (elem $e funcref) (data $d \"x\") (func {instruction})", $"unsupported `{name}` instruction");

    [Theory]
    [InlineData("struct.set", "(struct.set $s 0 (local.get $s) (i32.const 0))")]
    [InlineData("array.set", "(array.set $a (local.get $a) (i32.const 0) (i32.const 0))")]
    [InlineData("array.fill", "(array.fill $a (local.get $a) (i32.const 0) (i32.const 0) (i32.const 0))")]
    [InlineData("array.copy", "(array.copy $a $a (local.get $a) (i32.const 0) (local.get $a) (i32.const 0) (i32.const 0))")]
    [InlineData("array.init_data", "(array.init_data $a $d (local.get $a) (i32.const 0) (i32.const 0) (i32.const 0))")]
    [InlineData("array.init_elem", "(array.init_elem $f $e (local.get $f) (i32.const 0) (i32.const 0) (i32.const 0))")]
    public void Run_RejectsInstructionsThatChangeObjects(string name, string instruction) => AssertUnsupported(
        "(type $s (struct (field (mut i32)))) (type $a (array (mut i32))) (type $f (array (mut funcref))) (elem $e funcref) (data $d \"x\") "
        + $"(func (param $s (ref $s)) (param $a (ref $a)) (param $f (ref $f)) {instruction})",
        $"unsupported `{name}` instruction");

    [Theory]
    [InlineData("table.set then data.drop", "table.set", "(table.set (i32.const 0) (ref.null func)) (data.drop $d)")]
    [InlineData("data.drop then table.set", "data.drop", "(data.drop $d) (table.set (i32.const 0) (ref.null func))")]
    public void Run_NamesTheFirstSuchInstruction(string _, string name, string instructions) => AssertUnsupported(
        $"(table 4 funcref) (data $d \"x\") (func) (func {instructions})", $"unsupported `{name}` instruction");

    [Fact]
    public void Run_ReportsFaultsInTheOriginalsOrder()
    {
        const string Invalid = "(func (result i32))";
        const string MutableRef = "(global (mut funcref) (ref.null func))";
        const string Instruction = "(table $t 1 funcref) (func (table.set $t (i32.const 0) (ref.null func)))";
        const string Import = "(import \"__wizer_x\" \"a\" (func))";
        const string Export = "(func (export \"__wizer_y\"))";
        const string Memory = "(import \"x\" \"m\" (memory 1))";
        AssertFails(Import + Memory + Invalid + MutableRef + Instruction + Export, "wasm validation failed", s_compatible);
        AssertFails(Import + Memory + MutableRef + Instruction + Export, "unsupported mutable global containing a reference type", s_compatible);
        AssertFails(Import + Memory + Instruction + Export, "unsupported `table.set` instruction", s_compatible);
        AssertFails(
            Import + Memory + MutableRef + Instruction + Export,
            "input Wasm module already imports entities named with the `__wizer_*` prefix");
        AssertFails(Import + Memory + Export, "input Wasm module already imports entities named with the `__wizer_*` prefix");
        AssertFails(Memory + Export, "input Wasm module already exports entities named with the `__wizer_*` prefix");
        AssertFails(Memory, "imported memories are not supported");
        AssertFails("", "the Wasm module does not have a `wizer-initialize` export");
    }

    [Fact]
    public void Run_SaysWhereAnInvalidModuleIsInvalid()
    {
        WizerException error = AssertFails("(func (result i32))", "wasm validation failed");
        Assert.Equal(WizerError.InvalidModule, error.Error);
        WasmValidationException cause = Assert.IsType<WasmValidationException>(error.InnerException);
        Assert.StartsWith("type mismatch", cause.Message);
        Assert.Matches(@"\(at offset 0x[0-9a-f]+\)$", cause.Message);
    }

    [Fact]
    public void Run_SaysWhereAMalformedModuleEnds()
    {
        byte[] module = Modules.Compile($"(module {Init})");
        for (int length = 0; length < module.Length; length++)
        {
            WizerException? error = Record.Exception(() => new PreInitializer().Run(module[..length])) as WizerException;
            Assert.NotNull(error);

            // Between sections a shorter module may be a valid one, without the function.
            Assert.True(error.Error is WizerError.InvalidModule or WizerError.InitFuncUnusable, error.Message);
        }
    }

    [Fact]
    public void Prepare_RejectsAComponent()
    {
        WizerException error = Assert.Throws<WizerException>(
            () => new PreInitializer().Prepare(new byte[] { 0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00 }));
        Assert.Equal(WizerError.ComponentGiven, error.Error);
        Assert.Equal("expected a core module, found a component", error.Message);
    }

    [Theory]
    [InlineData("(func (export \"other\"))", "the Wasm module does not have a `wizer-initialize` export")]
    [InlineData("(global (export \"wizer-initialize\") i32 (i32.const 0))", "the Wasm module's `wizer-initialize` export is not a function")]
    [InlineData("(func (export \"wizer-initialize\") (param i32))", "the Wasm module's `wizer-initialize` function export does not have type `[] -> []`")]
    [InlineData("(func (export \"wizer-initialize\") (result i32) i32.const 0)", "the Wasm module's `wizer-initialize` function export does not have type `[] -> []`")]
    public void Run_WantsAnInitializationFunction(string fields, string message) =>
        Assert.Equal(WizerError.InitFuncUnusable, AssertFails(fields, message).Error);

    [Theory]
    [InlineData("(param i32)", "type mismatch with parameters", "expected 0 types, found 1")]
    [InlineData("(result i32 i32) i32.const 0 i32.const 0", "type mismatch with results", "expected 0 types, found 2")]
    public void Run_RejectsAReactorFunctionOfAnotherType(string type, string message, string cause)
    {
        WizerException error = AssertFails(Init + $"(func (export \"_initialize\") {type})", message);
        Assert.Equal(cause, error.InnerException!.Message);
    }

    [Theory]
    [InlineData("(memory 1) (memory 1)", WasmFeatures.MultiMemory)]
    [InlineData("(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", WasmFeatures.BulkMemory)]
    public void Run_RejectsDisabledFeatures_AfterEverythingElse(string fields, WasmFeatures feature)
    {
        WizerOptions options = s_compatible with { Features = WasmFeatures.All & ~feature };
        WizerException error = AssertFails(fields, "failed to compile the Wasm module", options);
        Assert.Equal(WizerError.FeatureDisabled, error.Error);
        Assert.IsAssignableFrom<WasmException>(error.InnerException);
        AssertFails(fields + "(global (mut funcref) (ref.null func))", "unsupported mutable global containing a reference type", options);
        AssertFails(fields + "(func (result i32))", "wasm validation failed", options);
    }

    [Fact]
    public void Run_RejectsContradictingRenames_BeforeAnythingRuns()
    {
        var options = new WizerOptions { FuncRenames = [new("a", "b"), new("a", "c")] };
        AssertFails("(func (export \"wizer-initialize\") unreachable)", "Duplicated function rename dst a", options);
    }

    [Fact]
    public void Instrument_RejectsWhatAnotherRuntimeCannotShow_WhateverTheLayout()
    {
        byte[] module = Modules.Compile($"(module (table 1 funcref) (func (table.set (i32.const 0) (ref.null func))) {Init})");
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Instrument(module, out _));
        Assert.Equal("unsupported `table.set` instruction", error.Message);
        Assert.NotEmpty(new PreInitializer().Run(module));
    }

    private static void AssertUnsupported(string fields, string message) =>
        Assert.Equal(WizerError.UnsupportedModule, AssertFails(fields + Init, message, s_compatible).Error);

    private static WizerException AssertFails(string fields, string message, WizerOptions? options = null)
    {
        WizerException error = Assert.Throws<WizerException>(
            () => new PreInitializer(options).Run(Modules.Compile($"(module {fields})")));
        Assert.Equal(message, error.Message);
        return error;
    }
}
