using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Finds the place in the source that an address is from. Of a line program only the sequences are kept, which are its functions; the
/// one that has the address is run again.
/// </summary>
internal static class LineTable
{
    /// <summary>The header of a unit's line program, or null when it has none.</summary>
    internal static LineHeader? HeaderOf(DwarfContext context, DwarfUnit unit) => unit.LineHeader ??= LineHeader.Read(context, unit);

    /// <summary>The sequences of a unit's line program: as many as can be read.</summary>
    internal static LineSequence[] SequencesOf(DwarfContext context, DwarfUnit unit) => unit.Lines ??= ReadSequences(context, unit);

    /// <summary>Finds the place of an address, or null.</summary>
    internal static SourcePlace? Find(DwarfContext context, DwarfUnit unit, ulong address)
    {
        LineSequence[] sequences = SequencesOf(context, unit);
        context.Budget.Spend(sequences.Length / 8);
        foreach (LineSequence sequence in sequences)
        {
            if (sequence.Range.Contains(address))
            {
                return FindIn(context, unit, sequence, address);
            }
        }

        return null;
    }

    private static SourcePlace? FindIn(DwarfContext context, DwarfUnit unit, LineSequence sequence, ulong address)
    {
        LineHeader header = HeaderOf(context, unit)!;
        var rows = new LineRows(context, header, sequence.Offset);
        ulong file = 0;
        uint line = 0;
        uint column = 0;
        while (rows.TryRead() && rows.Address <= address)
        {
            file = rows.File;
            line = rows.Line;
            column = rows.Column;
        }

        string? path = null;
        try
        {
            path = header.FileAt(file);
        }
        catch (DwarfException)
        {
            // Then it is known to be somewhere.
        }

        return new SourcePlace(path, line, column);
    }

    private static LineSequence[] ReadSequences(DwarfContext context, DwarfUnit unit)
    {
        var sequences = new List<LineSequence>();
        try
        {
            if (HeaderOf(context, unit) is { } header)
            {
                Read(context, header, sequences);
            }
        }
        catch (DwarfException)
        {
            // What came before it is good.
        }

        return [.. sequences];
    }

    private static void Read(DwarfContext context, LineHeader header, List<LineSequence> sequences)
    {
        var rows = new LineRows(context, header, header.ProgramOffset);
        ulong? begin = null;
        while (rows.TryRead())
        {
            if (!rows.EndsSequence)
            {
                begin ??= rows.Address;
                continue;
            }

            // A sequence from zero is one of code that was linked away: see the functions.
            if (begin > 0 && begin < rows.Address)
            {
                context.Budget.Spend(3 * DwarfBudget.Kept);
                sequences.Add(new LineSequence(new AddressRange(begin.Value, rows.Address), rows.SequenceOffset));
            }

            begin = null;
        }
    }
}

/// <summary>A part of a line program whose addresses only go up. It does not depend on the other parts.</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Offset">Where it begins in the section.</param>
internal readonly record struct LineSequence(AddressRange Range, int Offset);
