namespace Wizer.Engine.Components;

/// <summary>The type that a function of the host has.</summary>
/// <param name="Text">In WIT.</param>
/// <param name="Fingerprint">See <see cref="TypeText.Fingerprint"/>.</param>
internal sealed record HostFunctionType(string Text, ulong Fingerprint);

/// <summary>What the host provides, by the names that components import it by.</summary>
/// <remarks>
/// An instance whose name has a version stands for all that are compatible with it, as semantic versions are: <c>a:b/c@0.2.12</c> for
/// <c>@0.2.0</c> and <c>@0.2.30</c>, and not for <c>@0.3.0</c>. Whatever has the exact name comes first, and then the latest.
/// </remarks>
/// <typeparam name="T">What it is.</typeparam>
internal sealed class HostItems<T>
    where T : class
{
    private readonly Dictionary<string, T> _items = [];
    private readonly Dictionary<string, Versioned> _compatible = [];

    internal void Define(string? instance, string name, T item)
    {
        if (instance is null)
        {
            _items[name] = item;
            return;
        }

        _items[KeyOf([instance, name])] = item;
        if (InterfaceVersion.Parse(instance) is { } version)
        {
            string key = KeyOf([version.Track, name]);
            if (!_compatible.TryGetValue(key, out Versioned? known) || version.CompareTo(known.Version) >= 0)
            {
                _compatible[key] = new Versioned(version, item);
            }
        }
    }

    /// <summary>What is defined under a name, behind those of the instances that it is in; or null.</summary>
    internal T? Find(string[] path) => _items.GetValueOrDefault(KeyOf(path))
        ?? (path.Length > 1 && InterfaceVersion.Parse(path[0]) is { } version
            ? _compatible.GetValueOrDefault(KeyOf([version.Track, .. path[1..]]))?.Item
            : null);

    // No name has a line end in it.
    private static string KeyOf(string[] path) => string.Join('\n', path);

    private sealed record Versioned(InterfaceVersion Version, T Item);
}

/// <summary>
/// The version in the name of an interface, without what marks it as unfinished. Component Model, Explainer: Import and Export Definitions.
/// </summary>
/// <param name="Track">The name, with so much of the version as compatible ones have in common.</param>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second.</param>
/// <param name="Patch">The third.</param>
internal sealed record InterfaceVersion(string Track, ulong Major, ulong Minor, ulong Patch)
{
    /// <summary>Null for a name without a version, and for versions that only they themselves are compatible with.</summary>
    internal static InterfaceVersion? Parse(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        // What is behind a plus sign says nothing about compatibility.
        string[] numbers = name[(at + 1)..].Split('+')[0].Split('.');
        if (numbers.Length != 3 || !ulong.TryParse(numbers[0], out ulong major) || !ulong.TryParse(numbers[1], out ulong minor)
            || !ulong.TryParse(numbers[2], out ulong patch) || (major == 0 && minor == 0))
        {
            return null;
        }

        string common = major == 0 ? $"0.{numbers[1]}" : numbers[0];
        return new InterfaceVersion($"{name[..at]}@{common}", major, minor, patch);
    }

    internal int CompareTo(InterfaceVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
}
