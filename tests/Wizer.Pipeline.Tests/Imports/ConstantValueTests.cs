using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Values of globals as somebody writes them: both sides of every limit.</summary>
public class ConstantValueTests
{
    [Theory]
    [InlineData("i32", "0", 0UL)]
    [InlineData("i32", "1024", 1024UL)]
    [InlineData("i32", "-1", 0xffff_ffffUL)]
    [InlineData("i32", "-2147483648", 0x8000_0000UL)]
    [InlineData("i32", "4294967295", 0xffff_ffffUL)]
    [InlineData("i32", "0xFFffFFff", 0xffff_ffffUL)]
    [InlineData("i32", "-0x80000000", 0x8000_0000UL)]
    [InlineData("i64", "-1", ulong.MaxValue)]
    [InlineData("i64", "18446744073709551615", ulong.MaxValue)]
    [InlineData("i64", "-9223372036854775808", 1UL << 63)]
    [InlineData("f32", "1.5", 0x3fc0_0000UL)]
    [InlineData("f32", "-0", 0x8000_0000UL)]
    [InlineData("f32", "1e38", 0x7e96_7699UL)]
    [InlineData("f32", "inf", 0x7f80_0000UL)]
    [InlineData("f32", "-inf", 0xff80_0000UL)]
    [InlineData("f32", "nan", 0x7fc0_0000UL)]
    [InlineData("f32", "-nan:0x1", 0xff80_0001UL)]
    [InlineData("f32", "nan:0x7fffff", 0x7fff_ffffUL)]
    [InlineData("f64", "1.5", 0x3ff8_0000_0000_0000UL)]
    [InlineData("f64", "inf", 0x7ff0_0000_0000_0000UL)]
    [InlineData("f64", "nan", 0x7ff8_0000_0000_0000UL)]
    [InlineData("f64", "nan:0xfffffffffffff", 0x7fff_ffff_ffff_ffffUL)]
    [InlineData("v128", "-1", ulong.MaxValue, ulong.MaxValue)]
    [InlineData("v128", "0x0123456789abcdeffedcba9876543210", 0xfedc_ba98_7654_3210UL, 0x0123_4567_89ab_cdefUL)]
    [InlineData("v128", "340282366920938463463374607431768211455", ulong.MaxValue, ulong.MaxValue)]
    [InlineData("funcref", "null", 0UL)]
    [InlineData("externref", "null", 0UL)]
    public void Value_IsRead(string type, string text, ulong low, ulong high = 0)
    {
        Assert.True(ConstantValue.TryParse(Type(type), text, out ConstantValue value));
        Assert.Equal(new ConstantValue(low, high), value);
    }

    [Theory]
    [InlineData("i32", "")]
    [InlineData("i32", "-")]
    [InlineData("i32", "0x")]
    [InlineData("i32", "4294967296")]
    [InlineData("i32", "-2147483649")]
    [InlineData("i32", "1.0")]
    [InlineData("i32", " 1")]
    [InlineData("i32", "+1")]
    [InlineData("i32", "--1")]
    [InlineData("i32", "null")]
    [InlineData("i64", "18446744073709551616")]
    [InlineData("i64", "-9223372036854775809")]
    [InlineData("f32", "1e39")]
    [InlineData("f32", "Infinity")]
    [InlineData("f32", "NaN")]
    [InlineData("f32", "nan:0x0")]
    [InlineData("f32", "nan:0x800000")]
    [InlineData("f32", "nan:1")]
    [InlineData("f64", "1e309")]
    [InlineData("f64", "nan:0x10000000000000")]
    [InlineData("v128", "340282366920938463463374607431768211456")]
    [InlineData("(ref extern)", "null")]
    [InlineData("externref", "0")]
    public void OtherText_IsRejected(string type, string text) => Assert.False(ConstantValue.TryParse(Type(type), text, out _));

    private static ValType Type(string name) => name switch
    {
        "i32" => ValType.I32,
        "i64" => ValType.I64,
        "f32" => ValType.F32,
        "f64" => ValType.F64,
        "v128" => ValType.V128,
        "funcref" => ValType.FuncRef,
        "externref" => ValType.ExternRef,
        _ => ValType.Ref(HeapType.Extern, nullable: false),
    };
}
