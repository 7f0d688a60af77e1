namespace Wizer.Binary;

/// <summary>The type section: recursion groups of sub types. Core 3.0, Binary Format: Type Section.</summary>
internal static class TypeSection
{
    private const byte RecCode = 0x4e;
    private const byte SubFinalCode = 0x4f;
    private const byte SubCode = 0x50;
    private const byte ArrayCode = 0x5e;
    private const byte StructCode = 0x5f;
    private const byte FuncCode = 0x60;

    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int groupCount = reader.ReadCount(WasmLimits.MaxRecGroups, "types");
        var types = new ItemList<SubType>(groupCount);
        var groupStarts = new ItemList<int>(groupCount);
        for (int group = 0; group < groupCount; group++)
        {
            groupStarts.Add(types.Count);
            int typeCount = 1;
            if (reader.TryPeek(out byte code) && code == RecCode)
            {
                reader.ReadByte();
                typeCount = reader.ReadCount();
            }

            if (typeCount > WasmLimits.MaxTypes - types.Count)
            {
                Throw.Malformed($"too many types: at most {WasmLimits.MaxTypes} are supported", reader.Offset);
            }

            for (int i = 0; i < typeCount; i++)
            {
                SubType type = ReadSubType(ref reader);
                type.RecGroup = group;
                types.Add(type);
            }
        }

        info.Types = types.ToArray();
        info.RecGroupStarts = groupStarts.ToArray();
    }

    /// <summary>Reads a recursion group that stands alone, in a component. Core 3.0, Binary Format: Types, Recursive Types.</summary>
    internal static SubType[] ReadRecType(ref WasmReader reader, out bool isGroup)
    {
        isGroup = reader.TryPeek(out byte code) && code == RecCode;
        if (!isGroup)
        {
            return [ReadSubType(ref reader)];
        }

        reader.ReadByte();
        int count = reader.ReadCount(WasmLimits.MaxTypes, "types");
        var types = new ItemList<SubType>(count);
        for (int i = 0; i < count; i++)
        {
            types.Add(ReadSubType(ref reader));
        }

        return types.ToArray();
    }

    private static SubType ReadSubType(ref WasmReader reader)
    {
        int offset = (int)reader.Offset;
        if (!reader.TryPeek(out byte code) || code is not (SubCode or SubFinalCode))
        {
            return new SubType(ReadCompositeType(ref reader), isFinal: true, ItemList<uint>.Empty, offset);
        }

        reader.ReadByte();
        int count = reader.ReadCount();
        var supertypes = new ItemList<uint>(count);
        for (int i = 0; i < count; i++)
        {
            supertypes.Add(reader.ReadU32());
        }

        return new SubType(ReadCompositeType(ref reader), isFinal: code == SubFinalCode, supertypes.ToArray(), offset);
    }

    private static CompositeType ReadCompositeType(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        switch (code)
        {
            case FuncCode:
                ValType[] parameters = ReadResultType(ref reader, "parameters");
                return new FuncType(parameters, ReadResultType(ref reader, "results"));
            case StructCode:
                return new StructType(ReadFields(ref reader));
            case ArrayCode:
                return new ArrayType(TypeReader.ReadFieldType(ref reader));
            default:
                // The codes are signed numbers of seven bits.
                Throw.Malformed(code >= 0x80 ? "integer representation too long" : "malformed definition type", at);
                return null;
        }
    }

    private static ValType[] ReadResultType(ref WasmReader reader, string what)
    {
        int count = reader.ReadCount(WasmLimits.MaxParameters, what);
        var types = new ItemList<ValType>(count);
        for (int i = 0; i < count; i++)
        {
            types.Add(TypeReader.ReadValType(ref reader));
        }

        return types.ToArray();
    }

    private static FieldType[] ReadFields(ref WasmReader reader)
    {
        int count = reader.ReadCount(WasmLimits.MaxStructFields, "fields");
        var fields = new ItemList<FieldType>(count);
        for (int i = 0; i < count; i++)
        {
            fields.Add(TypeReader.ReadFieldType(ref reader));
        }

        return fields.ToArray();
    }
}
