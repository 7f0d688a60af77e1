using Xunit;

namespace Wizer.Pipeline.Tests;

public sealed class FileKindTests
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
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.In("in.wat"), "");
        File.CreateSymbolicLink(directory.In("link"), "in.wat");
        File.CreateSymbolicLink(directory.In("dangling"), "no");
        Assert.Equal((FileKind)kind, FileKinds.Of(directory.In(name)));
        Assert.Equal((FileKind)kind, name == "dangling" ? FileKind.Absent : FileKinds.Guess(directory.In(name)));
    }
}
