namespace Wizer.Pipeline;

/// <summary>
/// Gives homes to the objects in arrays that cannot be set and have more elements than one instruction takes: only an element segment can
/// make such an array, and its items can name only what immutable globals hold. So the objects are made by the initializers of globals,
/// each behind those that are in it and cannot be set.
/// </summary>
/// <param name="graph">All objects.</param>
/// <param name="classes">Gets the homes.</param>
/// <param name="forms">How arrays are made.</param>
/// <param name="firstGlobal">The index of the first global that is added.</param>
/// <param name="added">The objects that globals are added for.</param>
internal sealed class ArrayHomes(ObjectGraph graph, ObjectClasses classes, ArrayForms forms, int firstGlobal, List<int> added)
{
    private readonly Stack<(int Node, int NextItem)> _open = new();

    /// <summary>Adds the homes. Call once it is known what constant expressions have to make anyway.</summary>
    /// <param name="canWriteAll">Whether the elements of an array can be items as they are.</param>
    internal void Add(Predicate<int> canWriteAll)
    {
        for (int node = 0; node < graph.Count; node++)
        {
            if (!classes.IsConstant(node) && IsLong(node) && !graph.ShapeOf(node).HasMutable && !canWriteAll(node))
            {
                for (int item = 0; item < graph.ItemCount(node); item++)
                {
                    AddWithContents(graph.ChildAt(node, item));
                }
            }
        }

        classes.Close();
    }

    // Those within come first; what cannot have a home is refused when the array is made.
    private void AddWithContents(int root)
    {
        if (!MayHaveHome(root))
        {
            return;
        }

        _open.Push((root, 0));
        while (_open.TryPop(out (int Node, int NextItem) top))
        {
            int item = top.NextItem;
            int count = graph.ShapeOf(top.Node).ReferenceCount == 0 ? 0 : graph.ItemCount(top.Node);
            while (item < count && (graph.ShapeOf(top.Node).ItemAt(item).IsMutable || !MayHaveHome(graph.ChildAt(top.Node, item))))
            {
                item++;
            }

            if (item < count)
            {
                _open.Push((top.Node, item + 1));
                _open.Push((graph.ChildAt(top.Node, item), 0));
            }
            else
            {
                classes.AddHome(top.Node, firstGlobal + added.Count);
                added.Add(top.Node);
            }
        }
    }

    private bool MayHaveHome(int node) =>
        node != ObjectGraph.None && !classes.IsConstant(node) && !graph.ShapeOf(node).IsException && !IsLong(node);

    private bool IsLong(int node)
    {
        ObjectShape shape = graph.ShapeOf(node);
        return shape.IsArray && shape.ReferenceCount != 0 && forms.FormOf(node, isConstant: true) == ArrayForm.Filled;
    }
}
