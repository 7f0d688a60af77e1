using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Globals in which code keeps objects for a while, and numbers. The former are null before and after.</summary>
/// <param name="firstIndex">The index of the first.</param>
internal sealed class HelperGlobals(uint firstIndex)
{
    private readonly Dictionary<ValType, Stack<uint>> _free = [];
    private readonly List<ValType> _types = [];
    private readonly Dictionary<uint, int> _values = [];

    /// <summary>How many there are.</summary>
    internal int Count => _types.Count;

    /// <summary>Finds one that is free, or adds one.</summary>
    /// <param name="type">The type of references to the object.</param>
    internal uint Take(ValType type)
    {
        type = type.WithNullable(true);
        if (_free.TryGetValue(type, out Stack<uint>? free) && free.TryPop(out uint index))
        {
            return index;
        }

        _types.Add(type);
        return firstIndex + (uint)_types.Count - 1;
    }

    /// <summary>Adds one for an integer of 32 bits.</summary>
    /// <param name="value">What it starts with.</param>
    internal uint AddInteger(int value)
    {
        _types.Add(ValType.I32);
        _values.Add(firstIndex + (uint)_types.Count - 1, value);
        return firstIndex + (uint)_types.Count - 1;
    }

    /// <summary>Gives one back.</summary>
    internal void Release(uint index)
    {
        ValType type = _types[(int)(index - firstIndex)];
        if (!_free.TryGetValue(type, out Stack<uint>? free))
        {
            free = new Stack<uint>();
            _free.Add(type, free);
        }

        free.Push(index);
    }

    /// <summary>Writes them as the global section has them.</summary>
    internal void WriteTo(InstructionBuffer code)
    {
        for (int i = 0; i < _types.Count; i++)
        {
            code.Writer.WriteGlobalType(new GlobalType(_types[i], IsMutable: true));
            if (_types[i].IsRef)
            {
                code.RefNull(_types[i].HeapType);
            }
            else
            {
                code.I32Const(_values[firstIndex + (uint)i]);
            }

            code.Write(Opcode.End);
        }
    }

    /// <summary>Writes the instructions that make them null again.</summary>
    internal void WriteReset(InstructionBuffer code)
    {
        for (int i = 0; i < _types.Count; i++)
        {
            if (_types[i].IsRef)
            {
                code.RefNull(_types[i].HeapType);
                code.Write(Opcode.GlobalSet, firstIndex + (uint)i);
            }
        }
    }
}
