using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>
/// The operand stack exists only in the translator, where local.get and constants are notes: each case is a way in which a note
/// could outlive what it stands for, or a value miss the place where a label expects it.
/// </summary>
public sealed class TranslationTests
{
    public static TheoryData<EngineForm> Loops => LoopGuest.Loops;

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalSet_KeepsValuesReadBefore(EngineForm form) => Assert.Equal(5UL + (7 * 100), LoopGuest.Run(form, """
        (module (func (export "f") (param $x i32) (result i32)
          (local.get $x)
          (local.set $x (i32.const 7))
          (i32.add (i32.mul (local.get $x) (i32.const 100)))))
        """, 5));

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalSet_OfAComputedValue_KeepsValuesReadBefore(EngineForm form) => Assert.Equal(5UL * 6, LoopGuest.Run(form, """
        (module (func (export "f") (param $x i32) (result i32)
          (local.get $x)
          (local.set $x (i32.add (local.get $x) (i32.const 1)))
          (i32.mul (local.get $x))))
        """, 5));

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalTee_LeavesTheNewValue(EngineForm form) => Assert.Equal(5UL + 15 + 15, LoopGuest.Run(form, """
        (module (func (export "f") (param $x i32) (result i32)
          (local.get $x)
          (local.tee $x (i32.mul (local.get $x) (i32.const 3)))
          (i32.add)
          (i32.add (local.get $x))))
        """, 5));

    [Theory]
    [MemberData(nameof(Loops))]
    public void Block_ThatMaySetALocal_KeepsValuesReadBefore(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $x i32) (param $skip i32) (result i32)
              (local.get $x)
              (block $b
                (br_if $b (local.get $skip))
                (local.set $x (i32.const 9)))
              (i32.add (i32.mul (local.get $x) (i32.const 100)))))
            """;
        Assert.Equal(5UL + 500, LoopGuest.Run(form, Source, 5, 1));
        Assert.Equal(5UL + 900, LoopGuest.Run(form, Source, 5, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Loop_ThatSetsALocal_KeepsValuesReadBefore(EngineForm form) => Assert.Equal(10UL + 0, LoopGuest.Run(form, """
        (module (func (export "f") (param $x i32) (result i32)
          (local.get $x)
          (loop $l
            (local.set $x (i32.sub (local.get $x) (i32.const 1)))
            (br_if $l (local.get $x)))
          (i32.add (local.get $x))))
        """, 10));

    [Theory]
    [MemberData(nameof(Loops))]
    public void If_WithParametersAndResults_MeetsItsElse(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $a i32) (param $b i32) (param $c i32) (result i32)
              (local.get $a) (local.get $b)
              (local.get $c)
              (if (param i32 i32) (result i32 i32)
                (then (i32.const 1) (i32.add))
                (else (drop) (i32.const 50)))
              (i32.sub)))
            """;
        Assert.Equal(30UL - 21, LoopGuest.Run(form, Source, 30, 20, 1));
        Assert.Equal(unchecked((uint)(30 - 50)), LoopGuest.Run(form, Source, 30, 20, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void BranchIf_WithValuesInTheWay_MovesThemOnlyWhenTaken(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $taken i32) (result i32)
              (block $b (result i32)
                (i32.const 1000)
                (i32.const 7)
                (br_if $b (local.get $taken))
                (i32.add))))
            """;
        Assert.Equal(7UL, LoopGuest.Run(form, Source, 1));
        Assert.Equal(1007UL, LoopGuest.Run(form, Source, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void BranchTable_WithValues_ReachesLabelsOfDifferentHeights(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $i i32) (result i32)
              (block $outer (result i32)
                (i32.const 100)
                (block $inner (result i32)
                  (i32.const 3)
                  (br_table $inner $outer $inner 2 (local.get $i)))
                (i32.add))))
            """;
        Assert.Equal(103UL, LoopGuest.Run(form, Source, 0));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, 1));
        Assert.Equal(103UL, LoopGuest.Run(form, Source, 2));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, 3));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, uint.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void BranchTable_WithASubtractedIndex_Wraps(EngineForm form)
    {
        const string Source = """
            (module (memory 1) (func (export "f") (param $i i32) (result i32)
              (i32.store (i32.const 8) (local.get $i))
              (block $c (block $b (block $a
                (br_table $a $b $c (i32.sub (i32.load (i32.const 8)) (i32.const 10))))
                (return (i32.const 1)))
                (return (i32.const 2)))
              (i32.const 3)))
            """;
        Assert.Equal(1UL, LoopGuest.Run(form, Source, 10));
        Assert.Equal(2UL, LoopGuest.Run(form, Source, 11));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, 12));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, 9));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Return_ExchangesValues(EngineForm form)
    {
        using var guest = new LoopGuest(form, """
            (module (func (export "f") (param $a i32) (param $b i32) (result i32 i32)
              (local.get $b) (local.get $a)))
            """);
        Assert.Equal([2UL, 1UL], guest.Call("f", 1, 2));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Calls_PassAndReturnMany(EngineForm form)
    {
        using var guest = new LoopGuest(form, """
            (module
              (func $rotate (param i32 i64 i32) (result i64 i32 i32) (local.get 1) (local.get 2) (local.get 0))
              (func (export "f") (param i32 i64 i32) (result i64 i32 i32)
                (call $rotate (local.get 0) (i64.add (local.get 1) (i64.const 1)) (i32.const 9))))
            """);
        Assert.Equal([21UL, 9UL, 1UL], guest.Call("f", 1, 20, 3));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void ConstantOperands_OnBothSides(EngineForm form)
    {
        Assert.Equal(93UL, LoopGuest.Run(form, "(module (func (export \"f\") (param i32) (result i32) (i32.sub (i32.const 100) (local.get 0))))", 7));
        Assert.Equal(1UL, LoopGuest.Run(form, "(module (func (export \"f\") (param i32) (result i32) (i32.lt_s (i32.const -1) (local.get 0))))", 0));
        Assert.Equal(0UL, LoopGuest.Run(form, "(module (func (export \"f\") (param i32) (result i32) (i32.lt_u (i32.const -1) (local.get 0))))", 0));
        Assert.Equal(
            0x8000_0000_0000_0007UL,
            LoopGuest.Run(form, "(module (func (export \"f\") (param i64) (result i64) (i64.or (i64.const 0x8000000000000000) (local.get 0))))", 7));
        Assert.Equal(
            ulong.MaxValue,
            LoopGuest.Run(form, "(module (func (export \"f\") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const -1))))", 1));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Conditions_InvertedAndNested(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $a i32) (param $b i32) (result i32)
              (if (result i32) (i32.eqz (i32.eqz (i32.lt_s (local.get $a) (local.get $b))))
                (then (if (result i32) (i32.eqz (i32.and (local.get $a) (i32.const 1))) (then (i32.const 1)) (else (i32.const 2))))
                (else (i32.const 3)))))
            """;
        Assert.Equal(1UL, LoopGuest.Run(form, Source, 2, 5));
        Assert.Equal(2UL, LoopGuest.Run(form, Source, 3, 5));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, 5, 5));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void FloatComparisons_OfNaN_AreNotInverted(EngineForm form)
    {
        const string Source = """
            (module (func (export "f") (param $a f64) (param $b f64) (result i32)
              (if (result i32) (f64.lt (local.get $a) (local.get $b)) (then (i32.const 1)) (else
                (if (result i32) (i32.eqz (f64.ge (local.get $a) (local.get $b))) (then (i32.const 2)) (else (i32.const 3)))))))
            """;
        ulong one = BitConverter.DoubleToUInt64Bits(1);
        ulong nan = BitConverter.DoubleToUInt64Bits(double.NaN);
        Assert.Equal(2UL, LoopGuest.Run(form, Source, one, nan));
        Assert.Equal(3UL, LoopGuest.Run(form, Source, one, one));
        Assert.Equal(1UL, LoopGuest.Run(form, Source, 0, one));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void UnreachableCode_IsSkipped(EngineForm form) => Assert.Equal(4UL, LoopGuest.Run(form, """
        (module (func (export "f") (param i32) (result i32)
          (block $b (result i32)
            (br $b (i32.const 4))
            (block (loop (if (i32.const 1) (then (br 0)) (else (br 1)))))
            (i32.add) (drop) (unreachable))))
        """, 0));

    [Theory]
    [MemberData(nameof(Loops))]
    public void Locals_StartAsZero_InEveryCall(EngineForm form) => Assert.Equal(0UL, LoopGuest.Run(form, """
        (module
          (func $dirty (param i32) (local i64 i64 i64 i64 i64)
            (local.set 1 (i64.const -1)) (local.set 3 (i64.const -1)) (local.set 5 (i64.const -1)))
          (func $clean (result i32) (local i32 i32 i32 i32 i32 i32)
            (i32.or (i32.or (local.get 0) (local.get 2)) (i32.or (local.get 3) (local.get 5))))
          (func (export "f") (param i32) (result i32) (call $dirty (i32.const 1)) (call $clean)))
        """, 0));

    [Theory]
    [MemberData(nameof(Loops))]
    public void BrOnNull_LeavesTheReferenceItTested(EngineForm form) => Assert.Equal(7UL, LoopGuest.Run(form, """
        (module
          (type $t (func (result i32)))
          (func $seven (type $t) (i32.const 7))
          (elem declare func $seven)
          (global $g (mut (ref null $t)) (ref.func $seven))
          (func (export "f") (param i32) (result i32)
            (block $null
              (return (call_ref $t (br_on_null $null (global.get $g)))))
            (i32.const 9)))
        """, 0));

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocalTee_ComparedWithItsLocal_IsEqual(EngineForm form) => Assert.Equal(0UL, LoopGuest.Run(form, """
        (module (func (export "f") (param i32) (result i32)
          (block $differs
            (br_if $differs (i32.gt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
            (br_if $differs (i32.ne (local.get 0) (local.tee 0 (i32.add (local.get 0) (i32.const 1)))))
            (return (i32.const 1)))
          (i32.ne (local.get 0) (i32.const 7))))
        """, 5));

    [Theory]
    [MemberData(nameof(Loops))]
    public void FiftyThousandLocals_FitAFrame(EngineForm form)
    {
        string locals = string.Join(' ', Enumerable.Repeat("i64", 49_999));
        string source = $"(module (func (export \"f\") (param i64) (result i64) (local {locals}) "
            + "(local.set 49999 (local.get 0)) (local.get 49999)))";
        Assert.Equal(77UL, LoopGuest.Run(form, source, 77));
    }
}
