using System.Runtime.InteropServices;

namespace Wizer.Engine;

/// <summary>What running code carries along: its stacks, its limits, the flag that stops it. Owned by the store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExecutionContext
{
    /// <summary>The first slot of the value stack.</summary>
    public ulong* StackBase;

    /// <summary>The first slot beyond the value stack.</summary>
    public ulong* StackLimit;

    /// <summary>
    /// The first slot no active frame uses: where a call from the host starts. Whoever calls a host function moves it above its
    /// own frame before and back after.
    /// </summary>
    public ulong* StackTop;

    /// <summary>The first record of the frame stack.</summary>
    public FrameData* FrameBase;

    /// <summary>The first record beyond the frame stack: reaching it is <see cref="TrapKind.CallStackExhausted"/>.</summary>
    public FrameData* FrameLimit;

    /// <summary>The first free record. A call from the host starts here; after a trap, the records below tell the backtrace.</summary>
    public FrameData* FrameTop;

    /// <summary>Not zero when the guest is to stop; polled at function entries and loop back-edges.</summary>
    public int Interrupt;

    /// <summary>The store, as a <see cref="GCHandle"/>.</summary>
    public nint Store;
}

/// <summary>A suspended caller: where to go on, in which function.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FrameData
{
    /// <summary>The instruction after the call; null marks a call from the host.</summary>
    public ushort* Ip;

    /// <summary>The frame's slots.</summary>
    public ulong* Fp;

    /// <summary>The function.</summary>
    public FuncData* Func;
}
