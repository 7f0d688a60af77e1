using Wizer.Binary;
using Xunit;

namespace Wizer.Binary.Tests.Sections;

public sealed class NameSectionTests
{
    private static readonly byte[] s_names =
    [
        0x00, 0x02, 0x01, (byte)'m', // the module's name
        0x01, 0x0a, 0x02, 0x00, 0x03, (byte)'f', (byte)'o', (byte)'o', 0x02, 0x02, (byte)'g', (byte)'o', // functions 0 and 2
        0x02, 0x06, 0x01, 0x02, 0x01, 0x05, 0x01, (byte)'x', // local 5 of function 2
        0x04, 0x01, 0x00, // types: none
    ];

    [Fact]
    public void Names_AreFoundByIndex()
    {
        NameSection names = Read(s_names);
        Assert.Equal("m", names.Module);
        Assert.Equal("foo", names.FindFunc(0));
        Assert.Null(names.FindFunc(1));
        Assert.Equal("go", names.FindFunc(2));
        Assert.Null(names.FindFunc(uint.MaxValue));
        Assert.Equal("x", names.FindLocal(2, 5));
        Assert.Null(names.FindLocal(2, 4));
        Assert.Null(names.FindLocal(0, 5));
        Assert.Equal(4, names.Subsections.Length);
        Assert.Equal(4, names.Subsections[3].Id);
    }

    [Fact]
    public void Truncation_AnywhereLosesNamesAndNothingElse()
    {
        for (int length = 0; length < s_names.Length; length++)
        {
            NameSection names = Read(s_names[..length]);
            Assert.True(names.FindFunc(0) is null or "foo");
            Assert.True(names.FindFunc(2) is null or "go");
            Assert.True(names.FindLocal(2, 5) is null or "x");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x08, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01, (byte)'f' })] // function 4294967295
    [InlineData(new byte[] { 0x01, 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f })] // 4294967295 names
    [InlineData(new byte[] { 0x01, 0x05, 0x01, 0x00, 0x02, 0xc3, 0x28 })] // not UTF-8
    [InlineData(new byte[] { 0x00, 0x03, 0x02, 0xc3, 0x28 })]
    public void Nonsense_IsIgnored(byte[] contents)
    {
        NameSection names = Read(contents);
        Assert.Null(names.Module);
        Assert.Null(names.FindFunc(0));
        Assert.Null(names.FindFunc(uint.MaxValue));
    }

    [Fact]
    public void Module_WithoutTheSection_HasNoNames()
    {
        NameSection names = NameSection.Read(ModuleReader.Parse(new byte[] { 0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0 }));
        Assert.Null(names.Module);
        Assert.Null(names.FindFunc(0));
        Assert.Equal(0, names.Subsections.Length);
    }

    private static NameSection Read(byte[] contents)
    {
        byte[] module =
        [
            0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
            0, (byte)(contents.Length + 5), 4, (byte)'n', (byte)'a', (byte)'m', (byte)'e', .. contents,
        ];
        return NameSection.Read(ModuleReader.Parse(module));
    }
}
