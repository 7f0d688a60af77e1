using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the data section. Old segments keep their indices, because code names them: active ones have been applied and
/// dropped, which is what an empty passive one is; passive ones stay. New segments come after.
/// </summary>
internal static class DataSectionRewriter
{
    private const byte ActiveInMemory0 = 0;
    private const byte Passive = 1;
    private const byte ActiveInMemory = 2;

    internal static void Write(ModuleInfo module, SnapshotData snapshot, ModuleAssembler output)
    {
        uint count = (uint)(module.DataSegments.Length + snapshot.SegmentCount);
        ulong size = (ulong)WasmWriter.SizeOfU32(count) + SizeOfOldSegments(module) + SizeOfNewSegments(snapshot);
        if (size > uint.MaxValue)
        {
            Throw.SectionTooLarge("data", size);
        }

        WasmWriter writer = output.Writer;
        writer.WriteByte((byte)SectionId.Data);
        writer.WriteU32((uint)size);
        writer.WriteU32(count);
        WriteOldSegments(module, output);
        WriteNewSegments(snapshot, output);
    }

    private static ulong SizeOfOldSegments(ModuleInfo module)
    {
        ulong size = 0;
        foreach (DataSegmentInfo segment in module.DataSegments)
        {
            uint length = (uint)KeptLength(segment);
            size += 1 + (ulong)WasmWriter.SizeOfU32(length) + length;
        }

        return size;
    }

    private static void WriteOldSegments(ModuleInfo module, ModuleAssembler output)
    {
        WasmWriter writer = output.Writer;
        foreach (DataSegmentInfo segment in module.DataSegments)
        {
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
            uint memory = segment.MemoryIndex;
            ulong flags = memory == 0 ? 1 : 1 + (ulong)WasmWriter.SizeOfU32(memory);
            ulong offset = 2 + (ulong)WasmWriter.SizeOfS64(AddressImmediate(segment));
            ulong length = segment.ByteLength;
            size += flags + offset + (ulong)WasmWriter.SizeOfU64(length) + length;
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
            writer.WriteS64(AddressImmediate(segment));
            writer.WriteByte((byte)Opcode.End);
            writer.WriteU64(segment.ByteLength);
            output.AddBytes(segment.Contents);
        }
    }

    private static long AddressImmediate(in DataSegment segment) => segment.Is64 ? (long)segment.Address : (int)(uint)segment.Address;
}
