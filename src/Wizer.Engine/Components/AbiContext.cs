namespace Wizer.Engine.Components;

/// <summary>The canonical options of a lifted or lowered function. Component Model, Canonical ABI: Canonical Options.</summary>
/// <param name="state">The instance that has the memory.</param>
internal sealed class CanonOptions(ComponentState state)
{
    internal ComponentState State => state;

    internal LinearMemory? Memory { get; init; }

    internal Function? Realloc { get; init; }

    internal Function? PostReturn { get; init; }

    internal Function? Callback { get; init; }

    /// <summary><see cref="StringEncoding.Latin1"/> for <c>latin1+utf16</c>.</summary>
    internal StringEncoding Encoding { get; init; } = StringEncoding.Utf8;

    internal bool IsAsync { get; init; }

    internal bool Is64 => Memory is { Type.Limits.Is64: true };
}

/// <summary>
/// What lifting and lowering of the values of one call need. Component Model, Canonical ABI: Lifting and Lowering Context.
/// </summary>
/// <param name="options">Those of the function.</param>
/// <param name="scope">The call.</param>
/// <param name="isFused">Whether both sides are components: scripts want other words for some traps then.</param>
internal sealed class AbiContext(CanonOptions options, CallScope scope, bool isFused)
{
    // Ours. A value that is no number takes many times the memory here that it takes in the guest's.
    private const int MaxValueCount = 1 << 24;

    private int _valueCount;

    internal CanonOptions Options => options;

    internal CallScope Scope => scope;

    internal bool IsFused => isFused;

    internal bool Is64 { get; } = options.Is64;

    internal int PointerSize => Is64 ? 8 : 4;

    internal ComponentState State => options.State;

    internal ComponentResourceType ResourceOf(ValuePlan plan) => options.State.Root.ResourceTypes[plan.ResourceSlot];

    /// <summary>A range that is known to be within the memory.</summary>
    internal Span<byte> Span(ulong address, long byteCount) =>
        options.Memory!.TryGetSpan(address, (int)byteCount, out Span<byte> span)
            ? span
            : throw new WasmTrapException(TrapKind.MemoryOutOfBounds);

    internal bool IsInMemory(ulong address, ulong byteCount)
    {
        ulong length = options.Memory!.ByteLength;
        return byteCount <= length && address <= length - byteCount;
    }

    /// <summary>Checks the address of values that are passed in memory.</summary>
    internal void CheckAddress(ulong address, ValuePlan.Layout layout)
    {
        if (address % (uint)layout.Alignment != 0)
        {
            throw new WasmTrapException(isFused ? "unaligned pointer" : "pointer not aligned");
        }

        if (!IsInMemory(address, (ulong)layout.Size))
        {
            throw new WasmTrapException("pointer out of bounds of memory");
        }
    }

    /// <summary>Has the guest allocate memory, or move what it has allocated.</summary>
    /// <param name="old">What it allocated, or 0.</param>
    /// <param name="oldSize">How many bytes that is.</param>
    /// <param name="alignment">What the address must be a multiple of.</param>
    /// <param name="newSize">How many bytes it is to be.</param>
    /// <param name="outOfBounds">The trap when it is not within the memory, and both sides are components.</param>
    internal ulong Reallocate(ulong old, ulong oldSize, int alignment, ulong newSize, string outOfBounds)
    {
        Span<ulong> result = stackalloc ulong[1];
        options.Realloc!.InvokeInto([old, oldSize, (ulong)alignment, newSize], result);
        ulong address = Is64 ? result[0] : (uint)result[0];
        if (address % (uint)alignment != 0)
        {
            throw new WasmTrapException(isFused ? "unaligned pointer" : "realloc return: result not aligned");
        }

        if (!IsInMemory(address, newSize))
        {
            throw new WasmTrapException(isFused ? outOfBounds : "realloc return: beyond end of memory");
        }

        return address;
    }

    /// <summary>Counts values that are about to be made.</summary>
    internal void Count(ulong values)
    {
        if (values > (ulong)(MaxValueCount - _valueCount))
        {
            throw new WasmTrapException($"a call passes too many values: at most {MaxValueCount} are supported");
        }

        _valueCount += (int)values;
    }
}
