using System.Security.Cryptography;
using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Engine.Tests.Platform;

public sealed class ContentHashTests
{
    // Both sides of every place where a block or its padding ends.
    [Fact]
    public void EveryLength_HasTheHashOfTheFramework()
    {
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(SHA256.HashData(bytes.AsSpan(0, length)), ContentHash.Of(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Pieces_HaveTheHashOfTheWhole()
    {
        byte[] bytes = new byte[100_000];
        var random = new Random(2);
        random.NextBytes(bytes);
        byte[] expected = SHA256.HashData(bytes);
        for (int round = 0; round < 20; round++)
        {
            using var hash = new ContentHash();
            for (int at = 0; at < bytes.Length;)
            {
                int count = Math.Min(random.Next(1 << random.Next(14)), bytes.Length - at);
                hash.Append(bytes.AsSpan(at, count));
                at += count;
            }

            Assert.Equal(expected, hash.Finish());
        }
    }

    [Fact]
    public void WhoeverComputesIt_ItIsTheSame()
    {
        byte[] bytes = new byte[9 << 20];
        new Random(3).NextBytes(bytes);
        using var hash = new ContentHash();
        hash.Append(bytes);
        Assert.Equal(hash.Finish(), ContentHash.Of(bytes));
    }
}
