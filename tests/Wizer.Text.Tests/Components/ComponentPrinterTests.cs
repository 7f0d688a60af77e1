using System.Text;
using Wizer.Binary.Components;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Components;

public sealed class ComponentPrinterTests
{
    [Fact]
    public void Text_IsForPeople() => Snapshot.Verify(
        Print(
            """
            (component $top
              (core module $m
                (memory (export "m") 1)
                (func $f (export "f") (param $p i32) (result i32) local.get $p))
              (core module $n (import "a" "g" (func)) (import "b" "x" (global i32)))
              (core instance $i (instantiate $m))
              (type $r (resource (rep i32) (dtor (core func $i "f"))))
              (type $rec (record (field "a" (list u8 3)) (field "b" (option string))))
              (import "log" (external-id "console") (func $log (param "what" $rec) (result (result (error (own $r))))))
              (import "a:b/c" (instance $abc (export "t" (type $t (sub resource))) (export "v" (value string)) (export "f" (func async (param "x" (borrow $t))))))
              (import "mod" (core module $mod (import "a" "b" (func (param i32))) (export "t" (table 1 funcref))))
              (core rec (type $a (struct (field (mut (ref null $b))))) (type $b (sub (func))))
              (core func $lowered (canon lower (func $log) (memory (core memory $i "m")) string-encoding=latin1+utf16 (realloc (core func $i "f"))))
              (core func (canon stream.cancel-read 1 async))
              (core func (canon context.get i32 1))
              (core instance $j (instantiate $n (with "a" (instance (export "g" (func $lowered)))) (with "b" (instance))))
              (func $lifted (export "run") (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "m"))))
              (component $inner
                (alias outer $top $rec (type $x))
                (type (component (import "f" (func)) (alias outer 2 $rec (type))))
                (export "x" (type $x)))
              (instance $k (instantiate $inner (with "f" (func $lifted)) (with "m" (core module $m))))
              (instance (export "y" (instance $k)))
              (@custom "mine" "\00\"")
              (export $e "e" (func $lifted) (func (type 0))))
            """));

    [Theory]
    [InlineData("(component $\"a b\")")]
    [InlineData("(component (type $\"a b\" u8) (type $\"a b'\" (@name \"a b\") u8))")]
    [InlineData("(component (core module $m) (core module $n (@name \"m\")) (core module (@name \"m\")) (core module $o (@name \"\")))")]
    [InlineData("(component (component $c) (component $d (@name \"c\")) (component (@name \"c\")) (component $e (@name \"\")))")]
    [InlineData("(component $c (type $t u8) (component $c (type $u u8) (component $d (alias outer 2 $t (type)) (alias outer $c $u (type)))))")]
    [InlineData("(component (start 0 (value 0) (result (value $v))) (value $w string (binary \"\\00\")))")]
    [InlineData("(component (import \"v\" (value $v (list u8))) (export \"w\" (value $v) (value (eq $v))))")]
    [InlineData("(component (@custom \"component-name\" \"\\01\") (type $t u8))")]
    [InlineData("(component (type (component (core type (func)) (core rec (type (func)) (type (func))) (core type (module)))))")]
    [InlineData("(component (core type (module (rec (type $a (func)) (type $b (func))) (import \"a\" \"b\" (memory i64 1 2)))))")]
    public void Text_EncodesToTheSameComponent(string wat)
    {
        byte[] bytes = Wat.Compile(wat, names: true);
        string text = WatPrinter.Print(ComponentReader.Parse(bytes));
        Assert.Equal((text, Convert.ToHexString(bytes)), (text, Convert.ToHexString(Wat.Compile(text, names: true))));
    }

    [Fact]
    public void GarbageInNames_IsACustomSection()
    {
        byte[] bytes = [.. "\0asm\x0d\0\x01\0"u8, 0, 18, 14, .. "component-name"u8, 0xff, 0xfe, 1];
        Assert.Equal(
            "(component\n  (@custom \"component-name\" \"\\ff\\fe\\01\")\n)\n", WatPrinter.Print(ComponentReader.Parse(bytes)));
    }

    [Fact]
    public void Lines_EndAsTheWriterSays()
    {
        using var output = new StringWriter { NewLine = "\r\n" };
        WatPrinter.Print(ComponentReader.Parse(Wat.Compile("(component (core module (func nop)))")), output);
        string text = output.ToString();
        Assert.Equal(text.Count(static c => c == '\n'), text.Split("\r\n").Length - 1);
        Assert.Contains("\r\n    (func (;0;) (type 0)\r\n      nop\r\n", text, StringComparison.Ordinal);
    }

    private static string Print(string wat)
    {
        byte[] bytes = Wat.Compile(wat, names: true);
        string text = WatPrinter.Print(ComponentReader.Parse(bytes));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(WatParser.ToBinary(Encoding.UTF8.GetBytes(text), "printed.wat")));
        return text;
    }
}
