using System.Diagnostics;
using System.Globalization;
using Wizer.Engine;
using Wizer.Engine.Compiler.X64;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.SpecTests;

/// <summary>
/// Vector instructions on a processor that has less: the runtime is told not to use some of what this one has, which it is told at
/// the start of a process. Our own compiler heeds it, too, and leaves functions to RyuJIT there.
/// </summary>
public sealed class NarrowHardwareTests
{
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(10);

    [SuiteTheory]
    [InlineData("DOTNET_EnableAVX2", TierMode.InterpreterOnly)]
    [InlineData("DOTNET_EnableAVX2", TierMode.CompileEverything)]
    [InlineData("DOTNET_EnableHWIntrinsic", TierMode.InterpreterOnly)]
    [InlineData("DOTNET_EnableHWIntrinsic", TierMode.CompileEverything)]
    public void VectorScripts_PassAsExpected(string switchedOff, TierMode tier)
    {
        string[] files = [.. SpecTestSuite.Scripts.Where(static file => IsAboutVectors(file))];
        Assert.NotEmpty(files);
        string[] lines = Run(switchedOff, tier, files);
        Assert.Equal(bool.FalseString, lines[0]);
        Dictionary<string, (int Passed, int Total)> expected = Expectations.Core.Read();
        Assert.Equal(
            files.SelectMany(file => Enumerable.Repeat(LineOf(file, expected[file]), IsRelaxed(file) ? 2 : 1)),
            lines.Skip(1));
    }

    [SuiteFact]
    public void NothingSwitchedOff_LeavesMachineCodeAsItIsHere() =>
        Assert.Equal([MachineCode.IsSupported.ToString()], Run("WIZER_NOTHING", TierMode.Default, []));

    private static bool IsAboutVectors(string file) =>
        Path.GetFileName(file).StartsWith("simd_", StringComparison.Ordinal) || IsRelaxed(file);

    private static bool IsRelaxed(string file) => file.Contains("relaxed", StringComparison.Ordinal);

    private static string LineOf(string file, (int Passed, int Total) count) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}\t{count.Passed}\t{count.Total}");

    private static string[] Run(string switchedOff, TierMode tier, string[] files)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add(tier.ToString());
        foreach (string file in files)
        {
            start.ArgumentList.Add(file);
        }

        start.Environment[switchedOff] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_hang))
        {
            process.Kill();
            throw new TimeoutException($"with {switchedOff}=0 the scripts did not end");
        }

        Assert.Equal("", errors.Result);
        Assert.Equal(0, process.ExitCode);
        return output.Result.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
