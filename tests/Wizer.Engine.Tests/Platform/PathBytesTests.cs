using System.Text;
using System.Text.Unicode;
using Xunit;

namespace Wizer.Engine.Tests;

public sealed class PathBytesTests
{
    [Fact]
    public void Bytes_ComeBack()
    {
        // Few values, so that sequences that are nearly right come up often.
        byte[] alphabet = [0x2f, 0x61, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xb2, 0xf0, 0x9f, 0x98, 0xf4, 0xff];
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(12)];
            for (int at = 0; at < bytes.Length; at++)
            {
                bytes[at] = alphabet[random.Next(alphabet.Length)];
            }

            string path = PathBytes.Decode(bytes);
            Assert.Equal([.. bytes, 0], PathBytes.Terminated(path));
            Assert.Equal(!Utf8.IsValid(bytes), PathBytes.HasEscapes(path));
            Assert.Equal(Encoding.UTF8.GetString(bytes), PathBytes.ToText(path));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/\u00e9/\ud83d\ude00\ufffd")]
    public void Text_StaysAsItIs(string text)
    {
        Assert.False(PathBytes.HasEscapes(text));
        Assert.Same(text, PathBytes.ToText(text));
        Assert.Equal([.. Encoding.UTF8.GetBytes(text), 0], PathBytes.Terminated(text));
    }

    [Fact]
    public void Terminator_IsNoPartOfAPath() => Assert.Throws<ArgumentException>(() => PathBytes.Terminated("a\0b"));
}
