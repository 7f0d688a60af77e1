using System.Runtime.InteropServices;

namespace Wizer.Engine.Layout;

// What translated code touches while it runs lives in native memory, in these shapes: the interpreter and compiled code reach
// everything through raw pointers, and the garbage collector never sees any of it. Each block is owned by the managed object
// named beside it and freed when the Store is disposed.

/// <summary>A memory as translated code sees it. Owned by <see cref="LinearMemory"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemoryData
{
    /// <summary>What is reserved behind the last address: as much as an offset below 2^31 and a width of at most 16 can reach.</summary>
    internal const ulong GuardByteLength = (1UL << 31) + (1UL << 16);

    /// <summary>The first byte. Growth never moves it unless the reservation was refused.</summary>
    public byte* Base;

    /// <summary>The current size in bytes.</summary>
    public ulong ByteLength;

    /// <summary>How far it may grow by its type.</summary>
    public ulong MaxByteLength;

    /// <summary>The address space reserved at <see cref="Base"/>; 0 when the bytes are an ordinary block that growth moves.</summary>
    public ulong ReservedByteLength;

    /// <summary>
    /// An access with an address below this and an offset below 2^31 needs no check, as it ends in what is reserved; 0 when each
    /// has to be checked.
    /// </summary>
    public ulong UncheckedByteLength;

    /// <summary>The memory of the store that was created before; null for the first.</summary>
    public MemoryData* Previous;

    /// <summary>How many more bytes all memories, objects and exceptions of the store may take.</summary>
    public Budget* Budget;

    /// <summary>16 unless the type has a custom page size.</summary>
    public int PageSizeLog2;

    /// <summary>1 when the type says that threads may share it.</summary>
    public int IsShared;
}

/// <summary>A table as translated code sees it. Owned by <see cref="Table"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TableData
{
    /// <summary>One handle each; 0 is null. Growth moves them.</summary>
    public ulong* Elements;

    /// <summary>The current size in elements.</summary>
    public ulong Length;

    /// <summary>How many elements the block at <see cref="Elements"/> has room for.</summary>
    public ulong Capacity;

    /// <summary>How far it may grow by its type.</summary>
    public ulong MaxLength;

    /// <summary>How many more elements all tables of the store may have.</summary>
    public Budget* Budget;
}

/// <summary>A data segment: <c>memory.init</c> copies from it. The bytes are those of the module.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DataSegmentData
{
    /// <summary>The first byte.</summary>
    public byte* Bytes;

    /// <summary>In bytes; 0 once dropped.</summary>
    public ulong ByteLength;
}

/// <summary>An element segment: <c>table.init</c> copies from it. Owned by <see cref="Instance"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ElementSegmentData
{
    /// <summary>The first handle.</summary>
    public ulong* Elements;

    /// <summary>In elements; 0 once dropped.</summary>
    public ulong Length;
}

/// <summary>A tag; its address is its identity. Owned by the store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TagData
{
    /// <summary>The identity of the tag's function type in the store.</summary>
    public uint TypeId;

    /// <summary>The slots of the values an exception carries.</summary>
    public int ParameterSlots;
}

/// <summary>A function of the store as translated code sees it; a funcref handle is the address of one. Owned by the store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FuncData
{
    /// <summary>
    /// What the interpreter's calls run: translated code, or a call of compiled code; null until the first call, and for host
    /// functions.
    /// </summary>
    public ushort* Code;

    /// <summary>Translated code, also of a function that has been compiled since.</summary>
    public ushort* Translated;

    /// <summary>What compiled code's calls run: slots, context, the function; a <see cref="TrapKind"/>.</summary>
    public delegate*<ulong*, GuestContext*, FuncData*, int> Entry;

    /// <summary>
    /// The same for the interpreter's loop, once <see cref="IsCompiled"/>: what it ends with a tail call of may be left to the loop.
    /// </summary>
    public delegate*<ulong*, GuestContext*, FuncData*, int> LoopEntry;

    /// <summary>What machine code's calls run; see <c>MachineCode</c>. 0 where there is none, and for host functions.</summary>
    public nint MachineEntry;

    /// <summary>
    /// The same where the function is not known before: what is right whichever it is, and of whichever instance. As long as a store has
    /// one instance only, that is <see cref="MachineEntry"/> for all of its functions.
    /// </summary>
    public nint IndirectEntry;

    /// <summary>The instance whose memories, tables and globals the code uses; null for host functions.</summary>
    public InstanceData* Instance;

    /// <summary>The identity of the function's type in the store: equal types have equal ids, across modules.</summary>
    public uint TypeId;

    /// <summary>The slots of the parameters, where a frame starts.</summary>
    public int ParameterSlots;

    /// <summary>The slots of the results, which end up where the frame started.</summary>
    public int ResultSlots;

    /// <summary>The index in the instance's function index space; for host functions, in the store's list of them.</summary>
    public int FuncIndex;

    /// <summary>1 for a host function, 0 otherwise.</summary>
    public int IsHost;

    /// <summary>How many there are at <see cref="Handlers"/>.</summary>
    public int HandlerCount;

    /// <summary>What catches exceptions in the code. Known once translated.</summary>
    public HandlerData* Handlers;

    /// <summary>How often a host function was called, or another one from outside of its instance.</summary>
    public ulong CallCount;

    /// <summary>How many calls and branches were counted in it; see <c>Tiering</c>.</summary>
    public int Heat;

    /// <summary>One more than its place among the hot functions; 0 when it is not hot.</summary>
    public int HotIndex;

    /// <summary>Whether calls run compiled code.</summary>
    public readonly bool IsCompiled => Code != Translated;
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

    /// <summary>The tag index space.</summary>
    public TagData** Tags;

    /// <summary>The data segments.</summary>
    public DataSegmentData* DataSegments;

    /// <summary>The element segments.</summary>
    public ElementSegmentData* ElementSegments;

    /// <summary>The identity in the store of each of the module's types.</summary>
    public uint* TypeIds;

    /// <summary>The bytes of the module; offsets of its <c>ModuleInfo</c> count from here. They stay put as long as the instance.</summary>
    public byte* ModuleBytes;

    /// <summary>The index in the store's list of instances, where the managed half is.</summary>
    public int Id;

    /// <summary>How many memories there are.</summary>
    public int MemoryCount;
}
