namespace Wizer.Binary;

/// <summary>The data section. Core 3.0, Binary Format: Data Section.</summary>
internal static class DataSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxDataSegments, "data segments");
        var segments = new ItemList<DataSegmentInfo>(count);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            uint flags = reader.ReadU32();
            if (flags > 2)
            {
                Throw.Malformed("malformed data segment kind", offset);
            }

            SegmentMode mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
            uint memory = flags == 2 ? reader.ReadU32() : 0;
            ByteRange offsetExpr = mode == SegmentMode.Active ? ConstExpr.Skip(ref reader) : default;
            segments.Add(new DataSegmentInfo(mode, memory, offsetExpr, reader.ReadByteVector(), offset));
        }

        info.DataSegments = segments.ToArray();
    }
}
