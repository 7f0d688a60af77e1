using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "args_get")]
[Trait("function", "args_sizes_get")]
[Trait("function", "environ_get")]
[Trait("function", "environ_sizes_get")]
public class ArgumentTests
{
    [Fact]
    public void Defaults_AreNone()
    {
        using var guest = new WasiGuest();
        uint sizes = guest.PutVectors(7, 7);
        guest.Succeed("args_sizes_get", sizes, sizes + 4);
        Assert.Equal((0u, 0u), (guest.U32(sizes), guest.U32(sizes + 4)));
        guest.Succeed("environ_sizes_get", sizes, sizes + 4);
        Assert.Equal((0u, 0u), (guest.U32(sizes), guest.U32(sizes + 4)));
        guest.Succeed("args_get", sizes, sizes);
    }

    [Fact]
    public void ArgsGet_WritesPointersAndTerminatedTexts()
    {
        using var guest = new WasiGuest(new WasiOptions { Arguments = ["wizer", "", "größe"] });
        uint sizes = guest.Allocate(8);
        guest.Succeed("args_sizes_get", sizes, sizes + 4);
        Assert.Equal((3u, 15u), (guest.U32(sizes), guest.U32(sizes + 4)));

        uint pointers = guest.Allocate(12);
        uint texts = guest.Allocate(15);
        guest.Succeed("args_get", pointers, texts);
        Assert.Equal("wizer\0\0größe\0", guest.Text(texts, 15));
        Assert.Equal((texts, texts + 6, texts + 7), (guest.U32(pointers), guest.U32(pointers + 4), guest.U32(pointers + 8)));
    }

    [Fact]
    public void EnvironGet_KeepsTheOrder()
    {
        using var guest = new WasiGuest(new WasiOptions { Environment = [new("B", "2"), new("A", "")] });
        uint pointers = guest.Allocate(8);
        uint texts = guest.Allocate(7);
        guest.Succeed("environ_get", pointers, texts);
        Assert.Equal("B=2\0A=\0", guest.Text(texts, 7));
        Assert.Equal((texts, texts + 4), (guest.U32(pointers), guest.U32(pointers + 4)));
    }

    [Theory]
    [InlineData("args_get", 0xffffffffu, 1024u)]
    [InlineData("args_get", 1024u, 0xfffffu)]
    [InlineData("args_sizes_get", 0xffffdu, 1024u)]
    [InlineData("args_sizes_get", 1024u, 0xffffffffu)]
    public void PointersOutside_AreFaults(string function, uint first, uint second)
    {
        using var guest = new WasiGuest(new WasiOptions { Arguments = ["one"] });
        Assert.Equal(0x100000UL, guest.Memory.ByteLength);
        Assert.Equal(Errno.Fault, guest.Call(function, first, second));
    }

    [Fact]
    public void ImpossibleTexts_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new WasiPreview1(new WasiOptions { Environment = [new("", "x")] }));
        Assert.Throws<ArgumentException>(() => new WasiPreview1(new WasiOptions { Environment = [new("A=B", "x")] }));
        Assert.Throws<ArgumentException>(() => new WasiPreview1(new WasiOptions { Arguments = ["a\0b"] }));
        Assert.Throws<ArgumentException>(() => new WasiPreview1(new WasiOptions { Environment = [new("A", "\0")] }));
    }

    [Fact]
    public void FromHost_IsSorted()
    {
        IReadOnlyList<WasiVariable> variables = WasiVariable.FromHost();
        Assert.Contains(variables, static v => v.Name == "PATH" && v.Value == Environment.GetEnvironmentVariable("PATH"));
        Assert.Equal(variables.Select(static v => v.Name).Order(StringComparer.Ordinal), variables.Select(static v => v.Name));
    }
}
