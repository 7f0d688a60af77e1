using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Engine.Tests;

/// <summary>What other systems call the errors of Linux.</summary>
public sealed class ErrorNumberTests
{
    [Theory]
    [InlineData(2, 2)] // ERROR_FILE_NOT_FOUND: ENOENT
    [InlineData(3, 2)] // ERROR_PATH_NOT_FOUND: ENOENT
    [InlineData(5, 13)] // ERROR_ACCESS_DENIED: EACCES
    [InlineData(17, 18)] // ERROR_NOT_SAME_DEVICE: EXDEV
    [InlineData(112, 28)] // ERROR_DISK_FULL: ENOSPC
    [InlineData(145, 39)] // ERROR_DIR_NOT_EMPTY: ENOTEMPTY
    [InlineData(183, 17)] // ERROR_ALREADY_EXISTS: EEXIST
    [InlineData(1234, 5)] // another: EIO
    public void FromWindows_IsTheNumberOfLinux(int code, int expected) => Assert.Equal(expected, ErrorNumber.FromWindows(code));

    [Theory]
    [InlineData(2, 2)] // the same: ENOENT
    [InlineData(35, 11)] // EAGAIN
    [InlineData(62, 40)] // ELOOP
    [InlineData(66, 39)] // ENOTEMPTY
    [InlineData(0, 5)] // no number: EIO
    public void FromMacOS_IsTheNumberOfLinux(int code, int expected) => Assert.Equal(expected, ErrorNumber.FromMacOS(code));
}
