namespace Wizer.Pipeline;

/// <summary>What no constant expression can hold, and code has to set.</summary>
internal sealed class DeferredReferences
{
    /// <summary>The globals.</summary>
    internal List<uint> Globals { get; } = [];

    /// <summary>The elements of tables.</summary>
    internal List<(uint Table, ulong Index)> Elements { get; } = [];

    /// <summary>The fields and elements of objects that constant expressions make.</summary>
    internal List<(int Node, int Item)> Items { get; } = [];

    /// <summary>The arrays of numbers.</summary>
    internal List<int> Numbers { get; } = [];

    internal void AddItem(int node, int item) => Items.Add((node, item));

    internal void AddNumbers(int node) => Numbers.Add(node);
}
