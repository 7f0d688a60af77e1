using Wizer.Engine.Native;

namespace Wizer.Engine.Code;

/// <summary>Operations that helpers are told to execute, each in native memory of its own.</summary>
internal sealed unsafe class OperationList
{
    private const int OperationBytes = 64;

    private nint[] _operations = new nint[16];
    private int _count;

    /// <summary>A copy of an operation that stays where it is.</summary>
    internal ushort* Add(ReadOnlySpan<ushort> units)
    {
        var copy = (ushort*)NativeBlock.Allocate(OperationBytes);
        for (int i = 0; i < units.Length; i++)
        {
            copy[i] = units[i];
        }

        Add((nint)copy);
        return copy;
    }

    /// <summary>Takes over what is in another list, which is empty then.</summary>
    internal void TakeAll(OperationList other)
    {
        for (int i = 0; i < other._count; i++)
        {
            Add(other._operations[i]);
        }

        other._count = 0;
    }

    /// <summary>Frees them all.</summary>
    internal void Free()
    {
        for (int i = 0; i < _count; i++)
        {
            NativeBlock.Free((void*)_operations[i]);
        }

        _count = 0;
    }

    private void Add(nint operation)
    {
        if (_count == _operations.Length)
        {
            var larger = new nint[2 * _count];
            Array.Copy(_operations, larger, _count);
            _operations = larger;
        }

        _operations[_count++] = operation;
    }
}
