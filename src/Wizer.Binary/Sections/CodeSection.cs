namespace Wizer.Binary;

/// <summary>
/// The code section. Only the extent of each body is read here; what is inside, the validator decodes.
/// Core 3.0, Binary Format: Code Section.
/// </summary>
internal static class CodeSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount();
        var bodies = new ItemList<ByteRange>(count);
        for (int i = 0; i < count; i++)
        {
            bodies.Add(reader.ReadByteVector());
        }

        info.Bodies = bodies.ToArray();
    }
}
