using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Engine.Tests;

/// <summary>What Windows would read into a name is known everywhere.</summary>
public sealed class HostNamesTests
{
    [Theory]
    [InlineData("a.txt", true)]
    [InlineData("CONSOLE", true)]
    [InlineData("com10", true)]
    [InlineData("con", false)] // a device
    [InlineData("NUL.txt", false)] // with an extension, too
    [InlineData("com1", false)]
    [InlineData("a:b", false)] // a stream
    [InlineData("a.", false)] // the same file as without the dot
    [InlineData("a ", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\u0001", false)]
    public void IsPlainOnWindows_KnowsWhatMeansMore(string name, bool expected) => Assert.Equal(expected, HostNames.IsPlainOnWindows(name));
}
