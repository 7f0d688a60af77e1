using Wizer.Engine.Interpreter;

namespace Wizer.Engine;

/// <summary>The limits of a <see cref="Store"/>, and what its guests may see of the machine.</summary>
public sealed record EngineOptions
{
    /// <summary>The limits used when none are given.</summary>
    public static EngineOptions Default { get; } = new();

    /// <summary>
    /// How many bytes all memories, structs and arrays, and the exceptions that are kept, may take together; 4 GiB unless set.
    /// A memory that would grow beyond does not grow, which <c>memory.grow</c> answers with -1; an object or exception beyond is the
    /// trap <c>allocation size too large</c>. No object is ever collected. Each takes eight bytes more than its fields, and blocks of
    /// objects, of 64 KiB to 4 MiB, count as a whole.
    /// </summary>
    public ulong MaxMemoryByteLength { get; init; } = 1UL << 32;

    /// <summary>
    /// How many elements all tables together may have; ten million unless set, and never more than 2^31 - 1. A table that
    /// would grow beyond does not grow, which <c>table.grow</c> answers with -1.
    /// </summary>
    public ulong MaxTableElementCount { get; init; } = 10_000_000;

    /// <summary>
    /// How many bytes all frames together may take before the trap <c>call stack exhausted</c>: the one limit of recursion. A frame
    /// takes eight for each parameter, local and operand, and sixteen more. 8 MiB unless set, and never more than 16 GiB.
    /// </summary>
    public ulong StackByteLength { get; init; } = Execution.DefaultSlotCount * sizeof(ulong);

    /// <summary>
    /// Whether relaxed SIMD instructions have the results of the deterministic profile, the same on every machine. Without, they have
    /// those the processor is quickest at, of the several that the specification allows.
    /// </summary>
    public bool IsRelaxedSimdDeterministic { get; init; } = true;

    /// <summary>
    /// Whether every NaN that a floating-point instruction computes is the positive canonical one, as in the deterministic profile,
    /// and not the one the processor makes. Values that are only moved keep their bits.
    /// </summary>
    public bool CanonicalizeNaNs { get; init; }

    /// <summary>
    /// Whether backtraces say where in the source the guest was, as far as its module has debug information in DWARF:
    /// <see cref="WasmFrame.Symbols"/>. It is read when the guest traps.
    /// </summary>
    public bool ReadsDebugInfo { get; init; }

    /// <summary>
    /// How often samples of the guest's stack are taken, for <see cref="Store.Samples"/>; null, unless set, for none. A millisecond costs
    /// some percent of the guest's time. Where there is no machine code of our own, the guest is interpreted then.
    /// </summary>
    public TimeSpan? SampleInterval { get; init; }

    /// <summary>
    /// Whether it is noted which functions wrote to memories last, for who wants to know why a snapshot is large. Everything is interpreted
    /// then, and takes some five to fifty times as long.
    /// </summary>
    public bool RecordsWriters { get; init; }

    /// <summary>Which functions are compiled: those that turn out to be busy, unless set.</summary>
    public TierMode Tier { get; init; }

    /// <summary>How many calls and branches make a function busy, for each byte of its body and two hundred more.</summary>
    internal int TierThreshold { get; init; } = 60;

    /// <summary>
    /// Whether functions become machine code of our own where that is supported, and only the rest is left to the runtime's
    /// compiler. Tests run both.
    /// </summary>
    internal bool UsesMachineCode { get; init; } = true;

    /// <summary>Whether memories are followed by address space without memory, so that accesses need no checks. Tests run both.</summary>
    internal bool GuardsMemories { get; init; } = true;

    /// <summary>The same as <see cref="TierThreshold"/>, for machine code of our own, which takes a hundredth of the time.</summary>
    internal int MachineThreshold { get; init; } = 2;

    /// <summary>Whether functions are compiled while they go on being interpreted. Tests, which want to know when, say no.</summary>
    internal bool CompilesInBackground { get; init; } = true;

    /// <summary>Whether memories reserve address space up front; without, growth moves them. Tests run both.</summary>
    internal bool ReserveAddressSpace { get; init; } = true;

    /// <summary>Whether the loop runs that other platforms fall back to. Tests run both.</summary>
    internal bool UsePlainLoop { get; init; }
}
