using System.Text;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Components;

/// <summary>Values of every type, from the host into a guest, from there to a function of the host, and back.</summary>
public sealed class ComponentValueTests
{
    public static TheoryData<string, string, string> Types() => new()
    {
        // The type, its core values, and a value in words.
        { "bool", "i32", "true" },
        { "s8", "i32", "-128" },
        { "u8", "i32", "255" },
        { "s16", "i32", "-32768" },
        { "u16", "i32", "65535" },
        { "s32", "i32", "-2147483648" },
        { "u32", "i32", "4294967295" },
        { "s64", "i64", "-9223372036854775808" },
        { "u64", "i64", "18446744073709551615" },
        { "f32", "f32", "-1.5" },
        { "f64", "f64", "nan" },
        { "char", "i32", "'🍰'" },
        { "string", "i32 i32", "\"hö☃🍰\\\"\\u{1}\"" },
        { "(list u8)", "i32 i32", "[1, 2, 255]" },
        { "(list bool)", "i32 i32", "[true, false]" },
        { "(list s16)", "i32 i32", "[-1, 2]" },
        { "(list string)", "i32 i32", "[\"a\", \"\", \"bc\"]" },
        { "(list u8 3)", "i32 i32 i32", "[1, 2, 3]" },
        { "(list (list u32))", "i32 i32", "[[1], [], [2, 3]]" },
        { "(tuple u8 u64 string)", "i32 i64 i32 i32", "(1, 2, \"x\")" },
        { "(option u64)", "i32 i64", "some(7)" },
        { "(option string)", "i32 i32 i32", "none" },
        { "(result u8 (error string))", "i32 i32 i32", "err(\"no\")" },
        { "(result (error f32))", "i32 f32", "ok" },
        { "(result f32 (error u64))", "i32 i64", "ok(2.5)" },
        { "(map string u32)", "i32 i32", "[(\"a\", 1), (\"b\", 2)]" },
        { "$record", "i32 i32 i32", "{a: 1, b: \"two\"}" },
        { "$variant", "i32 i64", "y(2.5)" },
        { "$variant", "i32 i64", "z" },
        { "$enum", "i32", "q" },
        { "$flags", "i32", "{f, h}" },
        { "(list $record)", "i32 i32", "[{a: 1, b: \"x\"}, {a: 2, b: \"\"}]" },
        { "(list $variant)", "i32 i32", "[x(1), z, y(0.5)]" },
        { "(list $flags)", "i32 i32", "[{}, {g}]" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Value_SurvivesTheWayThroughAGuest(string type, string flat, string expected)
    {
        foreach (string encoding in new[] { "utf8", "utf16", "latin1+utf16" })
        {
            using var guest = new ComponentGuest();
            ComponentValue? seen = null;
            guest.Linker.DefineFunction(null, "f", (_, arguments) => seen = arguments[0]);
            ComponentInstance instance = guest.Instantiate(Forwarding(type, flat, encoding));
            ComponentValue value = Samples.Single(sample => sample.ToString() == expected);

            ComponentValue? result = instance.Invoke("run", value);

            Assert.Equal(expected, seen.ToString());
            Assert.Equal(expected, result.ToString());
            Assert.Equal(value, result);
        }
    }

    /// <summary>A component that passes its argument to a function of the host, and the result back.</summary>
    private static string Forwarding(string type, string flat, string encoding)
    {
        int count = flat.Split(' ').Length;
        string arguments = string.Concat(Enumerable.Range(0, count).Select(i => $"(local.get {i})"));
        bool isSpilled = count > 1;
        string import = isSpilled ? $"(param {flat} i32)" : $"(param {flat}) (result {flat})";
        string body = isSpilled ? $"(call $f {arguments} (i32.const 16)) (i32.const 16)" : $"(call $f {arguments})";
        return $$"""
            (type $r (record (field "a" u8) (field "b" string)))
            (import "record" (type $record (eq $r)))
            (type $v (variant (case "x" u8) (case "y" f64) (case "z")))
            (import "variant" (type $variant (eq $v)))
            (type $e (enum "p" "q"))
            (import "enum" (type $enum (eq $e)))
            (type $l (flags "f" "g" "h"))
            (import "flags" (type $flags (eq $l)))
            (import "f" (func $f (param "x" {{type}}) (result {{type}})))
            (core module $Libc
              (memory (export "mem") 2)
              (global $next (mut i32) (i32.const 1024))
              (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
                (memory.copy (global.get $next) (local.get 0) (local.get 1))
                (global.get $next)
                (global.set $next (i32.add (global.get $next) (local.get 3)))))
            (core instance $libc (instantiate $Libc))
            (core func $f' (canon lower (func $f) string-encoding={{encoding}}
              (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
            (core module $Main
              (import "" "f" (func $f {{import}}))
              (func (export "run") (param {{flat}}) (result {{(isSpilled ? "i32" : flat)}}) {{body}}))
            (core instance $main (instantiate $Main (with "" (instance (export "f" (func $f'))))))
            (func (export "run") (param "x" {{type}}) (result {{type}})
              (canon lift (core func $main "run") string-encoding={{encoding}}
                (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
            """;
    }

    private static IEnumerable<ComponentValue> Samples =>
    [
        ComponentValue.Of(true),
        ComponentValue.Of(sbyte.MinValue),
        ComponentValue.Of(byte.MaxValue),
        ComponentValue.Of(short.MinValue),
        ComponentValue.Of(ushort.MaxValue),
        ComponentValue.Of(int.MinValue),
        ComponentValue.Of(uint.MaxValue),
        ComponentValue.Of(long.MinValue),
        ComponentValue.Of(ulong.MaxValue),
        ComponentValue.Of(-1.5f),
        ComponentValue.Of(double.NaN),
        ComponentValue.Of(new Rune(0x1f370)),
        ComponentValue.Of("hö☃🍰\"\u0001"),
        ComponentValue.Bytes([1, 2, 255]),
        ComponentValue.List(ComponentValue.Of(true), ComponentValue.Of(false)),
        ComponentValue.List(ComponentValue.Of((short)-1), ComponentValue.Of((short)2)),
        ComponentValue.List(ComponentValue.Of("a"), ComponentValue.Of(""), ComponentValue.Of("bc")),
        ComponentValue.Bytes([1, 2, 3]),
        ComponentValue.List(
            ComponentValue.List(ComponentValue.Of(1u)), ComponentValue.List(), ComponentValue.List(ComponentValue.Of(2u), ComponentValue.Of(3u))),
        ComponentValue.Tuple(ComponentValue.Of((byte)1), ComponentValue.Of(2UL), ComponentValue.Of("x")),
        ComponentValue.Some(ComponentValue.Of(7UL)),
        ComponentValue.None,
        ComponentValue.Error(ComponentValue.Of("no")),
        ComponentValue.Ok(),
        ComponentValue.Ok(ComponentValue.Of(2.5f)),
        ComponentValue.List(
            ComponentValue.Tuple(ComponentValue.Of("a"), ComponentValue.Of(1u)), ComponentValue.Tuple(ComponentValue.Of("b"), ComponentValue.Of(2u))),
        Record(1, "two"),
        ComponentValue.Variant("y", ComponentValue.Of(2.5)),
        ComponentValue.Variant("z"),
        ComponentValue.Enum("q"),
        ComponentValue.Flags("f", "h"),
        ComponentValue.List(Record(1, "x"), Record(2, "")),
        ComponentValue.List(
            ComponentValue.Variant("x", ComponentValue.Of((byte)1)), ComponentValue.Variant("z"), ComponentValue.Variant("y", ComponentValue.Of(0.5))),
        ComponentValue.List(ComponentValue.Flags(), ComponentValue.Flags("g")),
    ];

    private static ComponentValue Record(byte a, string b) => ComponentValue.Record(("a", ComponentValue.Of(a)), ("b", ComponentValue.Of(b)));
}
