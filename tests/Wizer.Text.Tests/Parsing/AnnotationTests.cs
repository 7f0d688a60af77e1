using System.Text;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

/// <summary>The annotations that end up in custom sections.</summary>
public sealed class AnnotationTests
{
    [Fact]
    public void Customs_StandWhereTheySay_AndInTheOrderOfTheText()
    {
        const string Text = """
            (module $m
              (@custom "last" "a" "\00b")
              (@custom "early" (before first))
              (@custom "c1" (after func))
              (@custom "c2" (before global) "x")
              (@custom "c3" (after func))
              (@"custom" "c4" (before code))
              (@custom "tables" (after table))
              (func)
              (@custom "last" (after last))
              (global i32 (i32.const 0))
              (@custom "d" (after data)))
            """;
        Assert.Equal(
            ["early", "Type", "Function", "c1", "c3", "tables", "c2", "Global", "c4", "Code", "d", "name", "last", "last"],
            Sections(Wat.Compile(Text, names: true)));
    }

    [Theory]
    [InlineData("(module (@name \"a b\") (func))", null, null, "a b")]
    [InlineData("(module $m (@custom \"x\") (@name \"other\") (func))", null, null, "other")]
    [InlineData("(func $f (@name \"λ\"))", "λ", null, null)]
    [InlineData("(func (@name \"f\") (param $x (@name \"y\") i32))", "f", "y", null)]
    [InlineData("(func (local (@name \"l\") i32))", null, "l", null)]
    public void Names_ReplaceIdentifiers(string text, string? func, string? local, string? module)
    {
        NameSection names = NameSection.Read(ModuleReader.Parse(Wat.Compile(text, names: true)));
        Assert.Equal(func, names.FindFunc(0));
        Assert.Equal(local, names.FindLocal(0, 0));
        Assert.Equal(module, names.Module);
    }

    [Fact]
    public void Names_LeaveIdentifiersToTheText()
    {
        // Two functions may be called the same, and are still told apart.
        ModuleInfo module = ModuleReader.Parse(Wat.Compile("(func $a (@name \"x\")) (func $b (@name \"x\")) (start $b)", names: true));
        Assert.Equal(1u, module.StartFunc);
        Assert.Equal("x", NameSection.Read(module).FindFunc(0));
    }

    [Fact]
    public void Names_AreForLabelsToo() =>
        Assert.Equal(
            Convert.ToHexString(Wat.Compile("(func (block $x (br 0)) (if $y (i32.const 0) (then)) loop end)", names: true)),
            Convert.ToHexString(Wat.Compile("(func (block (@name \"x\") (br 0)) (if $z (@name \"y\") (i32.const 0) (then)) loop end)", names: true)));

    [Fact]
    public void Hints_NameTheBranch_NotItsOperands()
    {
        const string Text = """
            (import "" "" (func))
            (func)
            (func (param i32) (local i64)
              (@metadata.code.branch_hint "\00")
              (if (@metadata.code.branch_hint "\01") (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 0)))
                (then block (@metadata.code.branch_hint "\01") (br_if 0 (local.get 0)) end)))
            """;
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(Text));
        SectionInfo section = Assert.Single(module.Sections, static section => section.Id == SectionId.Custom);
        BranchHint[] hints = BranchHintSection.Read(module, section);
        Assert.Equal([(2u, true), (2u, false), (2u, true)], hints.Select(static hint => (hint.FuncIndex, hint.IsLikely)));
        Assert.Equal([Opcode.If, Opcode.If, Opcode.BrIf], hints.Select(hint => (Opcode)module.Bytes.Span[module.BodyOf(2).Offset + (int)hint.Offset]));
        CustomSectionValidator.Validate(module);
    }

    [Theory]
    [InlineData("(@custom \"x\") (module)", "misplaced @custom annotation")]
    [InlineData("(module) (@name \"x\")", "misplaced @name annotation")]
    [InlineData("(func (@metadata.code.branch_hint \"\\01\"))", "misplaced @metadata.code.branch_hint annotation")]
    [InlineData("(global i32 (@metadata.code.branch_hint \"\\01\") (i32.const 0))", "misplaced @metadata.code.branch_hint annotation")]
    [InlineData("(func (@metadata.code.branch_hint \"\\02\") nop)", "@metadata.code.branch_hint annotation: malformed hint")]
    [InlineData("(func (@name x))", "@name annotation: missing name")]
    [InlineData("(func (@name \"x\") (@name \"y\"))", "@name annotation: multiple function")]
    [InlineData("(@custom \"x\" (after code \"y\"))", "@custom annotation: unexpected token")]
    [InlineData("(@custom \"x\" (before last))", "@custom annotation: malformed section kind")]
    [InlineData("(@custom \"x\" \"y\"", "unclosed annotation")]
    public void WhatIsWrong_IsSaid(string text, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<WatException>(() => Wat.Compile(text)).Reason, StringComparison.Ordinal);

    [Fact]
    public void AnnotationsWithinOne_AreWhiteSpace() =>
        Assert.Equal(["x"], Sections(Wat.Compile("(@custom (@a (b)) \"x\" (@custom 1) (after (@c) code))")));

    [Fact]
    public void PrintedText_KeepsCustomSectionsAndHints()
    {
        const string Text = """
            (@custom "dylink.0" (before first) "\01\02")
            (func $f (param i32) (@metadata.code.branch_hint "\00") (if (local.get 0) (then)))
            (data "x")
            (@custom "empty" (after data))
            (@custom "producers" "\00")
            """;
        byte[] bytes = Wat.Compile(Text, names: true);
        string printed = WatPrinter.Print(ModuleReader.Parse(bytes));
        Assert.Contains("(@metadata.code.branch_hint \"\\00\") if", printed, StringComparison.Ordinal);
        Assert.Contains("(@custom \"producers\" \"\\00\")", printed, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(printed, names: true)));
    }

    public static TheoryData<string, string> Places => new()
    {
        // In the words that wasm-tools and wabt both know: not first, last, func, tag and datacount.
        { "(before first)", "(before type)" },
        { "(before type)", "(before type)" },
        { "(after type)", "(after type)" },
        { "(before import)", "(after type)" },
        { "(after import)", "(after import)" },
        { "(before func)", "(after import)" },
        { "(after func)", "(before table)" },
        { "(before table)", "(before table)" },
        { "(after table)", "(after table)" },
        { "(before memory)", "(after table)" },
        { "(after memory)", "(after memory)" },
        { "(before tag)", "(after memory)" },
        { "(after tag)", "(before global)" },
        { "(before global)", "(before global)" },
        { "(after global)", "(after global)" },
        { "(before export)", "(after global)" },
        { "(after export)", "(after export)" },
        { "(before start)", "(after export)" },
        { "(after start)", "(after start)" },
        { "(before elem)", "(after start)" },
        { "(after elem)", "(after elem)" },
        { "(before datacount)", "(after elem)" },
        { "(after datacount)", "(before code)" },
        { "(before code)", "(before code)" },
        { "(after code)", "(after code)" },
        { "(before data)", "(after code)" },
        { "(after data)", "(after data)" },
        { "(after last)", "" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void PrintedPlaces_AreThoseThatToolsAgreeOn(string place, string printed)
    {
        // Two in each place, so that their order is seen, and others around.
        string text = $"""
            (module $m
              (@custom "start" (before first) "1")
              (@custom "a" {place} "2")
              (type (func)) (import "m" "f" (func)) (table 1 funcref) (memory 1) (tag) (global i32 (i32.const 0)) (export "e" (func 1)) (start 1)
              (elem func 1)
              (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))
              (data "x")
              (@custom "b" {place} "3")
              (@custom "end" "4"))
            """;
        byte[] bytes = Wat.Compile(text, names: true);
        string output = WatPrinter.Print(ModuleReader.Parse(bytes));
        string between = printed.Length == 0 ? "" : printed + " ";
        Assert.Contains($"(@custom \"a\" {between}\"2\")", output, StringComparison.Ordinal);
        Assert.Contains($"(@custom \"b\" {between}\"3\")", output, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(output, names: true)));
    }

    [Fact]
    public void PrintedPlaces_HoldInEmptyAndPartialModules()
    {
        foreach (string fields in new[] { "", "(type (func))", "(func)", "(memory 1)", "(tag)", "(func) (tag) (data \"x\")", "(start 0) (func)" })
        {
            byte[] bytes = Wat.Compile($"""
                (module (@custom "a" (before first)) (@custom "b" (after func)) (@custom "c" (after tag)) (@custom "d" (after code))
                  {fields} (@custom "e" (after data)) (@custom "f"))
                """);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(WatPrinter.Print(ModuleReader.Parse(bytes)))));
        }
    }

    private static List<string> Sections(byte[] bytes)
    {
        ModuleInfo module = ModuleReader.Parse(bytes);
        return [.. module.Sections.Select(section =>
            section.Id == SectionId.Custom ? Encoding.UTF8.GetString(section.Name.Of(bytes)) : section.Id.ToString())];
    }
}
