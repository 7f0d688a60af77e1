using Wizer.Binary;

namespace Wizer.Engine.Symbols;

/// <summary>
/// The debug information of a module, in DWARF 2 to 5. It is read as far as an address asks for: of other units than the address's
/// no more than their first entry. Whatever is wrong with it costs details, and nothing else.
/// </summary>
internal sealed class DebugInfo
{
    private readonly int _codeOffset;
    private readonly DwarfContext _context;
    private readonly Dictionary<long, FrameSymbol[]> _known = [];
    private UnitTable? _units;

    internal DebugInfo(ModuleInfo module)
    {
        _codeOffset = Array.Find(module.Sections, static section => section.Id == SectionId.Code).Contents.Offset;
        _context = new DwarfContext(module);
    }

    /// <summary>
    /// What is known about the instruction at a module offset: first the innermost of the functions that the compiler has put
    /// there, last the one that it has put them all into. Empty when nothing is known.
    /// </summary>
    internal FrameSymbol[] Find(long moduleOffset)
    {
        if (!_known.TryGetValue(moduleOffset, out FrameSymbol[]? symbols))
        {
            // Addresses count from what follows the section's size.
            symbols = moduleOffset > _codeOffset ? ReadAt((ulong)(moduleOffset - _codeOffset)) : [];
            _known.Add(moduleOffset, symbols);
        }

        return symbols;
    }

    private FrameSymbol[] ReadAt(ulong address)
    {
        _context.Begin();
        _units ??= new UnitTable(_context);
        foreach (DwarfUnit unit in _units.At(address))
        {
            SourcePlace? place = FindPlace(unit, address);
            if (FindFunction(unit, address) is { } offset)
            {
                return Describe(unit, offset, address, place ?? default);
            }

            if (place is { } known)
            {
                return [known.Of(null)];
            }
        }

        return [];
    }

    private FrameSymbol[] Describe(DwarfUnit unit, int offset, ulong address, SourcePlace place)
    {
        List<InlinedFunction> inlined = FindInlined(unit, offset, address);
        var symbols = new FrameSymbol[inlined.Count + 1];
        for (int i = 0; i < inlined.Count; i++)
        {
            // Each knows where it was called, which is the place in the function around it.
            InlinedFunction function = inlined[inlined.Count - 1 - i];
            symbols[i] = place.Of(FindName(unit, function.Offset));
            place = FindCall(unit, function);
        }

        symbols[^1] = place.Of(FindName(unit, offset));
        return symbols;
    }

    private SourcePlace? FindPlace(DwarfUnit unit, ulong address)
    {
        try
        {
            return LineTable.Find(_context, unit, address);
        }
        catch (DwarfException)
        {
            return null;
        }
    }

    private int? FindFunction(DwarfUnit unit, ulong address)
    {
        try
        {
            return FunctionTable.Find(_context, unit, address);
        }
        catch (DwarfException)
        {
            return null;
        }
    }

    private List<InlinedFunction> FindInlined(DwarfUnit unit, int offset, ulong address)
    {
        var chain = new List<InlinedFunction>();
        try
        {
            InlinedFunction.FindAll(_context, unit, offset, address, chain);
        }
        catch (DwarfException)
        {
            // Those around it are known.
        }

        return chain;
    }

    private SourcePlace FindCall(DwarfUnit unit, in InlinedFunction function)
    {
        string? file = null;
        try
        {
            file = function.CallFile is { } index ? LineTable.HeaderOf(_context, unit)?.FileAt(index) : null;
        }
        catch (DwarfException)
        {
            // A line is good for something all the same.
        }

        return new SourcePlace(file, function.CallLine, function.CallColumn == 0 ? null : function.CallColumn);
    }

    private string? FindName(DwarfUnit unit, int offset)
    {
        try
        {
            return EntryName.Find(_context, _units!, unit, offset);
        }
        catch (DwarfException)
        {
            return null;
        }
    }
}
