namespace Wizer.Engine;

/// <summary>The limits of a <see cref="Store"/>, and what its guests may see of the machine.</summary>
public sealed class EngineOptions
{
    /// <summary>The limits used when none are given.</summary>
    public static EngineOptions Default { get; } = new();

    /// <summary>How many bytes each memory may grow to, whatever its type says; 4 GiB unless set.</summary>
    public ulong MaxMemoryByteLength { get; init; } = 1UL << 32;

    /// <summary>
    /// How many elements all tables together may have; ten million unless set, and never more than 2^31 - 1. Unlike a memory, a table can be filled by the few
    /// bytes that define it, so a limit for each would be none for a module with many.
    /// </summary>
    public ulong MaxTableElementCount { get; init; } = 10_000_000;

    /// <summary>
    /// How many bytes all structs and arrays together may take before the trap <c>allocation size too large</c>; 4 GiB unless set,
    /// as for a memory. None is ever collected. Each takes eight more than its fields, and what is left at the end of a block, of
    /// 64 KiB to 4 MiB, counts too.
    /// </summary>
    public ulong MaxGcHeapByteLength { get; init; } = 1UL << 32;

    /// <summary>
    /// How many 64-bit slots all frames together may take before the trap <c>call stack exhausted</c>: the one limit of recursion.
    /// A frame takes one for each parameter, local and operand, and two more. 8 MiB of them unless set.
    /// </summary>
    public int StackSlotCount { get; init; } = Interpreter.DefaultSlotCount;

    /// <summary>
    /// Whether relaxed SIMD instructions have the results of the deterministic profile, the same on every machine. Without, they have
    /// those the processor is quickest at, of the several that the specification allows.
    /// </summary>
    public bool IsRelaxedSimdDeterministic { get; init; } = true;

    /// <summary>Whether memories reserve address space up front; without, growth moves them. Tests run both.</summary>
    internal bool ReserveAddressSpace { get; init; } = true;

    /// <summary>Whether the loop runs that other platforms fall back to. Tests run both.</summary>
    internal bool UsePlainLoop { get; init; }
}
