using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// An instance on the embedded engine. It is read by index, so that the module runs as it is and no instrumented copy is made;
/// and in place, because nobody runs or disposes it before the snapshot has been written.
/// </summary>
internal sealed class EmbeddedState(Instance instance) : IStableState
{
    // Memory<byte> cannot be larger than 2 GiB.
    private const ulong MaxPieceLength = 1UL << 30;

    public GlobalValue ReadGlobal(int index, ValType type)
    {
        Global global = instance.GlobalAt((uint)index);
        return GlobalValue.FromBits(type, global.Value, type.IsVector ? global.High : 0);
    }

    public unsafe void ReadMemory<TState>(int index, TState state, MemoryReader<TState> reader)
    {
        MemoryData* data = instance.MemoryAt((uint)index).Data;
        PieceChain chain = default;
        for (ulong at = 0; at < data->ByteLength; at += MaxPieceLength)
        {
            // Safe: the instance lives as long as this object is used, and its memory cannot grow while nothing runs in it.
            int length = (int)Math.Min(data->ByteLength - at, MaxPieceLength);
            chain.Add(new NativeMemoryManager(data->Base + at, length).Memory);
        }

        reader(chain.ToSequence(), state);
    }

    public unsafe MemoryRange[] FindTouchedRanges(int memory)
    {
        MemoryData* data = instance.MemoryAt((uint)memory).Data;
        return TouchedPages.Find(data->Base, data->ByteLength);
    }

    public ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits) =>
        ReferenceSnapshot.Take(context, instance, keptDataCount, limits);

    public unsafe void Clear(int memory, MemoryRange range)
    {
        // Safe: the range lies in the memory, which was read the same way.
        MemoryData* data = instance.MemoryAt((uint)memory).Data;
        NativeMemory.Clear(data->Base + range.Start, (nuint)range.ByteLength);
    }
}
