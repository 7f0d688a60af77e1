using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>Runs a line program. DWARF 5, 6.2.5 The Line Number Program.</summary>
internal ref struct LineRows
{
    private readonly DwarfBudget _budget;
    private readonly LineHeader _header;
    private DwarfCursor _cursor;
    private ulong _operationIndex;
    private bool _isTombstone;

    /// <param name="context">All debug information.</param>
    /// <param name="header">The program's header.</param>
    /// <param name="offset">The beginning of a sequence, in the section.</param>
    internal LineRows(DwarfContext context, LineHeader header, int offset)
    {
        _budget = context.Budget;
        _header = header;
        _cursor = new DwarfCursor(context.Sections.Line.Span[..header.End], (ulong)offset);
        EndsSequence = true;
    }

    /// <summary>Where the sequence of the row begins, in the section.</summary>
    internal int SequenceOffset { get; private set; }

    /// <summary>Whether the row only says where its sequence ends.</summary>
    internal bool EndsSequence { get; private set; }

    internal ulong Address { get; private set; }

    internal ulong File { get; private set; }

    internal uint Line { get; private set; }

    internal uint Column { get; private set; }

    /// <summary>Goes on to the next row; rows of code that was linked away are none.</summary>
    internal bool TryRead()
    {
        if (EndsSequence)
        {
            Reset();
        }

        while (!_cursor.IsAtEnd)
        {
            _budget.Spend(1);
            if (!Step())
            {
                continue;
            }

            if (!_isTombstone)
            {
                return true;
            }

            if (EndsSequence)
            {
                Reset();
            }
        }

        return false;
    }

    private void Reset()
    {
        SequenceOffset = _cursor.Position;
        EndsSequence = false;
        Address = 0;
        File = 1;
        Line = 1;
        Column = 0;
        _operationIndex = 0;
        _isTombstone = false;
    }

    // Returns whether there is a row.
    private bool Step()
    {
        byte opcode = _cursor.ReadU8();
        if (opcode >= _header.OpcodeBase)
        {
            int adjusted = opcode - _header.OpcodeBase;
            AdvanceLine(_header.LineBase + (adjusted % _header.LineRange));
            Advance((ulong)(adjusted / _header.LineRange));
            return true;
        }

        switch (opcode)
        {
            case 0:
                return StepExtended();
            case 1: // DW_LNS_copy
                return true;
            case 2: // DW_LNS_advance_pc
                Advance(_cursor.ReadUleb());
                break;
            case 3: // DW_LNS_advance_line
                AdvanceLine(_cursor.ReadSleb());
                break;
            case 4: // DW_LNS_set_file
                File = _cursor.ReadUleb();
                break;
            case 5: // DW_LNS_set_column
                Column = (uint)_cursor.ReadUleb();
                break;
            case 6 or 7 or 10 or 11: // Flags of the row, which matter to debuggers.
                break;
            case 8: // DW_LNS_const_add_pc
                Advance((ulong)((byte.MaxValue - _header.OpcodeBase) / _header.LineRange));
                break;
            case 9: // DW_LNS_fixed_advance_pc
                SetAddress(Address + _cursor.ReadU16());
                break;
            default: // DW_LNS_set_isa, and what later versions may have.
                for (int i = _header.OperandCounts[opcode]; i > 0; i--)
                {
                    _cursor.ReadUleb();
                }

                break;
        }

        return false;
    }

    private bool StepExtended()
    {
        ulong length = _cursor.ReadUleb();
        DwarfCursor operands = _cursor;
        _cursor.Skip(length);
        switch (operands.ReadU8())
        {
            case 1: // DW_LNE_end_sequence
                EndsSequence = true;
                return true;
            case 2: // DW_LNE_set_address
                ulong address = operands.ReadUnsigned(_header.AddressSize);

                // Addresses of a sequence never go down, unless a linker has put something in the place of one.
                _isTombstone = address < Address || _header.IsTombstone(address);
                SetAddress(address);
                break;
        }

        return false;
    }

    private void AdvanceLine(long lines) => Line = (uint)(Line + lines);

    private void Advance(ulong operations)
    {
        ulong index = _operationIndex + operations;
        SetAddress(Address + (_header.MinInstructionLength * (index / _header.MaxOperations)), index % _header.MaxOperations);
    }

    // From an address that stands for none, one does not get to another by adding.
    private void SetAddress(ulong address, ulong operationIndex = 0)
    {
        if (!_isTombstone)
        {
            Address = address;
            _operationIndex = operationIndex;
        }
    }
}
