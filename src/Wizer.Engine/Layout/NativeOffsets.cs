namespace Wizer.Engine.Layout;

// Offsets in bytes, as compiled code needs them. Differences of addresses: the library's way is compiled at run time.

/// <summary>Where compiled code finds the members of <see cref="GuestContext"/>.</summary>
internal static unsafe class ContextOffsets
{
    internal static readonly int SlotLimit;
    internal static readonly int InterruptRequested;
    internal static readonly int SampleEntry;
    internal static readonly int SampledSlotLimit;
    internal static readonly int NativeLimit;
    internal static readonly int Memory;
    internal static readonly int MachineExit;
    internal static readonly int HandlerCode;
    internal static readonly int HandlerStack;
    internal static readonly int HandlerFrame;
    internal static readonly int MemoryLength;
    internal static readonly int FaultAddress;
    internal static readonly int TailCallee;
    internal static readonly int LastMemory;
    internal static readonly int Instance;

    static ContextOffsets()
    {
        GuestContext context;
        var start = (byte*)&context;
        SlotLimit = (int)((byte*)&context.SlotLimit - start);
        InterruptRequested = (int)((byte*)&context.InterruptRequested - start);
        SampledSlotLimit = (int)((byte*)&context.SampledSlotLimit - start);
        SampleEntry = (int)((byte*)&context.SampleEntry - start);
        NativeLimit = (int)((byte*)&context.NativeLimit - start);
        Memory = (int)((byte*)&context.Memory - start);
        MachineExit = (int)((byte*)&context.MachineExit - start);
        HandlerCode = (int)((byte*)&context.HandlerCode - start);
        HandlerStack = (int)((byte*)&context.HandlerStack - start);
        HandlerFrame = (int)((byte*)&context.HandlerFrame - start);
        MemoryLength = (int)((byte*)&context.MemoryLength - start);
        FaultAddress = (int)((byte*)&context.FaultAddress - start);
        TailCallee = (int)((byte*)&context.TailCallee - start);
        LastMemory = (int)((byte*)&context.LastMemory - start);
        Instance = (int)((byte*)&context.Instance - start);
    }
}

/// <summary>Where compiled code finds the members of <see cref="FuncData"/>.</summary>
internal static unsafe class FuncOffsets
{
    internal static readonly int Entry;
    internal static readonly int MachineEntry;
    internal static readonly int Instance;
    internal static readonly int TypeId;
    internal static readonly int IsHost;
    internal static readonly int IndirectEntry;

    static FuncOffsets()
    {
        FuncData func;
        var start = (byte*)&func;
        Entry = (int)((byte*)&func.Entry - start);
        MachineEntry = (int)((byte*)&func.MachineEntry - start);
        Instance = (int)((byte*)&func.Instance - start);
        TypeId = (int)((byte*)&func.TypeId - start);
        IsHost = (int)((byte*)&func.IsHost - start);
        IndirectEntry = (int)((byte*)&func.IndirectEntry - start);
    }
}

/// <summary>Where compiled code finds the members of <see cref="MemoryData"/>.</summary>
internal static unsafe class MemoryOffsets
{
    internal static readonly int Base;
    internal static readonly int ReservedByteLength;
    internal static readonly int Previous;

    static MemoryOffsets()
    {
        MemoryData memory;
        var start = (byte*)&memory;
        Base = (int)((byte*)&memory.Base - start);
        ReservedByteLength = (int)((byte*)&memory.ReservedByteLength - start);
        Previous = (int)((byte*)&memory.Previous - start);
    }
}

/// <summary>Where compiled code finds the members of <see cref="TableData"/>.</summary>
internal static unsafe class TableOffsets
{
    internal static readonly int Elements;
    internal static readonly int Length;

    static TableOffsets()
    {
        TableData table;
        var start = (byte*)&table;
        Elements = (int)((byte*)&table.Elements - start);
        Length = (int)((byte*)&table.Length - start);
    }
}
