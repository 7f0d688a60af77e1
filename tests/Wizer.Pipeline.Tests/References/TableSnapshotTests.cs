using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Tables, reference globals and segments that a run has changed are in the new module; rules T, E and I3 of the design.</summary>
public class TableSnapshotTests
{
    private const string Funcs = """
        (type $id (func (result i32)))
        (func $a (type $id) (i32.const 1)) (func $b (type $id) (i32.const 2)) (func $c (param i32)) (elem declare func $a $b $c)
        """;

    [Theory]
    [InlineData("10 funcref", "", "(table.set (i32.const 3) (ref.func $a))", "10..: 0 @3 [0]")]
    [InlineData("10 20 funcref", "", "(drop (table.grow (ref.null func) (i32.const 4)))", "14..20:")]
    [InlineData("10 funcref", "", "(drop (table.grow (ref.func $b) (i32.const 3)))", "13..: 0 @10 [1 1 1]")]
    [InlineData("10 funcref", "(elem (i32.const 1) $a $b $c)", "(table.set (i32.const 2) (ref.null func))", "10..: 0 @1 [0] | 0 @3 [2]")]
    [InlineData("10 funcref", "(elem (i32.const 1) $a $b $c)", "(table.fill (i32.const 0) (ref.null func) (i32.const 10))", "10..:")]
    [InlineData("i64 5 funcref", "", "(table.set (i64.const 4) (ref.func $a))", "5..: 0 @4 [0]")]
    [InlineData("3 (ref null $id)", "", "(table.set (i32.const 1) (ref.func $a))", "3..: 6 @1 {null $0} 0")]
    [InlineData("3 i31ref", "", "(table.set (i32.const 1) (ref.i31 (i32.const -7)))", "3..: 6 @1 {i31} -7")]
    [InlineData("3 anyref", "", "(table.set (i32.const 1) (ref.i31 (i32.const 0x3fffffff)))", "3..: 6 @1 {any} 1073741823")]
    [InlineData("3 externref", "", "(table.set (i32.const 1) (extern.convert_any (ref.i31 (i32.const -1))))", "3..: 6 @1 {extern} extern(-1)")]
    [InlineData("9 externref", "", "(table.set (i32.const 1) (extern.convert_any (ref.i31 (i32.const 1)))) (table.set (i32.const 3) (extern.convert_any (ref.i31 (i32.const 2))))",
        "9..: 6 @1 {extern} extern(1) null extern(2)")]
    [InlineData("20 externref", "", "(table.set (i32.const 1) (extern.convert_any (ref.i31 (i32.const 1)))) (table.set (i32.const 9) (extern.convert_any (ref.i31 (i32.const 2))))",
        "20..: 6 @1 {extern} extern(1) | 6 @9 {extern} extern(2)")]
    [InlineData("4 (ref func) (ref.func $a)", "", "(table.set (i32.const 2) (ref.func $b))", "4..=0: 0 @2 [1]")]
    [InlineData("4 (ref func) (ref.func $a)", "", "(drop (table.grow (ref.func $b) (i32.const 1)))", "5..=0: 0 @4 [1]")]
    [InlineData("4 funcref (ref.func $a)", "", "(table.set (i32.const 2) (ref.null func))", "4..=0: 4 @2 {null func} null")]
    [InlineData("4 funcref (ref.func $a)", "", "(table.set (i32.const 2) (ref.null func)) (table.set (i32.const 1) (ref.func $b))", "4..=0: 4 @1 {null func} 1 null")]
    [InlineData("4 (ref i31) (ref.i31 (i32.const 5))", "", "(table.set (i32.const 0) (ref.i31 (i32.const 6)))", "4..=5: 6 @0 {i31} 6")]
    public void ChangedTable_StartsWithWhatItHolds(string type, string segments, string instructions, string expected)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module($"(table {type}) {segments} {Funcs}", instructions));
        Assert.Equal(expected, Describe(output, 0));
        Assert.Null(ModuleReader.Parse(output).StartFunc);
    }

    [Fact]
    public void OtherTables_HaveTheirOwnForms()
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            $"(table 2 funcref) (table $u 6 funcref) (elem (table $u) (i32.const 0) func $a) (elem (table 0) (i32.const 1) func $b) {Funcs}",
            "(table.set $u (i32.const 4) (ref.func $b))"));

        // The first stays as it is, its segment included.
        Assert.Equal("2..: 0 @1 [1]", Describe(output, 0));
        Assert.Equal("6..: 2 @0 [0] | 2 @4 [1]", Describe(output, 1));
    }

    [Fact]
    public void UnchangedTable_KeepsItsEntryAndItsSegments()
    {
        // A size that takes more bytes than it needs shows that nothing is written anew.
        const string Fields = "(table $t 3 funcref) (table $u 3 funcref) (elem (table $t) (i32.const 0) funcref (ref.func $a)) " + Funcs;
        byte[] module = Modules.Compile(SnapshotRound.Module(Fields, "(table.set $u (i32.const 1) (ref.func $b))"));
        ModuleInfo input = ModuleReader.Parse(module);
        byte[] output = SnapshotRound.Check(module);
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(
            module[input.ElementSegments[0].Offset..input.ElementSegments[0].Items.End],
            output[info.ElementSegments[0].Offset..info.ElementSegments[0].Items.End]);
    }

    [Theory]
    [InlineData("(mut funcref) (ref.null func)", "(ref.func $a)")]
    [InlineData("(mut funcref) (ref.func $a)", "(ref.null func)")]
    [InlineData("(mut (ref func)) (ref.func $a)", "(ref.func $b)")]
    [InlineData("(mut (ref null $id)) (ref.func $a)", "(ref.null nofunc)")]
    [InlineData("(mut nullfuncref) (ref.null nofunc)", "(ref.null nofunc)")]
    [InlineData("(mut externref) (ref.null extern)", "(extern.convert_any (ref.i31 (i32.const 1)))")]
    [InlineData("(mut (ref extern)) (extern.convert_any (ref.i31 (i32.const 3)))", "(extern.convert_any (ref.i31 (i32.const -1)))")]
    [InlineData("(mut i31ref) (ref.i31 (i32.const 1))", "(ref.i31 (i32.const -0x40000000))")]
    [InlineData("(mut (ref i31)) (ref.i31 (i32.const 1))", "(ref.i31 (i32.const 0x3fffffff))")]
    [InlineData("(mut anyref) (ref.null any)", "(ref.i31 (i32.const 64))")]
    [InlineData("(mut eqref) (ref.i31 (i32.const 7))", "(ref.null eq)")]
    [InlineData("(mut anyref) (ref.null any)", "(any.convert_extern (extern.convert_any (ref.i31 (i32.const 12))))")]
    public void ChangedGlobal_StartsWithWhatItHolds(string global, string value)
    {
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            $"{Funcs} (global $n (mut i32) (i32.const 1)) (global $g {global}) (global $k i32 (i32.const 2))",
            $"(global.set $n (i32.const 9)) (global.set $g {value})"));
        Assert.Equal(3, ModuleReader.Parse(output).Globals.Length);
    }

    [Theory]
    [InlineData("(elem (i32.const 0) $a)", "", "0 @1 [1]")]
    [InlineData("(elem (i32.const 0) $a)", "(elem.drop 0)", "1 [] | 0 @1 [1]")]
    [InlineData("(elem func $a)", "", "0 @1 [1]")]
    [InlineData("(elem func $a)", "(table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))", "1 [0] | 0 @1 [1]")]
    [InlineData("(elem func $a) (elem func $a)", "(table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))", "1 [0] | 0 @1 [1]")]
    [InlineData("(elem func $a) (elem func $a)", "(table.init 1 (i32.const 0) (i32.const 0) (i32.const 0))", "1 [0] | 1 [0] | 0 @1 [1]")]
    [InlineData("(elem (i32.const 0) $a) (elem func $a)", "(table.init 1 (i32.const 0) (i32.const 0) (i32.const 0))", "1 [] | 1 [0] | 0 @1 [1]")]
    [InlineData("(elem (table 0) (offset (i32.const 0)) funcref (ref.func $a)) (elem func $a)", "(elem.drop 1)", "5 [] | 1 [] | 0 @1 [1]")]
    [InlineData("(elem (table $t) (offset (i32.const 0)) func $a) (elem func $a)", "(elem.drop 1)", "1 [] | 1 [] | 0 @1 [1]")]
    [InlineData("(elem $w (table $typed) (offset (i32.const 0)) (ref null $id) (ref.func $a)) (elem func $a)",
        "(elem.drop 1) (table.set $typed (i32.const 1) (ref.func $b))", "5 {null $0} [] | 1 [] | 0 @1 [1] | 6 @0 {null $0} 0 1")]
    public void OldSegments_AreKept_AsFarAsCodeNamesThem(string segments, string instructions, string expected)
    {
        string wat = $"""
            (module (type $id (func (result i32))) (table $t 4 funcref) (table $typed 3 (ref null $id))
              {segments} (elem declare func $a $b)
              (func $a (type $id) (i32.const 1)) (func $b (type $id) (i32.const 2))
              (func (export "wizer-initialize") {instructions} (table.set $t (i32.const 0) (ref.null func)) (table.set $t (i32.const 1) (ref.func $b)))
              (func (export "again")))
            """;
        string[] all = [.. DescribeAll(SnapshotRound.Check(wat)).Where(static text => !text.StartsWith('3'))];
        Assert.Equal(expected, string.Join(" | ", all));
    }

    [Fact]
    public void NamesOfSegments_Follow()
    {
        byte[] module = Wizer.TestSupport.Wat.Compile(
            """
            (module (table $t 4 funcref) (func $f)
              (elem $one (i32.const 0) func $f) (elem $two func $f) (elem $three declare func $f) (elem $four (i32.const 2) func $f)
              (func (export "wizer-initialize") (elem.drop $one) (table.set (i32.const 1) (ref.func $f)))
              (func (export "again")))
            """,
            names: true);
        byte[] output = SnapshotRound.Check(module);
        Assert.Equal("1 [] | 3 [0] | 0 @0 [0 0 0]", string.Join(" | ", DescribeAll(output)));
        Assert.Equal("08 0d 02 00 03 6f6e65 01 05 7468726565".Replace(" ", "", StringComparison.Ordinal), NamesOf(output, 8));
    }

    [Fact]
    public void BeyondTenThousandRuns_GapsAreClosed()
    {
        // Every other element, and then some farther apart.
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            "(table 50000 funcref) (func $f) (elem declare func $f)",
            """
            (local $i i32)
            (loop $more
              (table.set (local.get $i) (ref.func $f))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.const 20000))))
            (loop $more
              (table.set (local.get $i) (ref.func $f))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 10))) (i32.const 40000))))
            """));

        // 12,000 runs are 2,000 too many; of gaps of the same width, the first are closed.
        Assert.Equal(10_000 + 1, ModuleReader.Parse(output).ElementSegments.Length);
        byte[] fewer = SnapshotRound.Check(SnapshotRound.Module(
            "(table 50000 funcref) (func $f) (elem declare func $f)",
            """
            (local $i i32)
            (loop $more
              (table.set (local.get $i) (ref.func $f))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.const 20000))))
            """));
        Assert.Equal(10_000 + 1, ModuleReader.Parse(fewer).ElementSegments.Length);
    }

    [Fact]
    public void FuncsThatOnlyTheOldStateMentioned_AreDeclared()
    {
        // Each is in an initializer or a segment that is written anew without it; code names all of them.
        byte[] output = SnapshotRound.Check(SnapshotRound.Module(
            """
            (func $a) (func $b) (func $c) (func $d)
            (global $g (mut funcref) (ref.func $a)) (table $t 2 funcref (ref.func $b)) (elem (table $t) (i32.const 0) func $c)
            (func (drop (ref.func $a)) (drop (ref.func $b)) (drop (ref.func $c)) (drop (ref.func $d))) (elem declare func $d)
            """,
            "(global.set $g (ref.null func)) (table.set $t (i32.const 0) (ref.null func))"));
        Assert.Equal("3 [3] | 4 @0 {null func} null | 3 [0 2]", string.Join(" | ", DescribeAll(output)));
    }

    [Theory]
    [InlineData("(table.set $u (i32.const 1) (call $host))", "table 1, element 1: a snapshot cannot hold an object of the host")]
    [InlineData("(global.set $e (call $host))", "global 0: a snapshot cannot hold an object of the host")]
    [InlineData("(global.set $x (any.convert_extern (call $host)))", "global 1: a snapshot cannot hold an object of the host")]
    [InlineData("(drop (table.grow $u (call $host) (i32.const 70000)))", "table 1, element 2: a snapshot cannot hold an object of the host")]
    public void Error_NamesThePlaceAndTheReason(string instructions, string message) => AssertUnsupported(
        $"""
        (import "host" "object" (func $host (result externref)))
        (table 20 funcref) (table $u 2 externref) (global $e (mut externref) (ref.null extern)) (global $x (mut anyref) (ref.null any))
        (func (export "wizer-initialize") {instructions})
        """,
        message);

    [Fact]
    public void Error_NamesTheGlobal()
    {
        byte[] module = Wizer.TestSupport.Wat.Compile(
            """
            (module (import "host" "object" (func $host (result externref))) (global i32 (i32.const 0))
              (global $root (mut externref) (ref.null extern))
              (func (export "wizer-initialize") (global.set $root (call $host))))
            """,
            names: true);
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, Host));
        Assert.Equal("global 1 (`root`): a snapshot cannot hold an object of the host", error.Message);
    }

    [Fact]
    public void FuncsOfOtherInstances_AreRefused()
    {
        byte[] preload = Modules.Compile("(module (func $f) (func (export \"get\") (result funcref) (ref.func $f)) (elem declare func $f))");
        byte[] module = Modules.Compile("""
            (module (import "p" "get" (func $get (result funcref))) (table 3 funcref)
              (func (export "wizer-initialize") (table.set (i32.const 2) (call $get))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));
        Assert.Equal("table 0, element 2: a snapshot cannot hold a function that the module neither defines nor imports", error.Message);
    }

    [Fact]
    public void ImportedFuncs_KeepTheirIndex()
    {
        byte[] output = SnapshotRound.Check(
            SnapshotRound.Module(
                "(import \"host\" \"object\" (func $host (result externref))) (table 3 funcref) (elem declare func $host)",
                "(table.set (i32.const 1) (ref.func $host))"),
            Host);
        Assert.Equal("3..: 0 @1 [0]", Describe(output, 0));
    }

    [Fact]
    public void ImportOfAWiderType_IsCastWhereItsPlaceAsksForMore()
    {
        // The function is of a subtype of what the import says, and the table holds that only: no constant expression knows.
        const string Types = "(type $wide (sub (func))) (type $narrow (sub $wide (func)))";
        byte[] preload = Modules.Compile($"(module {Types} (func (export \"f\") (type $narrow)))");
        byte[] module = Modules.Compile($"""
            (module {Types} (import "p" "f" (func $f (type $wide))) (table $t 1 (ref null $narrow)) (table $w 1 funcref) (elem declare func $f)
              (func (export "wizer-initialize") (table.set $t (i32.const 0) (ref.cast (ref $narrow) (ref.func $f)))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        ModuleInfo output = ModuleReader.Parse(new PreInitializer().Run(module, environment));
        using var store = new Store();
        var linker = new Linker();
        linker.DefineInstance("p", linker.Instantiate(store, ModuleReader.Parse(preload)));
        Instance instance = linker.Instantiate(store, output);
        Assert.Equal(instance.FunctionAt(0).Handle, instance.TableAt(0)[0]);
    }

    [Fact]
    public void Run_KnowsWhichImportIsMeant()
    {
        // Both are one function here, and may be two where the new module runs.
        byte[] preload = Modules.Compile("(module (func $f (export \"a\") (export \"b\")))");
        byte[] module = Modules.Compile("""
            (module (import "p" "a" (func $a)) (import "p" "b" (func $b)) (table 1 funcref) (elem (i32.const 0) $a)
              (elem declare func $b) (func (export "wizer-initialize") (table.set (i32.const 0) (ref.func $b))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        byte[] output = new PreInitializer().Run(module, environment);
        Assert.Equal("1..: 0 @0 [1]", Describe(output, 0));
    }

    [Fact]
    public void OneFunctionUnderTwoNames_IsCalledByEither()
    {
        byte[] preload = Modules.Compile("""
            (module (func (export "a") (export "b") (param i32 v128 i64) (result i64 i32)
              (i64.add (local.get 2) (i64x2.extract_lane 1 (local.get 1))) (local.get 0)))
            """);
        byte[] module = Modules.Compile("""
            (module (import "p" "a" (func $a (param i32 v128 i64) (result i64 i32))) (import "p" "b" (func $b (param i32 v128 i64) (result i64 i32)))
              (global $g (mut i64) (i64.const 0)) (global $h (mut i32) (i32.const 0))
              (func (export "wizer-initialize")
                (global.set $h (call $b (i32.const 7) (v128.const i64x2 1 2) (i64.const 40))) (global.set $g)))
            """);
        byte[] output = new PreInitializer().Run(module, new InitEnvironment { Preloads = [new PreloadModule("p", preload)] });
        string text = Modules.Print(output);
        Assert.Contains("i64.const 42", text);
        Assert.Contains("i32.const 7", text);
    }

    [Theory]
    [InlineData(TableFill.MinCount - 1, false)]
    [InlineData(TableFill.MinCount, true)]
    public void LongRunOfOneReference_IsFilledByCode(int count, bool isFilled)
    {
        foreach ((string address, string type, string value) in ((string, string, string)[])
            [("i32", "funcref", "(ref.func $b)"), ("i32", "i31ref", "(ref.i31 (i32.const -3))"),
                ("i64", "externref", "(extern.convert_any (ref.i31 (i32.const 1)))")])
        {
            byte[] output = SnapshotRound.Check(SnapshotRound.Module(
                $"(table $t {address} 3 {type}) {Funcs}", $"(drop (table.grow $t {value} ({address}.const {count})))"));
            ModuleInfo info = ModuleReader.Parse(output);
            Assert.Equal(isFilled, info.StartFunc is not null);
            Assert.Equal(isFilled, info.Bytes.Length < 1000);
        }
    }

    [Fact]
    public void StartFunction_IsNoLargerThanEnginesAccept()
    {
        Throw.IfFunctionTooLarge(7_654_321);
        WizerException error = Assert.Throws<WizerException>(() => Throw.IfFunctionTooLarge(7_654_322));
        Assert.Equal(
            (WizerError.SnapshotTooLarge, "the new module needs a start function of 7654322 bytes, but engines accept no more than 7654321"),
            (error.Error, error.Message));
    }

    [Fact]
    public void PlaceThatIsFarInside_IsShortened()
    {
        Place place = Place.Table(0, 17);
        for (int i = 0; i < 18; i++)
        {
            place = new Place(place, "field", (ulong)i);
        }

        Assert.Equal(19, place.ToString().Split(", ").Length - 1);
        Assert.DoesNotContain("more", place.ToString());
        Assert.Equal(
            "table 0, element 17, field 0, field 1, 1 more, field 3, field 4, field 5, field 6, field 7, field 8, field 9, field 10, field 11,"
            + " field 12, field 13, field 14, field 15, field 16, field 17, field 18",
            new Place(place, "field", 18).ToString());
        for (int i = 0; i < 1_000_000; i++)
        {
            place = new Place(place, "field", 1);
        }

        Assert.StartsWith("table 0, element 17, field 0, field 1, 1000000 more, field 1, ", place.ToString());
    }

    [Fact]
    public void AmbiguousImports_DoNoHarm_WhereNothingIsWrittenAnew()
    {
        byte[] preload = Modules.Compile("(module (func $f (export \"a\") (export \"b\")))");
        byte[] module = Modules.Compile("""
            (module (import "p" "a" (func $a)) (import "p" "b" (func $b)) (global funcref (ref.func $a)) (global $g (mut i31ref) (ref.null i31))
              (elem $e funcref (ref.func $b)) (table 1 funcref) (func (table.init 0 $e (i32.const 0) (i32.const 0) (i32.const 0)))
              (func (export "wizer-initialize") (global.set $g (ref.i31 (i32.const 1)))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        ModuleInfo output = ModuleReader.Parse(new PreInitializer().Run(module, environment));
        Assert.Equal("5 {null func} 1", string.Join(" | ", DescribeAll(output.Bytes.ToArray())));
    }

    [Fact]
    public void StartFunction_IsPartOfTheInitialization()
    {
        byte[] output = SnapshotRound.Check(
            "(module (table 2 funcref) (func $f (table.set (i32.const 0) (ref.func $f))) (elem declare func $f) (start $f)"
            + "(func (export \"wizer-initialize\") (table.set (i32.const 1) (table.get (i32.const 0)))) (func (export \"again\")))");
        Assert.Equal("2..: 0 @0 [0 0]", Describe(output, 0));
    }

    [Fact]
    public void WhatComesOut_CanGoOn() => SnapshotRound.Check(
        $"""
        (module {Funcs} (table $t 4 funcref) (global $g (mut funcref) (ref.null func)) (elem $e func $a $b $c)
          (func (export "wizer-initialize") (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 2)) (global.set $g (ref.func $c)))
          (func (export "again"))
          (func (export "more") (elem.drop $e) (drop (table.grow $t (global.get $g) (i32.const 2))) (global.set $g (table.get $t (i32.const 1)))))
        """);

    private static InitEnvironment Host { get; } = new()
    {
        DefineImports = static (_, linker) => linker.DefineFunction(
            "host", "object", new FuncType([], [ValType.ExternRef]), static (_, slots) => slots[0] = ReferenceHandle.OfHost(7)),
    };

    private static void AssertUnsupported(string fields, string message)
    {
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile($"(module {fields})"), Host));
        Assert.Equal(message, error.Message);
        Assert.Equal(WizerError.UnsupportedModule, error.Error);
    }

    // The size of a table, its initializer, and its segments.
    private static string Describe(byte[] module, int table)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        TableInfo entry = info.Tables[table];
        string init = entry.Init.Length == 0 ? "" : "=" + Expression(info, entry.Init);
        IEnumerable<string> segments = info.ElementSegments
            .Where(segment => segment.Mode == SegmentMode.Active && segment.TableIndex == table)
            .Select(segment => Describe(info, segment));
        return $"{entry.Type.Limits.Minimum}..{entry.Type.Limits.Maximum}{init}: {string.Join(" | ", segments)}".TrimEnd();
    }

    private static IEnumerable<string> DescribeAll(byte[] module)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        return info.ElementSegments.Select(segment => Describe(info, segment));
    }

    private static string Describe(ModuleInfo info, ElementSegmentInfo segment)
    {
        byte[] bytes = info.Bytes.ToArray();
        string form = $"{bytes[segment.Offset]}"
            + (segment.Mode == SegmentMode.Active ? $" @{Expression(info, segment.OffsetExpr)}" : "");
        var items = new List<string>();
        var reader = new WasmReader(segment.Items.Of(bytes), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++)
        {
            items.Add(segment.HasExpressions ? Expression(ref reader) : $"{reader.ReadU32()}");
        }

        string type = segment.HasExpressions && !(segment.Count == 0 && segment.Type == ValType.FuncRef)
            ? $" {{{Name(segment.Type)}}}"
            : "";
        return !segment.HasExpressions || segment.Count == 0
            ? $"{form}{type} [{string.Join(' ', items)}]"
            : $"{form}{type} {string.Join(' ', items)}";
    }

    private static string Name(ValType type) => type.HeapType == HeapType.Func || type.HeapType.IsConcrete
        ? $"null {(type.HeapType.IsConcrete ? "$" : "")}{type.HeapType}"
        : $"{type.HeapType}";

    private static string Expression(ModuleInfo info, ByteRange range)
    {
        var reader = new WasmReader(range.Of(info.Bytes.Span), range.Offset);
        return Expression(ref reader);
    }

    private static string Expression(ref WasmReader reader)
    {
        string text = "";
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            switch (instruction.Opcode)
            {
                case Opcode.End:
                    return text;
                case Opcode.RefNull:
                    text = "null";
                    break;
                case Opcode.ExternConvertAny:
                    text = $"extern({text})";
                    break;
                case Opcode.I32Const:
                    text = $"{instruction.I32}";
                    break;
                case Opcode.I64Const:
                    text = $"{instruction.I64}";
                    break;
                case Opcode.RefI31:
                    break;
                default:
                    text = $"{instruction.Index}";
                    break;
            }
        }
    }

    // A subsection of the names, with its header.
    private static string NamesOf(byte[] module, byte id)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        ByteRange range = info.NameSection;
        var reader = new WasmReader(range.Of(module), range.Offset);
        while (!reader.IsAtEnd)
        {
            int start = (int)reader.Offset;
            byte found = reader.ReadByte();
            ByteRange names = reader.ReadByteVector();
            if (found == id)
            {
                return Convert.ToHexStringLower(module[start..names.End]);
            }
        }

        return "";
    }
}
