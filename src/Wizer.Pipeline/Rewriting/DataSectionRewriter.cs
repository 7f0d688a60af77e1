using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the data section. Old segments keep their indices as long as code may name them: active ones have been applied and
/// dropped, which is what an empty passive one is; passive ones stay. New segments come after.
/// </summary>
internal static class DataSectionRewriter
{
    private const byte ActiveInMemory0 = 0;
    private const byte Passive = 1;
    private const byte ActiveInMemory = 2;

    /// <summary>Writes the section.</summary>
    /// <param name="module">The input.</param>
    /// <param name="oldCount">How many of its segments are kept.</param>
    /// <param name="snapshot">The new segments.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, int oldCount, SnapshotData snapshot, ModuleAssembler output)
    {
        uint count = (uint)(oldCount + snapshot.SegmentCount);
        ulong size = (ulong)WasmWriter.SizeOfU32(count) + SizeOfOldSegments(module, oldCount) + SizeOfNewSegments(snapshot);
        if (size > uint.MaxValue)
        {
            Throw.SectionTooLarge("data", size);
        }

        WasmWriter writer = output.Writer;
        writer.WriteByte((byte)SectionId.Data);
        writer.WriteU32((uint)size);
        writer.WriteU32(count);
        WriteOldSegments(module, oldCount, output);
        WriteNewSegments(snapshot, output);
    }

    private static ulong SizeOfOldSegments(ModuleInfo module, int oldCount)
    {
        ulong size = 0;
        for (int i = 0; i < oldCount; i++)
        {
            uint length = (uint)KeptLength(module.DataSegments[i]);
            size += 1 + (ulong)WasmWriter.SizeOfU32(length) + length;
        }

        return size;
    }

    private static void WriteOldSegments(ModuleInfo module, int oldCount, ModuleAssembler output)
    {
        WasmWriter writer = output.Writer;
        for (int i = 0; i < oldCount; i++)
        {
            DataSegmentInfo segment = module.DataSegments[i];
            int length = KeptLength(segment);
            writer.WriteByte(Passive);
            writer.WriteU32((uint)length);
            output.AddBytes(module.Bytes.Slice(segment.Data.Offset, length));
        }
    }

    private static int KeptLength(in DataSegmentInfo segment) => segment.Mode == SegmentMode.Passive ? segment.Data.Length : 0;

    private static ulong SizeOfNewSegments(SnapshotData snapshot)
    {
        ulong size = 0;
        foreach (DataSegment segment in snapshot.Segments)
        {
            size += segment.EncodedLength;
        }

        return size;
    }

    private static void WriteNewSegments(SnapshotData snapshot, ModuleAssembler output)
    {
        WasmWriter writer = output.Writer;
        foreach (DataSegment segment in snapshot.Segments)
        {
            if (segment.MemoryIndex == 0)
            {
                writer.WriteByte(ActiveInMemory0);
            }
            else
            {
                writer.WriteByte(ActiveInMemory);
                writer.WriteU32(segment.MemoryIndex);
            }

            writer.WriteByte((byte)(segment.Is64 ? Opcode.I64Const : Opcode.I32Const));
            writer.WriteS64(SegmentCost.AddressImmediate(segment.Address, segment.Is64));
            writer.WriteByte((byte)Opcode.End);
            writer.WriteU64(segment.ByteLength);
            output.AddBytes(segment.Contents);
        }
    }
}
