using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Large graphs: from where on objects are made in loops over data, and what loops can make.</summary>
public class LoaderTests
{
    private const string List = "(type $n (struct (field (mut i32)) (field (mut (ref null $n))))) (global $g (mut (ref null $n)) (ref.null $n))";

    // Ones of a few classes, what they refer to, and what refers to them.
    private const string Types = """
        (type $id (func (result i32)))
        (rec (type $n (sub (struct (field (mut i32)) (field (mut (ref null $n))))))
          (type $sub (sub $n (struct (field (mut i32)) (field (mut (ref null $n))) (field (ref $n))))))
        (type $all (array (mut anyref))) (type $must (array (mut (ref eq)))) (type $pair (array eqref)) (type $chars (array i16))
        (type $numbers (struct (field i8) (field (mut i16)) (field i32) (field i64) (field f32) (field (mut f64)) (field v128)))
        (type $refs (struct (field anyref) (field (ref eq)) (field externref) (field (mut (ref extern))) (field i31ref) (field structref)
          (field nullref) (field exnref)))
        (type $funcs (struct (field funcref) (field (ref $id)) (field (mut (ref func))) (field (ref null $id))))
        (type $cell (sub $n (struct (field (mut i32)) (field (mut (ref null $n))) (field (mut (ref $n))) (field (mut (ref any))))))
        (global $a (mut (ref null $all)) (ref.null $all)) (global $b (mut anyref) (ref.null any))
        (data $d "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz")
        (func $f (type $id) (i32.const 1)) (func $h (type $id) (i32.const 2)) (elem declare func $f $h)
        (table $t 200 (ref null $n)) (table $u i64 200 externref)
        """;

    [Theory]
    [InlineData(1_999, false)]
    [InlineData(2_000, true)]
    public void SmallGraphs_AreMadeOneByOne(int weight, bool isLoaded)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(List, Chain(weight)));
        Assert.Equal(isLoaded, HasLoops(List, output));
    }

    [Theory]
    [InlineData(9, 10, 1_000, false)]
    [InlineData(10, 10, 1_000, true)]
    [InlineData(10, 10, 0, false)]
    public void RareClasses_AreMadeOneByOne(int count, int minClassCount, int maxClassCount, bool isLoaded)
    {
        var limits = new LoaderLimits(1, minClassCount, maxClassCount, 1);
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(List, Chain(count)), limits: limits);
        Assert.Equal(isLoaded, HasLoops(List, output));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OnlyTheLargestClasses_HaveLoops(int maxClassCount)
    {
        const string Three = """
            (type $x (struct (field (mut i32)) (field anyref))) (type $y (struct (field anyref))) (type $z (struct (field anyref) (field i64)))
            (global $g (mut anyref) (ref.null any))
            """;
        string instructions = $"""
            (local $i i32)
            {Repeat(30, "(global.set $g (struct.new $x (local.get $i) (global.get $g)))")}
            {Repeat(20, "(global.set $g (struct.new $y (global.get $g)))")}
            {Repeat(10, "(global.set $g (struct.new $z (global.get $g) (i64.extend_i32_s (local.get $i))))")}
            """;
        ModuleInfo output = ModuleReader.Parse(
            SnapshotRound.Check(SnapshotRound.Module(Three, instructions), limits: new LoaderLimits(1, 1, maxClassCount, 1)));

        // A loop for each, and with them the function that makes the registry, the one that calls the loops, and what starts.
        Assert.Equal(2 + maxClassCount + 3, output.Bodies.Length);
    }

    [Fact]
    public void CodeDoesNotGrow_WithTheGraph()
    {
        ModuleInfo small = ModuleReader.Parse(SnapshotRound.Check(SnapshotRound.Module(List, Chain(3_000))));
        ModuleInfo large = ModuleReader.Parse(SnapshotRound.Check(SnapshotRound.Module(List, Chain(60_000))));
        Assert.Equal(small.Bodies.Length, large.Bodies.Length);
        Assert.InRange(CodeLength(large), CodeLength(small), CodeLength(small) + 100);
        Assert.InRange(CodeLength(large), 1, 600);

        // The numbers take two bytes as long as they fit, and that the next one is one back takes one.
        Assert.InRange(small.DataSegments[0].Data.Length, 3 * 3_000, (3 * 3_000) + 20);
        Assert.InRange(large.DataSegments[0].Data.Length, 3 * 60_000, 5 * 60_000);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void WideStructs_AreMadeOneByOne(int fields, bool isLoaded)
    {
        string types = $"(type $wide (struct {string.Concat(Enumerable.Repeat("(field i32) ", fields))})) (global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any))";
        string values = string.Concat(Enumerable.Repeat("(i32.const 7) ", fields));
        byte[] output = SnapshotRound.Check(
            SnapshotRound.Module(types, $"(global.set $g (struct.new $wide {values})) (global.set $h (global.get $g))"),
            limits: SnapshotRound.Loops);
        Assert.Equal(isLoaded, HasLoops(types, output));
    }

    [Fact]
    public void CodeThatMakesColumns_IsCutAsAllIs()
    {
        const int TypeCount = 8;
        const int FieldCount = 700;
        string fields = string.Concat(Enumerable.Repeat("(field i32) ", FieldCount));
        string values = string.Concat(Enumerable.Repeat("(local.get $i) ", FieldCount));
        string types = string.Concat(Enumerable.Range(0, TypeCount).Select(i => $"(type $t{i} (struct {fields} (field (mut anyref)) {string.Concat(Enumerable.Repeat("(field i64)", i))}))"));
        string objects = string.Concat(Enumerable.Range(0, TypeCount).Select(
            i => $"(global.set $g (struct.new $t{i} {values} (global.get $g) {string.Concat(Enumerable.Repeat("(i64.const 1)", i))}))"));
        ModuleInfo output = ModuleReader.Parse(SnapshotRound.Check(
            SnapshotRound.Module($"{types} (global $g (mut anyref) (ref.null any))", $"(local $i i32) {Repeat(2, objects)}"),
            limits: SnapshotRound.Loops));

        // What makes the registry, the loops, what calls them, two parts, and what calls those.
        Assert.Equal(2 + 1 + TypeCount + 1 + 2 + 1, output.Bodies.Length);
        Assert.All(output.Bodies[2..], static body => Assert.InRange(body.Length, 1, RestoreBodies.MaxLength + 1000));
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void LongArraysThatCannotBeSet_AreMadeOneByOne(int count, bool isLoaded)
    {
        string values = string.Concat(Enumerable.Range(0, count).Select(static i => $"(ref.i31 (i32.const {i}))"));
        AssertLoops(isLoaded, $"(global.set $b (array.new_fixed $pair {count} {values})) (table.set $u (i64.const 0) (extern.convert_any (global.get $b)))");
    }

    [Theory]
    [InlineData("(array.new $chars (i32.const 5) (i32.const 32))", true)]
    [InlineData("(array.new $chars (i32.const 5) (i32.const 33))", false)]
    [InlineData("(array.new_data $chars $d (i32.const 0) (i32.const 33))", true)]
    [InlineData("(array.new $all (global.get $b) (i32.const 16))", true)]
    [InlineData("(array.new $all (global.get $b) (i32.const 17))", false)]
    [InlineData("(array.new_default $all (i32.const 17))", false)]
    [InlineData("(array.new_fixed $chars 0)", true)]
    public void LongArraysThatAreAllTheSame_AreMadeByTheirLength(string array, bool isLoaded) =>
        AssertLoops(isLoaded, $"(global.set $b {array}) (table.set $u (i64.const 0) (extern.convert_any (global.get $b)))");

    [Theory]
    // Numbers of every kind and width.
    [InlineData("""
        (struct.new $numbers (local.get $i) (i32.mul (local.get $i) (i32.const 321)) (i32.mul (local.get $i) (i32.const 98765432))
          (i64.mul (i64.extend_i32_u (local.get $i)) (i64.const 98765432109876)) (f32.reinterpret_i32 (i32.add (i32.const 0x7fa00000) (local.get $i)))
          (f64.convert_i32_s (local.get $i)) (i64x2.replace_lane 1 (i32x4.splat (local.get $i)) (i64.const -3)))
        """)]
    [InlineData("""
        (struct.new $numbers (i32.const -128) (i32.const 7) (i32.const -1) (i64.extend_i32_s (select (i32.const 70000) (local.get $i) (i32.eqz (i32.and (local.get $i) (i32.const 31)))))
          (f32.const -nan) (f64.const nan:0x4000000000001) (v128.const i64x2 1 2))
        """)]
    [InlineData("""
        (struct.new $numbers (i32.sub (i32.const 50) (local.get $i)) (i32.const 0) (select (i32.const -2147483648) (i32.const -128) (i32.eqz (i32.and (local.get $i) (i32.const 31))))
          (i64.extend_i32_s (local.get $i)) (f32.convert_i32_s (local.get $i)) (f64.const -0) (i8x16.splat (local.get $i)))
        """)]
    // References of every kind.
    [InlineData("""
        (struct.new $refs (ref.i31 (i32.sub (i32.const 50) (local.get $i))) (ref.i31 (local.get $i)) (extern.convert_any (ref.i31 (local.get $i)))
          (extern.convert_any (global.get $k)) (ref.i31 (i32.const 0x3fffffff)) (global.get $k) (ref.null none) (ref.null exn))
        """)]
    [InlineData("""
        (struct.new $refs (select (result anyref) (ref.null any) (array.get $all (global.get $a) (i32.const 0)) (i32.and (local.get $i) (i32.const 1)))
          (select (result (ref eq)) (ref.i31 (i32.const -5)) (global.get $k) (i32.and (local.get $i) (i32.const 2)))
          (select (result externref) (ref.null extern) (extern.convert_any (global.get $late)) (i32.and (local.get $i) (i32.const 3)))
          (extern.convert_any (ref.i31 (i32.const -1))) (ref.null i31) (global.get $late) (ref.null none) (ref.null exn))
        """)]
    [InlineData("""
        (struct.new $refs (select (result anyref) (ref.null any) (ref.i31 (local.get $i)) (i32.and (local.get $i) (i32.const 1))) (ref.i31 (i32.const 0))
          (select (result externref) (ref.null extern) (select (result externref) (extern.convert_any (ref.i31 (local.get $i))) (extern.convert_any (global.get $late)) (i32.and (local.get $i) (i32.const 1))) (i32.and (local.get $i) (i32.const 2)))
          (extern.convert_any (array.new $must (ref.i31 (local.get $i)) (i32.rem_u (local.get $i) (i32.const 5)))) (ref.null i31) (ref.null struct) (ref.null none) (ref.null exn))
        """)]
    // Functions: one, several, null among them.
    [InlineData("(struct.new $funcs (ref.func $f) (ref.func $h) (ref.func $f) (ref.null $id))")]
    [InlineData("""
        (struct.new $funcs (select (result funcref) (ref.null func) (ref.func $h) (i32.and (local.get $i) (i32.const 1)))
          (select (result (ref $id)) (ref.func $f) (ref.func $h) (i32.and (local.get $i) (i32.const 2)))
          (select (result (ref func)) (ref.func $f) (ref.func $h) (i32.and (local.get $i) (i32.const 4)))
          (select (result (ref null $id)) (ref.func $f) (ref.null $id) (i32.and (local.get $i) (i32.const 1))))
        """)]
    // Arrays: of numbers, short and long, empty ones, with and without null.
    [InlineData("(array.new_data $chars $d (i32.const 2) (i32.rem_u (local.get $i) (i32.const 30)))")]
    [InlineData("(array.new_fixed $pair 2 (ref.i31 (local.get $i)) (global.get $k))")]
    [InlineData("(array.new $pair (global.get $k) (i32.rem_u (local.get $i) (i32.const 17)))")]
    [InlineData("(array.new $must (ref.i31 (local.get $i)) (i32.rem_u (local.get $i) (i32.const 30)))")]
    [InlineData("(array.new $all (global.get $k) (i32.rem_u (local.get $i) (i32.const 30)))")]
    // A subtype in the place of its supertype, with a field that cannot be set.
    [InlineData("(struct.new $sub (local.get $i) (struct.new $n (local.get $i) (global.get $late)) (struct.new $sub (i32.const 1) (ref.null $n) (global.get $late)))")]
    // One by one: exceptions are in them.
    [InlineData("""
        (struct.new $refs (ref.null any) (ref.i31 (local.get $i)) (ref.null extern) (extern.convert_any (struct.new $n (local.get $i) (ref.null $n))) (ref.null i31) (ref.null struct) (ref.null none)
          (block $c (result exnref) (try_table (catch_all_ref $c) (throw $e (struct.new $n (local.get $i) (ref.null $n)))) (unreachable)))
        """)]
    public void ObjectsOfEveryKind_AreMade(string value)
    {
        string module = SnapshotRound.Module(
            $"""
            {Types} (tag $e (param anyref))
            (global $k (ref $n) (struct.new $n (i32.const 3) (ref.null $n))) (global $late (ref $n) (struct.new $n (i32.const 4) (global.get $k)))
            """,
            $"""
            (local $i i32) (global.set $a (array.new_default $all (i32.const 100)))
            (array.set $all (global.get $a) (i32.const 0) (struct.new $n (i32.const 77) (ref.null $n)))
            {Repeat(90, $"(array.set $all (global.get $a) (i32.add (local.get $i) (i32.const 1)) {value})")}
            """);
        SnapshotRound.Check(module, limits: SnapshotRound.Loops);
        SnapshotRound.Check(module, limits: new LoaderLimits(1, 80, 2, 4));
    }

    [Theory]
    // Linked both ways, in a ring; through what may not be null; with fields that cannot be set; in arrays.
    [InlineData("""
        (local.set $n (struct.new $n (i32.const 0) (ref.null $n)))
        (loop $more
          (local.set $s (struct.new $sub (local.get $i) (ref.null $n) (ref.as_non_null (local.get $n))))
          (struct.set $n 1 (local.get $n) (local.get $s)) (local.set $n (local.get $s))
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5000))))
        (global.set $b (local.get $n))
        """)]
    [InlineData("""
        (local.set $c (struct.new $cell (i32.const 5) (ref.null $n) (struct.new $n (i32.const 6) (ref.null $n)) (ref.i31 (i32.const 7))))
        (loop $more
          (local.set $d (struct.new $cell (local.get $i) (ref.null $n) (ref.as_non_null (local.get $c)) (ref.as_non_null (local.get $c))))
          (struct.set $cell 2 (local.get $c) (ref.as_non_null (local.get $d))) (struct.set $cell 3 (local.get $c) (ref.as_non_null (local.get $d)))
          (local.set $c (local.get $d))
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60))))
        (global.set $b (local.get $c))
        """)]
    [InlineData("""
        (local.set $m (array.new $must (ref.i31 (i32.const 1)) (i32.const 40)))
        (loop $more
          (local.set $o (array.new $must (ref.as_non_null (local.get $m)) (i32.const 20)))
          (array.set $must (local.get $m) (i32.const 0) (ref.as_non_null (local.get $o)))
          (array.set $must (local.get $m) (i32.const 7) (array.new_fixed $must 2 (ref.as_non_null (local.get $o)) (ref.as_non_null (local.get $m))))
          (local.set $m (local.get $o))
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60))))
        (global.set $b (local.get $m))
        """)]
    public void Cycles_AreClosed(string instructions)
    {
        string module = SnapshotRound.Module(
            Types,
            "(local $i i32) (local $n (ref null $n)) (local $s (ref null $sub)) (local $c (ref null $cell)) (local $d (ref null $cell)) "
                + "(local $m (ref null $must)) (local $o (ref null $must)) " + instructions);
        SnapshotRound.Check(module, limits: SnapshotRound.Loops);
        SnapshotRound.Check(module, limits: new LoaderLimits(1, 80, 2, 4));
    }

    [Fact]
    public void ElementsOfTables_AreSetInLoops()
    {
        byte[] output = SnapshotRound.Check(
            SnapshotRound.Module(Types, $"""
                (local $i i32)
                {Repeat(150, """
                    (table.set $t (local.get $i) (struct.new $n (local.get $i) (ref.null $n)))
                    (table.set $u (i64.extend_i32_u (i32.sub (i32.const 199) (local.get $i))) (extern.convert_any (table.get $t (local.get $i))))
                    """)}
                (table.set $t (i32.const 160) (table.get $t (i32.const 3)))
                """),
            limits: SnapshotRound.Loops);

        // With two more loops than for objects alone.
        Assert.Equal(2 + 2 + 1 + 3 + 2, ModuleReader.Parse(output).Bodies.Length);
        Assert.InRange(CodeLength(ModuleReader.Parse(output)), 1, 1_200);
    }

    [Fact]
    public void ItemsOfLongArraysThatCannotBeSet_ComeFromASegment()
    {
        // Constant expressions make them, so that no loop does, though there are many.
        const int Count = 10_001;
        string fields = "(type $n (struct (field i32))) (type $fixed (array anyref)) (global $g (mut anyref) (ref.null any))"
            + " (elem $e anyref " + string.Concat(Enumerable.Repeat("(item (struct.new $n (i32.const 1)))", Count)) + ")";
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            fields, $"(global.set $g (array.new_elem $fixed $e (i32.const 0) (i32.const {Count}))) (elem.drop $e)"));
        Assert.False(HasLoops(fields, output));
    }

    private static string Chain(int count) =>
        $"(local $i i32) {Repeat(count, "(global.set $g (struct.new $n (local.get $i) (global.get $g)))")}";

    private static string Repeat(int count, string instructions) => $"""
        (local.set $i (i32.const 0))
        (loop $more
          {instructions}
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {count}))))
        """;

    private static void AssertLoops(bool isLoaded, string instructions)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(Types, instructions), limits: SnapshotRound.Loops);
        Assert.Equal(isLoaded, HasLoops(Types, output));
    }

    // They have types of their own, behind the others.
    private static bool HasLoops(string fields, byte[] output) =>
        ModuleReader.Parse(output).Types.Length > ModuleReader.Parse(Modules.Compile(SnapshotRound.Module(fields, ""))).Types.Length;

    private static int CodeLength(ModuleInfo module) => module.Bodies.Sum(static body => body.Length);
}
