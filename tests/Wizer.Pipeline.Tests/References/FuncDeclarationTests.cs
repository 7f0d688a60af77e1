using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// A function that bodies refer to has to occur elsewhere, too. Where it does no more, because an export went or a segment was
/// dropped, another segment declares it. That outputs are valid is checked in every test here.
/// </summary>
public class FuncDeclarationTests
{
    private const string Init = "(func $i (export \"wizer-initialize\"))";
    private const string User = "(func (export \"f\") (result funcref) (ref.func $i))";

    [Theory]
    [InlineData(Init + User, "3: 0")]
    [InlineData(Init + User + "(memory 1) (data \"\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))", "3: 0")]
    [InlineData(Init + User + "(table 1 funcref) (elem (i32.const 0) func 1)", "0: 1 | 3: 0")]
    [InlineData(Init + User + "(start $i)", "3: 0")]
    [InlineData("(import \"m\" \"i\" (func $i)) (export \"wizer-initialize\" (func $i))" + User, "3: 0")]
    [InlineData(Init + User + "(func $r (export \"_initialize\")) (func (drop (ref.func $r)))", "3: 0 2")]
    [InlineData(Init + "(func $r (export \"_initialize\")) (func (drop (ref.func $r)))", "3: 1")]
    public void DroppedExport_IsMadeUpFor(string fields, string segments) => AssertSegments(fields, segments, WizerOptions.Default);

    [Theory]
    [InlineData(Init)]
    [InlineData(Init + "(func $f (export \"f\")) (func (drop (ref.func $f)))")]
    [InlineData(Init + User + "(export \"also\" (func $i))")]
    [InlineData(Init + User + "(global funcref (ref.func $i))")]
    [InlineData(Init + User + "(global (mut funcref) (ref.func $i))")]
    [InlineData(Init + User + "(table 1 (ref func) (ref.func $i))")]
    [InlineData(Init + User + "(table 1 funcref) (elem (i32.const 0) $i)")]
    [InlineData(Init + User + "(elem funcref (ref.null func) (ref.func $i))")]
    [InlineData(Init + User + "(elem declare func $i)")]
    public void Nothing_IsAdded_WhereTheFunctionOccursElsewhere(string fields)
    {
        byte[] module = Modules.Compile($"(module {fields})");
        byte[] output = new PreInitializer().Run(module);
        Assert.Equal(Segments(module), Segments(output));
    }

    [Fact]
    public void KeptExport_IsEnough()
    {
        AssertSegments(Init + User, "", new WizerOptions { KeepInitFunc = true });
        AssertSegments(Init + User, "3: 0", new WizerOptions { KeepInitFunc = true, FuncRenames = [new("wizer-initialize", "f")] });
    }

    [Fact]
    public void RenamedAwayExport_IsMadeUpFor()
    {
        // The export `f` gives way to `g`, which takes its name.
        const string Fields = Init + "(func $f (export \"f\")) (func $g (export \"g\") (drop (ref.func $f)))";
        AssertSegments(Fields, "3: 1", new WizerOptions { FuncRenames = [new("f", "g")] });
    }

    [Theory]
    [InlineData("(elem $e func $f)", "1: | 3: 1")]
    [InlineData("(elem $e funcref (ref.func $f) (ref.null func))", "5: | 3: 1")]
    [InlineData("(elem $e func $f) (export \"f\" (func $f))", "1:")]
    [InlineData("(elem $e func $f) (elem func $f)", "1: | 1: 1")]
    public void DroppedSegment_IsMadeUpFor(string fields, string segments) => AssertSegments(
        $"(func (export \"wizer-initialize\") (elem.drop $e)) (func $f) (func (drop (ref.func $f))) {fields}", segments, WizerOptions.Default);

    [Fact]
    public void CompatibleLayout_AndOtherRuntimes_GetValidModulesToo()
    {
        byte[] module = Modules.Compile($"(module {Init} {User})");
        foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
        {
            var wizer = new PreInitializer(new WizerOptions { Layout = layout });
            byte[] output = wizer.Run(module);
            Assert.Equal("3: 0", Segments(output));
            wizer.Instrument(module, out ModuleContext context);
            Assert.Equal(output, wizer.Snapshot(context, new FakeState()));
        }
    }

    private static void AssertSegments(string fields, string segments, WizerOptions options)
    {
        byte[] module = Modules.Compile($"(module {fields})");
        var environment = new InitEnvironment
        {
            DefineImports = static (_, linker) => linker.DefineFunction("m", "i", new FuncType([], []), static (_, _) => { }),
        };
        byte[] output = new PreInitializer(options).Run(module, environment);
        Assert.Equal(segments, Segments(output));
        Assert.Equal(Modules.Section(module, SectionId.Code), Modules.Section(output, SectionId.Code));
    }

    // Flags and functions of each.
    private static string Segments(byte[] module)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        return string.Join(" | ", info.ElementSegments.Select(segment =>
        {
            var reader = new WasmReader(segment.Items.Of(module), segment.Items.Offset);
            var text = new System.Text.StringBuilder($"{module[segment.Offset]}:");
            while (!segment.HasExpressions && !reader.IsAtEnd)
            {
                text.Append($" {reader.ReadU32()}");
            }

            return text.ToString();
        }));
    }
}
