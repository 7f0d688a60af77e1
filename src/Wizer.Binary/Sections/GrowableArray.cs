namespace Wizer.Binary;

/// <summary>Arrays that grow, without the generic methods of the framework: see <see cref="Resize"/>.</summary>
internal static class GrowableArray
{
    /// <summary>
    /// A copy of another size. <see cref="Array.Resize"/> and empty collection expressions do the same, but over a struct of
    /// ours they must be compiled at start-up even where everything else is precompiled, and a dozen of those is felt.
    /// </summary>
    internal static T[] Resize<T>(T[] items, int count, int capacity)
    {
        var copy = new T[capacity];
        Array.Copy(items, copy, count);
        return copy;
    }
}
