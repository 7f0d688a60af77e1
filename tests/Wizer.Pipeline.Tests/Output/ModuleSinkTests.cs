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
        var random = new Random(5);
        var slices = new ModuleSlices();
        var all = new List<byte>();
        for (int i = 0; i < 3000; i++)
        {
            int[] limits = [SliceBlocks.LargeByteLength, SliceBlocks.BlockByteLength];
            var slice = new byte[i % 100 == 0 ? limits[random.Next(2)] + random.Next(-1, 2) : random.Next(40)];
            random.NextBytes(slice);
            slices.Add(slice);
            all.AddRange(slice);
        }

        expected = [.. all];
        return slices;
    }
}
