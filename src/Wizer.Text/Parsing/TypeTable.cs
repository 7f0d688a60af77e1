using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The types of a module as far as the text refers to them: function types by index and by shape.</summary>
internal sealed class TypeTable
{
    private readonly List<FuncType?> _funcTypes = [];

    // Numbers with a sign: the framework has precompiled code for those.
    private readonly Dictionary<FuncType, int> _indexOfShape = new(ShapeComparer.Instance);

    /// <summary>How many types there are by now.</summary>
    internal uint Count => (uint)_funcTypes.Count;

    /// <summary>Adds a type.</summary>
    /// <param name="func">Null when it is no function type.</param>
    /// <param name="isPlain">
    /// Whether an inline function type may stand for it: final, without supertypes, in a recursion group of its own.
    /// </param>
    internal uint Add(FuncType? func, bool isPlain)
    {
        uint index = Count;
        _funcTypes.Add(func);
        if (func is not null && isPlain)
        {
            _indexOfShape.TryAdd(func, (int)index);
        }

        return index;
    }

    /// <summary>The function type with an index, or null when there is none.</summary>
    internal FuncType? FuncAt(uint index) => index < Count ? _funcTypes[(int)index] : null;

    /// <summary>The lowest index of a type that is written like this one.</summary>
    internal bool TryFind(FuncType func, out uint index)
    {
        bool isFound = _indexOfShape.TryGetValue(func, out int found);
        index = (uint)found;
        return isFound;
    }

    private sealed class ShapeComparer : IEqualityComparer<FuncType>
    {
        internal static readonly ShapeComparer Instance = new();

        public bool Equals(FuncType? x, FuncType? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.HasSameShape(y));

        public int GetHashCode(FuncType type)
        {
            var hash = new HashCode();
            foreach (ValType parameter in type.Parameters)
            {
                hash.Add(parameter.GetHashCode());
            }

            hash.Add(-1);
            foreach (ValType result in type.Results)
            {
                hash.Add(result.GetHashCode());
            }

            return hash.ToHashCode();
        }
    }
}
