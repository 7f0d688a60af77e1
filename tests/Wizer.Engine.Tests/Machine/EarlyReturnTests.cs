using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Functions that may return at once, which machine code of theirs asks before it calls them again.</summary>
public sealed class EarlyReturnTests
{
    // A body of parameters i32, i64, i32, f64, i32; when it returns, and what.
    [Theory]
    [InlineData("i32", "(if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0)) (else (call $more)))", "if true: parameter 0")]
    [InlineData("i32", "(if (result i32) (i32.lt_u (i32.const 2) (local.get 0)) (then (local.get 0)) (else (call $more)))", "none")]
    [InlineData("i32", "(if (result i32) (local.get 2) (then (call $more)) (else (i32.const -3)))", "if false: 4294967293")]
    [InlineData("i32", "(if (i32.eqz (local.get 2)) (then (return (local.get 2)))) (call $more)", "if true: parameter 2")]
    [InlineData("i32", "(if (i64.le_s (local.get 1) (i64.const -1)) (then nop (return (i32.const 1)))) (call $more)", "if true: 1")]
    [InlineData("i32", "(if (i64.eqz (local.get 1)) (then (if (local.get 0) (then (drop (call $more)))) (return (i32.const 1)))) (call $more)", "none")]
    [InlineData("i64", "(if (i32.ne (local.get 0) (local.get 2)) (then (return (local.get 1)))) (i64.extend_i32_s (call $more))", "if true: parameter 1")]
    [InlineData("i32", "(block (br_if 0 (i32.ge_s (local.get 0) (local.get 2))) (return (call $more))) (i32.const 9)", "if true: 9")]
    [InlineData("i32", "(block (block (br_if 1 (local.get 0)) (drop (call $more))) (return (call $more))) (i32.const 9)", "if true: 9")]
    [InlineData("i32", "(block (block (br_if 0 (local.get 0)) (br 1)) (return (call $more))) (i32.const 9)", "if false: 9")]
    [InlineData("i32", "(block (result i32) (block (br_if 0 (local.get 0)) (br 1 (i32.const 5))) (call $more))", "none")]
    [InlineData("i32", "(block (block (br_if 0 (local.get 0)) (br 2 (i32.const 5))) (return (call $more))) (call $more)", "if false: 5")]
    [InlineData("", "(if (local.get 0) (then (drop (call $more)) (if (local.get 2) (then (drop (call $more))) (else (drop (call $more))))))", "if false: nothing")]
    [InlineData("", "(if (local.get 0) (then (drop (call $more)) (block (loop (br_if 1 (local.get 0)))) (drop (call $more))) (else))", "if false: nothing")]
    [InlineData("", "(br_if 0 (i32.eqz (local.get 0))) (drop (call $more))", "if true: nothing")]
    [InlineData("", "(block (br_if 0 (i32.eqz (local.get 0))) (drop (call $more)))", "if true: nothing")]
    [InlineData("", "(block (br_if 0 (i32.eqz (local.get 0))) (drop (call $more))) (drop (call $more))", "none")]
    [InlineData("", "(if (local.get 4) (then (return))) (drop (call $more))", "none")]
    [InlineData("", "(if (f64.eq (local.get 3) (f64.const 0)) (then (return))) (drop (call $more))", "none")]
    [InlineData("", "(if (local.tee 0 (i32.const 1)) (then (return))) (drop (call $more))", "none")]
    [InlineData("", "(if (i64.eq (local.get 1) (i64.const 0x100000000)) (then (return))) (drop (call $more))", "none")]
    [InlineData("f64", "(if (result f64) (local.get 0) (then (local.get 3)) (else (f64.const 1)))", "none")]
    [InlineData("i32 i32", "(if (result i32 i32) (local.get 0) (then (local.get 0) (local.get 0)) (else (call $more) (call $more)))", "none")]
    [InlineData("i32", "(loop (result i32) (if (result i32) (local.get 0) (then (local.get 0)) (else (call $more))))", "none")]
    public void EarlyReturn_IsFound(string results, string body, string expected)
    {
        string result = results.Length == 0 ? "" : $"(result {results})";
        Assert.Equal(expected, Find(results, $"""
            (module
              (func $more (result i32) unreachable)
              (func (param i32 i64 i32 f64 i32) {result} {body}))
            """));
    }

    // A body may be long, and its compilation is not to take longer for that.
    [Theory]
    [InlineData(100, "if true: nothing")]
    [InlineData(200, "none")]
    public void EarlyReturn_IsNotLookedForFarAway(int instructionCount, string expected) =>
        Assert.Equal(expected, Find("", $"""
            (module
              (func)
              (func (param i32 i64 i32 f64 i32) (block (br_if 0 (local.get 0)) {string.Concat(Enumerable.Repeat("nop ", instructionCount))})))
            """));

    private static string Find(string results, string source)
    {
        using var guest = new LoopGuest(EngineForm.Threaded, source);
        ModuleInfo module = guest.Instance.Module;
        ByteRange body = module.BodyOf(1);
        var reader = new WasmReader(body.Of(module.Bytes.Span), body.Offset);
        Assert.Equal(0UL, (ulong)reader.ReadCount());
        var early = default(EarlyReturn);
        return !early.TryFind(reader, module.FuncTypeOf(1), 3) ? "none"
            : $"if {(early.Sense ? "true" : "false")}: "
                + (results.Length == 0 ? "nothing" : early.Parameter >= 0 ? $"parameter {early.Parameter}" : $"{early.Constant}");
    }

    public static TheoryData<string> Recursions =>
    [
        """
        (func $f (export "f") (param i32 i32) (result i32)
          (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
            (then (local.get 1))
            (else (i32.sub
              (call $f (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (local.get 0)))
              (call $f (i32.sub (local.get 0) (i32.const 2)) (i32.const 77))))))
        """,
        """
        (func $f (export "f") (param i32 i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (return (i32.const -1))))
          (global.set $steps (i32.add (global.get $steps) (i32.const 1)))
          (i32.xor (i32.mul (local.get 1) (i32.const 3))
            (select (call $f (i32.shr_u (local.get 0) (i32.const 1)) (local.get 0)) (local.get 1)
              (call $f (i32.sub (local.get 0) (i32.const 1)) (call $f (i32.shr_u (local.get 0) (i32.const 2)) (i32.const 5))))))
        """,
        """
        (func $f (export "f") (param i32 i32) (result i32)
          (local $kept i32) (local $float f64)
          (block $no (br_if $no (i32.le_s (local.get 0) (local.get 1)))
            (local.set $kept (i32.mul (local.get 0) (local.get 1)))
            (local.set $float (f64.convert_i32_s (local.get 0)))
            (local.set 1 (call $f (i32.sub (local.get 0) (i32.const 3)) (i32.add (local.get 1) (i32.const 1))))
            (return (i32.add (i32.add (local.get $kept) (local.get 1)) (i32.trunc_f64_s (local.get $float)))))
          (local.get 0))
        """,
        """
        (func $g (param i32 i64)
          (if (i64.gt_u (local.get 1) (i64.const 3)) (then
            (global.set $steps (i32.add (global.get $steps) (local.get 0)))
            (call $g (i32.add (local.get 0) (i32.const 1)) (i64.shr_u (local.get 1) (i64.const 1)))
            (call $g (i32.add (local.get 0) (i32.const 2)) (i64.sub (local.get 1) (i64.const 2)))))
        )
        (func (export "f") (param i32 i32) (result i32)
          (call $g (local.get 1) (i64.extend_i32_u (local.get 0))) (global.get $steps))
        """,
        """
        (func $g (param f64 i32 i32 i32 i32) (result i64)
          (if (local.get 1) (then) (else (return (i64.const 0x123456789))))
          (i64.add (i64.extend_i32_s (i32.add (local.get 3) (local.get 4)))
            (call $g (f64.add (local.get 0) (f64.const 1)) (i32.sub (local.get 1) (i32.const 1))
              (i32.trunc_f64_s (local.get 0)) (i32.add (local.get 2) (local.get 3)) (i32.xor (local.get 1) (local.get 4)))))
        (func (export "f") (param i32 i32) (result i32)
          (i32.wrap_i64 (call $g (f64.const 0) (local.get 0) (local.get 1) (i32.const 1) (i32.const 2))))
        """,
    ];

    [Theory]
    [MemberData(nameof(Recursions))]
    public void WhatReturnsEarly_AnswersAlike(string function)
    {
        string source = $"(module (global $steps (mut i32) (i32.const 0)) {function})";
        foreach (ulong n in new ulong[] { 0, 1, 2, 3, 7, 12 })
        {
            MachineGuest.Call(source, n, 1);
            MachineGuest.Call(source, n, 9);
        }
    }

    // Wherever the slots end: also before a function that would have returned at once.
    [Theory]
    [MemberData(nameof(Recursions))]
    public void WhatReturnsEarly_EndsAtTheSameDepth(string function)
    {
        string source = $"(module (global $steps (export \"steps\") (mut i32) (i32.const 0)) {function})";
        int slots = 16;
        for (bool ends = true; ends; slots++)
        {
            string? expected = null;
            foreach (EngineForm form in new[] { EngineForm.Threaded, EngineForm.Machine, EngineForm.MachineReplaced })
            {
                using var guest = new LoopGuest(form, source, stackSlotCount: slots);
                string actual = Outcome(guest, 12, 1);
                ends &= !actual.StartsWith("0x", StringComparison.Ordinal);
                actual = $"{slots} {actual} {guest.Instance.FindGlobal("steps")!.Value}";
                expected ??= actual;
                Assert.Equal(expected, actual);
            }
        }

        Assert.True(slots > 20, $"it takes no more than {slots} slots");
    }

    private static readonly string[] s_comparisons = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];

    // A function that begins with a comparison of its parameters, and then calls itself, as long as there is fuel.
    private static string RandomRecursion(Random random)
    {
        string[] types = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(i => random.Next(3) == 0 ? "i64" : "i32")];
        int tested = random.Next(Math.Min(3, types.Length));
        string type = types[tested];
        int other = Array.FindIndex(types, 0, Math.Min(3, types.Length), t => t == type);
        string operand = random.Next(2) == 0 ? $"(local.get {other})" : $"({type}.const {random.Next(-3, 40)})";
        string condition = random.Next(4) switch
        {
            0 when type == "i32" => $"(local.get {tested})",
            1 => $"({type}.eqz (local.get {tested}))",
            _ => $"({type}.{s_comparisons[random.Next(s_comparisons.Length)]} (local.get {tested}) {operand})",
        };
        string result = random.Next(3) == 0 ? "i64" : "i32";
        int returned = Array.FindIndex(types, 0, Math.Min(3, types.Length), t => t == result);
        string early = returned >= 0 && random.Next(2) == 0 ? $"(local.get {returned})" : $"({result}.const {random.Next(-9, 9)})";
        string Call() => "(call $f " + string.Join(' ', types.Select((t, i) => random.Next(4) switch
        {
            0 => $"({t}.const {random.Next(-2, 50)})",
            1 => $"({t}.shr_u (local.get {i}) ({t}.const 1))",
            _ => $"({t}.sub (local.get {i}) ({t}.const {random.Next(1, 4)}))",
        })) + ")";
        string more = $"""
            (if (i32.eqz (global.get $fuel)) (then (return ({result}.const 7))))
            (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
            (local.set $kept {Call()})
            ({result}.{(random.Next(2) == 0 ? "add" : "sub")} ({result}.xor {Call()} (local.get $kept)) {(random.Next(2) == 0 ? Call() : early)})
            """;
        string body = random.Next(4) switch
        {
            0 => $"(if (result {result}) {condition} (then {early}) (else {more}))",
            1 => $"(if (result {result}) {condition} (then {more}) (else {early}))",
            2 => $"(if {condition} (then (return {early}))) {more}",
            _ => $"(block (br_if 0 {condition}) {more} return) {early}",
        };
        string arguments = string.Join(' ', types.Select(t => t == "i32" ? "(local.get 0)" : "(i64.extend_i32_s (local.get 0))"));
        string answer = result == "i32" ? $"(call $f {arguments})" : $"(i32.wrap_i64 (call $f {arguments}))";
        return $"""
            (module
              (global $fuel (export "fuel") (mut i32) (i32.const 300))
              (func $f (param {string.Join(' ', types)}) (result {result}) (local $kept {result}) {body})
              (func (export "f") (param i32) (result i32) {answer}))
            """;
    }

    [Fact]
    public void RandomRecursion_AnswersAlike()
    {
        var random = new Random(29);
        for (int round = 0; round < 400; round++)
        {
            string source = RandomRecursion(random);
            int slots = random.Next(2) == 0 ? 1 << 14 : random.Next(30, 120);
            string? expected = null;
            foreach (EngineForm form in new[] { EngineForm.Threaded, EngineForm.Machine, EngineForm.MachineReplaced })
            {
                using var guest = new LoopGuest(form, source, stackSlotCount: slots);
                string actual = $"{round} {Outcome(guest, 20)} {Outcome(guest, 3)} {guest.Instance.FindGlobal("fuel")!.Value}";
                expected ??= actual;
                Assert.True(expected == actual, $"{form}: {actual}, not {expected}, of\n{source}");
            }
        }
    }

    private static string Outcome(LoopGuest guest, params ulong[] arguments)
    {
        try
        {
            return $"0x{guest.Call("f", arguments)[0]:x}";
        }
        catch (WasmTrapException trap)
        {
            return $"{trap.Kind} {MachineGuest.Frames(trap)}";
        }
    }
}
