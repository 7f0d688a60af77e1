using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the data section. Old segments keep their indices as long as code may name them: active ones have been applied and
/// dropped, which is what an empty passive one is; passive ones stay unless the run dropped them. New segments come after.
/// </summary>
internal static class DataSectionRewriter
{
    private const byte Passive = 1;
    private const int RoomForSegment = DataSegment.MaxHeaderLength + ModuleAssembler.MaxCopied;
    private const ulong MaxReserved = 1 << 30;

    // Not the library's, which is compiled at run time.
    private static readonly byte[] s_noImage = new byte[0];

    /// <summary>Writes the section.</summary>
    /// <param name="module">The input.</param>
    /// <param name="oldCount">How many of its segments are kept.</param>
    /// <param name="snapshot">The new segments.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, int oldCount, SnapshotData snapshot, ModuleAssembler output)
    {
        byte[] image = snapshot.References.HasImage ? snapshot.References.Restore!.Image : s_noImage;
        uint count = CountOf(oldCount, snapshot);
        ulong size = (ulong)WasmWriter.SizeOfU32(count)
            + SizeOfOldSegments(module, oldCount, snapshot.References.Dropped)
            + (image.Length == 0 ? 0 : 1 + (ulong)WasmWriter.SizeOfU32((uint)image.Length) + (ulong)image.Length)
            + SizeOfNewSegments(snapshot, out ulong copied);
        if (size > uint.MaxValue)
        {
            Throw.SectionTooLarge("data", size);
        }

        WasmWriter writer = output.Writer;
        writer.WriteByte((byte)SectionId.Data);
        writer.WriteU32((uint)size);
        writer.WriteU32(count);
        WriteOldSegments(module, oldCount, snapshot.References.Dropped, output);
        if (image.Length != 0)
        {
            writer.WriteByte(Passive);
            writer.WriteU32((uint)image.Length);
            output.AddBytes(image.AsMemory());
        }

        WriteNewSegments(snapshot, copied, output);
    }

    /// <summary>How many segments there will be.</summary>
    internal static uint CountOf(int oldCount, SnapshotData snapshot) =>
        (uint)(oldCount + snapshot.SegmentCount + (snapshot.References.HasImage ? 1 : 0));

    private static ulong SizeOfOldSegments(ModuleInfo module, int oldCount, DroppedSegments dropped)
    {
        ulong size = 0;
        for (int i = 0; i < oldCount; i++)
        {
            uint length = (uint)KeptLength(module, i, dropped);
            size += 1 + (ulong)WasmWriter.SizeOfU32(length) + length;
        }

        return size;
    }

    private static void WriteOldSegments(ModuleInfo module, int oldCount, DroppedSegments dropped, ModuleAssembler output)
    {
        WasmWriter writer = output.Writer;
        for (int i = 0; i < oldCount; i++)
        {
            int length = KeptLength(module, i, dropped);
            writer.WriteByte(Passive);
            writer.WriteU32((uint)length);
            output.AddBytes(module.Bytes.Slice(module.DataSegments[i].Data.Offset, length));
        }
    }

    private static int KeptLength(ModuleInfo module, int index, DroppedSegments dropped) =>
        module.DataSegments[index].Mode == SegmentMode.Passive && !dropped.HasData(index) ? module.DataSegments[index].Data.Length : 0;

    // Also how much of that is written to the buffer, at most.
    private static ulong SizeOfNewSegments(SnapshotData snapshot, out ulong copied)
    {
        ulong size = 0;
        copied = RoomForSegment;
        DataSegment[] segments = snapshot.Segments;
        for (int i = 0; i < segments.Length; i++)
        {
            ulong byteLength = segments[i].ByteLength;
            ulong encodedLength = segments[i].EncodedLength;
            size += encodedLength;
            copied += byteLength <= ModuleAssembler.MaxCopied ? encodedLength : encodedLength - byteLength;
        }

        return size;
    }

    private static void WriteNewSegments(SnapshotData snapshot, ulong copied, ModuleAssembler output)
    {
        // All at once: a buffer that grows is copied and, what takes longer, touches new memory each time.
        Span<byte> room = output.GetSpan((int)Math.Min(copied, MaxReserved));
        int written = 0;
        DataSegment[] segments = snapshot.Segments;
        ReadOnlyMemory<byte> memory = default;
        ReadOnlySpan<byte> memoryBytes = default;
        bool isInMemory = false;
        for (int i = 0; i < segments.Length; i++)
        {
            DataSegment segment = segments[i];
            if (i == 0 || segment.MemoryIndex != segments[i - 1].MemoryIndex)
            {
                isInMemory = snapshot.TryGetMemory(segment.MemoryIndex, out memory);
                memoryBytes = memory.Span;
            }

            if (room.Length - written < RoomForSegment)
            {
                output.Advance(written);
                room = output.GetSpan(RoomForSegment);
                written = 0;
            }

            written += segment.WriteHeader(room[written..]);
            if (isInMemory && segment.ByteLength <= ModuleAssembler.MaxCopied)
            {
                memoryBytes.Slice((int)segment.Address, (int)segment.ByteLength).CopyTo(room[written..]);
                written += (int)segment.ByteLength;
                continue;
            }

            output.Advance(written);
            if (isInMemory)
            {
                output.AddBytes(memory.Slice((int)segment.Address, (int)segment.ByteLength));
            }
            else
            {
                output.AddBytes(snapshot.ContentsOf(i));
            }

            room = output.GetSpan(RoomForSegment);
            written = 0;
        }

        output.Advance(written);
    }
}
