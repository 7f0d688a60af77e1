using System.Globalization;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

/// <summary>
/// The guest was ended. Core 3.0, Execution: Traps. The message is the official scripts' text, without the backtrace.
/// </summary>
public class WasmTrapException : Exception
{
    private readonly List<WasmFrame> _frames = [];

    /// <summary>Creates the trap of a host function; the engine adds the backtrace when it leaves the guest.</summary>
    public WasmTrapException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the trap of a host function; the engine adds the backtrace when it leaves the guest.</summary>
    public WasmTrapException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates a trap of the specification; the engine adds the backtrace when it leaves the guest.</summary>
    public WasmTrapException(TrapKind kind)
        : base(kind.SpecText()) => Kind = kind;

    internal WasmTrapException(TrapKind kind, WasmLimitException limit)
        : base(kind.SpecText(), limit) => Kind = kind;

    /// <summary>Why; <see cref="TrapKind.HostException"/> when a host function ended the guest.</summary>
    public TrapKind Kind { get; } = TrapKind.HostException;

    /// <summary>The functions that were active, innermost first; empty until the trap has left the guest.</summary>
    public IReadOnlyList<WasmFrame> Backtrace => _frames;

    /// <summary>
    /// How the original tool words the reason: <c>wasm trap: integer overflow</c>, or a host function's message as it is.
    /// </summary>
    public string DisplayMessage => Kind == TrapKind.HostException ? Message : "wasm trap: " + Kind.DisplayText();

    /// <summary>The backtrace as the original tool prints it, a line each without a final line end; null when there is none.</summary>
    public string? DisplayBacktrace => _frames.Count == 0 ? null : TrapBacktrace.Format(_frames);

    /// <summary>
    /// Whether a module of the backtrace has debug information that was not read; see <see cref="EngineOptions.ReadsDebugInfo"/>.
    /// </summary>
    public bool HasUnreadDebugInfo { get; internal set; }

    /// <summary>The module whose function is not there, when that is why; otherwise null.</summary>
    internal string? ImportModule { get; init; }

    /// <summary>
    /// The address that a load or store beyond a memory went to, or where the memory ends within it; null for other traps, and where
    /// the original does not tell it either.
    /// </summary>
    public ulong? FaultAddress { get; private set; }

    /// <summary>The bytes of the memory that <see cref="FaultAddress"/> is beyond, or null.</summary>
    public ulong? FaultMemoryByteLength { get; private set; }

    /// <summary>How the original tool tells these two, or null.</summary>
    public string? DisplayFault => FaultAddress is { } address && FaultMemoryByteLength is { } length
        ? string.Create(CultureInfo.InvariantCulture, $"memory fault at wasm address 0x{address:x} in linear memory of size 0x{length:x}")
        : null;

    /// <summary>Says which address was meant.</summary>
    internal void SetFault(ulong address, ulong memoryByteLength)
    {
        FaultAddress = address;
        FaultMemoryByteLength = memoryByteLength;
    }

    /// <summary>Adds a frame that called those added before.</summary>
    internal void Add(in WasmFrame frame) => _frames.Add(frame);
}

/// <summary>A function that was active when the guest trapped.</summary>
/// <param name="FuncIndex">In the function index space of its module.</param>
/// <param name="FuncName">From the <c>name</c> section, or null.</param>
/// <param name="CodeOffset">The module offset of the instruction, or -1 when unknown.</param>
/// <param name="ModuleName">From the <c>name</c> section, or null.</param>
public readonly record struct WasmFrame(uint FuncIndex, string? FuncName, long CodeOffset, string? ModuleName = null)
{
    /// <summary>
    /// What the module's debug information says: first the innermost of the functions that the compiler has put where the instruction
    /// is, last the one that it has put them all into. Empty unless <see cref="EngineOptions.ReadsDebugInfo"/> is set.
    /// </summary>
    public IReadOnlyList<FrameSymbol> Symbols { get => field ?? []; init; }
}


/// <summary>The guest called <c>proc_exit</c>.</summary>
/// <param name="exitCode">What it passed.</param>
public sealed class WasiExitException(int exitCode)
    : WasmTrapException($"Exited with i32 exit status {exitCode.ToString(CultureInfo.InvariantCulture)}")
{
    /// <summary>What the guest passed.</summary>
    public int ExitCode { get; } = exitCode;
}
