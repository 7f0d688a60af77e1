using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a report says beyond the counts that every run knows.</summary>
public class ReportTests
{
    private static readonly WizerOptions s_detailed = new() { DetailedReport = true };
    private static readonly MemoryMap s_noMap = new() { CellByteLength = 0, Runs = [], Contents = [] };

    [Fact]
    public void Details_AreNotLookedFor_UnlessAskedFor() =>
        Assert.Null(Run("(memory 1)", "", WizerOptions.Default).Snapshot.Details);

    [Fact]
    public void Details_CountPagesAndBytesOfEachMemory()
    {
        SnapshotDetails details = Run(
            "(memory 1 3) (memory i64 2) (data (i32.const 5) \"\\00a\\00b\")",
            "(drop (memory.grow 0 (i32.const 1))) (i64.store 1 (i64.const 70000) (i64.const 0x0100_ff00_0000_0001))").Snapshot.Details!;
        Assert.Equal(
            [
                new MemoryReport
                {
                    Index = 0, PageByteLength = 65536, InitialPageCount = 1, PageCount = 2,
                    NonZeroByteLength = 2, SegmentCount = 1, SegmentByteLength = 3, Map = s_noMap,
                },
                new MemoryReport
                {
                    Index = 1, PageByteLength = 65536, InitialPageCount = 2, PageCount = 2,
                    NonZeroByteLength = 3, SegmentCount = 1, SegmentByteLength = 8, Map = s_noMap,
                },
            ],
            details.Memories.Select(memory => memory with { Map = s_noMap }));
        Assert.Equal([new SegmentReport(0, 6, 3), new SegmentReport(1, 70000, 8)], details.Segments);
    }

    [Fact]
    public void Details_NameTheGlobalsWhoseValueIsAnother()
    {
        SnapshotDetails details = Run(
            """
            (global $base i32 (i32.const 100))
            (global $same (mut i64) (i64.const 7))
            (global $sum (mut i32) (i32.add (global.get $base) (i32.const 1)))
            (global $back (mut f32) (f32.const 1.5))
            (global $vector (mut v128) (v128.const i32x4 1 2 3 4))
            """,
            """
            (global.set $same (i64.const 7))
            (global.set $sum (i32.const 5))
            (global.set $back (f32.const 2)) (global.set $back (f32.const 1.5))
            (global.set $vector (v128.const i64x2 0 0))
            """).Snapshot.Details!;
        Assert.Equal(
            [
                new GlobalReport(2, GlobalValue.I32(101), GlobalValue.I32(5)),
                new GlobalReport(4, GlobalValue.V128(0x2_0000_0001, 0x4_0000_0003), GlobalValue.V128(0, 0)),
            ],
            details.ChangedGlobals);
    }

    [Theory]
    [InlineData("(i32.sub (i32.const 3) (i32.const 4))", "i32", "i32.const -1")]
    [InlineData("(i64.mul (i64.const 3) (i64.add (i64.const 4) (i64.const 5)))", "i64", "i64.const 27")]
    [InlineData("(f64.const -0.5)", "f64", "f64.const -0.5")]
    [InlineData("(f64.const 0x1p-25)", "f64", "f64.const 2.9802322387695312E-08")]
    [InlineData("(f64.const -inf)", "f64", "f64.const -inf")]
    [InlineData("(f32.const nan:0x200000)", "f32", "f32.const nan:0x200000")]
    [InlineData("(f32.const -nan)", "f32", "f32.const -nan")]
    public void Details_ComputeInitializers(string initializer, string type, string value)
    {
        SnapshotDetails details = Run($"(global (mut {type}) {initializer})", $"(global.set 0 ({type}.const 8))").Snapshot.Details!;
        Assert.Equal(value, Assert.Single(details.ChangedGlobals).Before.ToString());
    }

    [Fact]
    public void NonZeroBytes_AreCountedAtEveryLength()
    {
        var random = new Random(1);
        for (int length = 0; length < 100; length++)
        {
            var bytes = new byte[length];
            for (int i = 0; i < length; i++)
            {
                bytes[i] = random.Next(3) switch { 0 => 0, 1 => 0x80, _ => (byte)random.Next(256) };
            }

            Assert.Equal(bytes.Count(value => value != 0), NonZeroBytes.Count(bytes));
        }
    }

    [Fact]
    public void Progress_IsToldOfEveryPhaseInOrder()
    {
        var phases = new List<RunPhase>();
        Run("", "", new WizerOptions { Progress = new Recorder(phases) });
        Assert.Equal(Enum.GetValues<RunPhase>(), phases);
    }

    [Fact]
    public void References_AreCounted()
    {
        ReferenceReport report = Run(
            """
            (type $a (struct (field (mut i32)))) (type $b (array i8)) (type $a2 (struct (field (mut i32))))
            (tag $t) (memory 1) (data $d "abc") (data $e "def") (elem $s func) (elem $p func $f) (func $f)
            (table $one 4 funcref) (table $two 4 funcref)
            (global $g (mut anyref) (ref.null any)) (global $h (mut anyref) (ref.null any)) (global $x (mut exnref) (ref.null exn))
            """,
            """
            (global.set $g (struct.new $a (i32.const 1))) (global.set $h (global.get $g))
            (global.set $x (block $c (result exnref) (try_table (catch_all_ref $c) (throw $t)) (unreachable)))
            (table.set $two (i32.const 0) (ref.func $f)) (table.set $two (i32.const 3) (ref.func $f))
            (data.drop $d) (elem.drop $p) (elem.drop $s)
            (if (ref.is_null (global.get $g)) (then (drop (array.new_default $b (i32.const 1)))))
            (global.set $h (array.new $b (i32.const 1) (i32.const 2)))
            """).Snapshot.References!;
        Assert.Equal(1, report.TableCount);
        Assert.Equal(2, report.ElementCount);
        Assert.Equal(3, report.GlobalCount);
        Assert.Equal([new ObjectReport(0, 1), new ObjectReport(1, 1)], report.Objects);
        Assert.Equal(1, report.ExceptionCount);
        Assert.Equal(1, report.DroppedDataSegmentCount);
        Assert.Equal(1, report.DroppedElementSegmentCount);
        Assert.InRange(report.RestoreByteLength, 10, 40);
        Assert.Null(Run("(table 1 funcref) (func $f) (elem declare func $f)", "(table.set (i32.const 0) (ref.null func))").Snapshot.References);
    }

    [Fact]
    public void Times_AreKnownForEveryPhase()
    {
        RunReport report = Run("(memory 1)", "(i32.store8 (i32.const 0) (i32.const 1))");
        TimeSpan[] times =
        [
            report.ValidationTime, report.InstantiationTime, report.InitializationTime,
            report.SnapshotTime, report.RewriteTime, report.WriteTime,
        ];
        Assert.All(times, time => Assert.InRange(time, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1)));
    }

    private static RunReport Run(string fields, string init, WizerOptions? options = null) => new PreInitializer(options ?? s_detailed).Run(
        Modules.Compile($"(module {fields} (func (export \"wizer-initialize\") {init}))"), new StreamSink(new MemoryStream()));

    private sealed class Recorder(List<RunPhase> phases) : IProgress<RunPhase>
    {
        public void Report(RunPhase value) => phases.Add(value);
    }
}
