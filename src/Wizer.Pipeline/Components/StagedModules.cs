using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Which core instances of two components are the same, so that one can get the state of the other: of equal modules, the first is the
/// first, and so on. The component that gets it may have others beside them, which provide what the first one imports.
/// </summary>
internal static class StagedModules
{
    /// <summary>Finds them.</summary>
    /// <param name="source">The component that is initialized.</param>
    /// <param name="target">The one that gets its state.</param>
    /// <returns>For each core instance of the source, the number of the target's.</returns>
    /// <exception cref="WizerException">The target does not have one of them.</exception>
    internal static int[] Match(ComponentContext source, ComponentContext target)
    {
        bool[] isTaken = new bool[target.Modules.Length];
        var matches = new int[source.Modules.Length];
        for (int i = 0; i < matches.Length; i++)
        {
            matches[i] = Find(source.Modules[i].Module, target, isTaken);
            if (matches[i] < 0)
            {
                Throw.NotStaged(source.PlaceOf(i).ToString());
            }

            isTaken[matches[i]] = true;
        }

        return matches;
    }

    private static int Find(ModuleInfo module, ComponentContext target, bool[] isTaken)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        for (int i = 0; i < isTaken.Length; i++)
        {
            if (!isTaken[i] && target.Modules[i].Module.Bytes.Span.SequenceEqual(bytes))
            {
                return i;
            }
        }

        return -1;
    }
}
