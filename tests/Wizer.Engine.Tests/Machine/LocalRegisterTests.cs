using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Values of locals that are read later than they are written again, and registers that go from one local to another.</summary>
public sealed class LocalRegisterTests
{
    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    // What is set is in the register that a value further down still means.
    [Fact]
    public void CopySign_LeavesWhatTheStackStillMeans()
    {
        ulong[] result = MachineGuest.Call("""
            (module (func (export "f") (param f64 f64 f64) (result f64 f64)
              local.get 0
              (local.set 0 (f64.copysign (local.get 1) (local.get 2)))
              local.get 0))
            """, Bits(1.5), Bits(2.5), Bits(-3));
        Assert.Equal([Bits(1.5), Bits(-2.5)], result);
    }

    [Theory]
    [InlineData("f64.min", 2.5)]
    [InlineData("f64.max", 7)]
    [InlineData("f64.add", 9.5)]
    [InlineData("f64.copysign", 2.5)]
    public void BinaryFloats_LeaveWhatTheStackStillMeans(string operation, double expected)
    {
        ulong[] result = MachineGuest.Call($"""
            (module (func (export "f") (param f64 f64 f64) (result f64 f64 f64)
              local.get 0
              local.get 0
              (local.set 0 ({operation} (local.get 1) (local.get 2)))
              local.get 0))
            """, Bits(1.5), Bits(2.5), Bits(7));
        Assert.Equal([Bits(1.5), Bits(1.5), Bits(expected)], result);
    }

    // A copy takes over the register of a local that ends there, but not what is in that one's slot.
    [Theory]
    [InlineData("f64", 0x4014000000000000)]
    [InlineData("i64", 5)]
    [InlineData("i32", 5)]
    [InlineData("f32", 0x40a00000)]
    public void CopyInTheSameRegister_IsSavedAcrossCalls(string type, ulong argument)
    {
        const string Others = """
            (local.set $a (i32.add (local.get $a) (local.get $b)))
            (local.set $b (i32.add (local.get $b) (local.get $c)))
            (local.set $c (i32.add (local.get $c) (local.get $a)))

            """;
        string uses = string.Concat(Enumerable.Repeat($"(local.set $sum ({type}.add (local.get $sum) (local.get $y)))\n", 4));
        string others = string.Concat(Enumerable.Repeat(Others, 4));
        ulong[] result = MachineGuest.Call($"""
            (module
              (func $call)
              (func (export "f") (param {type}) (result {type}) (local $y {type}) (local $sum {type})
                (local $a i32) (local $b i32) (local $c i32)
                (local.set $y (local.get 0))
                {uses}
                {others}
                (call $call)
                {others}
                (local.set $sum ({type}.add (local.get $sum) (local.get $y)))
                (local.get $y)))
            """, argument);
        Assert.Equal([argument], result);
    }

    // The upper half of what an i64 was is not part of the argument.
    [Fact]
    public void WrappedResult_IsZeroExtendedForOthers()
    {
        ulong[] result = MachineGuest.Call("""
            (module
              (memory 1)
              (data (i32.const 8) "\2a")
              (type $none (func))
              (func $two (result i64 i64) (i64.const 1) (i64.const 0x7700000008))
              (func $load (param i32) (result i32)
                (block (try_table (catch_all 0) (return (i32.load8_u (local.get 0)))))
                (i32.const 0))
              (func $wide (param i32) (result i64)
                (block (try_table (catch_all 0) (return (i64.extend_i32_u (local.get 0)))))
                (i64.const 0))
              (func (export "f") (result i32 i64 i32 i32)
                (call $load (i32.wrap_i64 (block (result i64) (call $two) (br 0))))
                (call $wide (i32.wrap_i64 (block (result i64) (call $two) (br 0))))
                (memory.fill (i32.wrap_i64 (block (result i64) (call $two) (br 0))) (i32.const 5) (i32.const 1))
                (i32.load8_u (i32.const 8))
                (i32.wrap_i64 (block (result i64) (call $two) (br 0)))))
            """);
        Assert.Equal([42, 8, 5, 8], result);
    }

    // Nothing is done for them, by no helper either.
    [Theory]
    [InlineData("(atomic.fence)")]
    [InlineData("(drop (any.convert_extern (ref.null extern)))")]
    [InlineData("(drop (extern.convert_any (ref.null any)))")]
    public void InstructionsThatDoNothing_AreNoTrouble(string instruction)
    {
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            ulong result = LoopGuest.Run(form, $"""
                (module (func (export "f") (param i32) (result i32)
                  (local i32)
                  (local.set 1 (i32.add (local.get 0) (i32.const 1)))
                  {instruction}
                  (local.get 1)))
                """, 5);
            Assert.Equal(6UL, result);
        }
    }

    [Fact]
    public void TableWithoutLabels_GivesItsIndexBack()
    {
        string blocks = string.Concat(Enumerable.Repeat("(block (br_table 0 (i32.add (local.get 0) (i32.const 1))))\n", 12));
        ulong[] result = MachineGuest.Call($"""
            (module (func (export "f") (param i32) (result i32)
              {blocks}
              (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.sub (local.get 0) (i32.const 1)))))
            """, 5);
        Assert.Equal([24UL], result);
    }
}
