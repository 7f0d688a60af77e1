using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The state of a component as a runtime has told it, all of it, since it tells everything once only.</summary>
/// <param name="component">The component.</param>
internal sealed class AccessedState(InstrumentedComponent component)
{
    private readonly GlobalValue[] _globals = new GlobalValue[component.Accessors.Length];
    private readonly ReadOnlyMemory<byte>[] _memories = new ReadOnlyMemory<byte>[component.Accessors.Length];

    internal static AccessedState Read(InstrumentedComponent component, IComponentInstanceState state)
    {
        var read = new AccessedState(component);
        for (int i = 0; i < component.Accessors.Length; i++)
        {
            ComponentAccessor accessor = component.Accessors[i];
            if (accessor.Kind == ExternKind.Global)
            {
                read._globals[i] = state.ReadGlobal(accessor.Name, TypeOf(accessor));
            }
            else
            {
                read._memories[i] = state.ReadMemory(accessor.Name);
            }
        }

        return read;
    }

    internal static async ValueTask<AccessedState> ReadAsync(
        InstrumentedComponent component, IAsyncComponentInstanceState state, CancellationToken cancellation)
    {
        var read = new AccessedState(component);
        for (int i = 0; i < component.Accessors.Length; i++)
        {
            ComponentAccessor accessor = component.Accessors[i];
            if (accessor.Kind == ExternKind.Global)
            {
                read._globals[i] = await state.ReadGlobalAsync(accessor.Name, TypeOf(accessor), cancellation).ConfigureAwait(false);
            }
            else
            {
                read._memories[i] = await state.ReadMemoryAsync(accessor.Name, cancellation).ConfigureAwait(false);
            }
        }

        return read;
    }

    /// <summary>That of the instance of a core module.</summary>
    internal IIndexedState Of(ModuleContext module) => new InstanceState(this, module);

    private static ValType TypeOf(in ComponentAccessor accessor) => accessor.Module.Module.Globals[accessor.Index].Type.Value;

    private int Find(ModuleContext module, ExternKind kind, int index) => component.Find(module, kind, index);

    private sealed class InstanceState(AccessedState state, ModuleContext module) : IIndexedState
    {
        public GlobalValue ReadGlobal(int index, ValType type) => state._globals[state.Find(module, ExternKind.Global, index)];

        public void ReadMemory<TState>(int index, TState readerState, MemoryReader<TState> reader) =>
            reader(new ReadOnlySequence<byte>(state._memories[state.Find(module, ExternKind.Memory, index)]), readerState);
    }
}
