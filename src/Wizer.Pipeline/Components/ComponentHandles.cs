using System.Globalization;
using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// The handles of resources that the instances of a component have: those of their own resources can be made again, in the same order;
/// all others are lost with whom they are of. Component Model, Canonical ABI: Resource State.
/// </summary>
/// <param name="instance">An instance that nobody runs.</param>
internal sealed class ComponentHandles(ComponentInstance instance)
{
    // What makes them is one function, of at most 18 bytes for each and 7 more for one that is dropped again: V8 takes 7.6 MB.
    private const int MaxRestoredCount = 250_000;

    private const int FateCount = (int)HandleFate.Restored + 1;

    /// <summary>All of a component instance.</summary>
    internal HandleTable Of(int state) => instance.States[state].Handles;

    /// <summary>
    /// Finds those that a module appended to the component can make, as it can resources of the component's own types.
    /// </summary>
    /// <returns>The index of the type of a handle that can be made, and null for one that cannot; null where none can.</returns>
    /// <exception cref="WizerException">There are too many.</exception>
    internal Func<HandleEntry, uint?>? FindRestorable(int state)
    {
        HandleTable handles = Of(state);
        if (handles.Count == 0)
        {
            return null;
        }

        Func<HandleEntry, uint?> typeOf = entry =>
            OriginOf(entry) is { } origin && origin.State == state && entry is ResourceHandle { Borrower: null } ? origin.TypeIndex : null;
        if (!handles.All.Any(handle => handle is not null && typeOf(handle) is not null))
        {
            return null;
        }

        if (handles.All.Count > MaxRestoredCount)
        {
            Throw.TooManyHandles(handles.All.Count - 1, MaxRestoredCount - 1);
        }

        return typeOf;
    }

    /// <summary>Says what there is and what becomes of it.</summary>
    /// <param name="isForgotten">
    /// Whether a component instance has been made to forget its handles of WASI: they are there, but nothing refers to them.
    /// </param>
    internal HandleReport[] Report(Predicate<int> isForgotten)
    {
        var reports = new List<HandleReport>();
        for (int state = 0; state < instance.States.Length; state++)
        {
            Func<HandleEntry, uint?>? typeOf = FindRestorable(state);
            var counts = new Dictionary<string, int[]>();
            foreach (HandleEntry? handle in Of(state).All)
            {
                if (handle is null)
                {
                    continue;
                }

                HandleFate fate = typeOf?.Invoke(handle) is not null ? HandleFate.Restored
                    : isForgotten(state) && IsOfWasi(handle) ? HandleFate.Forgotten
                    : HandleFate.Lost;
                string type = TypeOf(handle);
                if (!counts.TryGetValue(type, out int[]? byFate))
                {
                    byFate = new int[FateCount];
                    counts.Add(type, byFate);
                }

                byFate[(int)fate]++;
            }

            foreach (string type in counts.Keys.Order(StringComparer.Ordinal))
            {
                for (int fate = 0; fate < FateCount; fate++)
                {
                    if (counts[type][fate] != 0)
                    {
                        reports.Add(new HandleReport(type, counts[type][fate]) { Owner = NameOf(state), Fate = (HandleFate)fate });
                    }
                }
            }
        }

        return [.. reports];
    }

    /// <summary>Whether a component instance has handles of WASI.</summary>
    internal bool HasWasi(int state) => Of(state).All.Any(handle => handle is not null && IsOfWasi(handle));

    private bool IsOfWasi(HandleEntry handle) =>
        OriginOf(handle) is { State: < 0, Name: { } name } && name.StartsWith("wasi:", StringComparison.Ordinal);

    private string TypeOf(HandleEntry entry)
    {
        if (entry is not ResourceHandle handle)
        {
            return entry.TypeName;
        }

        ResourceOrigin? origin = OriginOf(handle);
        string name = origin is null ? handle.Type.Name : origin.Name ?? $"resource of {NameOf(origin.State) ?? "the component"}";
        return $"{(handle.Borrower is null ? "own" : "borrow")}<{name}>";
    }

    private ResourceOrigin? OriginOf(HandleEntry entry)
    {
        int slot = entry is ResourceHandle handle ? Array.IndexOf(instance.ResourceTypes, handle.Type) : -1;
        return slot < 0 ? null : instance.Component.Resources[slot];
    }

    // Null for the outermost; otherwise what the component around it calls it.
    private string? NameOf(int state)
    {
        StateOrigin origin = instance.Component.States[state];
        if (origin.Parent < 0)
        {
            return null;
        }

        ComponentInfo parent = instance.Component.States[origin.Parent].Component;
        int index = parent.SpaceOf(Sort.Instance).IndexOf(origin.Definition);
        string name = ComponentNameSection.Read(parent).TryGetName(Sort.Instance, (uint)index, out string? found)
            ? QuotedName.Of(found)
            : string.Create(CultureInfo.InvariantCulture, $"instance {index}");
        return NameOf(origin.Parent) is { } outer ? $"{name} in {outer}" : name;
    }
}
