namespace Wizer.Binary;

/// <summary>The global section. Core 3.0, Binary Format: Global Section.</summary>
internal static class GlobalSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxGlobals, "globals");
        var globals = new ItemList<GlobalInfo>(info.Globals.Length + count);
        globals.AddRange(info.Globals);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            GlobalType type = TypeReader.ReadGlobalType(ref reader);
            globals.Add(new GlobalInfo(type, ConstExpr.Skip(ref reader), offset));
        }

        info.Globals = globals.ToArray();
    }
}
