using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Objects that a run has made or changed are in the new module: as constant expressions where those can make them, otherwise by a start
/// function. The rules I, G and S of the design; that contents and identity are right is compared in each test.
/// </summary>
public class ObjectSnapshotTests
{
    private const string Types = """
        (type $counter (struct (field $n (mut i32))))
        (type $vtable (struct (field i32) (field funcref)))
        (type $node (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))
        (type $cons (struct (field $head i32) (field $tail (ref null $cons))))
        (type $pair (struct (field (mut (ref eq))) (field (mut (ref eq)))))
        (type $box (struct (field (ref null $node))))
        (type $bytes (array (mut i8))) (type $shorts (array i16)) (type $doubles (array (mut f64))) (type $vectors (array (mut v128)))
        (type $refs (array (mut anyref))) (type $fixed (array anyref)) (type $funcs (array (mut funcref)))
        """;

    [Theory]
    // G1: current contents in the initializer.
    [InlineData("(global $g (ref $counter) (struct.new $counter (i32.const 0)))", "(struct.set $counter $n (global.get $g) (i32.const 5))",
        "41 05 fb 00 00 0b")]
    [InlineData("(global $g (ref $node) (struct.new $node (i32.const 0) (ref.null $node)))",
        "(struct.set $node $next (global.get $g) (struct.new $node (i32.const 3) (ref.null $node)))", "41 00 41 03 d0 02 fb 00 02 fb 00 02 0b")]
    [InlineData("(global $g (ref $bytes) (array.new_default $bytes (i32.const 3)))", "(array.set $bytes (global.get $g) (i32.const 1) (i32.const 255))",
        "41 00 41 7f 41 00 fb 08 06 03 0b")]
    [InlineData("(global $g (ref $bytes) (array.new_default $bytes (i32.const 3)))", "(array.fill $bytes (global.get $g) (i32.const 0) (i32.const 7) (i32.const 3))",
        "41 07 41 03 fb 06 06 0b")]
    [InlineData("(global $g (ref $bytes) (array.new $bytes (i32.const 9) (i32.const 3)))", "(array.fill $bytes (global.get $g) (i32.const 0) (i32.const 0) (i32.const 3))",
        "41 03 fb 07 06 0b")]
    // An earlier global by its index, functions, numbers.
    [InlineData("(global $h (ref $counter) (struct.new $counter (i32.const 1))) (global $g (ref $pair) (struct.new $pair (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2))))",
        "(struct.set $pair 0 (global.get $g) (global.get $h)) (struct.set $pair 1 (global.get $g) (ref.i31 (i32.const -1)))", "23 00 41 7f fb 1c fb 00 04 0b")]
    // Mutable globals: G3.
    [InlineData("(global $g (mut anyref) (ref.null any))", "(global.set $g (struct.new $counter (i32.const 9)))", "41 09 fb 00 00 0b")]
    [InlineData("(global $g (mut externref) (ref.null extern))", "(global.set $g (extern.convert_any (struct.new $counter (i32.const 9))))", "41 09 fb 00 00 fb 1b 0b")]
    [InlineData("(global $g (mut (ref $counter)) (struct.new $counter (i32.const 1)))", "(global.set $g (struct.new $counter (i32.const 9)))", "41 09 fb 00 00 0b")]
    [InlineData("(global $g (mut anyref) (ref.null any))", "(global.set $g (struct.new_default $node))", "fb 01 02 0b")]
    [InlineData("(global $g (mut anyref) (ref.null any))", "(global.set $g (array.new_fixed $shorts 2 (i32.const 1) (i32.const -1)))", "41 01 41 7f fb 08 07 02 0b")]
    [InlineData("(global $h (ref $counter) (struct.new $counter (i32.const 1))) (global $g (mut anyref) (ref.null any))", "(global.set $g (global.get $h))", "23 00 0b")]
    public void Initializer_MakesWhatItCan(string globals, string instructions, string expected)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module($"{Types} {globals}", instructions));
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(info.Globals[^1].Init.Of(output)));
        Assert.Null(info.StartFunc);
    }

    [Fact]
    public void ImmutableObjects_KeepTheirInitializers()
    {
        // Extended constants show that nothing was written anew.
        byte[] module = Modules.Compile(SnapshotRound.Module(
            $"""
            {Types} (func $f) (elem declare func $f)
            (global $v (ref $vtable) (struct.new $vtable (i32.add (i32.const 1) (i32.const 2)) (ref.func $f)))
            (global $n (mut anyref) (ref.null any))
            """,
            "(global.set $n (global.get $v))"));
        ModuleInfo output = ModuleReader.Parse(SnapshotRound.Check(module));
        ModuleInfo input = ModuleReader.Parse(module);
        Assert.Equal(input.Globals[0].Init.Of(module).ToArray(), output.Globals[0].Init.Of(output.Bytes.Span).ToArray());
    }

    [Theory]
    // Two places hold it.
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (global.set $a (local.get $n)) (global.set $b (local.get $n))")]
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (global.set $a (struct.new $box (local.get $n))) (global.set $b (local.get $n))")]
    // Cycles: of one, of two, through what may not be null, with an object that holds another and cannot be set.
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (struct.set $node $next (local.get $n) (local.get $n)) (global.set $a (local.get $n))")]
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (struct.new $node (i32.const 2) (ref.null $node)))) (struct.set $node $next (struct.get $node $next (local.get $n)) (local.get $n)) (global.set $b (local.get $n))")]
    [InlineData("(local.set $p (struct.new $pair (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)))) (struct.set $pair 0 (local.get $p) (struct.new $pair (ref.as_non_null (local.get $p)) (ref.as_non_null (local.get $p)))) (global.set $a (local.get $p))")]
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (local.set $r (array.new $refs (local.get $n) (i32.const 3))) (array.set $refs (local.get $r) (i32.const 1) (struct.new $box (local.get $n))) (array.set $refs (local.get $r) (i32.const 2) (local.get $r)) (global.set $a (local.get $r))")]
    // From the middle of a cycle.
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (struct.new $node (i32.const 2) (ref.null $node)))) (struct.set $node $next (struct.get $node $next (local.get $n)) (local.get $n)) (global.set $b (struct.get $node $next (local.get $n))) (global.set $a (struct.new $box (local.get $n)))")]
    // In externref, and in tables.
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (table.set $x (i32.const 0) (extern.convert_any (local.get $n))) (global.set $b (local.get $n))")]
    [InlineData("(local.set $n (struct.new $node (i32.const 1) (ref.null $node))) (table.fill $t (i32.const 1) (local.get $n) (i32.const 2))")]
    // What immutable globals hold.
    [InlineData("(struct.set $pair 0 (global.get $early) (global.get $late))")]
    [InlineData("(struct.set $pair 0 (global.get $early) (global.get $early))")]
    [InlineData("(struct.set $pair 0 (global.get $early) (ref.as_non_null (struct.get $box 0 (global.get $boxed))))")]
    [InlineData("(global.set $b (struct.get $box 0 (global.get $boxed)))")]
    [InlineData("(table.set $t (i32.const 0) (struct.get $box 0 (global.get $boxed)))")]
    [InlineData("(struct.set $node $next (struct.get $box 0 (global.get $boxed)) (struct.new $node (i32.const 4) (struct.get $box 0 (global.get $boxed))))")]
    [InlineData("(global.set $b (ref.cast (ref $node) (global.get $wide)))")]
    [InlineData("(global.set $b (ref.cast (ref $node) (any.convert_extern (global.get $outside))))")]
    [InlineData("(array.set $refs (global.get $list) (i32.const 1) (global.get $list))")]
    // Non-nullable places start with what they always started with.
    [InlineData("(global.set $must (struct.new $node (i32.const 7) (global.get $must)))  (global.set $b (global.get $must))")]
    public void StartFunction_MakesTheRest(string instructions)
    {
        byte[] module = Modules.Compile(SnapshotRound.Module(
            $$"""
            {{Types}}
            (global $early (ref $pair) (struct.new $pair (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2))))
            (global $boxed (ref $box) (struct.new $box (struct.new $node (i32.const 5) (ref.null $node))))
            (global $wide anyref (struct.new $node (i32.const 6) (ref.null $node)))
            (global $outside externref (extern.convert_any (struct.new $node (i32.const 8) (ref.null $node))))
            (global $late (ref $counter) (struct.new $counter (i32.const 3)))
            (global $list (ref $refs) (array.new_fixed $refs 2 (ref.i31 (i32.const 4)) (ref.null any)))
            (global $a (mut anyref) (ref.null any)) (global $b (mut (ref null $node)) (ref.null $node))
            (global $must (mut (ref $node)) (struct.new $node (i32.const 1) (ref.null $node)))
            (table $t 3 (ref null $node)) (table $x 2 externref)
            """,
            "(local $n (ref null $node)) (local $p (ref null $pair)) (local $r (ref null $refs)) " + instructions));
        ModuleInfo output = ModuleReader.Parse(SnapshotRound.Check(module));
        Assert.NotNull(output.StartFunc);

        // Nothing else is there that the input has not: types, memories, data.
        Assert.Equal(ModuleReader.Parse(module).Types.Length, output.Types.Length);
        Assert.Empty(output.DataSegments);
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(33, true)]
    public void Nesting_IsLimited(int depth, bool hasStart)
    {
        string list = string.Concat(Enumerable.Repeat("(struct.new $cons (i32.const 1) ", depth)) + "(ref.null $cons)" + new string(')', depth);
        AssertStart(hasStart, $"(global.set $g {list})");
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    public void Operands_AreLimited(int count, bool hasStart) => AssertStart(
        hasStart,
        $"""
        (local $a (ref $fixed)) (local $r (ref $refs)) (local $i i32)
        (local.set $r (array.new $refs (ref.null any) (i32.const {count})))
        (loop $more
          (array.set $refs (local.get $r) (local.get $i) (ref.i31 (local.get $i)))
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {count}))))
        (global.set $g (local.get $r))
        """);

    [Theory]
    [InlineData("(array.new_data $bytes $d (i32.const 0) (i32.const 23))", false)]
    [InlineData("(array.new_data $bytes $d (i32.const 0) (i32.const 24))", true)]
    [InlineData("(array.new_data $shorts $d (i32.const 0) (i32.const 11))", false)]
    [InlineData("(array.new_data $shorts $d (i32.const 0) (i32.const 12))", true)]
    [InlineData("(array.new_data $doubles $d (i32.const 0) (i32.const 3))", true)]
    [InlineData("(array.new_fixed $doubles 4 (f64.const nan:0x4000000000001) (f64.const -nan) (f64.const -0) (f64.const inf))", true)]
    [InlineData("(array.new_fixed $vectors 2 (v128.const i64x2 1 2) (v128.const i64x2 3 4))", true)]
    [InlineData("(array.new $bytes (i32.const 5) (i32.const 1000))", false)]
    [InlineData("(array.new_default $doubles (i32.const 1000))", false)]
    public void Numbers_ComeFromAnImage_WhereThatIsShorter(string array, bool hasImage)
    {
        // Held by two, so that code makes it; the image is behind the segments that stay and before those of the memory.
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            $$"""
            {{Types}} (memory 1) (data $d "abcdefghijklmnopqrstuvwxyz0123456789") (data (i32.const 5) "5")
            (global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any)) (func (data.drop $d))
            """,
            $"(global.set $g {array}) (global.set $h (global.get $g))"));
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.NotNull(info.StartFunc);
        Assert.Equal(hasImage ? 3 : 2, info.DataSegments.Length);
        Assert.Equal(hasImage ? SegmentMode.Passive : SegmentMode.Active, info.DataSegments[1].Mode);
        Assert.Equal(info.DataSegments.Length, (int)info.DataCount!);
    }

    [Fact]
    public void Image_NeedsNoMemory()
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            Types + "(global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any))",
            """
            (local $a (ref $bytes)) (local.set $a (array.new_default $bytes (i32.const 100))) (array.set $bytes (local.get $a) (i32.const 50) (i32.const 1))
            (global.set $g (local.get $a)) (global.set $h (local.get $a))
            """));
        Assert.Equal("Type Function Global Export Start DataCount Code Data", Modules.Outline(output));
    }

    [Theory]
    [InlineData("$refs", 10_000, "any")]
    [InlineData("$refs", 10_001, "any")]
    [InlineData("$fixed", 10_000, "any")]
    [InlineData("$funcs", 10_001, "func")]
    public void LongArraysOfReferences_AreMade(string type, int count, string heap)
    {
        // Every third element is null; the others differ.
        string value = heap == "func" ? "(ref.func $f)" : "(ref.i31 (local.get $i))";
        string array = type == "$fixed" ? "$refs" : type;
        string last = type == "$fixed" ? FixedOf(count) : "(local.get $r)";
        string module = SnapshotRound.Module(
            $"{Types} (func $f) (elem declare func $f) (global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any))",
            $"""
            (local $r (ref {array})) (local $i i32) (local.set $r (array.new {array} (ref.null {heap}) (i32.const {count})))
            (loop $more
              (if (i32.rem_u (local.get $i) (i32.const 3)) (then (array.set {array} (local.get $r) (local.get $i) {value})))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {count}))))
            (global.set $g {last}) (global.set $h (global.get $g))
            """);
        SnapshotRound.Check(module, limits: SnapshotRound.OneByOne);
        SnapshotRound.Check(module, limits: SnapshotRound.Loops);

        static string FixedOf(int count) => $"(array.new_fixed $fixed {count} "
            + string.Concat(Enumerable.Range(0, count).Select(static i => $"(ref.i31 (i32.const {i}))")) + ")";
    }

    [Fact]
    public void LongArraysOfObjects_AreFilled()
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            Types + "(global $g (mut (ref null $refs)) (ref.null $refs)) (global $h (mut anyref) (ref.null any)) (global $k (ref $refs) (array.new_default $refs (i32.const 11000)))",
            """
            (local $i i32) (global.set $g (array.new_default $refs (i32.const 12000)))
            (loop $more
              (array.set $refs (global.get $g) (local.get $i) (struct.new $node (local.get $i) (ref.null $node)))
              (array.set $refs (global.get $k) (local.get $i) (array.get $refs (global.get $g) (local.get $i)))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10500))))
            (global.set $h (global.get $g))
            """), limits: SnapshotRound.OneByOne);
        Assert.NotNull(ModuleReader.Parse(output).StartFunc);
    }

    [Fact]
    public void LongArraysOfNumbers_InImmutableGlobals_AreFilled()
    {
        // No constant expression takes so many operands: the array has its length, and code the numbers.
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            Types + "(global $g (ref $bytes) (array.new_default $bytes (i32.const 10001))) (global $h (ref $bytes) (array.new_default $bytes (i32.const 10000)))",
            "(array.set $bytes (global.get $g) (i32.const 77) (i32.const 1)) (array.set $bytes (global.get $h) (i32.const 77) (i32.const 1))"));
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(10_001, info.DataSegments[0].Data.Length);
    }

    [Fact]
    public void LongArraysThatCannotBeSet_ComeFromSegments()
    {
        const int Count = 10_001;
        byte[] module = Modules.Compile(SnapshotRound.Module(
            Types + "(global $g (mut anyref) (ref.null any)) (elem $e anyref "
                + string.Concat(Enumerable.Repeat("(item (struct.new $counter (i32.const 1)))", Count)) + ")",
            $"(global.set $g (array.new_elem $fixed $e (i32.const 0) (i32.const {Count})))"));

        // Each element is also an item of the segment: it has a global of its own, and the array comes from a segment of those.
        ModuleInfo output = ModuleReader.Parse(SnapshotRound.Check(module));
        Assert.InRange(output.Globals.Length, Count + 1, Count + 10);
    }

    [Fact]
    public void LongArraysThatCannotBeSet_HaveElementsThatAreShared()
    {
        // Nobody but the array has them now: two that are one, one within another, and one that refers back to the array.
        const int Count = 10_001;
        byte[] output = SnapshotRound.Check(
            $"""
            (module (rec (type $all (array (ref $node))) (type $node (struct (field (mut i32)) (field anyref) (field (mut (ref null $all))))))
              (global $g (mut (ref null $all)) (ref.null $all)) (global $h (mut anyref) (ref.null any)) (table $t {Count} (ref null $node))
              (elem $e (ref $node) {string.Concat(Enumerable.Repeat(
                  "(item (struct.new $node (i32.const 1) (struct.new $node (i32.const 2) (ref.null any) (ref.null $all)) (ref.null $all)))", Count))})
              (func (export "wizer-initialize")
                (global.set $g (array.new_elem $all $e (i32.const 0) (i32.const {Count})))
                (elem.drop $e)
                (global.set $h (array.get $all (global.get $g) (i32.const 5)))
                (struct.set $node 2 (array.get $all (global.get $g) (i32.const 7)) (global.get $g))
                (struct.set $node 0 (array.get $all (global.get $g) (i32.const 8)) (i32.const 99)))
              (func (export "again"))
              (func (export "more") (struct.set $node 0 (array.get $all (global.get $g) (i32.const 9)) (i32.const 98))))
            """);
        Assert.True(ModuleReader.Parse(output).Globals.Length > Count);
    }

    [Fact]
    public void Segments_KeepTheObjectsOfTheirItems()
    {
        // A second table.init finds the very objects that the first one found, and what became of them.
        byte[] output = SnapshotRound.Check(
            $"""
            (module {Types} (table $t 4 anyref)
              (elem $e anyref (item (struct.new $counter (i32.const 1))) (item (ref.null any)) (item (ref.i31 (i32.const 3)))
                (item (struct.new $pair (struct.new $counter (i32.const 4)) (ref.i31 (i32.const 5)))))
              (func (export "wizer-initialize")
                (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))
                (struct.set $counter $n (ref.cast (ref $counter) (table.get $t (i32.const 0))) (i32.const 9)))
              (func (export "again"))
              (func (export "more") (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 4)) (elem.drop $e)))
            """);
        Assert.Equal(2, ModuleReader.Parse(output).Globals.Length);
    }

    [Fact]
    public void DeepGraphs_TakeNoStackOfOurs()
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            Types + "(global $g (mut (ref null $node)) (ref.null $node)) (global $c (mut (ref null $cons)) (ref.null $cons))",
            """
            (local $i i32)
            (loop $more
              (global.set $g (struct.new $node (local.get $i) (global.get $g)))
              (global.set $c (struct.new $cons (local.get $i) (global.get $c)))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60000))))
            """), limits: SnapshotRound.OneByOne);

        // Every 32nd of a list is kept until the next one is, in two globals for each type.
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(2 + 4, info.Globals.Length);
        ByteRange[] added = info.Bodies[2..];
        Assert.InRange(added.Length, 5, 40);
        Assert.All(added, static body => Assert.InRange(body.Length, 1, RestoreBodies.MaxLength + 1000));
    }

    [Fact]
    public void RingsOfObjects_TakeFewGlobals()
    {
        // Linked both ways, so that each waits for the next.
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            """
            (type $d (struct (field (mut (ref null $d))) (field (mut (ref null $d)))))
            (global $g (mut (ref null $d)) (ref.null $d))
            """,
            """
            (local $i i32) (local $last (ref null $d)) (local $d (ref null $d))
            (global.set $g (struct.new_default $d)) (local.set $last (global.get $g))
            (loop $more
              (local.set $d (struct.new $d (ref.null $d) (local.get $last)))
              (struct.set $d 0 (local.get $last) (local.get $d))
              (local.set $last (local.get $d))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5000))))
            (struct.set $d 0 (local.get $last) (global.get $g)) (struct.set $d 1 (global.get $g) (local.get $last))
            """), limits: SnapshotRound.OneByOne);
        Assert.InRange(ModuleReader.Parse(output).Globals.Length, 2, 5);
    }

    [Fact]
    public void WideObjects_AreNotMadeInOneStatement()
    {
        // Ten thousand objects of thirty fields each, which one array holds: as one function it would be as large as engines allow.
        string fields = string.Concat(Enumerable.Repeat("(field i64) ", 30));
        string values = string.Concat(Enumerable.Repeat("(i64.const -0x7fff000000000000) ", 30));
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            $"(type $wide (struct {fields})) (type $all (array (mut (ref null $wide)))) (global $g (mut (ref null $all)) (ref.null $all))",
            $"""
            (local $i i32) (global.set $g (array.new_default $all (i32.const 10000)))
            (loop $more
              (array.set $all (global.get $g) (local.get $i) (struct.new $wide {values}))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 9999))))
            """), limits: SnapshotRound.OneByOne);
        Assert.All(ModuleReader.Parse(output).Bodies, static body => Assert.InRange(body.Length, 1, 200_000));
    }

    [Fact]
    public void SmallGraphs_NeedOneFunction()
    {
        byte[] module = Modules.Compile(SnapshotRound.Module(
            Types + "(global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any))",
            "(global.set $g (struct.new $counter (i32.const 1))) (global.set $h (global.get $g))"));
        byte[] output = SnapshotRound.Check(module);
        Snapshot.Verify(Modules.Print(output));
    }

    [Fact]
    public void Exceptions_AreThrownAndCaught()
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            Types + """
            (tag $e (param i32 v128 anyref)) (tag $plain)
            (global $g (mut exnref) (ref.null exn)) (global $h (mut exnref) (ref.null exn)) (table $t 3 exnref)
            (type $holder (struct (field (mut exnref)) (field (ref null exn))))
            (global $o (mut (ref null $holder)) (ref.null $holder))
            """,
            """
            (global.set $g (block $c (result exnref) (try_table (catch_all_ref $c)
              (throw $e (i32.const -5) (v128.const i64x2 7 8) (struct.new $counter (i32.const 6)))) (unreachable)))
            (global.set $h (block $c (result exnref) (try_table (catch_all_ref $c) (throw $plain)) (unreachable)))
            (table.set $t (i32.const 1) (global.get $g))
            (global.set $o (struct.new $holder (global.get $h) (block $c (result exnref) (try_table (catch_all_ref $c) (throw $plain)) (unreachable))))
            """));
        Assert.NotNull(ModuleReader.Parse(output).StartFunc);
    }

    [Fact]
    public void Placeholders_AreMadeForEveryType()
    {
        // A cycle through each kind of field that may not be null; of $id there is no function, and $wide comes down to $leaf.
        byte[] output = SnapshotRound.Check(
            """
            (module
              (type $other (func (param f64) (result f32)))
              (rec (type $leaf (struct)) (type $wide (struct (field (ref $leaf)) (field (mut (ref $leaf))))))
              (type $all (sub (struct (field (mut (ref null $all))) (field (mut (ref any))) (field (mut (ref eq))) (field (mut (ref extern)))
                (field (mut (ref struct))) (field (mut (ref $wide))) (field (mut (ref array))) (field (mut (ref func))))))
              (type $arr (array (mut (ref $all))))
              (type $list (array (mut (ref $wide))))
              (func $f) (elem declare func $f)
              (global $g (mut (ref null $arr)) (ref.null $arr)) (global $h (mut anyref) (ref.null any))
              (func (export "again"))
              (func (export "wizer-initialize") (local $o (ref null $all)) (local $w (ref null $wide))
                (local.set $w (struct.new $wide (struct.new $leaf) (struct.new $leaf)))
                (local.set $o (struct.new $all (ref.null $all) (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)) (extern.convert_any (ref.i31 (i32.const 3)))
                  (struct.new $leaf) {w} (array.new_fixed $list 0) (ref.func $f)))
                (struct.set $all 0 {o} {o}) (struct.set $all 1 {o} {o})
                (struct.set $all 2 {o} {o}) (struct.set $all 3 {o} (extern.convert_any {o}))
                (struct.set $all 4 {o} {o})
                (global.set $g (array.new $arr {o} (i32.const 2)))
                (array.set $arr (global.get $g) (i32.const 1) (struct.new $all {o} {g} {o} (extern.convert_any {g}) {o} {w} {g} (ref.func $f)))
                (struct.set $all 6 {o} {g}) (struct.set $all 1 {o} (array.get $arr (global.get $g) (i32.const 1)))
                (global.set $h (local.get $w))))
            """
            .Replace("{o}", "(ref.as_non_null (local.get $o))", StringComparison.Ordinal)
            .Replace("{w}", "(ref.as_non_null (local.get $w))", StringComparison.Ordinal)
            .Replace("{g}", "(ref.as_non_null (global.get $g))", StringComparison.Ordinal));
        Assert.NotNull(ModuleReader.Parse(output).StartFunc);
    }

    [Fact]
    public void FuncTypesWithoutFunctions_GetOneThatIsNeverCalled()
    {
        // The function in the field is imported, with a type that says less.
        const string Types = "(rec (type $wide (sub (func))) (type $narrow (sub $wide (func))))";
        byte[] preload = Modules.Compile($"(module {Types} (func (export \"f\") (type $narrow)))");
        byte[] module = Modules.Compile($$"""
            (module {{Types}} (import "p" "f" (func $f (type $wide))) (type $o (struct (field (mut (ref $narrow)))))
              (global $g (mut (ref null $o)) (ref.null $o)) (elem declare func $f)
              (func (export "wizer-initialize") (global.set $g (struct.new $o (ref.cast (ref $narrow) (ref.func $f))))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        ModuleInfo output = ModuleReader.Parse(new PreInitializer().Run(module, environment));
        using var store = new Store();
        var linker = new Linker();
        linker.DefineInstance("p", linker.Instantiate(store, ModuleReader.Parse(preload)));
        Instance instance = linker.Instantiate(store, output);
        Assert.Contains("func 0", StateDump.Of(instance, ModuleReader.Parse(module)), StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorsOfObjects_SayTheWay()
    {
        var environment = new InitEnvironment
        {
            DefineImports = static (_, linker) => linker.DefineFunction(
                "host", "object", new FuncType([], [ValType.ExternRef]), static (_, slots) => slots[0] = ReferenceHandle.OfHost(7)),
        };
        byte[] module = Modules.Compile($"""
            (module {Types} (import "host" "object" (func $host (result externref))) (table $t 20 anyref)
              (func (export "wizer-initialize")
                (table.set $t (i32.const 17) (struct.new $pair (ref.i31 (i32.const 1))
                  (array.new_fixed $fixed 2 (ref.null any) (any.convert_extern (call $host)))))))
            """);
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));
        Assert.Equal("table 0, element 17, field 1, element 1: a snapshot cannot hold an object of the host", error.Message);
    }

    [Fact]
    public void ObjectsOfTypesThatAreNotDeclared_AreRefused()
    {
        byte[] preload = Modules.Compile("(module (type $s (struct (field i32))) (func (export \"f\") (result anyref) (struct.new $s (i32.const 1))))");
        byte[] module = Modules.Compile("""
            (module (import "p" "f" (func $f (result anyref))) (global $g (mut anyref) (ref.null any))
              (func (export "wizer-initialize") (global.set $g (call $f))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));
        Assert.Equal("global 0: a snapshot cannot hold an object of a type that the module does not declare", error.Message);
    }

    [Fact]
    public void WhatAPreloadedModuleDoesToAnObject_IsSeen()
    {
        const string Type = "(type $s (struct (field (mut i32))))";
        byte[] preload = Modules.Compile($"(module {Type} (func (export \"f\") (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 1))))");
        byte[] module = Modules.Compile($"""
            (module {Type} (import "p" "f" (func $f (param (ref $s)))) (global $s (ref $s) (struct.new $s (i32.const 0)))
              (func (export "wizer-initialize") (call $f (global.get $s))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        byte[] output = new PreInitializer().Run(module, environment);
        Assert.Equal("4101fb00000b", Convert.ToHexStringLower(ModuleReader.Parse(output).Globals[0].Init.Of(output)));
    }

    private static void AssertStart(bool hasStart, string instructions)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(Types + "(global $g (mut anyref) (ref.null any))", instructions));
        Assert.Equal(hasStart, ModuleReader.Parse(output).StartFunc is not null);
    }
}
