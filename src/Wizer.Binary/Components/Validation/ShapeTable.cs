namespace Wizer.Binary.Components;

/// <summary>
/// Numbers for value and function types, the same for equal ones, so that comparing costs nothing however large they are: each
/// is looked up once, by its kind, labels and the numbers of what it is made of.
/// </summary>
internal sealed class ShapeTable
{
    private readonly Dictionary<int[], int> _shapes = new(IntListComparer.Instance);
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<int> _key = [];

    /// <summary>Begins to describe a type.</summary>
    internal void Begin(int kind, int detail)
    {
        _key.Clear();
        _key.Add(kind);
        _key.Add(detail);
    }

    internal void Add(string label)
    {
        if (!_labels.TryGetValue(label, out int id))
        {
            id = _labels.Count;
            _labels.Add(label, id);
        }

        _key.Add(id);
    }

    internal void Add(ResolvedValType? type) => _key.Add(type?.Shape ?? -1);

    /// <summary>The number of the type that has been described.</summary>
    internal int End()
    {
        int[] key = [.. _key];
        if (!_shapes.TryGetValue(key, out int shape))
        {
            shape = _shapes.Count;
            _shapes.Add(key, shape);
        }

        return shape;
    }
}

/// <summary>Compares lists of numbers; the hash is seeded per process, so that no file can choose types that all collide.</summary>
internal sealed class IntListComparer : IEqualityComparer<int[]>
{
    internal static readonly IntListComparer Instance = new();

    // A loop: what the framework has for spans of integers is compiled at run time.
    public bool Equals(int[]? x, int[]? y)
    {
        if (x is null || y is null || x.Length != y.Length)
        {
            return x == y;
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (x[i] != y[i])
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(int[] obj)
    {
        HashCode hash = default;
        foreach (int value in obj)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
