using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The memory of inputs, of which large ones lie in large pages.</summary>
public sealed class NativeBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(LargePages.ByteLength)]
    [InlineData((3 * LargePages.ByteLength) + 1)]
    public void Buffer_KeepsWhatItHolds_WhenItHasToGrow(int capacity)
    {
        using var buffer = new NativeBuffer(capacity);
        for (int i = 0; buffer.Memory.Length < capacity + 10; i++)
        {
            Span<byte> free = buffer.GetFreeSpan();
            int length = Math.Min(free.Length, 300_001);
            free[..length].Fill((byte)(i + 1));
            buffer.Advance(length);
        }

        Span<byte> bytes = buffer.Memory.Span;
        Assert.Equal(1, bytes[0]);
        for (int i = 1; i < bytes.Length; i++)
        {
            Assert.True(bytes[i] - bytes[i - 1] is 0 or 1, $"at {i}");
        }

        Assert.True(bytes[^1] > 1);
    }
}
