using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What another runtime shows by the export names that <see cref="PreInitializer.Instrument"/> added.</summary>
internal sealed class ExportedState(IInstanceState state) : IIndexedState
{
    public GlobalValue ReadGlobal(int index, ValType type) => state.ReadGlobal(ModuleContext.GlobalExportName(index), type);

    public void ReadMemory<TState>(int index, TState readerState, MemoryReader<TState> reader) =>
        state.ReadMemory(ModuleContext.MemoryExportName(index), readerState, reader);
}
