using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>How many data segments a module may have: those that stay and those that are new, together.</summary>
public class SegmentCountTests
{
    private const int Stride = 64;

    public static TheoryData<ModuleLayout> Layouts => new(Enum.GetValues<ModuleLayout>());

    [Theory]
    [MemberData(nameof(Layouts))]
    public void SegmentsThatStay_Count(ModuleLayout layout)
    {
        byte[] module = Module(namedCount: 95_000, byteCount: 12_000);
        byte[] output = new PreInitializer(new WizerOptions { Layout = layout }).Run(module);
        AssertStarts(output, segmentCount: 100_000, byteCount: 12_000);

        // And again: there are no more old ones than before, in the compact layout.
        if (layout == ModuleLayout.Compact)
        {
            AssertStarts(new PreInitializer(new WizerOptions { InitFunc = "again" }).Run(output), segmentCount: 100_000, byteCount: 12_000);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void TooManySegments_AreAnError(ModuleLayout layout)
    {
        var options = new WizerOptions { Layout = layout };
        Assert.Equal(
            "the new module keeps 100000 data segments and needs at least 1 more, but no more than 100000 are allowed",
            Fails(Module(namedCount: 100_000, byteCount: 1), options));
        Assert.Equal(
            "the new module keeps 99999 data segments and needs at least 2 more, but no more than 100000 are allowed",
            Fails(Module(namedCount: 99_999, byteCount: 1, more: "(memory $other 1) (func $s (i32.store8 $other (i32.const 0) (i32.const 1))) (start $s)"), options));
        AssertStarts(new PreInitializer(options).Run(Module(namedCount: 99_999, byteCount: 9)), segmentCount: 100_000, byteCount: 9);
        AssertStarts(new PreInitializer(options).Run(Module(namedCount: 100_000, byteCount: 0)), segmentCount: 100_000, byteCount: 0);
    }

    [Theory]
    [InlineData(0, 100, 100, 100)]
    [InlineData(0, 100, 99, 99)]
    [InlineData(0, 100, 1, 1)]
    [InlineData(0, 13_000, 12_500, 12_500)]
    [InlineData(3, 100, 4, 4)]
    [InlineData(3, 100, 50, 50)]
    [InlineData(3, 0, 3, 3)]
    [InlineData(3, 5, 1_000_000, 8)]
    public void Option_LimitsTheSegments(int namedCount, int byteCount, int maxCount, int expectedCount)
    {
        byte[] module = Module(namedCount, byteCount);
        foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
        {
            var options = new WizerOptions { Layout = layout, MaxSegmentCount = maxCount };
            int expected = layout == ModuleLayout.Compatible ? Math.Min(expectedCount, 10_000) : expectedCount;
            byte[] output = new PreInitializer(options).Run(module);
            AssertStarts(output, expected, byteCount);
            var wizer = new PreInitializer(options);
            byte[] instrumented = wizer.Instrument(module, out ModuleContext context);
            Assert.Equal(output, wizer.Snapshot(context, ForeignRuntime.Initialize(instrumented, options.InitFunc)));
        }
    }

    [Theory]
    [InlineData(3, 1, 3)]
    [InlineData(3, 0, 2)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 1, -5)]
    public void Option_ThatCannotBeMet_IsAnError(int namedCount, int byteCount, int maxCount)
    {
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $"the new module keeps {namedCount} data segments and needs at least {byteCount} more, but no more than {maxCount} are allowed");
        Assert.Equal(message, Fails(Module(namedCount, byteCount), new WizerOptions { MaxSegmentCount = maxCount }));
    }

    [Fact]
    public void TooManyElementSegments_AreAnError()
    {
        // The segment that would declare the function is one too many.
        string segments = string.Concat(Enumerable.Repeat("(elem func)", 100_000));
        byte[] module = Modules.Compile(
            $"(module {segments} (func $i (export \"wizer-initialize\")) (func (drop (ref.func $i))))");
        Assert.Equal(
            "the new module needs 100001 element segments, but no more than 100000 are allowed", Fails(module, WizerOptions.Default));
    }

    [Fact]
    public void Report_SaysHowManyStay()
    {
        SnapshotReport report = new PreInitializer().Run(Module(namedCount: 3, byteCount: 2), new System.Buffers.ArrayBufferWriter<byte>()).Snapshot;
        Assert.Equal((3, 2), (report.KeptSegmentCount, report.SegmentCount));
    }

    private static string Fails(byte[] module, WizerOptions options)
    {
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer(options).Run(module));
        Assert.Equal(WizerError.SnapshotTooLarge, error.Error);
        return error.Message;
    }

    /// <summary>Empty passive segments, the last of which code names, and bytes with large gaps between them.</summary>
    private static byte[] Module(int namedCount, int byteCount, string more = "")
    {
        string segments = string.Concat(Enumerable.Repeat("(data \"\")", namedCount));
        string use = namedCount == 0 ? "" : $"(memory.init {namedCount - 1} (i32.const 0) (i32.const 0) (i32.const 0))";
        return Modules.Compile($"""
            (module (memory 20) {segments} {more} (func (export "again") {use})
              (func (export "wizer-initialize") (local $at i32)
                (block $done
                  (loop $more
                    (br_if $done (i32.ge_u (local.get $at) (i32.const {byteCount * Stride})))
                    (i32.store8 (local.get $at) (i32.const 1))
                    (local.set $at (i32.add (local.get $at) (i32.const {Stride})))
                    (br $more)))))
            """);
    }

    private static void AssertStarts(byte[] module, int segmentCount, int byteCount)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        ModuleValidator.Validate(info);
        Assert.Equal(segmentCount, info.DataSegments.Length);
        using var store = new Store();
        LinearMemory memory = new Linker().Instantiate(store, info).MemoryAt(0);
        Assert.True(memory.TryGetSpan(0, (int)memory.ByteLength, out Span<byte> bytes));
        Assert.Equal(byteCount, bytes.Count((byte)1));
        Assert.Equal(bytes.Length - byteCount, bytes.Count((byte)0));
        for (int i = 0; i < byteCount; i++)
        {
            Assert.Equal(1, bytes[i * Stride]);
        }
    }
}
