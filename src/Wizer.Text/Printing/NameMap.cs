using System.Text;

namespace Wizer.Text;

/// <summary>
/// The identifiers of the entries of an index space. Where a name is none, or is that of another entry too, the identifier is
/// like it, and an annotation gives the name where the entry is introduced: <c>$a_b (@name "a b")</c>. Tools that know neither
/// annotations nor quoted identifiers can read that as well. Core 3.0, Appendix: Custom Sections and Annotations, Name Annotations.
/// </summary>
internal sealed class NameMap
{
    private readonly Dictionary<uint, string> _ids = [];

    // Of those whose identifier says something else.
    private readonly Dictionary<uint, string> _names = [];

    /// <summary>No names at all.</summary>
    internal static NameMap None { get; } = new();

    /// <summary>Gives every entry an identifier.</summary>
    internal static NameMap Annotated(Dictionary<uint, string> names)
    {
        var map = new NameMap();
        HashSet<string> used = [];
        HashSet<string> shared = FindShared(names);
        foreach ((uint index, string name) in names)
        {
            if (IsIdentifier(name) && !shared.Contains(name))
            {
                map._ids[index] = name;
                used.Add(name);
            }
        }

        foreach ((uint index, string name) in names)
        {
            if (map._ids.ContainsKey(index))
            {
                continue;
            }

            string id = Resembling(name);
            if (!used.Add(id))
            {
                id = $"{id}.{index}";
                while (!used.Add(id))
                {
                    id += "'";
                }
            }

            map._ids[index] = id;
            if (id != name)
            {
                map._names[index] = name;
            }
        }

        return map;
    }

    /// <summary>Identifiers where annotations may not stand: a name that two entries share would mean neither, so it is left out.</summary>
    internal static NameMap Plain(Dictionary<uint, string> names)
    {
        var map = new NameMap();
        HashSet<string> shared = FindShared(names);
        foreach ((uint index, string name) in names)
        {
            if (!shared.Contains(name))
            {
                map._ids[index] = IsIdentifier(name) ? name : StringText.Quote(name);
            }
        }

        return map;
    }

    /// <summary>How an entry is referred to, or null when only its index can say it.</summary>
    internal string? IdOf(uint index) => _ids.TryGetValue(index, out string? id) ? "$" + id : null;

    /// <summary>How an entry is introduced, or null when it has no name.</summary>
    internal string? DefinitionOf(uint index) =>
        _names.TryGetValue(index, out string? name) ? $"{IdOf(index)} (@name {StringText.Quote(name)})" : IdOf(index);

    /// <summary>Leaves an entry without a name.</summary>
    internal void Remove(uint index)
    {
        _ids.Remove(index);
        _names.Remove(index);
    }

    private static bool IsIdentifier(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return CharClass.CountIdChars(utf8) == utf8.Length;
    }

    private static string Resembling(string name)
    {
        var id = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            id.Append(rune.IsAscii && CharClass.IsIdChar((byte)rune.Value) ? (char)rune.Value : '_');
        }

        return id.ToString();
    }

    private static HashSet<string> FindShared(Dictionary<uint, string> names)
    {
        HashSet<string> seen = [];
        HashSet<string> shared = [];
        foreach (string name in names.Values)
        {
            if (!seen.Add(name))
            {
                shared.Add(name);
            }
        }

        return shared;
    }
}
