namespace Wizer.Pipeline;

/// <summary>Objects that one loop makes.</summary>
/// <param name="kind">How.</param>
/// <param name="typeIndex">Their type.</param>
/// <param name="length">The length of arrays that all have the same.</param>
internal sealed class LoadedClass(LoadedKind kind, uint typeIndex, int length)
{
    internal LoadedKind Kind => kind;

    internal uint TypeIndex => typeIndex;

    /// <summary>How many items each has; not of arrays with lengths of their own.</summary>
    internal int Length => length;

    /// <summary>The objects, in the order in which they are made.</summary>
    internal List<int> Members { get; } = [];
}

/// <summary>How a loop makes objects.</summary>
internal enum LoadedKind
{
    /// <summary>Structs: a column for each field.</summary>
    Struct,

    /// <summary>Arrays of references that have the same length: a column for each element. And empty arrays.</summary>
    Tuple,

    /// <summary>Arrays of references: a column of lengths, and one of elements, which are set.</summary>
    Array,

    /// <summary>Arrays of numbers: a column of lengths, and their bytes.</summary>
    Numbers,
}
