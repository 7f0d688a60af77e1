namespace Wizer.Binary;

/// <summary>The element section. Core 3.0, Binary Format: Element Section.</summary>
internal static class ElementSection
{
    // Bit 0: passive or declarative; bit 1: an explicit table (active) or declarative; bit 2: expressions instead of indices.
    private const uint NotActive = 1;
    private const uint ExplicitOrDeclarative = 2;
    private const uint Expressions = 4;

    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxElementSegments, "element segments");
        var segments = new ItemList<ElementSegmentInfo>(count);
        for (int i = 0; i < count; i++)
        {
            segments.Add(ReadSegment(ref reader));
        }

        info.ElementSegments = segments.ToArray();
    }

    private static ElementSegmentInfo ReadSegment(ref WasmReader reader)
    {
        int offset = (int)reader.Offset;
        uint flags = reader.ReadU32();
        if (flags > 7)
        {
            Throw.Malformed("malformed elements segment kind", offset);
        }

        SegmentMode mode = (flags & NotActive) == 0 ? SegmentMode.Active
            : (flags & ExplicitOrDeclarative) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        uint table = 0;
        ByteRange offsetExpr = default;
        if (mode == SegmentMode.Active)
        {
            table = (flags & ExplicitOrDeclarative) != 0 ? reader.ReadU32() : 0;
            offsetExpr = ConstExpr.Skip(ref reader);
        }

        bool expressions = (flags & Expressions) != 0;
        ValType type = ReadElementType(ref reader, expressions, isAbbreviated: (flags & (NotActive | ExplicitOrDeclarative)) == 0);
        int count = reader.ReadCount();
        int items = (int)reader.Offset;
        for (int i = 0; i < count; i++)
        {
            if (expressions)
            {
                ConstExpr.Skip(ref reader);
            }
            else
            {
                reader.ReadU32();
            }
        }

        var range = new ByteRange(items, (int)reader.Offset - items);
        return new ElementSegmentInfo(mode, table, offsetExpr, type, expressions, count, range, offset);
    }

    private static ValType ReadElementType(ref WasmReader reader, bool expressions, bool isAbbreviated)
    {
        // Function indices are never null; the abbreviated form with expressions predates typed references and says funcref.
        if (isAbbreviated)
        {
            return expressions ? ValType.FuncRef : ValType.Ref(HeapType.Func, nullable: false);
        }

        if (expressions)
        {
            return TypeReader.ReadRefType(ref reader);
        }

        long at = reader.Offset;
        if (reader.ReadByte() != 0)
        {
            Throw.Malformed("malformed element kind", at);
        }

        return ValType.Ref(HeapType.Func, nullable: false);
    }
}
