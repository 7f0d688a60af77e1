using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

/// <summary>Every abbreviation encodes like what it stands for. Core 3.0, Text Format.</summary>
public sealed class AbbreviationTests
{
    [Theory]
    // Types.
    [InlineData("(type (func (param i32 i64) (result f32 f64)))", "(type (func (param i32) (param i64) (result f32) (result f64)))")]
    [InlineData("(type (func (param $x i32)))", "(type (func (param i32)))")]
    [InlineData("(type (func))", "(type (sub final (func)))")]
    [InlineData("(type (func))", "(rec (type (func)))")]
    [InlineData("(type (struct (field i32 (mut i8))))", "(type (struct (field $a i32) (field $b (mut i8))))")]
    [InlineData("(type (func (param funcref externref anyref eqref i31ref structref arrayref exnref)))",
        "(type (func (param (ref null func) (ref null extern) (ref null any) (ref null eq) (ref null i31) (ref null struct) (ref null array) (ref null exn))))")]
    [InlineData("(type (func (param nullref nullfuncref nullexternref nullexnref)))",
        "(type (func (param (ref null none) (ref null nofunc) (ref null noextern) (ref null noexn))))")]
    [InlineData("(memory 1) (table 1 funcref)", "(memory i32 1) (table i32 1 funcref)")]
    [InlineData("(memory 1 2)", "(memory 1 2 (pagesize 65536))")]
    // Type uses.
    [InlineData("(func (param i32)) (type (func (param i32)))", "(type (func (param i32))) (func (type 0))")]
    [InlineData("(func (result i32) i32.const 0) (func (result i32) i32.const 0)",
        "(type (func (result i32))) (func (type 0) i32.const 0) (func (type 0) (result i32) i32.const 0)")]
    [InlineData("(type (sub (func))) (func)", "(type (sub (func))) (type (func)) (func (type 1))")]
    [InlineData("(rec (type (func)) (type (struct))) (func)", "(rec (type (func)) (type (struct))) (type (func)) (func (type 2))")]
    [InlineData("(tag (param i32))", "(type (func (param i32))) (tag (type 0))")]
    [InlineData("(table 1 funcref) (func (call_indirect (param i32) (i32.const 1) (i32.const 0)))",
        "(type (func)) (type (func (param i32))) (table 1 funcref) (func (type 0) i32.const 1 i32.const 0 call_indirect 0 (type 1))")]
    // Imports and exports.
    [InlineData("(func $f (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (func $f (param i32)))")]
    [InlineData("(table (import \"m\" \"n\") 1 2 externref)", "(import \"m\" \"n\" (table 1 2 externref))")]
    [InlineData("(memory (import \"m\" \"n\") i64 1 2)", "(import \"m\" \"n\" (memory i64 1 2))")]
    [InlineData("(memory (import \"m\" \"n\") 1 2 shared)", "(import \"m\" \"n\" (memory 1 2 shared))")]
    [InlineData("(global (import \"m\" \"n\") (mut i32))", "(import \"m\" \"n\" (global (mut i32)))")]
    [InlineData("(tag (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (tag (param i32)))")]
    [InlineData("(func (export \"a\") (export \"b\"))", "(func) (export \"a\" (func 0)) (export \"b\" (func 0))")]
    [InlineData("(func $f (export \"a\") (import \"m\" \"n\"))", "(import \"m\" \"n\" (func $f)) (export \"a\" (func $f))")]
    [InlineData("(table (export \"t\") 1 funcref)", "(table $t 1 funcref) (export \"t\" (table $t))")]
    [InlineData("(memory (export \"m\") 1)", "(memory $m 1) (export \"m\" (memory $m))")]
    [InlineData("(global (export \"g\") i32 (i32.const 1))", "(global $g i32 i32.const 1) (export \"g\" (global $g))")]
    [InlineData("(tag (export \"t\"))", "(tag $t) (export \"t\" (tag $t))")]
    // Tables, elements, memories, data.
    [InlineData("(func) (table funcref (elem 0 0))", "(func) (table 2 2 funcref) (elem (i32.const 0) func 0 0)")]
    [InlineData("(func) (table i64 funcref (elem (ref.func 0)))", "(func) (table i64 1 1 funcref) (elem (i64.const 0) funcref (item ref.func 0))")]
    [InlineData("(func) (table 0 funcref) (table funcref (elem 0))",
        "(func) (table 0 funcref) (table 1 1 funcref) (elem (table 1) (offset i32.const 0) func 0)")]
    [InlineData("(table externref (elem (ref.null extern)))", "(table 1 1 externref) (elem (table 0) (i32.const 0) externref (ref.null extern))")]
    [InlineData("(type $t (func)) (func) (table (ref null $t) (elem 0))",
        "(type $t (func)) (func) (table 1 1 (ref null $t)) (elem (i32.const 0) (ref null $t) (ref.func 0))")]
    [InlineData("(func) (table 1 funcref) (elem (i32.const 0) 0)", "(func) (table 1 funcref) (elem (table 0) (offset (i32.const 0)) func 0)")]
    [InlineData("(func) (elem funcref (ref.func 0))", "(func) (elem funcref (item (ref.func 0)))")]
    [InlineData("(memory (data \"a\" \"b\"))", "(memory 1 1) (data (i32.const 0) \"ab\")")]
    [InlineData("(memory (data))", "(memory 0 0) (data (i32.const 0) \"\")")]
    [InlineData("(memory i64 (data \"a\"))", "(memory i64 1 1) (data (i64.const 0) \"a\")")]
    [InlineData("(memory (pagesize 1) (data \"abc\"))", "(memory 3 3 (pagesize 1)) (data (i32.const 0) \"abc\")")]
    [InlineData("(memory 1) (data (i32.const 0) \"a\")", "(memory 1) (data (memory 0) (offset (i32.const 0)) \"a\")")]
    [InlineData("(memory 0) (memory (data \"a\"))", "(memory 0) (memory $m 1 1) (data (memory $m) (i32.const 0) \"a\")")]
    // Instructions.
    [InlineData("(memory 1) (func memory.size drop)", "(memory 1) (func memory.size 0 drop)")]
    [InlineData("(memory 1) (func (i32.store8 (i32.const 0) (i32.const 0)))",
        "(memory 1) (func i32.const 0 i32.const 0 i32.store8 0 offset=0 align=1)")]
    [InlineData("(memory 1) (data \"\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory $m 1) (data $d \"\") (func i32.const 0 i32.const 0 i32.const 0 memory.init $m $d)")]
    [InlineData("(memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0)")]
    [InlineData("(table 1 funcref) (elem func) (func (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(table 1 funcref) (elem func) (func i32.const 0 i32.const 0 i32.const 0 table.init 0 0)")]
    [InlineData("(memory 1) (func (drop (v128.load8_lane 3 (i32.const 0) (v128.const i64x2 0 0))))",
        "(memory 1) (func i32.const 0 v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 v128.load8_lane 0 offset=0 align=1 3 drop)")]
    [InlineData("(func (block (result i32) (i32.const 1)) drop)", "(func block $l (result i32) i32.const 1 end $l drop)")]
    [InlineData("(func (if (i32.const 1) (then (nop)) (else (nop))))", "(func i32.const 1 if nop else nop end)")]
    [InlineData("(func (if $l (i32.const 1) (then nop)))", "(func i32.const 1 if $l nop end $l)")]
    [InlineData("(func (if (i32.const 1) (then) (else)))", "(func i32.const 1 if else end)")]
    [InlineData("(func (drop (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3)))))",
        "(func i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add drop)")]
    [InlineData("(func i32.const 1 (drop) (loop (br 0)))", "(func i32.const 1 drop loop br 0 end)")]
    [InlineData("(func (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)) drop)",
        "(func i32.const 1 i32.const 2 i32.const 3 select (result i32) drop)")]
    [InlineData("(tag) (func (block $h (try_table (catch 0 $h) (catch_all 0))))", "(tag) (func block try_table (catch 0 0) (catch_all 0) end end)")]
    [InlineData("(tag) (func (try (do nop) (catch 0 nop) (catch_all (rethrow 0))))", "(tag) (func try nop catch 0 nop catch_all rethrow 0 end)")]
    [InlineData("(func (block $l (try (do) (delegate $l))))", "(func block try delegate 0 end)")]
    [InlineData("(func (local i32 i32 f32 f32))", "(func (local $a i32) (local i32) (local $b f32) (local f32))")]
    // Names, comments, annotations, the module itself.
    [InlineData("(func $\"a b\") (start $\"a\\20b\")", "(func) (start 0)")]
    [InlineData("(func (;x (;y;) \" ;) nop ;; (\n)", "(func nop)")]
    [InlineData("(@producer \"x\" (y (z))) (func (@names \"f\") (@\"q\" ) nop)", "(func nop)")]
    [InlineData("(module $m (func))", "(func)")]
    [InlineData("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")", "(module)")]
    [InlineData("(module quote \"(fu\" \"nc)\")", "(func)")]
    public void ShortForm_EncodesLikeLongForm(string shortForm, string longForm) =>
        Assert.Equal(Convert.ToHexString(Wat.Compile(longForm)), Convert.ToHexString(Wat.Compile(shortForm)));

    [Fact]
    public void ANameSectionKeepsIdentifiers()
    {
        byte[] bytes = Wat.Compile("(module $m (func $f (param $x i32) (local i64) (local $y i64) (block $l)) (global $g i32 (i32.const 0)))", names: true);
        Assert.EndsWith(
            "046E616D65" // the section's name
            + "0002" + "016D" // module
            + "0104" + "01" + "000166" // functions
            + "0209" + "01" + "0002" + "000178" + "020179" // locals
            + "0306" + "01" + "0001" + "00016C" // labels
            + "0704" + "01" + "000167", // globals
            Convert.ToHexString(bytes),
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheSmallestModuleOfEverything_HasTheseBytes()
    {
        byte[] bytes = Wat.Compile("""
            (module
              (import "a" "b" (func $f (param i32)))
              (memory 1)
              (global (mut i64) (i64.const -1))
              (func (export "r") (call $f (i32.load offset=4 (i32.const 128))))
              (data (i32.const 8) "hi")
              (start 1))
            """);
        Assert.Equal(
            "0061736D01000000" // magic, version
            + "0108" + "02" + "60017F00" + "600000" // types
            + "0207" + "01" + "0161" + "0162" + "0000" // import
            + "0302" + "01" + "01" // function
            + "0503" + "01" + "0001" // memory
            + "0606" + "01" + "7E01" + "427F0B" // global
            + "0705" + "01" + "0172" + "0001" // export
            + "0801" + "01" // start
            + "0A0C" + "01" + "0A" + "00" + "418001" + "280204" + "1000" + "0B" // code
            + "0B08" + "01" + "00" + "41080B" + "026869", // data
            Convert.ToHexString(bytes));
    }
}
