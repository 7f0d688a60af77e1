using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// The operand stack, which exists at compile time only. Each entry has slots of its own, as the interpreter lays them out.
/// </summary>
internal sealed class OperandStack
{
    private Operand[] _entries = new Operand[64];

    /// <summary>How many entries there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The slot above the top entry.</summary>
    internal int Top { get; private set; }

    /// <summary>An entry; 0 is the deepest. Holds until the next is pushed.</summary>
    internal ref Operand this[int index] => ref _entries[index];

    /// <summary>Begins with an empty stack.</summary>
    /// <param name="firstSlot">Where the deepest entry will be.</param>
    internal void Reset(int firstSlot)
    {
        Count = 0;
        Top = firstSlot;
    }

    /// <summary>Pushes an entry, whose slot is set.</summary>
    internal void Push(Operand operand)
    {
        if (Count == _entries.Length)
        {
            // Not the library's, which would be compiled at run time for these.
            var larger = new Operand[2 * Count];
            Array.Copy(_entries, larger, Count);
            _entries = larger;
        }

        operand.Slot = Top;
        Top += SlotTypes.SlotCount(operand.Type);
        _entries[Count++] = operand;
    }

    /// <summary>Pops the top entry.</summary>
    internal Operand Pop()
    {
        Operand operand = _entries[--Count];
        Top = operand.Slot;
        return operand;
    }

    /// <summary>The slot of the lowest of the top entries, so many; the slot above the top entry for none.</summary>
    internal int SlotOf(int entryCount) => entryCount == 0 ? Top : _entries[Count - entryCount].Slot;

    /// <summary>Takes the top entries away, so many.</summary>
    internal void Drop(int entryCount)
    {
        Top = SlotOf(entryCount);
        Count -= entryCount;
    }

    /// <summary>The deepest entry in a register of its own, which will be used last; -1 when there is none.</summary>
    internal int DeepestTemporary(bool isInteger)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Kind == OperandKind.Temporary && _entries[i].IsInteger == isInteger)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The entry that a register holds; -1 when there is none.</summary>
    internal int HeldBy(bool isInteger, int register)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Holds(isInteger, register))
            {
                return i;
            }
        }

        return -1;
    }
}
