namespace Wizer.Binary;

/// <summary>The memory section. Core 3.0, Binary Format: Memory Section.</summary>
internal static class MemorySection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxMemories, "memories");
        var memories = new ItemList<MemoryInfo>(info.Memories.Length + count);
        memories.AddRange(info.Memories);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            memories.Add(new MemoryInfo(TypeReader.ReadMemoryType(ref reader), offset));
        }

        info.Memories = memories.ToArray();
    }
}
