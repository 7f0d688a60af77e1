using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Functions that come right behind those of the module, and before the parts of the start function: those that stand for values of
/// function types and are never called, and the loops that objects are made in.
/// </summary>
/// <param name="firstIndex">The index of the first.</param>
internal sealed class AddedFuncs(uint firstIndex)
{
    private readonly List<uint> _types = [];
    private readonly List<byte[]?> _bodies = [];
    private readonly Dictionary<uint, uint> _placeholders = [];

    /// <summary>How many there are.</summary>
    internal int Count => _types.Count;

    /// <summary>The indices of their types.</summary>
    internal IReadOnlyList<uint> Types => _types;

    /// <summary>A function of a type that is never called.</summary>
    internal uint PlaceholderOf(uint typeIndex)
    {
        if (!_placeholders.TryGetValue(typeIndex, out uint index))
        {
            index = Add(typeIndex);
            _placeholders.Add(typeIndex, index);
        }

        return index;
    }

    /// <summary>One whose body comes later.</summary>
    internal uint Add(uint typeIndex)
    {
        _types.Add(typeIndex);
        _bodies.Add(null);
        return firstIndex + (uint)_types.Count - 1;
    }

    /// <summary>Gives it its body, locals and end included.</summary>
    internal void SetBody(uint index, byte[] body) => _bodies[(int)(index - firstIndex)] = body;

    /// <summary>The bodies, without sizes.</summary>
    internal List<byte[]> ToBodies()
    {
        var bodies = new List<byte[]>();
        foreach (byte[]? body in _bodies)
        {
            bodies.Add(body ?? RestoreBodies.Wrap([(byte)Opcode.Unreachable]));
        }

        return bodies;
    }
}
