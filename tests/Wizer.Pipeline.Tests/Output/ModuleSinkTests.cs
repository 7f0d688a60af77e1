using System.Buffers;
using Xunit;

namespace Wizer.Pipeline.Tests;

public class ModuleSinkTests
{
    [Fact]
    public void Sinks_WriteTheSlicesInOrder()
    {
        ModuleSlices slices = Slices(out byte[] expected);
        Assert.Equal(expected.Length, slices.ByteLength);

        var buffer = new ArrayBufferWriter<byte>();
        new BufferWriterSink(buffer).Write(slices);
        Assert.Equal(expected, buffer.WrittenSpan.ToArray());

        using var stream = new MemoryStream();
        new StreamSink(stream).Write(slices);
        Assert.Equal(expected, stream.ToArray());

        string path = Path.GetTempFileName();
        try
        {
            using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                new FileSink(file).Write(slices);
            }

            Assert.Equal(expected, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(2, 40)]
    [InlineData(3000, 5000)]
    public void APart_IsMadeAsItIsWritten_AndKeptOnlyForWhoeverAsks(int sliceCount, int pieceCount)
    {
        var random = new Random(sliceCount + pieceCount);
        var slices = new ModuleSlices();
        var expected = new List<byte>();
        AddSlices(slices, sliceCount, random, expected);
        var part = new FakePart([.. Enumerable.Range(0, pieceCount).Select(_ => Piece(random))]);
        slices.Add(part);
        expected.AddRange(part.Pieces.SelectMany(piece => piece));
        AddSlices(slices, sliceCount, random, expected);
        Assert.Equal(expected.Count, slices.ByteLength);

        var whole = new ArrayBufferWriter<byte>();
        for (int i = 1; i <= 2; i++)
        {
            whole.Clear();
            new BufferWriterSink(whole).Write(slices);
            Assert.Equal(expected, whole.WrittenSpan.ToArray());
            Assert.Equal(i, part.MadeCount);
        }

        // Once for all.
        Assert.Equal(expected, slices.SelectMany(slice => slice.ToArray()));
        Assert.Equal(slices.Count, slices.Count());
        new BufferWriterSink(whole).Write(slices);
        Assert.Equal(3, part.MadeCount);

        byte[][] large = [.. part.Pieces.Where(piece => piece.Length > ModuleSlices.MaxCopied)];
        Assert.Equal(large.Length, slices.Count(slice => large.Any(piece => slice.Span == piece)));
    }

    [Fact]
    public unsafe void Sinks_WriteNativeMemoryInPlace()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        fixed (byte* start = bytes)
        {
            var slices = new ModuleSlices();
            slices.Add(new NativeMemoryManager(start, bytes.Length).Memory.Slice(2, 4));
            string path = Path.GetTempFileName();
            try
            {
                using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
                {
                    new FileSink(file).Write(slices);
                }

                Assert.Equal([3, 4, 5, 6], File.ReadAllBytes(path));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    // Many small slices, and some on both sides of every limit.
    private static ModuleSlices Slices(out byte[] expected)
    {
        var slices = new ModuleSlices();
        var all = new List<byte>();
        AddSlices(slices, 3000, new Random(5), all);
        expected = [.. all];
        return slices;
    }

    private static void AddSlices(ModuleSlices slices, int count, Random random, List<byte> expected)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] slice = Piece(random);
            slices.Add(slice);
            expected.AddRange(slice);
        }
    }

    private static byte[] Piece(Random random)
    {
        int[] limits = [ModuleSlices.MaxCopied, SliceBlocks.LargeByteLength, SliceBlocks.BlockByteLength];
        var piece = new byte[random.Next(100) == 0 ? limits[random.Next(3)] + random.Next(-1, 2) : random.Next(40)];
        random.NextBytes(piece);
        return piece;
    }

    private sealed class FakePart(byte[][] pieces) : IModulePart
    {
        public byte[][] Pieces => pieces;

        public int MadeCount { get; private set; }

        public long ByteLength => pieces.Sum(piece => (long)piece.Length);

        public void WriteTo(IPieceOutput output)
        {
            MadeCount++;
            foreach (byte[] piece in pieces)
            {
                if (piece.Length > output.MaxCopied)
                {
                    output.AddBytes(piece);
                    continue;
                }

                piece.CopyTo(output.GetSpan(piece.Length + IPieceOutput.MaxExcess));
                output.Advance(piece.Length);
            }
        }
    }
}
