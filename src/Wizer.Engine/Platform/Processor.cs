using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Wizer.Engine.Platform;

/// <summary>What the code that is running now was compiled for, and what it may use.</summary>
internal static class Processor
{
    // The runtime reads each of these, with either prefix, to leave alone what the processor has.
    private static readonly string[] s_switches =
        ["HWIntrinsic", "SSE42", "POPCNT", "AVX", "AVX2", "BMI1", "BMI2", "LZCNT"];

    /// <summary>Whether machine code for x64, called as Linux does it, runs in this process.</summary>
    internal static bool RunsX64ForLinux => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>
    /// Whether the runtime was told, for this process, not to use something that every processor with AVX2 has. Whoever measures or
    /// tests an older processor that way means our machine code, too.
    /// </summary>
    internal static bool IsRestricted
    {
        get
        {
            foreach (string name in s_switches)
            {
                if (Environment.GetEnvironmentVariable("DOTNET_Enable" + name) is not null
                    || Environment.GetEnvironmentVariable("COMPlus_Enable" + name) is not null)
                {
                    return !HasEverything();
                }
            }

            return false;
        }
    }

    // The answer is known at run time only, so that this is not precompiled: not for the ordinary run, whose only such method it would be.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasEverything() =>
        Avx2.IsSupported && Bmi1.X64.IsSupported && Bmi2.X64.IsSupported && Lzcnt.X64.IsSupported && Popcnt.X64.IsSupported;
}
