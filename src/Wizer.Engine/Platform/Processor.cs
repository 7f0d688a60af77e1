using System.Runtime.InteropServices;

namespace Wizer.Engine.Platform;

/// <summary>What the code that is running now was compiled for.</summary>
internal static class Processor
{
    /// <summary>Whether machine code for x64, called as Linux does it, runs in this process.</summary>
    internal static bool RunsX64ForLinux => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
}
