using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The functions that objects of loops refer to: an array from an element segment.</summary>
/// <param name="references">Writes them.</param>
/// <param name="types">Gets the array's type.</param>
/// <param name="helpers">Gets the global that refers to it.</param>
internal sealed class FuncList(References references, AddedTypes types, HelperGlobals helpers)
{
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly List<ulong> _handles = [];
    private uint? _global;

    /// <summary>How many there are, null included.</summary>
    internal int Count => _handles.Count;

    /// <summary>The type of the array.</summary>
    internal uint ArrayType => types.ArrayOf(ValType.FuncRef, isMutable: false);

    /// <summary>Adds a function, or null.</summary>
    /// <returns>Its index.</returns>
    internal int Add(ulong handle)
    {
        if (!_indices.TryGetValue(handle, out int index))
        {
            index = _handles.Count;
            _indices.Add(handle, index);
            _handles.Add(handle);
        }

        return index;
    }

    /// <summary>Adds a local that refers to the array.</summary>
    internal uint AddLocal(LoopCode loop)
    {
        ValType type = AddedTypes.ReferenceTo(ArrayType);
        return loop.AddLocal(type, _global ??= helpers.Take(type));
    }

    /// <summary>Writes the code that makes the array.</summary>
    internal void WriteCreate(uint segment, InstructionBuffer code)
    {
        code.I32Const(0);
        code.I32Const(Count);
        code.Write(Opcode.ArrayNewElem, ArrayType, segment);
        code.Write(Opcode.GlobalSet, _global!.Value);
    }

    /// <summary>Writes the segment.</summary>
    internal byte[] WriteSegment(InstructionBuffer code)
    {
        code.Writer.WriteByte((byte)ElementForm.PassiveExpressions);
        code.Writer.WriteValType(ValType.FuncRef);
        code.Writer.WriteU32((uint)Count);
        foreach (ulong handle in _handles)
        {
            references.WriteAtom(handle == 0 ? ReferenceKind.Null : ReferenceKind.Func, handle, ValType.FuncRef, code);
            code.Write(Opcode.End);
        }

        return code.Take();
    }
}
