using System.Diagnostics;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What every build finds wrong with its own output, however it is cut into slices.</summary>
public class OutlineCheckTests
{
    private static readonly byte[] s_preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

    [Theory]
    [InlineData("", null)]
    [InlineData("01 01 00 03 01 00", null)]
    [InlineData("00 01 00 01 01 00 00 02 01 61", null)]
    [InlineData("0c 01 02 0a 01 00 0b 05 02 01 00 01 00", null)]
    [InlineData("0b 03 a0 8d 06", null)]
    [InlineData("0b 03 a1 8d 06", "100001 items in the Data section")]
    [InlineData("09 03 a1 8d 06", "100001 items in the Element section")]
    [InlineData("06 83 80 00 c1 84 3d", "1000001 items in the Global section")]
    [InlineData("03 01 00 01 01 00", "section 1 is out of order")]
    [InlineData("0b 01 00 0b 01 00", "section 11 is out of order")]
    [InlineData("0a 01 00 0c 01 00", "section 12 is out of order")]
    [InlineData("7f 01 00", "section 127 is out of order")]
    [InlineData("01 02 00", "section 1 is longer than the module")]
    [InlineData("01", "it ends within a section")]
    [InlineData("01 01 80 00", "a section is too short")]
    [InlineData("0c 01 02 0b 01 00", "2 data segments are announced, but there are 0")]
    [InlineData("0c 01 02", "2 data segments are announced, but there are 0")]
    public void Check_FindsWhatIsWrong(string sections, string? message)
    {
        byte[] module = [.. s_preamble, .. sections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Convert.ToByte(text, 16))];
        for (int sliceLength = 1; sliceLength <= module.Length; sliceLength++)
        {
            var slices = new ModuleSlices();
            for (int at = 0; at < module.Length; at += sliceLength)
            {
                slices.Add(module.AsMemory(at, Math.Min(sliceLength, module.Length - at)));
            }

            Exception? error = Record.Exception(() => OutlineCheck.Check(slices));
            Assert.Equal(message is null ? null : $"the module that Wizer wrote is invalid: {message}", error?.Message);
            Assert.True(error is null or UnreachableException);
        }
    }
}
