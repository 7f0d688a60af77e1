using System.Runtime.InteropServices;

namespace Wizer.Engine;

// What translated code touches while it runs lives in native memory, in these shapes: the interpreter (and later compiled
// code) reaches everything through raw pointers, and the garbage collector never sees any of it. Each block is owned by the
// managed object named beside it and freed when the Store is disposed.

/// <summary>A memory as translated code sees it. Owned by <see cref="LinearMemory"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemoryData
{
    /// <summary>The first byte. Growth never moves it unless the reservation was refused.</summary>
    public byte* Base;

    /// <summary>The current size in bytes.</summary>
    public ulong ByteLength;
}

/// <summary>A table as translated code sees it. Owned by the table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TableData
{
    /// <summary>One handle each; 0 is null.</summary>
    public ulong* Elements;

    /// <summary>The current size in elements.</summary>
    public ulong Length;
}

/// <summary>A function of the store as translated code sees it; a funcref handle is the address of one. Owned by the store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FuncData
{
    /// <summary>Translated code; null until the first call, and for host functions.</summary>
    public ushort* Code;

    /// <summary>The instance whose memories, tables and globals the code uses.</summary>
    public InstanceData* Instance;

    /// <summary>The identity of the function's type in the store: equal types have equal ids, across modules.</summary>
    public uint TypeId;

    /// <summary>The slots of the parameters, where a frame starts.</summary>
    public int ParameterSlots;

    /// <summary>The slots of the results, which end up where the frame started.</summary>
    public int ResultSlots;

    /// <summary>All the slots a frame may touch: parameters, locals, operands. Known once translated.</summary>
    public int FrameSlots;

    /// <summary>The slots of the parameters and the declared locals. Known once translated.</summary>
    public int LocalSlots;

    /// <summary>The index in the instance's function index space.</summary>
    public int FuncIndex;

    /// <summary>The index in the store's list of functions, where the managed half is.</summary>
    public int Id;

    /// <summary>1 for a host function, 0 otherwise.</summary>
    public int IsHost;
}

/// <summary>An instance as translated code sees it. Owned by <see cref="Instance"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InstanceData
{
    /// <summary>The memory index space.</summary>
    public MemoryData** Memories;

    /// <summary>The global index space: the address of each value, 16 bytes for each so that v128 fits.</summary>
    public ulong** Globals;

    /// <summary>The function index space.</summary>
    public FuncData** Funcs;

    /// <summary>The table index space.</summary>
    public TableData** Tables;

    /// <summary>The index in the store's list of instances, where the managed half is.</summary>
    public int Id;
}
