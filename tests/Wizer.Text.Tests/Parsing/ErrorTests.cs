using System.Text;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("(module\n  (func\n    foo))", 3, 5, "unknown operator foo")]
    [InlineData("(module (func (local.get $x)))", 1, 26, "unknown local $x")]
    [InlineData("(func br $l)", 1, 10, "unknown label $l")]
    [InlineData("(func call $f)", 1, 12, "unknown function $f")]
    [InlineData("(global i32 (global.get $g))", 1, 25, "unknown global $g")]
    [InlineData("(export \"a\" (memory $m))", 1, 21, "unknown memory $m")]
    [InlineData("(func (type $t))", 1, 13, "unknown type $t")]
    [InlineData("(type $s (struct)) (func (struct.get $s $f))", 1, 41, "unknown field $f")]
    [InlineData("(func $f)\r\n(func $f)", 2, 7, "duplicate function $f")]
    [InlineData("(func (param $x i32) (local $x i32))", 1, 29, "duplicate local $x")]
    [InlineData("(func)(import \"\" \"\" (memory 1))", 1, 8, "import after function")]
    [InlineData("(start 0)(start 0)", 1, 17, "multiple start sections")]
    [InlineData("(func (i32.const 0x1_0000_0000))", 1, 18, "constant out of range: 0x1_0000_0000")]
    [InlineData("(func (f32.const 1e39))", 1, 18, "constant out of range: 1e39")]
    [InlineData("(func (i32.const 1.0))", 1, 18, "unexpected token 1.0")]
    [InlineData("(func (i32.load align=3 (i32.const 0)))", 1, 17, "alignment must be a power of two")]
    [InlineData("(func block $a end $b)", 1, 20, "mismatching label $b")]
    [InlineData("(func end)", 1, 7, "unexpected token end")]
    [InlineData("(func block)", 1, 12, "unexpected token )")]
    [InlineData("(func (else))", 1, 8, "unexpected token else")]
    [InlineData("(func (i32.add nop))", 1, 16, "unexpected token nop")]
    [InlineData("(func (if (then)", 1, 1, "unexpected token: the parenthesis is never closed")]
    [InlineData("(func", 1, 1, "unexpected token: the parenthesis is never closed")]
    [InlineData("(func))", 1, 7, "unexpected token )")]
    [InlineData("(module) (module)", 1, 10, "unexpected token (")]
    [InlineData("(func 0x)", 1, 7, "unknown operator 0x")]
    [InlineData("(param i32)", 1, 2, "unexpected token param")]
    [InlineData("( @a)", 1, 3, "unknown operator @a")]
    [InlineData("(; ü\n (; ;)", 1, 1, "unclosed comment")]
    [InlineData("(;ü☃;) ä", 1, 8, "illegal character")]
    [InlineData("(@ü)", 1, 1, "empty annotation id")]
    [InlineData("(@\"\\01\\9", 1, 7, "illegal escape")]
    [InlineData("(@\"ab", 1, 3, "unclosed string")]
    [InlineData("(func (v128.const i32x4 1 2 3))", 1, 19, "wrong number of lane literals")]
    [InlineData("(type (func (param i32))) (func (type 0) (param i64))", 1, 42, "inline function type")]
    public void ErrorsSayWhatAndWhere(string wat, int line, int column, string reason)
    {
        WatException e = Assert.Throws<WatException>(() => WatParser.ToBinary(Encoding.UTF8.GetBytes(wat), "t.wat"));
        Assert.StartsWith(reason, e.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (e.Line, e.Column));
        Assert.Equal($"t.wat:{line}:{column}: {e.Reason}", e.Message);
    }

    [Fact]
    public void MalformedUtf8_IsFoundWhereItIs()
    {
        WatException e = Assert.Throws<WatException>(() => WatParser.ToBinary("(module)\n;; \xc3\xa9\x80"u8.ToArray()[..^3].Append((byte)0xff).ToArray(), "t.wat"));
        Assert.Equal("malformed UTF-8 encoding", e.Reason);
        Assert.Equal(2, e.Line);
    }

    [Theory]
    [InlineData("(func ", "(block ", ")", ")")]
    [InlineData("(func (drop ", "(i32.eqz ", ")", "))")]
    [InlineData("(func ", "block ", "end ", ")")]
    [InlineData("(func (drop ", "(if (result i32) (i32.const 0) (then ", "))", "))")]
    [InlineData("(func) ", "(; ", ";)", "")]
    [InlineData("(func) (@a ", "(", ")", ")")]
    public void NestingIsAsDeepAsYouLike(string before, string open, string close, string after)
    {
        const int Depth = 200_000;
        string middle = open.Contains("eqz", StringComparison.Ordinal) || open.Contains("result", StringComparison.Ordinal) ? "(i32.const 1)" : "";
        string wat = before + string.Concat(Enumerable.Repeat(open, Depth)) + middle + string.Concat(Enumerable.Repeat(close, Depth)) + after;

        byte[] bytes = Wat.Compile(wat);
        Assert.NotEmpty(WatPrinter.Print(ModuleReader.Parse(bytes)));
    }

    [Fact]
    public void UnbalancedNesting_IsAnErrorAtAnyDepth()
    {
        Assert.Throws<WatException>(() => Wat.Compile(new string('(', 500_000)));
        Assert.Throws<WatException>(() => Wat.Compile("(func " + string.Concat(Enumerable.Repeat("(block ", 500_000))));
        Assert.Throws<WatException>(() => Wat.Compile("(func " + string.Concat(Enumerable.Repeat("block ", 500_000)) + ")"));
    }
}
