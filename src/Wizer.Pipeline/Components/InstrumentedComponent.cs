namespace Wizer.Pipeline;

/// <summary>
/// A component that passed every check, between <see cref="PreInitializer.InstrumentComponent"/> and
/// <see cref="PreInitializer.SnapshotComponent"/>. Immutable: one serves any number of snapshots, also at the same time.
/// </summary>
public sealed class InstrumentedComponent
{
    /// <summary>The instance that an instrumented component exports, with a function for each part of its state.</summary>
    public const string AccessInstance = "wasmtime:wizer/access";

    /// <summary>
    /// The most bytes of a memory that engines show in one list or string. Component Model, Canonical ABI: Loading.
    /// </summary>
    public const long MaxMemoryByteLength = (1L << 28) - 1;

    internal InstrumentedComponent(ComponentContext context)
    {
        Context = context;
        Accessors = ComponentAccessors.Of(context);
    }

    internal ComponentContext Context { get; }

    /// <summary>What the instance exports, in order.</summary>
    internal ComponentAccessor[] Accessors { get; }
}
