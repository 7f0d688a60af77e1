using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

// What instantiation did, once more and in place. All addresses that code may name stay.
public sealed unsafe partial class Instance
{
    private int DefinedGlobalCount => Module.Globals.Length - Module.ImportedGlobalCount;

    /// <summary>What the globals are now.</summary>
    internal SavedBytes SaveGlobals() => new(FirstGlobal, (ulong)DefinedGlobalCount * GlobalByteLength);

    /// <summary>
    /// Gives memories and tables back, and lets no global and no segment refer to anything, for <see cref="Refill"/> to make all what
    /// it was.
    /// </summary>
    internal void Empty()
    {
        for (int i = Module.ImportedMemoryCount; i < _memories.Length; i++)
        {
            _memories[i].Empty();
        }

        for (int i = Module.ImportedTableCount; i < _tables.Length; i++)
        {
            _tables[i].Empty();
        }

        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            _data->ElementSegments[i].Length = 0;
        }

        new Span<byte>(FirstGlobal, DefinedGlobalCount * GlobalByteLength).Clear();
    }

    /// <summary>Is what it was before its start function ran.</summary>
    /// <param name="globals">As they were then.</param>
    /// <param name="tables">The elements of the tables it defines, as they were then.</param>
    internal void Refill(SavedBytes globals, SavedBytes[] tables)
    {
        Caller = new Caller(this, Store.InterruptToken);
        for (int i = 0; i < Module.FuncTypeIndices.Length; i++)
        {
            _data->Funcs[i]->CallCount = 0;
        }

        globals.CopyTo(FirstGlobal);
        for (int i = 0; i < tables.Length; i++)
        {
            _tables[Module.ImportedTableCount + i].Refill(tables[i]);
        }

        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            ref readonly ElementSegmentInfo segment = ref Module.ElementSegments[i];
            _data->ElementSegments[i].Length = segment.Mode == SegmentMode.Passive ? (ulong)segment.Count : 0;
        }

        for (int i = Module.ImportedMemoryCount; i < _memories.Length; i++)
        {
            _memories[i].Refill();
        }

        for (int i = 0; i < Module.DataSegments.Length; i++)
        {
            _data->DataSegments[i].ByteLength = (ulong)Module.DataSegments[i].Data.Length;
        }

        CopyDataSegments();
    }

    /// <summary>Lets an imported function do what another one does.</summary>
    /// <returns>False when they have different types, or it is no function of the host.</returns>
    internal bool TryBind(in ImportInfo import, ILinkedFunction function)
    {
        if (import.Kind != ExternKind.Func)
        {
            return false;
        }

        FuncData* func = _data->Funcs[import.Index];
        if (func->IsHost == 0 || func->TypeId != Store.Types.Register(function.Type))
        {
            return false;
        }

        Store.SetHostFunction(func, function.Body);
        return true;
    }

    private const int GlobalByteLength = 2 * sizeof(ulong);

    // Those that are defined here lie one behind the other.
    private ulong* FirstGlobal => DefinedGlobalCount == 0 ? null : _data->Globals[Module.ImportedGlobalCount];
}
