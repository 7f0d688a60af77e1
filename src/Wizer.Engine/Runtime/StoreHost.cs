using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>What the interpreter asks of a store.</summary>
internal sealed unsafe class StoreHost(Store store) : InterpreterHost(store.MemoryBudget)
{
    internal override bool IsRelaxedSimdDeterministic => store.Options.IsRelaxedSimdDeterministic;

    internal override bool CanonicalizesNaNs => store.Options.CanonicalizeNaNs;

    internal override ModuleInfo ModuleOf(InstanceData* instance) => store.InstanceOf(instance).Module;

    internal override bool IsSubtype(uint typeId, uint ofTypeId) => store.Types.IsSubtype(typeId, ofTypeId);

    internal override TypeRegistry Types => store.Types;

    internal override GcLayout* LayoutOf(uint typeId) => store.Heap.LayoutOf(typeId);

    internal override GcObject* AllocateObject(ulong byteLength) => store.Heap.AllocateSlow(byteLength);

    internal override void CallHost(GuestContext* context, FuncData* func, InstanceData* caller, Span<ulong> slots) =>
        store.CallHost(func, caller, slots);

    internal override ExceptionData* GuestExceptionOf(Exception exception) =>
        exception is WasmGuestException thrown && thrown.Storage == Exceptions ? thrown.Exception : null;

    internal override Exception TrapOf(string message) => new WasmTrapException(message);

    internal override bool Sleep(long nanoseconds)
    {
        store.Sleep((ulong)nanoseconds, store.InterruptToken);
        return !store.InterruptToken.IsCancellationRequested;
    }

    internal override long GrowMemory(InstanceData* instance, int memoryIndex, ulong deltaPages) =>
        LinearMemory.Grow(instance->Memories[memoryIndex], deltaPages);

    internal override long GrowTable(InstanceData* instance, int tableIndex, ulong delta, ulong initial) =>
        Table.Grow(instance->Tables[tableIndex], delta, initial);
}
