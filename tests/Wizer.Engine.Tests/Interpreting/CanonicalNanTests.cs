using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>With <see cref="EngineOptions.CanonicalizeNaNs"/>, no bits of a computed NaN come from the processor.</summary>
public sealed class CanonicalNanTests
{
    private const byte F32Code = 0x7d;
    private const byte F64Code = 0x7c;
    private const byte V128Code = 0x7b;
    private const uint Nan32 = 0x7fc00000;
    private const ulong Nan64 = 0x7ff8000000000000;

    // Quiet and signalling, with payloads and signs; and what makes a new one: 0/0, ∞-∞, √-1.
    private static readonly ulong[] s_values =
        [0x7ff0000000000123, 0xfff8000000000456, 0x7ff8000000000000, 0xfff8000000000000, 0, 0x7ff0000000000000, 0xfff0000000000000, 0xbff0000000000000];

    private static readonly uint[] s_singles =
        [0x7f800123, 0xffc00456, 0x7fc00000, 0xffc00000, 0, 0x7f800000, 0xff800000, 0xbf800000];

    public static TheoryData<string, EngineForm> Computing()
    {
        var data = new TheoryData<string, EngineForm>();
        foreach (Opcode opcode in FloatOpcodes())
        {
            if (OpcodeTable.NanLanes(opcode) != NanLanes.None)
            {
                foreach (EngineForm form in Enum.GetValues<EngineForm>())
                {
                    data.Add(OpcodeTable.Mnemonic(opcode), form);
                }
            }
        }

        return data;
    }

    // Whoever adds an instruction whose result is a float has to decide.
    [Fact]
    public void TheRest_MovesBitsOrMakesNoNan()
    {
        string[] rest = [.. FloatOpcodes().Where(static o => OpcodeTable.NanLanes(o) == NanLanes.None).Select(OpcodeTable.Mnemonic)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(
            """
            f32.abs f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.copysign f32.neg f32.reinterpret_i32
            f32x4.abs f32x4.convert_i32x4_s f32x4.convert_i32x4_u f32x4.eq f32x4.ge f32x4.gt f32x4.le f32x4.lt f32x4.ne f32x4.neg
            f32x4.pmax f32x4.pmin f32x4.splat f64.abs f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
            f64.copysign f64.neg f64.reinterpret_i64 f64x2.abs f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u f64x2.eq
            f64x2.ge f64x2.gt f64x2.le f64x2.lt f64x2.ne f64x2.neg f64x2.pmax f64x2.pmin f64x2.splat
            """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries),
            rest);
    }

    [Theory]
    [MemberData(nameof(Computing))]
    public void WhatIsComputed_IsTheCanonicalNan(string mnemonic, EngineForm form)
    {
        Assert.True(OpcodeTable.TryParse(System.Text.Encoding.ASCII.GetBytes(mnemonic), out Opcode opcode));
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        using var store = new Store(form.Options() with { CanonicalizeNaNs = true });
        string type = mnemonic.Split('.')[0];
        string operand = mnemonic switch
        {
            "f32.demote_f64" => "f64",
            "f64.promote_f32" => "f32",
            _ => type.Contains('x', StringComparison.Ordinal) ? "v128" : type,
        };
        string result = operand == "v128" ? "v128" : type;
        string parameters = string.Join(' ', Enumerable.Repeat(operand, signature.OperandCount));
        string gets = string.Concat(Enumerable.Range(0, signature.OperandCount).Select(static i => $" (local.get {i})"));
        Function function = Guest.Instantiate(store, $$"""
            (module (func (export "f") (param {{parameters}}) (result {{result}} {{result}}) (local $kept {{result}})
              (local.set $kept ({{mnemonic}}{{gets}}))
              (local.get $kept) ({{mnemonic}}{{gets}})))
            """).FindFunction("f")!;
        int nanCount = 0;
        for (int a = 0; a < s_values.Length; a++)
        {
            for (int b = 0; b < s_values.Length; b++)
            {
                ulong[] arguments = [.. Enumerable.Range(0, signature.OperandCount).SelectMany(i => Operand(operand, mnemonic, i == 0 ? a : b))];
                ulong[] results = function.Invoke(arguments);
                Assert.Equal(results[..(results.Length / 2)], results[(results.Length / 2)..]);
                foreach (ulong slot in results)
                {
                    nanCount += result == "f64" || type == "f64x2" ? Check64(slot)
                        : Check32((uint)slot) + (result == "v128" ? Check32((uint)(slot >> 32)) : 0);
                }
            }
        }

        Assert.NotEqual(0, nanCount);
    }

    [Theory]
    [InlineData(EngineForm.Threaded)]
    [InlineData(EngineForm.Plain)]
    [InlineData(EngineForm.Compiled)]
    [InlineData(EngineForm.Replaced)]
    public void WhatIsMoved_KeepsItsBits(EngineForm form)
    {
        using var store = new Store(form.Options() with { CanonicalizeNaNs = true });
        Function function = Guest.Instantiate(store, """
            (module (memory 1) (global $g (mut f64) (f64.const nan:0x123))
              (func $same (param f64) (result f64) (local.get 0))
              (func (export "f") (param f64) (result f64 f64 f64 f64 f32)
                (f64.store (i32.const 8) (local.get 0))
                (f64.neg (f64.load (i32.const 8)))
                (global.get $g)
                (f64.copysign (call $same (local.get 0)) (f64.const 1))
                (select (local.get 0) (f64.const 1) (i32.const 1))
                (f32.reinterpret_i32 (i32.const 0xffa00001))))
            """).FindFunction("f")!;
        Assert.Equal(
            [0x7ff0000000000123, 0x7ff0000000000123, 0x7ff0000000000123, 0xfff0000000000123, 0xffa00001],
            function.Invoke(0xfff0000000000123));
    }

    [Fact]
    public void Otherwise_TheProcessorsBitsStay()
    {
        using var store = new Store();
        ulong[] results = Guest.Instantiate(store, """
            (module (func (export "f") (param f64) (result f64) (f64.add (local.get 0) (f64.const 1))))
            """).FindFunction("f")!.Invoke(0xfff8000000000456);
        Assert.Equal([0xfff8000000000456], results);
    }

    private static IEnumerable<Opcode> FloatOpcodes() =>
        Enumerable.Range(0, 1 << 16).Select(static i => (Opcode)i).Where(static o =>
            OpcodeTable.IsDefined(o) && OpcodeTable.Immediates(o) == ImmediateKind.None
            && OpcodeTable.Mnemonic(o).StartsWith('f') && OpcodeTable.Signature(o).Result is F32Code or F64Code or V128Code
            && OpcodeTable.Signature(o).OperandCount != 0);

    private static ulong[] Operand(string type, string mnemonic, int index) => type switch
    {
        "f32" => [s_singles[index]],
        "f64" => [s_values[index]],
        _ when mnemonic.StartsWith("f64x2", StringComparison.Ordinal) && !mnemonic.Contains("promote", StringComparison.Ordinal)
            || mnemonic.Contains("demote", StringComparison.Ordinal) => [s_values[index], s_values[^(index + 1)]],
        _ => [s_singles[index] | ((ulong)s_singles[^(index + 1)] << 32), s_singles[(index + 3) % 8] | ((ulong)s_singles[(index + 5) % 8] << 32)],
    };

    private static int Check32(uint bits)
    {
        bool isNan = (bits & 0x7fffffff) > 0x7f800000;
        Assert.True(!isNan || bits == Nan32, $"{bits:x8}");
        return isNan ? 1 : 0;
    }

    private static int Check64(ulong bits)
    {
        bool isNan = (bits & long.MaxValue) > 0x7ff0000000000000;
        Assert.True(!isNan || bits == Nan64, $"{bits:x16}");
        return isNan ? 1 : 0;
    }
}
