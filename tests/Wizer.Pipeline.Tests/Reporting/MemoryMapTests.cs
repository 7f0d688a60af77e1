using System.Globalization;
using System.Text;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Maps of memories in reports: what they count, against memories that are filled byte by byte, and how large they get.</summary>
public class MemoryMapTests
{
    [Fact]
    public void Map_TellsWhatChangedFromWhatTheInputHas()
    {
        MemoryMap map = Map(
            "(memory 1) (data (i32.const 4094) \"abcd\") (data (i32.const 20000) \"xyz\")",
            "(i32.store8 (i32.const 4095) (i32.const 1)) (i32.store16 (i32.const 20001) (i32.const 0)) (i32.store8 (i32.const 9000) (i32.const 7))");
        Assert.Equal(4096, map.CellByteLength);
        Assert.Equal(
            [
                new MemoryCells(1, 1, 1), new MemoryCells(1, 2, 0), new MemoryCells(1, 0, 1), new MemoryCells(1, 0, 0),
                new MemoryCells(1, 1, 2), new MemoryCells(11, 0, 0),
            ],
            map.Runs);
        Assert.Equal([4094ul, 4096, 9000, 20000], map.Contents.Select(contents => contents.Address));
        Assert.Equal("a\u0001", Encoding.UTF8.GetString(map.Contents[0].Bytes.Span));
    }

    [Fact]
    public void Map_AppliesSegmentsInTheirOrder() => Assert.Equal(
        [new MemoryCells(1, 4, 0), new MemoryCells(15, 0, 0)],
        Map("(memory 1) (data (i32.const 0) \"abcd\") (data (i32.const 1) \"xy\") (global $g i32 (i32.const 2)) (data (global.get $g) \"Y\")", "")
            .Runs);

    [Fact]
    public void Map_OfALargeMemory_IsAsSmall()
    {
        MemoryMap map = Map(
            "(memory i64 65536)", "(i64.store8 (i64.const 0xffffffff) (i64.const 1)) (i64.store8 (i64.const 5000) (i64.const 1))");
        Assert.Equal(1 << 20, map.CellByteLength);
        Assert.Equal([new MemoryCells(1, 0, 1), new MemoryCells(4094, 0, 0), new MemoryCells(1, 0, 1)], map.Runs);
    }

    [Fact]
    public void Contents_AreBounded()
    {
        MemoryMap map = Map("(memory 512)", "(memory.fill (i32.const 0) (i32.const 65) (i32.const 33554432))");
        Assert.Equal(8192, map.CellByteLength);
        Assert.Equal([new MemoryCells(4096, 0, 8192)], map.Runs);
        Assert.Equal(65536, map.Contents.Sum(contents => contents.Bytes.Length));
        Assert.Equal(4096, map.Contents.Count);
    }

    [Fact]
    public void Memories_ShareTheRoom()
    {
        SnapshotDetails details = Run(
            string.Concat(Enumerable.Repeat("(memory 600)", 64)), "(i32.store8 63 (i32.const 0) (i32.const 1))").Snapshot.Details!;
        Assert.All(details.Memories, memory => Assert.InRange(memory.Map.Runs.Sum(run => run.CellCount), 1, 64));
    }

    [Fact]
    public void Maps_CountWhatThereIs()
    {
        var random = new Random(3);
        for (int round = 0; round < 20; round++)
        {
            var before = new byte[65536];
            var after = new byte[65536];
            string segments = Fill(random, before, "(data (i32.const {0}) \"\\{1:x2}\\{2:x2}\\00\\{1:x2}\")");
            before.CopyTo(after, 0);
            string stores = Fill(random, after, "(i32.store (i32.const {0}) (i32.const 0x{1:x2}00{2:x2}{1:x2}))");
            MemoryMap map = Map("(memory 1)" + segments, stores);
            long cell = 0;
            foreach (MemoryCells run in map.Runs)
            {
                for (long i = 0; i < run.CellCount; i++, cell++)
                {
                    IEnumerable<int> places = Enumerable.Range((int)(cell * 4096), 4096);
                    Assert.Equal(places.Count(at => before[at] != after[at]), run.ChangedByteLength);
                    Assert.Equal(places.Count(at => before[at] == after[at] && after[at] != 0), run.InputByteLength);
                }
            }

            Assert.Equal(16, cell);
            Assert.All(map.Contents, contents => Assert.Equal(
                after.AsSpan((int)contents.Address, contents.Bytes.Length).ToArray(), contents.Bytes.ToArray()));
        }
    }

    // Four bytes each: low, high, zero, low.
    private static string Fill(Random random, byte[] bytes, string format)
    {
        var text = new StringBuilder();
        for (int count = random.Next(0, 200); count > 0; count--)
        {
            int address = random.Next(0, 3) == 0 ? random.Next(0, 65532) : random.Next(8000, 8400);
            int low = random.Next(0, 3);
            int high = random.Next(0, 3);
            bytes[address] = (byte)low;
            bytes[address + 1] = (byte)high;
            bytes[address + 2] = 0;
            bytes[address + 3] = (byte)low;
            text.AppendFormat(CultureInfo.InvariantCulture, format, address, low, high);
        }

        return text.ToString();
    }

    private static MemoryMap Map(string fields, string body) => Run(fields, body).Snapshot.Details!.Memories[0].Map;

    private static RunReport Run(string fields, string body) => new PreInitializer(new WizerOptions { DetailedReport = true }).Run(
        Modules.Compile($"(module {fields} (func (export \"wizer-initialize\") {body}))"), new StreamSink(new MemoryStream()));
}
