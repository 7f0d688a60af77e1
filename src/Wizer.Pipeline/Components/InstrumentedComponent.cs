using Wizer.Binary;

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

    private readonly Dictionary<(ModuleContext Module, ExternKind Kind, int Index), int> _numbers = [];

    /// <param name="context">The component.</param>
    /// <param name="showsResets">Whether functions can be called that have it forget WASI, too.</param>
    internal InstrumentedComponent(ComponentContext context, bool showsResets = false)
    {
        Context = context;
        Resets = showsResets ? ResetAccessor.Of(context) : [];
        Accessors = ComponentAccessors.Of(context);
        for (int i = 0; i < Accessors.Length; i++)
        {
            _numbers.Add((Accessors[i].Module, Accessors[i].Kind, Accessors[i].Index), i);
        }
    }

    internal ComponentContext Context { get; }

    /// <summary>What the instance exports, in order.</summary>
    internal ComponentAccessor[] Accessors { get; }

    /// <summary>What the instance exports behind these.</summary>
    internal ResetAccessor[] Resets { get; }

    /// <summary>The number of the accessor that shows a global or memory of a module.</summary>
    internal int Find(ModuleContext module, ExternKind kind, int index) => _numbers[(module, kind, index)];
}
