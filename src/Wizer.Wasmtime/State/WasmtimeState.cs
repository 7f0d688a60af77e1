using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// The instance of a run of ours: nobody runs or disposes it before the snapshot has been written, so that its memories are read and
/// written out in place.
/// </summary>
internal sealed class WasmtimeState(WasmtimeInstance instance) : IStableState
{
    private readonly WasmtimeInstanceState _exports = new(instance);

    public GlobalValue ReadGlobal(int index, ValType type) => _exports.ReadGlobal(ModuleContext.GlobalExportName(index), type);

    public void ReadMemory<TState>(int index, TState state, MemoryReader<TState> reader) =>
        _exports.ReadMemory(ModuleContext.MemoryExportName(index), state, reader);

    public unsafe MemoryRange[] FindTouchedRanges(int memory)
    {
        WasmtimeMemory found = _exports.FindMemory(ModuleContext.MemoryExportName(memory));
        return TouchedPages.Find((byte*)found.GetPointer(), (ulong)found.GetLength());
    }

    // Modules that could change any of it were rejected.
    public ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits) => ReferenceChanges.None;

    public unsafe void Clear(int memory, MemoryRange range)
    {
        // Safe: the range lies in the memory, which was read the same way.
        WasmtimeMemory found = _exports.FindMemory(ModuleContext.MemoryExportName(memory));
        NativeMemory.Clear((byte*)found.GetPointer() + range.Start, (nuint)range.ByteLength);
    }
}
