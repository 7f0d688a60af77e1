namespace Wizer.Engine;

/// <summary>
/// The guest was ended. Core 3.0, Execution: Traps. The message is the official scripts' text, without the backtrace.
/// </summary>
public class WasmTrapException : Exception
{
    /// <summary>Creates the trap; the engine adds the backtrace when it leaves the guest.</summary>
    public WasmTrapException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the trap; the engine adds the backtrace when it leaves the guest.</summary>
    public WasmTrapException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The functions that were active, innermost first; empty until the trap has left the guest.</summary>
    public IReadOnlyList<WasmFrame> Backtrace { get; internal set; } = [];
}

/// <summary>A function that was active when the guest trapped.</summary>
/// <param name="FuncIndex">In the function index space of its module.</param>
/// <param name="FuncName">From the <c>name</c> section, or null.</param>
/// <param name="CodeOffset">The module offset of the instruction, or -1 when unknown.</param>
public readonly record struct WasmFrame(uint FuncIndex, string? FuncName, long CodeOffset);

/// <summary>The guest called <c>proc_exit</c>.</summary>
/// <param name="exitCode">What it passed.</param>
public sealed class WasiExitException(int exitCode)
    : WasmTrapException($"Exited with i32 exit status {exitCode.ToString(System.Globalization.CultureInfo.InvariantCulture)}")
{
    /// <summary>What the guest passed.</summary>
    public int ExitCode { get; } = exitCode;
}
