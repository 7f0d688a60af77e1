using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

/// <summary>Imports that share a module name, and perhaps a type. Compact import section proposal, Text Format.</summary>
public sealed class ImportGroupTests
{
    [Theory]
    [InlineData("(import \"a\" (item \"b\" (func)) (item \"c\" (global i32)))", "01 01 61 00 7f 02 01 62 00 00 01 63 03 7f 00")]
    [InlineData("(import \"a\" (item \"b\" (func)))", "01 01 61 00 7f 01 01 62 00 00")]
    [InlineData("(import \"a\" (item \"b\") (item \"c\") (func))", "01 01 61 00 7e 00 00 02 01 62 01 63")]
    [InlineData("(import \"a\" (item \"b\") (memory 1 2))", "01 01 61 00 7e 02 01 01 02 01 01 62")]
    [InlineData("(import \"a\" (item \"b\") (table 3 funcref))", "01 01 61 00 7e 01 70 00 03 01 01 62")]
    [InlineData("(import \"a\" (item \"b\") (tag (param)))", "01 01 61 00 7e 04 00 00 01 01 62")]
    [InlineData("(import \"a\")", "01 01 61 00 7f 00")]
    [InlineData("(import \"a\" (global (mut i64)))", "01 01 61 00 7e 03 7e 01 00")]
    [InlineData("(import \"\" (item \"\" (func)))", "01 00 00 7f 01 00 00 00")]
    [InlineData("(import \"a\" \"b\" (func)) (import \"a\" (item \"c\" (func))) (import \"\" \"\" (func))",
        "03 01 61 01 62 00 00 01 61 00 7f 01 01 63 00 00 00 00 00 00")]
    public void Groups_AreEncodedAsTheyAreWritten_AndPrintedBack(string fields, string imports)
    {
        byte[] bytes = Wat.Compile($"(module (type (func)) {fields})");
        ModuleInfo module = ModuleReader.Parse(bytes);
        ModuleValidator.Validate(module);
        SectionInfo section = Assert.Single(module.Sections, static section => section.Id == SectionId.Import);
        Assert.Equal(
            imports.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(),
            Convert.ToHexString(section.Contents.Of(bytes)));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(WatPrinter.Print(module))));
    }

    [Fact]
    public void Items_TakeIndicesInOrder_AndBindIdentifiers()
    {
        byte[] bytes = Wat.Compile("""
            (module
              (import "m" "a" (func $a))
              (import "m" (item "b" (global $g i32)) (item "c" (func $c (param $x i32))))
              (import "m" (item "d") (item "e") (func (result i32)))
              (import "m" (item "f") (item "g") (global i64))
              (import "m" (item "h" (func $h)))
              (global $own i32 (global.get $g))
              (func $main (call $h) (call $c (i32.const 0)) (drop (global.get $own)))
              (export "main" (func $main)))
            """, names: true);
        ModuleInfo module = ModuleReader.Parse(bytes);
        ModuleValidator.Validate(module);
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h"], module.Imports.Select(import => module.NameAt(import.Name)));
        Assert.Equal([0u, 0u, 1u, 2u, 3u, 1u, 2u, 4u], module.Imports.Select(import => import.Index));
        Assert.Equal(5u, module.Exports[0].Index);
        NameSection names = NameSection.Read(module);
        Assert.Equal(["a", "c", null, null, "h", "main"], Enumerable.Range(0, 6).Select(func => names.FindFunc((uint)func)));
        Assert.Equal("x", names.FindLocal(1, 0));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(WatPrinter.Print(module), names: true)));
    }

    [Fact]
    public void TypesOfEmptyGroups_AreThereToo() =>
        Assert.Single(ModuleReader.Parse(Wat.Compile("(module (import \"m\" (func (param i32))) (func (type 0)))")).Types);

    [Theory]
    [InlineData("(import \"a\" (func $f))", "identifier not allowed")]
    [InlineData("(import \"a\" (item \"b\") (func $f))", "identifier not allowed")]
    [InlineData("(import \"a\" (item \"b\") (item \"c\") (func $f))", "identifier not allowed")]
    [InlineData("(import \"a\" (item \"b\"))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\" (func)) (item \"c\"))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\") (item \"c\" (func)))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\" (func)) (func))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\") (func) (func))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\" \"c\" (func)))", "unexpected token")]
    [InlineData("(import \"a\" (item (func)))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\" (type)))", "unexpected token")]
    [InlineData("(import \"a\" \"b\" (item \"c\" (func)))", "unexpected token")]
    [InlineData("(import \"a\" (item \"b\" (func $f)) (item \"c\" (func $f)))", "duplicate function $f")]
    [InlineData("(func) (import \"a\" (item \"b\" (func)))", "import after function")]
    [InlineData("(import \"a\" (item \"b\") (func (@name \"x\")))", "misplaced @name annotation")]
    [InlineData("(func (import \"a\" (item \"b\")))", "unexpected token")]
    public void WhatIsWrong_IsSaid(string fields, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<WatException>(() => Wat.Compile($"(module {fields})")).Reason, StringComparison.Ordinal);

    [Fact]
    public void PrintedText_HasIdentifiersWhereTheyMayStand()
    {
        // Names of imports that share a type, which only other tools can write.
        using PooledBuffer output = new();
        WasmWriter writer = new(output);
        writer.WriteBytes(Wat.Compile("""
            (module
              (import "m" (item "a" (func)) (item "b" (global i32)))
              (import "m" (item "c") (item "d") (func))
              (func (call 0) (call 1)))
            """));
        int section = writer.BeginCustomSection("name"u8);
        writer.WriteByte(1);
        int subsection = writer.BeginSized();
        string[] names = ["one", "two", "three", "four"];
        writer.WriteU32((uint)names.Length);
        for (int i = 0; i < names.Length; i++)
        {
            writer.WriteU32((uint)i);
            writer.WriteName(names[i]);
        }

        writer.EndSized(subsection);
        writer.EndSized(section);
        string text = WatPrinter.Print(ModuleReader.Parse(output.ToArray()));
        Assert.Equal(
            """
            (module
              (type (;0;) (func))
              (import "m"
                (item "a" (func $one (;0;) (type 0)))
                (item "b" (global (;0;) i32)))
              (import "m"
                (item "c" (;1;))
                (item "d" (;2;))
                (func (type 0)))
              (func $four (;3;) (type 0)
                call $one
                call 1
              )
            )

            """,
            text);
    }
}
