using System.Globalization;
using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// An instance on the embedded engine. It is read by index, so that the module runs as it is and no instrumented copy is made;
/// and in place, because nobody runs or disposes it before the snapshot has been written.
/// </summary>
internal sealed class EmbeddedInstanceState(Instance instance) : IStableInstanceState
{
    // Memory<byte> cannot be larger than 2 GiB.
    private const ulong MaxPieceLength = 1UL << 30;

    public GlobalValue ReadGlobal(string exportName, ValType type)
    {
        Global global = instance.GlobalAt(IndexIn(exportName));
        return GlobalValue.FromBits(type, global.Value, type.IsVector ? global.High : 0);
    }

    public unsafe void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
    {
        MemoryData* memory = instance.MemoryAt(IndexIn(exportName)).Data;
        PieceChain chain = default;
        for (ulong at = 0; at < memory->ByteLength; at += MaxPieceLength)
        {
            // Safe: the instance lives as long as this object is used, and its memory cannot grow while nothing runs in it.
            int length = (int)Math.Min(memory->ByteLength - at, MaxPieceLength);
            chain.Add(new NativeMemoryManager(memory->Base + at, length).Memory);
        }

        reader(chain.ToSequence(), state);
    }

    public unsafe MemoryRange[] FindTouchedRanges(string exportName)
    {
        MemoryData* memory = instance.MemoryAt(IndexIn(exportName)).Data;
        return TouchedPages.Find(memory->Base, memory->ByteLength);
    }

    public DroppedSegments ReadReferences(ModuleContext context)
    {
        ReferenceCheck.Check(context, instance);
        return DroppedSegments.Find(context, instance);
    }

    public unsafe void Clear(string exportName, MemoryRange range)
    {
        // Safe: the range lies in the memory, which was read the same way.
        MemoryData* memory = instance.MemoryAt(IndexIn(exportName)).Data;
        NativeMemory.Clear(memory->Base + range.Start, (nuint)range.ByteLength);
    }

    private static uint IndexIn(string exportName) =>
        uint.Parse(exportName.AsSpan(exportName.LastIndexOf('_') + 1), CultureInfo.InvariantCulture);
}
