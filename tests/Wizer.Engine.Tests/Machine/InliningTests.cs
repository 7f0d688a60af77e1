using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Functions of a few instructions, which take the place of their calls in machine code.</summary>
public sealed unsafe class InliningTests
{
    // What a callee may be, its parameters, its result.
    public static TheoryData<string, string, string> Callees => new()
    {
        { "", "", "" },
        { "", "i32", "(i32.const 7)" },
        { "i32", "i32", "(local.get 0)" },
        { "i32 i32", "i32", "(local.get 1)" },
        { "i32 i32", "i32", "(i32.sub (local.get 1) (local.get 0))" },
        { "i32 i32", "i32", "(i32.add (i32.mul (local.get 0) (local.get 0)) (i32.xor (local.get 0) (i32.const -3)))" },
        { "i32 i32", "i32", "(i32.shl (local.get 1) (i32.rotr (local.get 0) (local.get 1)))" },
        { "i32 i32 i32", "i32", "(select (local.get 2) (local.get 0) (i32.lt_s (local.get 1) (local.get 2)))" },
        { "i32 i32", "i32", "(i32.eqz (i32.lt_u (local.get 0) (local.get 1)))" },
        { "i32 i32", "i32", "(i32.const 1) (drop (local.get 1)) nop" },
        { "i32", "i32", "(global.set $state (i32.add (global.get $state) (local.get 0))) (global.get $state)" },
        { "i32", "", "(global.set $state (i32.mul (local.get 0) (i32.const 5)))" },
        { "i32 i64", "i64", "(i64.sub (i64.extend_i32_s (local.get 0)) (i64.mul (local.get 1) (local.get 1)))" },
        { "f32 f64", "f64", "(f64.add (f64.promote_f32 (f32.neg (local.get 0))) (f64.sqrt (f64.abs (local.get 1))))" },
        { "f64 f64", "i32", "(f64.lt (local.get 1) (f64.mul (local.get 0) (local.get 0)))" },
        { "f64", "f64", "(local.get 0)" },
        {
            "i32 i32 i32 i32 i32 i32", "i32",
            """
            (i32.add (i32.add (i32.mul (local.get 0) (local.get 5)) (i32.mul (local.get 1) (local.get 4)))
              (i32.sub (i32.mul (local.get 2) (local.get 3)) (i32.shl (local.get 0) (local.get 3))))
            """
        },
    };

    private static string ToI32(string type, string value) => type switch
    {
        "" => $"{value} (i32.const 0)",
        "i32" => value,
        "i64" => $"(i32.wrap_i64 {value})",
        "f32" => $"(i32.reinterpret_f32 {value})",
        _ => $"(i32.wrap_i64 (i64.reinterpret_f64 {value}))",
    };

    private static string FromI32(string type, string value) => type switch
    {
        "i32" => value,
        "i64" => $"(i64.extend_i32_s {value})",
        "f32" => $"(f32.convert_i32_s {value})",
        _ => $"(f64.convert_i32_s {value})",
    };

    // Arguments are locals, constants, temporaries of all kinds, below others that live on; and results are set, dropped and used.
    private static string Caller(string parameters, string result, string body)
    {
        string[] types = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string CallOf(params string[] values) =>
            ToI32(result, $"(call $g {string.Join(' ', types.Select((type, i) => FromI32(type, values[i % values.Length])))})");
        string results = result.Length == 0 ? "" : $"(result {result})";
        return $"""
            (module
              (global $state (mut i32) (i32.const 3))
              (func $g (export "g") (param {parameters}) {results} {body})
              (func (export "f") (param i32 i32 i32) (result i32) (local i32 i32)
                (local.set 3 {CallOf("(local.get 0)", "(local.get 1)", "(local.get 2)")})
                (local.set 4 {CallOf("(local.get 3)", "(i32.const 13)", "(i32.add (local.get 1) (i32.const 2))")})
                (local.set 4 (i32.xor (i32.mul (local.get 0) (local.get 1))
                  {CallOf("(i32.mul (local.get 4) (local.get 2))", "(local.get 4)", "(i32.sub (local.get 0) (local.get 4))")}))
                (local.set 0 {CallOf("(local.get 0)", "(local.get 0)", "(local.tee 0 (i32.const 77))")})
                (i32.add (i32.sub (local.get 0) (local.get 1)) (i32.mul (i32.add (local.get 2) (local.get 3)) (i32.add
                  (i32.xor (local.get 3) (i32.shl (local.get 4) (i32.const 1)))
                  {CallOf(CallOf("(local.get 4)", "(local.get 3)"), "(i32.and (local.get 1) (i32.const 255))")})))
                (i32.add {CallOf("(i32.const -9)", "(local.get 2)")})
                (i32.add (global.get $state))))
            """;
    }

    [Theory]
    [MemberData(nameof(Callees))]
    public void Callees_TakeThePlaceOfCalls_AndAnswerAlike(string parameters, string result, string body)
    {
        string source = Caller(parameters, result, body);
        MachineGuest.Call(source, 1, 2, 3);
        MachineGuest.Call(source, 0x8000_0000, 0xffff_fff5, 31);
        if (!MachineCode.IsSupported)
        {
            return;
        }

        // Whoever was called would have been translated.
        using var guest = new LoopGuest(EngineForm.Machine, source);
        guest.Call("f", 4, 5, 6);
        Assert.True(guest.Instance.FindFunction("g")!.Data->Translated == null, "it was called");
    }

    // Whose instruction traps is in the backtrace, and a function is as large as it is.
    [Theory]
    [InlineData("(param i32) (result i32)", "(i32.div_s (i32.const 8) (local.get 0))")]
    [InlineData("(param i32) (result i32)", "(i32.trunc_f64_s (f64.promote_f32 (f32.reinterpret_i32 (i32.or (local.get 0) (i32.const 0x7fc00000)))))")]
    [InlineData("(param i32) (result i32)", "(i32.load (i32.sub (local.get 0) (i32.const 8)))")]
    [InlineData("(param i32) (result i32)", "(unreachable)")]
    public void WhatTraps_IsCalled(string type, string body)
    {
        WasmTrapException trap = MachineGuest.Trap(
            $"""
            (module (memory 1)
              (func $g {type} {body})
              (func (export "f") (param i32) (result i32) (call $g (local.get 0))))
            """,
            null,
            0);
        Assert.Equal(2, trap.Backtrace.Count);
    }

    // Wherever the slots end: before the callee, in it, or behind it.
    [Fact]
    public void Recursion_EndsAtTheSameDepth_WhateverTheCalleeTakes()
    {
        string[] callees =
        [
            "(func $g (param i32) (result i32) (local.get 0))",
            "(func $g (param i32) (result i32) (i32.add (i32.add (i32.const 1) (i32.add (i32.const 2) (i32.add (i32.const 3) (local.get 0)))) (local.get 0)))",
            "(func $g (param i32) (result i32) (select (local.get 0) (i32.const 5) (i32.eqz (local.get 0))))",
            "(func $g (param i32) (result i32) (global.set $other (local.get 0)) (global.get $other))",
            "(func $g (param i32) (result i32) (drop (i64.const 5)) (drop (i32.wrap_i64 (i64.add (i64.const 5) (i64.const 6)))) (i32.const 4))",
        ];
        foreach (string callee in callees)
        {
            for (int slots = 4096; slots < 4110; slots++)
            {
                string? expected = null;
                foreach (EngineForm form in new[] { EngineForm.Threaded, EngineForm.Machine, EngineForm.MachineReplaced })
                {
                    using var guest = new LoopGuest(form, $"""
                        (module
                          (global $depth (export "depth") (mut i32) (i32.const 0))
                          (global $other (export "other") (mut i32) (i32.const 0))
                          {callee}
                          (func $f (export "f") (param i32) (result i32)
                            (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                            (global.set $other (call $g (global.get $depth)))
                            (i32.add (call $f (call $g (local.get 0))) (i32.const 1))))
                        """, stackSlotCount: slots);
                    var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 1));
                    string actual = $"{trap.Kind} {guest.Instance.FindGlobal("depth")!.Value} {guest.Instance.FindGlobal("other")!.Value} "
                        + MachineGuest.Frames(trap);
                    expected ??= actual;
                    Assert.Equal($"{slots} {form} {expected}", $"{slots} {form} {actual}");
                }
            }
        }
    }
}
