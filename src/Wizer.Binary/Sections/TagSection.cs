namespace Wizer.Binary;

/// <summary>The tag section. Core 3.0, Binary Format: Tag Section.</summary>
internal static class TagSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxTags, "tags");
        var tags = new ItemList<TagInfo>(info.Tags.Length + count);
        tags.AddRange(info.Tags);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            tags.Add(new TagInfo(TypeReader.ReadTagType(ref reader), offset));
        }

        info.Tags = tags.ToArray();
    }
}
