using Xunit;

namespace Wizer.Cli.Tests;

public sealed class FileKindTests : TestDirectory
{
    [Theory]
    [InlineData("no", (int)FileKind.Absent)]
    [InlineData("in.wat/no", (int)FileKind.Absent)]
    [InlineData("in.wat", (int)FileKind.Regular)]
    [InlineData("link", (int)FileKind.Regular)]
    [InlineData("dangling", (int)FileKind.Absent)]
    [InlineData(".", (int)FileKind.Directory)]
    [InlineData("/dev/null", (int)FileKind.Stream)]
    public void Kind_IsThatOfWhatThePathLeadsTo(string name, int kind)
    {
        File.CreateSymbolicLink(In("link"), "in.wat");
        File.CreateSymbolicLink(In("dangling"), "no");
        Assert.Equal((FileKind)kind, FileKinds.Of(In(name)));
        Assert.Equal((FileKind)kind, name == "dangling" ? FileKind.Absent : FileKinds.Guess(In(name)));
    }
}
