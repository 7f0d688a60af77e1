using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>The types of a function's locals, parameters first, and the slots of its frame that they lie in, one after the other.</summary>
internal sealed class LocalLayout
{
    private SlotType[] _types = new SlotType[16];
    private int[] _slots = new int[16];

    /// <summary>How many locals there are.</summary>
    internal int Count { get; private set; }

    /// <summary>How many slots they take. What the frame saves of its caller comes next, and then the operands.</summary>
    internal int SlotCount { get; private set; }

    /// <summary>The first slot of an operand.</summary>
    internal int FirstOperandSlot => SlotCount + FrameHeader.SavedSlots;

    /// <summary>The type of a local.</summary>
    internal SlotType TypeOf(int local) => _types[local];

    /// <summary>The first slot of a local.</summary>
    internal int SlotOf(int local) => _slots[local];

    /// <summary>Reads the declarations at the start of a body that is known to be valid, in place of those of an earlier one.</summary>
    /// <param name="reader">Stands behind the declarations afterwards, when there are not too many.</param>
    /// <param name="type">The function's type.</param>
    /// <param name="maxCount">How many locals are not too many.</param>
    /// <returns>False when there are more.</returns>
    internal bool TryRead(ref WasmReader reader, FuncType type, int maxCount)
    {
        Count = SlotCount = 0;
        foreach (ValType parameter in type.Parameters)
        {
            Add(1, parameter);
        }

        int groups = reader.ReadCount();
        for (int i = 0; i < groups; i++)
        {
            uint count = reader.ReadU32();
            ValType declared = TypeReader.ReadValType(ref reader);
            if (count > maxCount - Count)
            {
                return false;
            }

            Add((int)count, declared);
        }

        return Count <= maxCount;
    }

    private void Add(int count, ValType type)
    {
        int end = Count + count;
        if (end > _types.Length)
        {
            Array.Resize(ref _types, Math.Max(end, 2 * _types.Length));
            Array.Resize(ref _slots, _types.Length);
        }

        SlotType slotType = SlotTypes.Of(type);
        int slots = SlotTypes.SlotCount(slotType);
        for (; Count < end; Count++)
        {
            _types[Count] = slotType;
            _slots[Count] = SlotCount;
            SlotCount += slots;
        }
    }
}
