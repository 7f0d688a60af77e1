using System.Runtime.CompilerServices;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>What an entry of the translator's operand stack is.</summary>
internal enum NoteKind : byte
{
    /// <summary>No note: the value is in the entry's own slot.</summary>
    Settled,

    /// <summary>The value of a local.</summary>
    Local,

    /// <summary>A constant.</summary>
    Constant,
}

/// <summary>An entry of the translator's operand stack.</summary>
internal struct Note
{
    /// <summary>The constant, or the slot of the local.</summary>
    internal ulong Bits;

    /// <summary>The entry's own slot.</summary>
    internal int Slot;

    internal NoteKind Kind;

    /// <summary>Two for a v128, which is never a constant.</summary>
    internal byte SlotCount;
}

/// <summary>
/// The operand stack of the translator: each entry has slots of its own, but may be a note of a local or of a constant until
/// something consumes it or makes it good.
/// </summary>
internal sealed class NoteStack
{
    private Note[] _entries = new Note[16];

    // How many entries are notes of locals, and of the local in each slot: a search of the stack ends where none is left.
    private int _localCount;
    private int[] _localCounts = new int[16];

    /// <summary>How many entries there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The slot above the top entry.</summary>
    internal int Top { get; private set; }

    /// <summary>The highest that <see cref="Top"/> ever was, or <see cref="Need"/> said.</summary>
    internal int MaxTop { get; private set; }

    /// <summary>An entry; 0 is the deepest. Holds until the next is pushed.</summary>
    internal ref Note this[int index] => ref _entries[index];

    /// <summary>Begins with an empty stack.</summary>
    /// <param name="locals">The locals, which are below it.</param>
    internal void Reset(LocalLayout locals)
    {
        Count = _localCount = 0;
        Top = MaxTop = locals.FirstOperandSlot;
        int slots = locals.SlotCount;
        if (_localCounts.Length < slots)
        {
            _localCounts = new int[Math.Max(slots, 2 * _localCounts.Length)];
        }

        Array.Clear(_localCounts, 0, slots);
    }

    /// <summary>Pushes an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Push(NoteKind kind, ulong bits, int slotCount)
    {
        Note[] entries = _entries;
        int count = Count;
        if ((uint)count >= (uint)entries.Length)
        {
            entries = Grow();
        }

        int top = Top;
        ref Note entry = ref entries[count];
        entry.Kind = kind;
        entry.Bits = bits;
        entry.Slot = top;
        entry.SlotCount = (byte)slotCount;
        Count = count + 1;
        top += slotCount;
        Top = top;
        if (top > MaxTop)
        {
            MaxTop = top;
        }

        if (kind == NoteKind.Local)
        {
            CountLocal((int)bits, 1);
        }
    }

    /// <summary>Pops the top entry, which holds until the next is pushed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref readonly Note Pop()
    {
        int count = Count - 1;
        Count = count;
        ref Note entry = ref _entries[count];
        Top = entry.Slot;
        if (entry.Kind == NoteKind.Local)
        {
            CountLocal((int)entry.Bits, -1);
        }

        return ref entry;
    }

    private Note[] Grow()
    {
        // Not the library's, which would be compiled at run time for these.
        var larger = new Note[2 * Count];
        Array.Copy(_entries, larger, Count);
        return _entries = larger;
    }

    /// <summary>The slot of the lowest of the top entries, so many; the slot above the top entry for none.</summary>
    internal int SlotOf(int entryCount) => entryCount == 0 ? Top : _entries[Count - entryCount].Slot;

    /// <summary>Whether a note of a local is among the entries, or of the one in a slot.</summary>
    internal bool HasNoteOf(int localSlot = -1) => (localSlot < 0 ? _localCount : _localCounts[localSlot]) != 0;

    /// <summary>An entry on the stack has been made good: its value is in its slot.</summary>
    internal void Settle(int index)
    {
        ref Note entry = ref _entries[index];
        if (entry.Kind == NoteKind.Local)
        {
            CountLocal((int)entry.Bits, -1);
        }

        entry.Kind = NoteKind.Settled;
    }

    /// <summary>The frame has to have so many slots.</summary>
    internal void Need(int slotCount) => MaxTop = Math.Max(MaxTop, slotCount);

    private void CountLocal(int slot, int change)
    {
        _localCount += change;
        _localCounts[slot] += change;
    }
}
