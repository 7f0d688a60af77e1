using System.Runtime.InteropServices;

namespace Wizer.Cli;

/// <summary>The number of an error in the system's words.</summary>
internal static class SystemError
{
    /// <summary>There is no such file.</summary>
    public const int NoEntry = 2;

    private const int WindowsErrorMask = unchecked((int)0x80070000);

    /// <summary>For example <c>No such file or directory (os error 2)</c>.</summary>
    public static string Describe(int error)
    {
        if (error is NoEntry && OperatingSystem.IsWindows())
        {
            return "No such file or directory";
        }

        // On Windows the number is the low half of an HRESULT; elsewhere it is the plain errno.
        int number = (error & WindowsErrorMask) == WindowsErrorMask ? error & 0xffff : error;
        return number is > 0 and < 0x10000
            ? $"{Marshal.GetPInvokeErrorMessage(number)} (os error {number})"
            : "Input/output error";
    }
}
