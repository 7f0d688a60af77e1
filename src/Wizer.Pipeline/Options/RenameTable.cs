using System.Text;

namespace Wizer.Pipeline;

/// <summary>
/// The renames of a run with their names as the module spells them, in UTF-8. There are a few at most, and looking through
/// an array costs less than the hashing code that start-up would have to compile.
/// </summary>
internal sealed class RenameTable
{
    private readonly byte[][] _sources;
    private readonly byte[][] _destinations;

    private RenameTable(byte[][] sources, byte[][] destinations)
    {
        _sources = sources;
        _destinations = destinations;
    }

    /// <summary>Checks the renames against one another, in order.</summary>
    /// <exception cref="WizerException">A source or a destination appears twice.</exception>
    internal static RenameTable Create(IReadOnlyList<FuncRename> renames)
    {
        var sources = new byte[renames.Count][];
        var destinations = new byte[renames.Count][];
        for (int i = 0; i < renames.Count; i++)
        {
            FuncRename rename = renames[i];
            sources[i] = Encoding.UTF8.GetBytes(rename.Source);
            destinations[i] = Encoding.UTF8.GetBytes(rename.Destination);
            if (IndexOf(destinations, i, destinations[i]) >= 0)
            {
                Throw.DuplicateRenameDestination(rename.Destination);
            }

            if (IndexOf(sources, i, sources[i]) >= 0)
            {
                Throw.DuplicateRenameSource(rename.Source);
            }
        }

        return new RenameTable(sources, destinations);
    }

    /// <summary>What becomes of an export name.</summary>
    /// <param name="name">The export's name in the input.</param>
    /// <param name="renamed">Its new name, or null when it keeps the old one.</param>
    /// <returns>False when another export takes the name over.</returns>
    internal bool TryMap(ReadOnlySpan<byte> name, out byte[]? renamed)
    {
        int source = IndexOf(_sources, _sources.Length, name);
        renamed = source >= 0 ? _destinations[source] : null;
        return source >= 0 || IndexOf(_destinations, _destinations.Length, name) < 0;
    }

    private static int IndexOf(byte[][] names, int count, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < count; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
