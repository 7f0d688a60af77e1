using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>The code of a module with a source map stays at its offset in the file, or the report says that it does not.</summary>
public class CodePaddingTests
{
    private static readonly WizerOptions s_compatible = WizerOptions.Default with { Layout = ModuleLayout.Compatible };

    [Fact]
    public void Code_StaysWhereItIs_WhateverTheSectionsBeforeItLose()
    {
        // Names of every length, and so every distance beyond the first few.
        for (int length = 1; length < 300; length++)
        {
            string name = new('f', length);
            AssertStays(Module($"(func (export \"{name}\"))"), new WizerOptions { InitFunc = name });
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Code_StaysWhereItIs_ForAByteOrTwo(int byteCount)
    {
        // The export of one letter takes four bytes; what the global takes more in return makes it less.
        string value = (4 - byteCount) switch { 0 => "1", 1 => "100", 2 => "10000", 3 => "2000000", _ => "200000000" };
        byte[] module = Module($"(global $g (mut i32) (i32.const 0)) (func (export \"f\") (global.set $g (i32.const {value})))");
        byte[] output = AssertStays(module, new WizerOptions { InitFunc = "f" });
        Assert.Equal(byteCount >= 3, Modules.Outline(output).Contains("Export  Code", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("(func $s) (start $s)")]
    [InlineData("(func (export \"_initialize\"))")]
    [InlineData("(func $s) (func (drop (ref.func $s))) (elem declare func $s)")]
    [InlineData("(data \"x\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))")]
    [InlineData("(@custom \"other\" (before code) \"x\")")]
    public void Code_StaysWhereItIs_WhateverElseTheModuleHas(string fields)
    {
        byte[] module = Module($"(func (export \"wizer-initialize\")) (func (export \"again\")) {fields}");
        byte[] output = AssertStays(module, WizerOptions.Default);

        // Again, what was put there before is not needed any more.
        byte[] again = AssertStays(output, new WizerOptions { InitFunc = "again" });
        Assert.Equal(1, Modules.Outline(again).Split(' ').Count(name => name.Length == 0));
        Assert.InRange(again.Length, 0, output.Length);
    }

    [Fact]
    public void Code_Moves_WhenTheSectionsBeforeItGrow()
    {
        // The global takes four bytes more, and the export four bytes less; the memory one more.
        byte[] module = Module(
            "(global $g (mut i32) (i32.const 0)) (func (export \"f\") (global.set $g (i32.const -2147483648)) (drop (memory.grow (i32.const 127))))");
        byte[] output = Run(module, new WizerOptions { InitFunc = "f" }, out SnapshotReport report);
        Assert.Equal(1, report.CodeMove);
        Assert.Equal(CodeOffset(module) + 1, CodeOffset(output));
        Assert.DoesNotContain("  ", Modules.Outline(output));
    }

    [Fact]
    public void CompatibleLayout_StaysTheOriginals()
    {
        byte[] module = Module("(func (export \"wizer-initialize\"))");
        byte[] output = Run(module, s_compatible, out SnapshotReport report);
        Assert.Equal(-19, report.CodeMove);
        Assert.Equal(CodeOffset(module) - 19, CodeOffset(output));
    }

    [Fact]
    public void Code_Moves_WithoutASourceMap()
    {
        byte[] module = Modules.Compile("(module (memory 1) (func (export \"wizer-initialize\")))");
        byte[] output = Run(module, WizerOptions.Default, out SnapshotReport report);
        Assert.Equal(0, report.CodeMove);
        Assert.Equal(CodeOffset(module) - 19, CodeOffset(output));
        Assert.Equal(new PreInitializer(s_compatible).Run(module), output);
    }

    [Fact]
    public void ForeignRuntime_GivesTheSameBytes()
    {
        byte[] module = Module("(func (export \"wizer-initialize\"))");
        var wizer = new PreInitializer();
        byte[] instrumented = wizer.Instrument(module, out ModuleContext context);
        Assert.Equal(wizer.Run(module), wizer.Snapshot(context, ForeignRuntime.Initialize(instrumented, wizer.Options.InitFunc)));
    }

    private static byte[] Module(string fields) => Modules.Compile($"""(module (memory 1 1000) {fields} (@custom "sourceMappingURL" "\05m.map"))""");

    private static byte[] AssertStays(byte[] module, WizerOptions options)
    {
        byte[] output = Run(module, options, out SnapshotReport report);
        Assert.Equal(0, report.CodeMove);
        Assert.Equal(CodeOffset(module), CodeOffset(output));
        Assert.Equal(Modules.Section(module, SectionId.Code), Modules.Section(output, SectionId.Code));
        using var store = new Store();
        new Linker().Instantiate(store, ModuleReader.Parse(output));
        return output;
    }

    private static byte[] Run(byte[] module, WizerOptions options, out SnapshotReport report)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        report = new PreInitializer(options).Run(module, output).Snapshot;
        return output.WrittenSpan.ToArray();
    }

    private static int CodeOffset(byte[] module) =>
        ModuleReader.Parse(module).Sections.Single(section => section.Id == SectionId.Code).Contents.Offset;
}
