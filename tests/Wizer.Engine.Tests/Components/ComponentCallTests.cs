using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Components;

/// <summary>Calls as people write them. Component Model, WAVE.</summary>
public sealed class ComponentCallTests
{
    // All that a function below may take. Types with names must have been imported.
    private const string Types = """
        (type $r (record (field "a" u8) (field "b" (option string)) (field "err" (option bool))))
        (import "rec" (type $record (eq $r)))
        (type $o (record (field "x" (option u8))))
        (import "optional" (type $optional (eq $o)))
        (type $v (variant (case "x" u8) (case "y") (case "none" u8) (case "inf")))
        (import "var" (type $variant (eq $v)))
        (type $e (enum "south" "ok" "a1-B2"))
        (import "enum" (type $enum (eq $e)))
        (type $f (flags "read" "write" "nan"))
        (import "perms" (type $flags (eq $f)))
        (import "res" (type $res (sub resource)))

        """;

    [Theory]
    [InlineData("init", null, "init", false)]
    [InlineData("init()", null, "init", true)]
    [InlineData(" setup (1000, \"Abc\")", null, "setup", true)]
    [InlineData("iface.func@1.2.3", "iface@1.2.3", "func", false)]
    [InlineData("local:local/init.add-string@0.1.0(\"a.b@c\")", "local:local/init@0.1.0", "add-string", true)]
    [InlineData("local:local/init.add@0.1.0-rc.1+b.2()", "local:local/init@0.1.0-rc.1+b.2", "add", true)]
    [InlineData("ui:tests/ui.nullary()", "ui:tests/ui", "nullary", true)]
    [InlineData("a.[method]b.c()", "a", "[method]b.c", true)]
    [InlineData("[method]b.c", null, "[method]b.c", false)]
    [InlineData("a:b/c@1.2.3", null, "a:b/c@1.2.3", false)]
    [InlineData("", null, "", false)]
    public void Call_IsTakenApart_BeforeItsFunctionIsKnown(string text, string? instance, string function, bool hasArguments)
    {
        ComponentCall call = ComponentCall.Parse(text);

        Assert.Equal(text, call.Text);
        Assert.Equal(instance, call.InstanceName);
        Assert.Equal(function, call.FunctionName);
        Assert.Equal(hasArguments, call.HasArguments);
    }

    [Theory]
    [InlineData("bool", "true", "true")]
    [InlineData("bool", "false", "false")]
    [InlineData("s8", "-128", "-128")]
    [InlineData("s8", "127", "127")]
    [InlineData("u8", "0", "0")]
    [InlineData("u8", "255", "255")]
    [InlineData("s16", "-32768", "-32768")]
    [InlineData("s16", "32767", "32767")]
    [InlineData("u16", "65535", "65535")]
    [InlineData("s32", "-2147483648", "-2147483648")]
    [InlineData("s32", "2147483647", "2147483647")]
    [InlineData("u32", "4294967295", "4294967295")]
    [InlineData("s64", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("s64", "9223372036854775807", "9223372036854775807")]
    [InlineData("u64", "18446744073709551615", "18446744073709551615")]
    [InlineData("f32", "-1.5e0", "-1.5")]
    [InlineData("f32", "16777217", "16777216")]
    [InlineData("f32", "1e39", "inf")]
    [InlineData("f64", "6.022e+23", "6.022E+23")]
    [InlineData("f64", "-0", "-0")]
    [InlineData("f64", "nan", "nan")]
    [InlineData("f64", "inf", "inf")]
    [InlineData("f64", "-inf", "-inf")]
    [InlineData("char", "'x'", "'x'")]
    [InlineData("char", "'\"'", "'\"'")]
    [InlineData("char", "'🍰'", "'🍰'")]
    [InlineData("char", @"'\''", @"'\''")]
    [InlineData("char", @"'\u{0}'", @"'\u{0}'")]
    [InlineData("char", @"'\u{10FFFF}'", "'\U0010FFFF'")]
    [InlineData("string", "\"\"", "\"\"")]
    [InlineData("string", "\"it's // no comment\"", "\"it's // no comment\"")]
    [InlineData("string", @"""\n\r\t\\\'\""\u{2603}\u{00002f}""", @"""\n\r\t\\'\""☃/""")]
    [InlineData("string", "\"\"\"\nA single line\n\"\"\"", "\"A single line\"")]
    [InlineData("string", "\"\"\"\n\"\"\"", "\"\"")]
    [InlineData("string", "\"\"\"\r\n    two\r\n  lines \"\"\\\"\r\n  \"\"\"", "\"  two\\nlines \\\"\\\"\\\"\"")]
    [InlineData("string", "\"\"\"\n\n x\\r\n\n\"\"\"", "\"\\n x\\r\\n\"")]
    [InlineData("(list u8)", "[]", "[]")]
    [InlineData("(list u8)", "[1, 2,]", "[1, 2]")]
    [InlineData("(list u8 2)", "[1, 2]", "[1, 2]")]
    [InlineData("(list (list char))", "[['a'], []]", "[['a'], []]")]
    [InlineData("(tuple u8 string)", "(1, \"x\")", "(1, \"x\")")]
    [InlineData("(tuple u8)", "(1,)", "(1)")]
    [InlineData("(map string u8)", "[(\"a\", 1), (\"b\", 2)]", "[(\"a\", 1), (\"b\", 2)]")]
    [InlineData("$record", "{a: 1, b: \"x\", err: none}", "{a: 1, b: some(\"x\"), err: none}")]
    [InlineData("$record", "{%err: true, %a: 1,}", "{a: 1, b: none, err: some(true)}")]
    [InlineData("$optional", "{:}", "{x: none}")]
    [InlineData("$variant", "x(1)", "x(1)")]
    [InlineData("$variant", "%y", "y")]
    [InlineData("$variant", "%none(2)", "%none(2)")]
    [InlineData("$variant", "%inf", "%inf")]
    [InlineData("$enum", "south", "south")]
    [InlineData("$enum", "%ok", "%ok")]
    [InlineData("$enum", "a1-B2", "a1-B2")]
    [InlineData("(option u8)", "none", "none")]
    [InlineData("(option u8)", "some(1)", "some(1)")]
    [InlineData("(option u8)", "1", "some(1)")]
    [InlineData("(option (option u8))", "some(none)", "some(none)")]
    [InlineData("(option (option u8))", "some(1)", "some(some(1))")]
    [InlineData("(option $variant)", "%none(1)", "some(%none(1))")]
    [InlineData("(option f32)", "inf", "some(inf)")]
    [InlineData("(result)", "ok", "ok")]
    [InlineData("(result)", "err", "err")]
    [InlineData("(result u8)", "ok(1)", "ok(1)")]
    [InlineData("(result u8)", "1", "ok(1)")]
    [InlineData("(result (error string))", "err(\"no\")", "err(\"no\")")]
    [InlineData("(result (option u8))", "ok(none)", "ok(none)")]
    [InlineData("$flags", "{}", "{}")]
    [InlineData("$flags", "{%nan, read,}", "{read, nan}")]
    [InlineData("u8", " // the answer\n\t42\r\n", "42")]
    public void Argument_BecomesAValue(string type, string argument, string expected)
    {
        ComponentFuncType function = FunctionType($"(param \"p\" {type})");

        ComponentValue value = Assert.Single(ComponentCall.Parse($"f({argument})").ParseArguments(function));

        Assert.Equal(expected, value.ToString());
        Assert.Equal(value, Assert.Single(ComponentCall.Parse($"f({value})").ParseArguments(function)));
    }

    [Theory]
    [InlineData("bool", "1", "expected `true` or `false`, found `1`", 3)]
    [InlineData("bool", "%true", "expected `true` or `false`, found `%true`", 3)]
    [InlineData("s8", "-129", "expected an integer from -128 to 127, found `-129`", 3)]
    [InlineData("s8", "128", "expected an integer from -128 to 127, found `128`", 3)]
    [InlineData("u8", "-1", "expected an integer from 0 to 255, found `-1`", 3)]
    [InlineData("u8", "256", "expected an integer from 0 to 255, found `256`", 3)]
    [InlineData("u8", "1.0", "expected an integer from 0 to 255, found `1.0`", 3)]
    [InlineData("u8", "1e1", "expected an integer from 0 to 255, found `1e1`", 3)]
    [InlineData("u8", "01", "expected an integer from 0 to 255, found `01`", 3)]
    [InlineData("u8", "+1", "expected an integer from 0 to 255, found `+1`", 3)]
    [InlineData("u8", "0x1", "expected an integer from 0 to 255, found `0x1`", 3)]
    [InlineData("u8", "\"1\"", "expected an integer from 0 to 255, found `\"`", 3)]
    [InlineData("s16", "32768", "expected an integer from -32768 to 32767, found `32768`", 3)]
    [InlineData("s16", "-32769", "expected an integer from -32768 to 32767, found `-32769`", 3)]
    [InlineData("u16", "65536", "expected an integer from 0 to 65535, found `65536`", 3)]
    [InlineData("s32", "2147483648", "expected an integer from -2147483648 to 2147483647, found `2147483648`", 3)]
    [InlineData("s32", "-2147483649", "expected an integer from -2147483648 to 2147483647, found `-2147483649`", 3)]
    [InlineData("u32", "4294967296", "expected an integer from 0 to 4294967295, found `4294967296`", 3)]
    [InlineData("s64", "9223372036854775808", "found `9223372036854775808`", 3)]
    [InlineData("s64", "-9223372036854775809", "found `-9223372036854775809`", 3)]
    [InlineData("u64", "18446744073709551616", "expected an integer from 0 to 18446744073709551615, found `18446744073709551616`", 3)]
    [InlineData("u64", "99999999999999999999999999999999999999999", "found `9999", 3)]
    [InlineData("f32", "-nan", "expected a number, `inf`, `-inf` or `nan`, found `-nan`", 3)]
    [InlineData("f64", "Infinity", "found `Infinity`", 3)]
    [InlineData("f64", "1.", "found `1.`", 3)]
    [InlineData("f64", ".5", "found `.5`", 3)]
    [InlineData("f64", "1e", "found `1e`", 3)]
    [InlineData("f64", "-", "found `-`", 3)]
    [InlineData("char", "''", "expected a character between single quotes", 4)]
    [InlineData("char", "'ab'", "expected a single quote behind one character", 5)]
    [InlineData("char", "'\n'", "expected a character between single quotes", 4)]
    [InlineData("char", @"'\u{d800}'", "unknown escape", 4)]
    [InlineData("char", @"'\u{110000}'", "unknown escape", 4)]
    [InlineData("char", @"'\u{0000000}'", "unknown escape", 4)]
    [InlineData("char", @"'\u{}'", "unknown escape", 4)]
    [InlineData("char", @"'\u{+1}'", "unknown escape", 4)]
    [InlineData("char", @"'\u{1 }'", "unknown escape", 4)]
    [InlineData("char", @"'\j'", "unknown escape", 4)]
    [InlineData("char", "x", "expected a character in single quotes, found `x`", 3)]
    [InlineData("string", "x", "expected a string in double quotes, found `x`", 3)]
    [InlineData("string", "\"x", "the string has no end", 3)]
    [InlineData("string", "\"a\nb\"", "a line end in a string is written `\\n`", 5)]
    [InlineData("string", "\"\"\"", "the string has no end", 3)]
    [InlineData("string", "\"\"\" \"\"\"", "expected a line end behind the `\"\"\"`", 6)]
    [InlineData("string", "\"\"\"\"\"\"", "expected a line end behind the `\"\"\"`", 6)]
    [InlineData("(list u8)", "1", "expected a list in brackets, found `1`", 3)]
    [InlineData("(list u8)", "[1 2]", "expected `,` or `]`, found `2`", 6)]
    [InlineData("(list u8)", "[,]", "expected an integer from 0 to 255, found `,`", 4)]
    [InlineData("(list u8)", "[1,,]", "expected an integer from 0 to 255, found `,`", 6)]
    [InlineData("(list u8 2)", "[1]", "expected a list of 2 values in brackets, found 1", 3)]
    [InlineData("(tuple u8 u8)", "(1)", "expected 2 values of a tuple, found 1", 5)]
    [InlineData("(tuple u8 u8)", "(1, 2, 3)", "expected `)` behind 2 values of a tuple, found `3`", 10)]
    [InlineData("$record", "{b: none}", "expected the field `a`, found `}`", 11)]
    [InlineData("$record", "{a: 1, a: 2}", "the field `a` comes twice", 10)]
    [InlineData("$record", "{c: 1}", "expected one of the fields `a`, `b`, `err`, found `c`", 4)]
    [InlineData("$record", "{a: 1,, }", "expected one of the fields", 9)]
    [InlineData("$record", "{a}", "expected `:` behind the name of a field, found `}`", 5)]
    [InlineData("$record", "(1)", "expected a record in braces with the fields `a`, `b`, `err`, found `(`", 3)]
    [InlineData("$optional", "{}", "expected one of the fields `x`, found `}`", 4)]
    [InlineData("$variant", "z", "expected one of the cases `x`, `y`, `%none`, `%inf`, found `z`", 3)]
    [InlineData("$variant", "none(1)", "the case `none` is written `%none`", 3)]
    [InlineData("$variant", "x", "expected `(` and a value of `x`, found `)`", 4)]
    [InlineData("$variant", "y(1)", "`y` carries no value", 4)]
    [InlineData("$enum", "ok", "the case `ok` is written `%ok`", 3)]
    [InlineData("$enum", "south(1)", "expected `,` or `)`, found `(`", 8)]
    [InlineData("(option u8)", "some", "expected `(` and a value of `some`, found `)`", 7)]
    [InlineData("(option u8)", "none()", "`none` carries no value", 7)]
    [InlineData("(option u8)", "x", "expected an integer from 0 to 255, found `x`", 3)]
    [InlineData("(option (option u8))", "1", "expected `none`, `some(...)`, found `1`", 3)]
    [InlineData("(result u8)", "ok", "expected `(` and a value of `ok`, found `)`", 5)]
    [InlineData("(result)", "ok(1)", "`ok` carries no value", 5)]
    [InlineData("(result (error u8))", "1", "expected `ok`, `err(...)`, found `1`", 3)]
    [InlineData("(result (option u8))", "1", "expected `ok(...)`, `err`, found `1`", 3)]
    [InlineData("$flags", "{read, read}", "the flag `read` comes twice", 10)]
    [InlineData("$flags", "{exec}", "expected one of the flags `read`, `write`, `nan`, found `exec`", 4)]
    [InlineData("$flags", "read", "expected flags in braces, some of `read`, `write`, `nan`, found `read`", 3)]
    [InlineData("(borrow $res)", "1", "a value of a type with a resource cannot be written", 3)]
    [InlineData("u8", "", "expected an integer from 0 to 255, for the parameter `p`, found `)`", 3)]
    [InlineData("u8", "1, 2", "expected `)` behind the last argument, found `2`", 6)]
    [InlineData("u8", "1) // 2\n x", "expected the end, found `x`", 2)]
    public void Argument_IsRejected_WhereItIsWrong(string type, string argument, string message, int column)
    {
        ComponentFuncType function = FunctionType($"(param \"p\" {type})");

        WaveFormatException error =
            Assert.Throws<WaveFormatException>(() => ComponentCall.Parse($"f({argument})").ParseArguments(function));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(column, error.Column);
        Assert.EndsWith($"; `f` is {function})", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\"\"\nextra\"\"\"", "expected nothing but spaces before the `\"\"\"`", 6)]
    [InlineData("\"\"\"\nx\n \"\"\"", "expected a line that is indented at least as much", 1)]
    [InlineData("\"\"\"\n\\j\n\"\"\"", "unknown escape", 1)]
    [InlineData("\"\"\"\na \"\"\" b\n\"\"\"", "expected nothing but spaces before the `\"\"\"`", 3)]
    public void Error_InStringOfSeveralLines_HasItsLine(string argument, string message, int column)
    {
        ComponentFuncType function = FunctionType("(param \"p\" string)");

        WaveFormatException error =
            Assert.Throws<WaveFormatException>(() => ComponentCall.Parse($"f({argument})").ParseArguments(function));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains($"line 2, column {column}", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, column), (error.Line, error.Column));
    }

    [Fact]
    public void HalfOfASurrogatePair_IsRejected()
    {
        ComponentFuncType function = FunctionType("(param \"p\" string)");

        WaveFormatException error =
            Assert.Throws<WaveFormatException>(() => ComponentCall.Parse("f(\"\ud800\")").ParseArguments(function));

        Assert.StartsWith("malformed text: this is no Unicode scalar value (at column 4;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_CountsCharacters()
    {
        ComponentFuncType function = FunctionType("(param \"p\" string) (param \"q\" u8)");

        WaveFormatException error =
            Assert.Throws<WaveFormatException>(() => ComponentCall.Parse("f(\"🍰🍰\", x)").ParseArguments(function));

        Assert.Equal(9, error.Column);
    }

    [Theory]
    [InlineData("f(some(1))")]
    [InlineData("f(1,)")]
    [InlineData("f(1, none)")]
    [InlineData("f(1, none, none)")]
    public void Options_AtTheEnd_MayBeLeftOut(string call)
    {
        ComponentFuncType function = FunctionType("(param \"a\" (option u8)) (param \"b\" (option u8)) (param \"c\" (option u8))");

        Assert.Equal([ComponentValue.Some(ComponentValue.Of((byte)1)), ComponentValue.None, ComponentValue.None],
            ComponentCall.Parse(call).ParseArguments(function));
    }

    [Fact]
    public void BareName_HasNoArguments()
    {
        Assert.Empty(ComponentCall.Parse("f").ParseArguments(FunctionType("")));
        WaveFormatException error =
            Assert.Throws<WaveFormatException>(() => ComponentCall.Parse("f").ParseArguments(FunctionType("(param \"p\" u8)")));

        Assert.Equal(
            "expected an integer from 0 to 255, for the parameter `p`, found the end (at column 2; `f` is func(p: u8))", error.Message);
    }

    [Fact]
    public void Error_ShowsTheTypeAsWitWritesIt()
    {
        ComponentFuncType function = FunctionType("(param \"p\" (list $record)) (param \"q\" $enum) (result (result u8 (error string)))");

        WaveFormatException error = Assert.Throws<WaveFormatException>(() => ComponentCall.Parse("f(1)").ParseArguments(function));

        Assert.Equal(
            "expected a list in brackets, found `1` (at column 3; `f` is func(p: list<rec>, q: enum) -> result<u8, string>)",
            error.Message);
    }

    [Fact]
    public void Function_OfAnExportedInstance_HasItsType()
    {
        using var guest = new ComponentGuest();
        const string Fields = """
            (component $c
              (core module $m (func (export "f") (param i32)))
              (core instance $i (instantiate $m))
              (func (export "f") (param "x" u8) (canon lift (core func $i "f"))))
            (instance $c (instantiate $c))
            (export "a:b/c@1.0.0" (instance $c))
            """;
        ComponentInstance instance = guest.Instantiate(Fields);
        ComponentCall call = ComponentCall.Parse("a:b/c.f@1.0.0(7)");
        ComponentFunction function = instance.Exports.FindInstance(call.InstanceName!)!.FindFunction(call.FunctionName)!;

        Assert.Equal("func(x: u8)", function.Type.ToString());
        Assert.Null(function.Invoke(call.ParseArguments(function.Type)));
        Assert.Equal("func(x: u8)", instance.Component.FindFunctionType(call.InstanceName, call.FunctionName)!.ToString());
        Assert.Null(instance.Component.FindFunctionType(null, "f"));
        Assert.Null(instance.Component.FindFunctionType("a:b/c", "f"));
    }

    private static ComponentFuncType FunctionType(string signature) =>
        ComponentGuest.Compile($$"""
            {{Types}}
            (import "host" (func $f {{signature}}))
            (export "f" (func $f))
            """).FindFunctionType(null, "f")!;
}
