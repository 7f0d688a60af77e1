namespace Wizer.Binary;

/// <summary>The function section: a type index for each body. Core 3.0, Binary Format: Function Section.</summary>
internal static class FunctionSection
{
    /// <summary>Appends to the function index space.</summary>
    /// <returns>How many functions the module defines.</returns>
    internal static uint Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxFunctions, "functions");
        var funcs = new ItemList<uint>(info.FuncTypeIndices.Length + count);
        funcs.AddRange(info.FuncTypeIndices);
        for (int i = 0; i < count; i++)
        {
            funcs.Add(reader.ReadU32());
        }

        info.FuncTypeIndices = funcs.ToArray();
        return (uint)count;
    }
}
