namespace Wizer.Engine.Symbols;

/// <summary>A function that the compiler has put into another one. DWARF 5, 3.3.8 Inlinable and Inlined Subroutines.</summary>
/// <param name="Offset">Where its entry is.</param>
/// <param name="CallFile">The file it was called in, by its number in the line program.</param>
/// <param name="CallLine">The line; zero when unknown.</param>
/// <param name="CallColumn">The column; zero when unknown.</param>
internal readonly record struct InlinedFunction(int Offset, ulong? CallFile, uint CallLine, uint CallColumn)
{
    // More than anybody has inlined, and looked at.
    private const int MaxDepth = 200;

    /// <summary>Adds the functions that are at an address of a function, from the outermost to the innermost.</summary>
    internal static void FindAll(DwarfContext context, DwarfUnit unit, int funcOffset, ulong address, List<InlinedFunction> chain)
    {
        var entries = new EntryReader(context, unit, (ulong)funcOffset);
        if (!entries.TryRead())
        {
            return;
        }

        entries.SkipAttributes();
        int around = 0;
        int skipped = int.MaxValue;
        while (entries.TryRead() && entries.Depth > around)
        {
            if (entries.Depth > skipped)
            {
                entries.SkipAttributes();
                continue;
            }

            skipped = int.MaxValue;
            if (entries.Tag == DwarfTag.Subprogram)
            {
                // Another function, with entries and code of its own.
                skipped = entries.Depth;
                entries.SkipAttributes();
            }
            else if (entries.Tag != DwarfTag.InlinedSubroutine)
            {
                entries.SkipAttributes();
            }
            else if (Read(context, unit, ref entries, address) is not { } function)
            {
                skipped = entries.Depth;
            }
            else if (chain.Count < MaxDepth)
            {
                // What else is there, is in this one.
                around = entries.Depth;
                chain.Add(function);
            }
        }
    }

    // Null when the function is not at the address.
    private static InlinedFunction? Read(DwarfContext context, DwarfUnit unit, ref EntryReader entries, ulong address)
    {
        AddressRanges ranges = default;
        ulong? callFile = null;
        uint callLine = 0;
        uint callColumn = 0;
        int offset = entries.Offset;
        foreach (AttributeSpec spec in entries.Attributes)
        {
            DwarfValue value = entries.ReadAttribute(spec);
            ranges.Add(spec.Name, value);
            if (value.Kind != DwarfValueKind.Constant)
            {
                continue;
            }

            switch (spec.Name)
            {
                case DwarfAttribute.CallFile:
                    // Before version 5, zero was no file.
                    callFile = value.Number == 0 && unit.Encoding.Version < 5 ? null : value.Number;
                    break;
                case DwarfAttribute.CallLine:
                    callLine = (uint)value.Number;
                    break;
                case DwarfAttribute.CallColumn:
                    callColumn = (uint)value.Number;
                    break;
            }
        }

        AddressRangeReader reader = ranges.Open(context, unit);
        while (reader.TryRead(out AddressRange range))
        {
            if (range.Contains(address))
            {
                return new InlinedFunction(offset, callFile, callLine, callColumn);
            }
        }

        return null;
    }
}
