using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Interpreting;
using Wizer.Listing;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Two instructions that become one, and results of blocks that stay out of the memory.</summary>
public sealed class FoldingTests
{
    // What one instruction is for, in the bytes that it is known by.
    [Theory]
    [InlineData("(i32.add (local.get 0) (i32.rotl (local.get 0) (i32.const 7)))", "7bf0??19", "rorx by 25")]
    [InlineData("(i32.xor (i32.mul (local.get 0) (local.get 0)) (i32.rotl (local.get 0) (i32.const 7)))", "7bf0c?1933?8", "rorx to eax")]
    [InlineData("(i32.mul (local.get 0) (i32.sub (local.get 0) (i32.const 2)))", "418d??fe", "lea with -2")]
    [InlineData(
        "(i32.trunc_sat_f64_s (f64.add (f64.convert_i32_s (local.get 0)) (f64.load (local.get 0))))", "7358??07", "vaddsd from the memory")]
    [InlineData("(i32.trunc_sat_f64_s (f64.mul (f64.convert_i32_s (local.get 0)) (f64.const 5)))", "f3590d", "vmulsd from behind the code")]
    public void Pairs_AreOneInstruction(string value, string bytes, string what)
    {
        if (MachineCode.IsSupported)
        {
            string code = Convert.ToHexStringLower(Compile($"(module (memory 1) (func (param i32) (result i32) {value}))"));
            Assert.True(Contains(code, bytes), $"no {what} in {code}");
        }
    }

    // Nothing has to be aligned where nothing is called.
    [Theory]
    [InlineData("(i32.div_u (local.get 0) (i32.load (local.get 0)))", false)]
    [InlineData("(call $f (local.get 0))", true)]
    [InlineData("(return_call $f (local.get 0))", true)]
    [InlineData("(memory.grow (local.get 0))", true)]
    public void FramesWithoutCalls_TakeNothing(string value, bool takes)
    {
        if (MachineCode.IsSupported)
        {
            const string SubtractFromRsp = "4883ec08";
            string code = Convert.ToHexStringLower(Compile($"(module (memory 1) (func $f (param i32) (result i32) {value}))"));
            Assert.Equal(takes, Contains(code, SubtractFromRsp));
        }
    }

    // A result of a block is neither stored nor loaded: the only store is the function's own result.
    [Fact]
    public void ResultsOfBlocks_StayInRegisters()
    {
        if (MachineCode.IsSupported)
        {
            const string Body = "(if (result i32) (local.get 0) (then (local.get 0)) (else (i32.const 5)))";
            string code = Convert.ToHexStringLower(Compile($"(module (memory 1) (func (param i32) (result i32) {Body}))"));
            Assert.False(Contains(code, "4c8943") || Contains(code, "48c743"), $"a store to the block's slot in {code}");
        }
    }

    [Theory]
    [InlineData("i32", 31)]
    [InlineData("i64", 63)]
    public void Rotations_GoWhereTheirResultIs(string type, int mask)
    {
        foreach (string operation in (string[])["rotl", "rotr"])
        {
            foreach (int count in (int[])[0, 1, 7, 25, mask, mask + 1, mask + 8])
            {
                ulong[] result = MachineGuest.Call($"""
                    (module
                      (func $two (result {type} {type}) ({type}.const 0x12345678) ({type}.const -77))
                      (func (export "f") (param {type}) (result {type} {type} {type}) (local {type})
                        (local.set 1 ({type}.{operation} (local.get 0) ({type}.const {count})))
                        ({type}.{operation} (call $two) ({type}.const {count}))
                        ({type}.xor)
                        (local.get 1)
                        (local.get 0)))
                    """, 0x89abcdef);
                Assert.Equal(0x89abcdefUL, result[2]);
            }
        }
    }

    [Theory]
    [InlineData("i32", 32)]
    [InlineData("i64", 64)]
    public void Subtractions_OfConstantsLeaveTheirOperand(string type, int bits)
    {
        foreach (long less in (long[])[0, 1, -1, 127, 128, -128, -64, int.MaxValue, int.MinValue])
        {
            const ulong Value = 0x80000001;
            ulong[] result = MachineGuest.Call($"""
                (module (func (export "f") (param {type}) (result {type} {type})
                  ({type}.sub (local.get 0) ({type}.const {less})) (local.get 0)))
                """, Value);
            Assert.Equal([(Value - (ulong)less) & (ulong.MaxValue >> (64 - bits)), Value], result);
        }
    }

    // The last bytes of the memory, one too far, and far beyond; with addresses that the processor looks at, and without.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FloatsFromTheMemory_TrapAsTheirLoadsDo(bool reserve)
    {
        ulong[][] arguments = [[0], [15], [0xfff00], [0xffff7], [0xffff8], [0xffff9], [0x100000], [0x7fffffff], [0x80000000], [0xffffffff]];
        foreach (string value in (string[])
        [
            "(i32.trunc_sat_f64_s (f64.add (f64.const 3) (f64.load (local.get 0))))",
            "(i32.trunc_sat_f64_s (f64.div (f64.convert_i32_s (local.get 0)) (f64.load offset=9 (local.get 0))))",
            "(i32.trunc_sat_f64_s (f64.mul (f64.const 3) (f64.load (i32.const 0xffff9))))",
            "(i32.trunc_sat_f32_s (f32.sub (f32.load (local.get 0)) (f32.load offset=4 (local.get 0))))",
            "(i32.reinterpret_f32 (f32.mul (f32.const 1.5) (f32.add (f32.load offset=4 (local.get 0)) (f32.const -0.75))))",
        ])
        {
            MachineGuest.Outcomes(
                $"""
                (module
                  (memory 16)
                  (data (i32.const 0) "\01\02\03\04\05\06\f0\40\09\0a\0b\40\0d\0e\0f\40\11\12\13\14\15\16\17\18\f9\fa\37\40")
                  (func (export "f") (param i32) (result i32) {value}))
                """, reserve, arguments);
        }
    }

    // Each way to a label: at the end, by branches with and without a condition, by a table, past a dead end, and thrown.
    [Theory]
    [InlineData("(block (result i32) (br_if 0 (i32.const 7) (local.get 0)) (drop) (i32.add (local.get 1) (i32.const 1)))")]
    [InlineData("(block (result i32) (br 0 (local.get 1)))")]
    [InlineData("""
        (block (result i32)
          (block (result i32) (br_if 1 (local.get 1) (local.get 0)) (br_table 0 1 0 (local.get 0))) (i32.const 100) (i32.add))
        """)]
    [InlineData("(if (result i32) (local.get 0) (then (br 0 (i32.const 3))) (else (local.get 1)))")]
    [InlineData("(if (result i32) (local.get 0) (then (i32.mul (local.get 1) (local.get 0))) (else (unreachable)))")]
    [InlineData("(local.get 1) (if (param i32) (result i32) (local.get 0) (then (drop) (i32.const 9)))")]
    [InlineData("(local.get 1) (block (param i32) (result i32) (br_if 0 (local.get 0)) (i32.const 1) (i32.add))")]
    [InlineData("""
        (loop (result i32)
          (if (result i32) (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)) (then (br 1)) (else (local.get 0))))
        """)]
    [InlineData("(i32.wrap_i64 (block (result i64) (br_if 0 (i64.const -2) (local.get 0)) (drop) (i64.extend_i32_s (local.get 1))))")]
    [InlineData("(block (result i32) (try_table (catch $e 0) (call $throw (local.get 0))) (i32.const 11))")]
    [InlineData("""
        (block (result i32)
          (try_table (result i32) (catch $e 0) (call $throw (local.get 0)) (br_if 1 (i32.const 4) (local.get 1)) (drop) (i32.const 11)))
        """)]
    [InlineData("(ref.is_null (block (result exnref) (try_table (catch_all_ref 0) (call $throw (local.get 0))) (ref.null exn)))")]
    [InlineData("(ref.is_null (block $l (result funcref) (br_on_non_null $l (table.get (local.get 0))) (ref.null func)))")]
    public void ResultsOfBlocks_ComeOnAllWays(string value)
    {
        string wat = $"""
            (module
              (tag $e (param i32))
              (table 4 funcref) (elem (i32.const 1) $throw)
              (func $throw (param i32) (if (local.get 0) (then (throw $e (local.get 0)))))
              (func (export "f") (param i32 i32) (result i32) (local i32 i32)
                (i32.sub (local.get 0) (i32.const 9))
                (local.set 2 {value})
                (i32.add (i32.mul (local.get 2) (i32.const 31)) {value})
                (i32.sub)))
            """;
        MachineGuest.Outcomes(wat, reserve: true, [0, 0], [0, 5], [1, 0], [1, 5], [2, 7], [3, 0xffffffff]);
    }

    private static byte[] Compile(string wat)
    {
        using var store = new Store(EngineForm.Machine.Options());
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
        ModuleValidator.Validate(module);
        return new FunctionListing(store, new Linker(), module, 0).MachineCode();
    }

    // Whether bytes are there, of which `??` is any.
    private static bool Contains(string code, string bytes)
    {
        for (int at = 0; at + bytes.Length <= code.Length; at += 2)
        {
            if (bytes.Select((digit, i) => digit == '?' || code[at + i] == digit).All(fits => fits))
            {
                return true;
            }
        }

        return false;
    }
}
