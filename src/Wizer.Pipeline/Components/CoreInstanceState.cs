using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>A core instance of a component on the embedded engine.</summary>
/// <param name="instance">The instance.</param>
/// <param name="wiring">
/// What becomes of its references in addition to what was dropped, if it may share them with other instances; null if not.
/// </param>
internal sealed class CoreInstanceState(Instance instance, Func<ReferenceChanges, ReferenceChanges>? wiring) : IStableState
{
    private readonly EmbeddedState _state = new(instance);

    public GlobalValue ReadGlobal(int index, ValType type) => _state.ReadGlobal(index, type);

    public void ReadMemory<TState>(int index, TState state, MemoryReader<TState> reader) => _state.ReadMemory(index, state, reader);

    public MemoryRange[] FindTouchedRanges(int memory) => _state.FindTouchedRanges(memory);

    public ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits) => wiring is not null
        ? wiring(ReferenceSnapshot.TakeDropped(context, DroppedSegments.Find(context, instance)))
        : _state.ReadReferences(context, keptDataCount, limits);

    public void Clear(int memory, MemoryRange range) => _state.Clear(memory, range);

    /// <summary>The values of the globals that the module imports; the default one for references.</summary>
    internal GlobalValue[] ReadImportedGlobals()
    {
        var values = new GlobalValue[instance.Module.ImportedGlobalCount];
        for (int i = 0; i < values.Length; i++)
        {
            ValType type = instance.Module.Globals[i].Type.Value;
            values[i] = type.IsRef ? default : ReadGlobal(i, type);
        }

        return values;
    }
}
