using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Runtime;

/// <summary>
/// What a store with one instance was like when that had been made and nothing of the guest had run, to have another run begin
/// there. Everything that code names stays where it is, so that all code stays as it is: functions, globals, tables, memories,
/// segments, and the objects that immutable globals refer to.
/// </summary>
/// <remarks>
/// <para>
/// A run begins with <see cref="Store.BeginRun"/>; what the host defines comes next, as before an instantiation; then
/// <see cref="TryRestore"/>. When the guest is done and nobody looks at it any more, <see cref="TryEndRun"/> gives everything back but
/// the code. As both follow the order of a first run, the limits of the store are met where they were.
/// </para>
/// <para>
/// What the host puts into a store it may still have when the run is over: such a store is not used again, but disposed, which is
/// what tells the host's objects that they are gone.
/// </para>
/// </remarks>
internal sealed unsafe class InitialState : INativeOwner
{
    // Of objects, tables and globals, in all: a copy of more is not worth keeping.
    private const ulong MaxByteLength = 16 << 20;

    private readonly Instance _instance;
    private readonly SavedBytes _globals;
    private readonly SavedBytes[] _tables;
    private readonly SavedHeap? _heap;
    private readonly ulong _remainingMemory;
    private readonly ulong _remainingTables;
    private readonly StoreExtent _extent;

    private InitialState(Instance instance)
    {
        _instance = instance;
        Store store = instance.Store;
        ModuleInfo module = instance.Module;
        store.Own(this);
        _globals = instance.SaveGlobals();
        _tables = new SavedBytes[module.Tables.Length - module.ImportedTableCount];
        for (int i = 0; i < _tables.Length; i++)
        {
            TableData* table = instance.Data->Tables[module.ImportedTableCount + i];
            _tables[i] = new SavedBytes(table->Elements, table->Length * sizeof(ulong));
        }

        _heap = store.HeapOrNull?.Save();
        _remainingMemory = store.MemoryBudget->Remaining;
        _remainingTables = store.TableBudget->Remaining;
        _extent = store.Extent;
    }

    /// <summary>Takes the state, before the instance is started.</summary>
    /// <param name="instance">The one instance of its store.</param>
    /// <param name="linker">What it was instantiated with.</param>
    /// <returns>
    /// Null when there is more in the store, or the instance imports something that lives there: who knows what becomes of that.
    /// </returns>
    internal static InitialState? TryTake(Instance instance, Linker linker)
    {
        ModuleInfo module = instance.Module;
        int ownerCount = 1 + module.Tables.Length - module.ImportedTableCount + module.Memories.Length - module.ImportedMemoryCount;
        StoreExtent extent = instance.Store.Extent;
        if (extent.InstanceCount != 1 || extent.OwnerCount != ownerCount || !linker.TryBind(instance))
        {
            return null;
        }

        var state = new InitialState(instance);
        if (state.ByteLength <= MaxByteLength)
        {
            return state;
        }

        // It is one owner more now; nobody counts again.
        state.Free();
        return null;
    }

    /// <summary>Begins the run where the first one began, with other functions of the host.</summary>
    /// <returns>False when that cannot be; the store is as good as empty then, but not for other runs.</returns>
    /// <exception cref="UnsupportedModuleException">The system has not enough memory any more.</exception>
    internal bool TryRestore(Linker linker)
    {
        Store store = _instance.Store;
        if (store.Extent != _extent || !IsUnused(store.MemoryBudget) || !IsUnused(store.TableBudget) || !linker.TryBind(_instance))
        {
            store.ResumeCompiling();
            return false;
        }

        store.HeapOrNull?.Refill(_heap);
        _instance.Refill(_globals, _tables);
        store.MemoryBudget->Remaining = _remainingMemory;
        store.TableBudget->Remaining = _remainingTables;
        store.ResumeCompiling();
        return true;
    }

    /// <summary>Ends a run: no guest runs any more.</summary>
    /// <returns>False when the host has put something into the store that it may still have: the store is to be disposed.</returns>
    internal bool TryEndRun()
    {
        Store store = _instance.Store;
        if (store.Extent != _extent)
        {
            return false;
        }

        // First, since whoever compiles takes the values of immutable globals for good.
        store.EndRun();
        _instance.Empty();
        store.HeapOrNull?.Empty(_heap?.Blocks.Length ?? 0);
        return true;
    }

    /// <inheritdoc/>
    public void Free()
    {
        // Not all of it is there when there was no memory for it.
        _globals?.Dispose();
        for (int i = 0; i < _tables?.Length; i++)
        {
            _tables[i]?.Dispose();
        }

        _heap?.Dispose();
    }

    private ulong ByteLength
    {
        get
        {
            ulong byteLength = _globals.ByteLength + (_heap?.ByteLength ?? 0);
            foreach (SavedBytes table in _tables)
            {
                byteLength += table.ByteLength;
            }

            return byteLength;
        }
    }

    private static bool IsUnused(Budget* budget) => budget->Remaining == budget->Limit;
}
