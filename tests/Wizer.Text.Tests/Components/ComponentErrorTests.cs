using System.Text;
using Wizer.Binary.Components;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Components;

/// <summary>What is wrong with a text, and where.</summary>
public sealed class ComponentErrorTests
{
    [Theory]
    [InlineData("(export \"f\" (func $f))", 19, "unknown function $f")]
    [InlineData("(core instance (instantiate $m))", 29, "unknown core module $m")]
    [InlineData("(type $t u8) (type $t u8)", 20, "duplicate type $t")]
    [InlineData("(type $t (list $t))", 16, "unknown type $t")]
    [InlineData("(import \"f\" (func $f)) (component (export \"g\" (func $f)))", 53, "outer item `f` is not a module, type, or component")]
    [InlineData("(alias outer $x 0 (type))", 14, "unknown outer component $x")]
    [InlineData("(component (alias outer 3 $t (type)))", 25, "unknown outer component 3")]
    [InlineData("(component $c (type $t u8)) (component (alias outer $c 0 (type)))", 53, "unknown outer component $c")]
    [InlineData("(alias core export 0 \"f\" (func))", 8, "core instances export no functions")]
    [InlineData("(core module $m) (core instance (instantiate $m (with \"a\" (func 0))))", 59, "core modules are instantiated with core instances only")]
    [InlineData("(import \"a\" (implements \"a:b/c\") (implements \"a:b/c\") (instance))", 35, "unexpected token implements")]
    [InlineData("(import \"f\" (core func))", 14, "unexpected token core")]
    [InlineData("(type (lost u8))", 8, "unknown operator lost")]
    [InlineData("(type u9)", 7, "unknown operator u9")]
    [InlineData("(type (list func))", 13, "unexpected token func")]
    [InlineData("(type (instance (import \"a\" (func))))", 18, "unexpected token import")]
    [InlineData("(type (option))", 14, "unexpected token )")]
    [InlineData("(type (resource (dtor 0)))", 18, "unexpected token dtor")]
    [InlineData("(canon lower (func 0))", 22, "unexpected token )")]
    [InlineData("(canon unlift (core func))", 8, "unknown operator unlift")]
    [InlineData("(canon lift (core func 0) string-encoding=utf7 (func))", 27, "unknown operator string-encoding=utf7")]
    [InlineData("(func $f)", 9, "unexpected token )")]
    [InlineData("(core func $f)", 14, "unexpected token )")]
    [InlineData("(core table $t)", 15, "unexpected token )")]
    [InlineData("(value $v bool true)", 16, "unknown operator true")]
    [InlineData("(func (param i32))", 14, "unexpected token i32")]
    [InlineData("(core module (func (local.get $x)))", 31, "unknown local $x")]
    [InlineData("(core module (func)", 21, "unexpected token: the text ends here")]
    [InlineData("(import \"\\ff\" (func))", 9, "malformed UTF-8 encoding")]
    [InlineData("(@custom) (type u8)", 1, "@custom annotation: missing section name")]
    [InlineData("(type (@custom \"x\") u8)", 7, "misplaced @custom annotation")]
    [InlineData("(core module (func (@custom \"x\")))", 20, "misplaced @custom annotation")]
    [InlineData("(type 4294967296)", 7, "unexpected token 4294967296")]
    [InlineData("(type (own 4294967296))", 12, "i32 constant out of range: 4294967296")]
    public void Errors_SayWhatAndWhere(string definitions, int column, string reason)
    {
        WatException error = Assert.Throws<WatException>(() => Wat.Compile($"(component\n{definitions})"));
        Assert.Equal((2, column, reason), (error.Line, error.Column, error.Reason));
    }

    [Theory]
    [InlineData("(component ")]
    [InlineData("(type (component ")]
    [InlineData("(type (instance (type (component ")]
    [InlineData("(type (list ")]
    [InlineData("(import \"i\" (instance (export \"i\" (instance ")]
    [InlineData("(type (record (field \"a\" (record (field \"b\" ")]
    [InlineData("(type (record (field (case (error (field ")]
    [InlineData("(core type (module ")]
    [InlineData("(core module (func (block ")]
    [InlineData("(instance (export \"a\" ")]
    [InlineData("(canon lift (core func ")]
    [InlineData("(alias outer (")]
    [InlineData("(core instance (instantiate 0 (with \"a\" (instance (export \"b\" ")]
    public void DeepAndUnclosedGroups_AreErrors(string group)
    {
        string deep = string.Concat(Enumerable.Repeat(group, 20_000));
        string closed = deep + new string(')', deep.Count(static c => c == '('));
        foreach (string text in new[] { deep, closed })
        {
            Assert.Throws<WatException>(() => Wat.Compile($"(component {text}"));
            Assert.Throws<WatException>(() => Wat.Compile($"(component {text})"));
        }
    }

    [Fact]
    public void Nesting_HasALimit()
    {
        string Nested(string open, string inner, int count) =>
            string.Concat(Enumerable.Repeat(open, count)) + inner + new string(')', count);

        byte[] deepest = Wat.Compile(Nested("(component ", "", ComponentLimits.MaxNesting));
        ComponentReader.Parse(deepest);
        WatException error = Assert.Throws<WatException>(() => Wat.Compile(Nested("(component ", "", ComponentLimits.MaxNesting + 1)));
        Assert.Equal("nesting too deep: there are at most 100 levels", error.Reason);
        Wat.Compile($"(component (type {Nested("(list ", "u8", ComponentLimits.MaxNesting - 1)}))");
        Assert.Throws<WatException>(() => Wat.Compile($"(component (type {Nested("(list ", "u8", ComponentLimits.MaxNesting)}))"));
    }

    [Fact]
    public void LargeComponents_TakeLinearTime()
    {
        // A quadratic step would take minutes.
        var text = new StringBuilder("(component (type $t (record (field \"a\" u8)))");
        for (int i = 0; i < 50_000; i++)
        {
            text.Append($"(type $t{i} (tuple (list $t) (option u8)))");
        }

        text.Append("(type (tuple").Insert(text.Length, " (list u8)", 50_000).Append("))");
        text.Append("(component").Insert(text.Length, " (type (list $t))", 50_000).Append("))");
        Assert.Equal(0x0d, Wat.Compile(text.ToString())[4]);
    }

    /// <summary>Whatever is wrong, it is said, and nothing else happens.</summary>
    [Fact]
    public void DamagedTexts_AreErrorsOrComponents()
    {
        byte[] text = Encoding.UTF8.GetBytes(
            """
            (component $c
              (core module $m (memory (export "m") 1) (func (export "f") (param i32) (result i32) local.get 0))
              (core instance $i (instantiate $m (with "a" (instance (export "b" (func 0))))))
              (type $r (resource (rep i32) (dtor (core func $i "f"))))
              (import "i" (implements "a:b/c") (instance $j (export "t" (type $t (sub resource))) (export "f" (func (param "x" (own $t))))))
              (func $f (export "f") (param "x" (list (record (field "a" string)))) (result (result u8 (error string)))
                (canon lift (core func $i "f") (memory (core memory $i "m")) string-encoding=utf16))
              (core func (canon lower (func $j "f")))
              (component (export "d") (alias outer $c $r (type)) (instance (export "x" (type 0))))
              (core type (module (type (func)) (import "a" "b" (func (type 0)))))
              (export $e "e" (func $f) (func (type 0))))
            """);
        var random = new Random(15);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. text];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                int at = random.Next(damaged.Length);
                int from = random.Next(damaged.Length - 8);
                int length = random.Next(1, Math.Min(8, damaged.Length - at));
                text.AsSpan(from, length > 0 ? length : 1).CopyTo(damaged.AsSpan(at));
            }

            try
            {
                WatParser.ToBinary(damaged, "damaged.wat");
            }
            catch (WatException)
            {
                // As it should be.
            }
        }
    }
}
