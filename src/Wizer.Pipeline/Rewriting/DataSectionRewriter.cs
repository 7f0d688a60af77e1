using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the data section. Old segments keep their indices as long as code may name them: active ones have been applied and
/// dropped, which is what an empty passive one is; passive ones stay unless the run dropped them. New segments come after.
/// </summary>
internal static class DataSectionRewriter
{
    private const byte Passive = 1;

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
        var segments = new SnapshotSegments(snapshot);
        ulong size = (ulong)WasmWriter.SizeOfU32(count)
            + SizeOfOldSegments(module, oldCount, snapshot.References.Dropped)
            + (image.Length == 0 ? 0 : 1 + (ulong)WasmWriter.SizeOfU32((uint)image.Length) + (ulong)image.Length)
            + (ulong)segments.ByteLength;
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

        output.AddPart(segments);
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
}
