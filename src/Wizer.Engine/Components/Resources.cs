namespace Wizer.Engine.Components;

/// <summary>
/// A type of resources at run time: one of the host's, or what a resource type of a component is in one of its instances.
/// Component Model, Explainer: Resource Types.
/// </summary>
public sealed class ComponentResourceType
{
    /// <summary>Creates a type of the host's.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="destructor">Gets the representation of a resource that its owner drops; or null.</param>
    public ComponentResourceType(string name, Action<uint>? destructor = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        HostDestructor = destructor;
    }

    internal ComponentResourceType(ComponentState owner, Function? destructor)
    {
        Name = "resource";
        Owner = owner;
        Destructor = destructor;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The instance that defines it; null for the host's.</summary>
    internal ComponentState? Owner { get; }

    internal Function? Destructor { get; }

    internal Action<uint>? HostDestructor { get; }

    internal string Description => Owner is null ? "host-defined resource" : "guest-defined resource";

    /// <summary>Ends a resource that nobody owns any more. Component Model, Canonical ABI: canon resource.drop.</summary>
    /// <param name="caller">The component instance that dropped it; null for the host.</param>
    /// <param name="representation">What stands for the resource.</param>
    internal void Destroy(ComponentState? caller, uint representation)
    {
        if (Owner is null)
        {
            HostDestructor?.Invoke(representation);
        }
        else if (caller == Owner)
        {
            Destructor?.InvokeInto([representation], []);
        }
        else
        {
            Owner.Enter(caller, isAsync: false, _ => Destructor?.InvokeInto([representation], []));
        }
    }
}

/// <summary>
/// A resource in the hands of the host: made by the host itself, or given to it by a component. Component Model, Explainer: Resource Types.
/// </summary>
public sealed class ComponentResource : IEquatable<ComponentResource>
{
    /// <summary>Creates a resource that the host owns.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="representation">What stands for it, which whoever defines the type can choose.</param>
    public ComponentResource(ComponentResourceType type, uint representation)
        : this(type, representation, isOwned: true)
    {
    }

    internal ComponentResource(ComponentResourceType type, uint representation, bool isOwned)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        Representation = representation;
        IsOwned = isOwned;
    }

    /// <summary>Its type.</summary>
    public ComponentResourceType Type { get; }

    /// <summary>What stands for it.</summary>
    public uint Representation { get; }

    /// <summary>Whether the host owns it, and it is not only lent for the length of a call.</summary>
    public bool IsOwned { get; }

    /// <summary>Whether it has been passed on, or dropped.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Ends it, which its owner does.</summary>
    /// <exception cref="InvalidOperationException">It is no longer there.</exception>
    /// <exception cref="WasmTrapException">The destructor trapped, or cannot be called now.</exception>
    public void Drop()
    {
        Take();
        Type.Destroy(null, Representation);
    }

    /// <summary>It now belongs to someone else.</summary>
    internal void Take()
    {
        if (IsGone || !IsOwned)
        {
            throw new InvalidOperationException(IsGone ? "the resource has been passed on or dropped" : "the resource is only lent");
        }

        IsGone = true;
    }

    /// <inheritdoc/>
    public bool Equals(ComponentResource? other) => other is not null && other.Type == Type && other.Representation == Representation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ComponentResource);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Representation);
}

/// <summary>An entry of a handle table. Component Model, Canonical ABI: Table State.</summary>
internal abstract class HandleEntry
{
    /// <summary>What messages call it, and who lists what is left in a table.</summary>
    internal abstract string TypeName { get; }

    internal abstract string Description { get; }
}

/// <summary>
/// A set of what a task can wait for, which is always empty: whatever is called here has returned before its caller goes on.
/// Component Model, Canonical ABI: Waitable State.
/// </summary>
internal sealed class WaitableSet : HandleEntry
{
    internal override string TypeName => Description;

    internal override string Description => "waitable-set";
}

/// <summary>A resource in a handle table. Component Model, Canonical ABI: Resource State.</summary>
/// <param name="type">The type of the resource.</param>
/// <param name="representation">What stands for it.</param>
/// <param name="borrower">The call that it is lent to; null when it is owned.</param>
internal sealed class ResourceHandle(ComponentResourceType type, uint representation, CallScope? borrower) : HandleEntry
{
    internal override string TypeName => type.Name;

    internal override string Description => type.Description;

    internal ComponentResourceType Type => type;

    internal uint Representation => representation;

    internal CallScope? Borrower => borrower;

    /// <summary>How many calls it is lent to right now.</summary>
    internal int LendCount { get; set; }
}

/// <summary>The handles of a component instance. Component Model, Canonical ABI: Table State.</summary>
internal sealed class HandleTable
{
    // Ours, below what the specification allows: they are the host's memory, which no limit of the store counts.
    internal const int MaxCount = 1 << 22;

    // The order in which indices are used again is the specification's.
    private readonly List<HandleEntry?> _handles = [null];
    private readonly List<int> _free = [];

    /// <summary>How many handles there are.</summary>
    internal int Count => _handles.Count - 1 - _free.Count;

    /// <summary>By index, with null where there is none: always at index 0.</summary>
    internal IReadOnlyList<HandleEntry?> All => _handles;

    /// <summary>The indices that are free; the last one is used again first.</summary>
    internal IEnumerable<int> Free => _free;

    internal uint Add(HandleEntry handle)
    {
        if (_free.Count != 0)
        {
            int index = _free[^1];
            _free.RemoveAt(_free.Count - 1);
            _handles[index] = handle;
            return (uint)index;
        }

        if (_handles.Count > MaxCount)
        {
            throw new WasmTrapException($"too many handles: at most {MaxCount} are supported");
        }

        _handles.Add(handle);
        return (uint)_handles.Count - 1;
    }

    /// <summary>The handle with an index, which must be of a type.</summary>
    internal ResourceHandle Get(uint index, ComponentResourceType type)
    {
        HandleEntry entry = Find(index);
        return entry is ResourceHandle handle && handle.Type == type
            ? handle
            : throw WrongType(index, type.Description, $"a different {entry.Description}");
    }

    /// <summary>The set of waitables with an index.</summary>
    internal WaitableSet GetWaitableSet(uint index)
    {
        HandleEntry entry = Find(index);
        return entry as WaitableSet ?? throw WrongType(index, "waitable-set", $"a {entry.Description}");
    }

    /// <summary>A handle that must be of a kind which nothing makes.</summary>
    internal WasmTrapException NoSuchWaitable(uint index, string kind) => WrongType(index, kind, $"a {Find(index).Description}");

    /// <summary>Gets a handle of a type, and takes it out.</summary>
    internal ResourceHandle Remove(uint index, ComponentResourceType type)
    {
        ResourceHandle handle = Get(index, type);
        if (handle.LendCount != 0)
        {
            throw new WasmTrapException("cannot remove owned resource while borrowed");
        }

        Release(index);
        return handle;
    }

    internal void RemoveWaitableSet(uint index)
    {
        GetWaitableSet(index);
        Release(index);
    }

    private HandleEntry Find(uint index) => index < (uint)_handles.Count && _handles[(int)index] is { } entry
        ? entry
        : throw new WasmTrapException($"unknown handle index {index}");

    private void Release(uint index)
    {
        _handles[(int)index] = null;
        _free.Add((int)index);
    }

    private static WasmTrapException WrongType(uint index, string expected, string found) =>
        new($"handle index {index} used with the wrong type, expected {expected} but found {found}");
}
