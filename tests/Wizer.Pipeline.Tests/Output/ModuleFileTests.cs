using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>A file appears in one step, and what is not complete has no name where that is possible.</summary>
public sealed class ModuleFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_AppearsWhenItIsComplete(bool replaces)
    {
        string path = _directory.In("out");
        if (replaces)
        {
            File.WriteAllText(path, "before");
        }

        using ModuleFile file = ModuleFile.At(path);
        file.Write(stream =>
        {
            stream.Write("after"u8);
            using SafeFileHandle? unnamed = UnnamedFile.TryCreate(_directory.Path);
            int named = unnamed is null ? 1 : 0;
            Assert.Equal((replaces ? 1 : 0) + named, _directory.Names.Length);
            Assert.Equal(replaces ? "before" : null, File.Exists(path) ? File.ReadAllText(path) : null);
        });
        Assert.Equal("after", File.ReadAllText(path));
        Assert.Equal(["out"], _directory.Names);
    }

    [Fact]
    public void File_ReplacesWhatAppearedMeanwhile()
    {
        using ModuleFile file = ModuleFile.At(_directory.In("out"));
        file.Write(stream =>
        {
            stream.Write("ours"u8);
            File.WriteAllText(_directory.In("out"), "theirs");
        });
        Assert.Equal("ours", File.ReadAllText(_directory.In("out")));
        Assert.Equal(["out"], _directory.Names);
    }

    [Fact]
    public void File_DoesNotAppear_OnceAbandoned()
    {
        using ModuleFile file = ModuleFile.At(_directory.In("out"));
        file.Write(stream =>
        {
            stream.Write("x"u8);
            file.Abandon();
        });
        Assert.Empty(_directory.Names);
    }

    [Fact]
    public void File_DoesNotAppear_WhenWritingFails()
    {
        using ModuleFile file = ModuleFile.At(_directory.In("out"));
        WizerException error = Assert.Throws<WizerException>(() => file.Write(_ => throw new IOException("no more")));
        Assert.Equal(WizerError.OutputFailed, error.Error);
        Assert.Empty(_directory.Names);
    }

    [Fact]
    public void UnnamedFile_DoesNotTakeAnothersName()
    {
        using SafeFileHandle? unnamed = UnnamedFile.TryCreate(_directory.Path);
        if (unnamed is not null)
        {
            RandomAccess.Write(unnamed, "x"u8, 0);
            File.WriteAllText(_directory.In("taken"), "");
            Assert.False(UnnamedFile.TryName(unnamed, _directory.In("taken")));
            Assert.True(UnnamedFile.TryName(unnamed, _directory.In("free")));
            Assert.Equal("x", File.ReadAllText(_directory.In("free")));
            Assert.Equal(2, Assert.Throws<IOException>(() => UnnamedFile.TryName(unnamed, _directory.In("no/file"))).HResult);
        }
    }

    [Fact]
    public void UnnamedFile_NeedsADirectory() => Assert.Null(UnnamedFile.TryCreate(_directory.In("no")));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void File_WithSeveralLinks_IsWrittenInPlace(int lengthBefore)
    {
        string path = _directory.In("out");
        File.WriteAllBytes(path, new byte[lengthBefore]);
        HardLink(path, _directory.In("hard"));
        using ModuleFile file = ModuleFile.At(path);
        file.Write(stream => stream.Write("after"u8));
        Assert.Equal("after", File.ReadAllText(_directory.In("hard")));
        Assert.Equal("after", File.ReadAllText(path));
        Assert.Equal(["hard", "out"], _directory.Names);
    }

    [Fact]
    public void File_WithSeveralLinks_IsOpenedBeforeAnybodyCanRedirectIt()
    {
        string path = _directory.In("out");
        File.WriteAllText(path, "before");
        HardLink(path, _directory.In("hard"));
        File.WriteAllText(_directory.In("other"), "precious");
        using ModuleFile file = ModuleFile.At(path);
        File.Delete(path);
        File.CreateSymbolicLink(path, "other");
        file.Write(stream => stream.Write("after"u8));
        Assert.Equal("after", File.ReadAllText(_directory.In("hard")));
        Assert.Equal("precious", File.ReadAllText(_directory.In("other")));
    }

    [Fact]
    public void File_WithSeveralLinks_IsLeftAlone_OnceAbandoned()
    {
        string path = _directory.In("out");
        File.WriteAllText(path, "before");
        HardLink(path, _directory.In("hard"));
        using ModuleFile file = ModuleFile.At(path);
        file.Abandon();
        file.Write(stream => stream.Write("after"u8));
        Assert.Equal("before", File.ReadAllText(path));
    }

    [Fact]
    public void File_IsNotReplaced_ThroughALinkThatAppearedMeanwhile()
    {
        string path = _directory.In("out");
        File.WriteAllText(path, "before");
        File.WriteAllText(_directory.In("other"), "precious");
        using ModuleFile file = ModuleFile.At(path);
        File.Delete(path);
        File.CreateSymbolicLink(path, "other");
        file.Write(stream => stream.Write("after"u8));
        Assert.Equal("precious", File.ReadAllText(_directory.In("other")));
        Assert.Equal("after", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("no/out", "DirectoryNotFoundException", 0)]
    [InlineData("file/out", "IOException", 20)]
    [InlineData("directory", "UnauthorizedAccessException", 21)]
    [InlineData("loop", "IOException", 40)]
    public void File_ThatCannotBe_IsRefusedAtOnce(string name, string cause, int number)
    {
        File.WriteAllText(_directory.In("file"), "");
        Directory.CreateDirectory(_directory.In("directory"));
        File.CreateSymbolicLink(_directory.In("loop"), "loop");
        WizerException error = Assert.Throws<WizerException>(() => ModuleFile.At(_directory.In(name)));
        Assert.Equal(WizerError.OutputFailed, error.Error);
        Assert.Equal(cause, error.InnerException!.GetType().Name);
        Assert.True(number == 0 || number == error.InnerException.HResult);
    }

    // .NET makes no hard links.
    private static unsafe void HardLink(string path, string name)
    {
        fixed (byte* source = PathBytes.Terminated(path))
        fixed (byte* target = PathBytes.Terminated(name))
        {
            Assert.Equal(0, LinuxLibC.linkat(LinuxLibC.AT_FDCWD, source, LinuxLibC.AT_FDCWD, target, 0));
        }
    }
}
