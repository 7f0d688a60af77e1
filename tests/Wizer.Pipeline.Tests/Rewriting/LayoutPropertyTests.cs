using FsCheck;
using FsCheck.Fluent;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Random memories of every kind, through both layouts: the same state, and never more bytes.</summary>
public class LayoutPropertyTests
{
    private const int MemoryCount = 4;
    private const int PageLength = 65536;

    [Fact]
    public void CompactModule_StartsInTheSameState_AndIsNeverLarger() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Shapes().ToArbitrary(), shape =>
        {
            byte[] module = shape.Module();
            var wizer = new PreInitializer();
            wizer.Instrument(module, out ModuleContext context);
            byte[] compact = wizer.Snapshot(context, shape.State(pieceLength: int.MaxValue));
            byte[] compatible = new PreInitializer(new WizerOptions { Layout = ModuleLayout.Compatible })
                .Snapshot(context, shape.State(pieceLength: int.MaxValue));
            Assert.InRange(compact.Length, 0, compatible.Length);
            Assert.Equal(compact, wizer.Snapshot(context, shape.State(pieceLength: 10_007)));

            ModuleInfo output = ModuleReader.Parse(compact);
            Assert.InRange(output.DataSegments.Length, 0, ModuleReader.Parse(compatible).DataSegments.Length);
            AssertStartsWith(shape.Memories, output);
            AssertStartsWith(shape.Memories, ModuleReader.Parse(compatible));
        }));

    private static void AssertStartsWith(byte[][] memories, ModuleInfo module)
    {
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, module);
        for (int i = 0; i < memories.Length; i++)
        {
            LinearMemory memory = instance.MemoryAt((uint)i);
            Assert.True(memory.TryGetSpan(0, memories[i].Length, out Span<byte> bytes));
            Assert.True(bytes.SequenceEqual(memories[i]), $"memory {i}");
        }
    }

    private static Gen<Shape> Shapes() =>
        from seed in Gen.Choose(0, int.MaxValue)
        from segments in Gen.Choose(0, 6)
        from named in Gen.Choose(0, segments)
        select new Shape(seed, segments, named);

    /// <summary>Four memories, one of them shared and one with 64-bit addresses, and some old segments, of which code names a few.</summary>
    internal sealed record Shape(int Seed, int SegmentCount, int NamedCount)
    {
        public byte[][] Memories { get; } = Contents(new System.Random(Seed));

        public byte[] Module()
        {
            IEnumerable<string> segments = Enumerable.Range(0, SegmentCount)
                .Select(i => i % 3 == 0 ? $"(data $d{i} \"passive\")" : $"(data $d{i} (memory {i % 2}) (i32.const {i}) \"active\")");
            IEnumerable<string> uses = Enumerable.Range(0, NamedCount)
                .Select(i => $"(memory.init $d{i} (i32.const 0) (i32.const 0) (i32.const 0))");
            return TestSupport.Wat.Compile(
                $"""
                (module (memory 2) (memory 2) (memory i64 2) (memory 2 2 shared)
                  {string.Join(' ', segments)}
                  (func (export "wizer-initialize") {string.Join(' ', uses)}))
                """,
                names: true);
        }

        public FakeState State(int pieceLength)
        {
            var state = new FakeState { PieceLength = pieceLength };
            for (int i = 0; i < MemoryCount; i++)
            {
                state.Memories[ModuleContext.MemoryExportName(i)] = Memories[i];
            }

            return state;
        }

        // Runs of every length with gaps of every length, small ones most of the time, and something at both ends.
        private static byte[][] Contents(System.Random random)
        {
            var memories = new byte[MemoryCount][];
            for (int i = 0; i < MemoryCount; i++)
            {
                byte[] memory = memories[i] = new byte[2 * PageLength];
                int maxGap = random.Next(6, 40);
                for (int at = random.Next(20); at < memory.Length;)
                {
                    int end = Math.Min(memory.Length, at + random.Next(1, random.Next(10) == 0 ? 400 : 12));
                    for (; at < end; at++)
                    {
                        memory[at] = (byte)random.Next(1, 256);
                    }

                    at += random.Next(1, random.Next(30) == 0 ? 9000 : maxGap);
                }
            }

            return memories;
        }
    }
}
