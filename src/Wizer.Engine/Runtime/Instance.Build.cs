using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

// Core 3.0, Execution: Modules, Instantiation. The constructor allocates; copying segments may change memories and tables that
// are imported; the start function is the guest's.
public sealed unsafe partial class Instance
{
    internal Instance(Store store, ModuleInfo module, ReadOnlySpan<Extern> imports)
    {
        Store = store;
        Module = module;
        Caller = new Caller(this, store.InterruptToken);
        _typeIds = store.Types.Register(module);
        ImportMatching.Check(store, module, _typeIds, imports);

        _memories = new LinearMemory[module.Memories.Length];
        _tables = new Table[module.Tables.Length];
        _globals = new Global?[module.Globals.Length];
        _pin = module.Bytes.Pin();
        _data = Allocate(module);
        _data->ModuleBytes = (byte*)_pin.Pointer;
        _data->Id = store.Add(this);
        for (int i = 0; i < _typeIds.Length; i++)
        {
            _data->TypeIds[i] = _typeIds[i];
        }

        Bind(imports);
        BuildFuncs();
        BuildTags();
        BuildGlobals();
        BuildTables();
        BuildMemories();
        BuildSegments();
    }

    /// <summary>Copies the active segments.</summary>
    internal void CopySegments()
    {
        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            ref readonly ElementSegmentInfo segment = ref Module.ElementSegments[i];
            if (segment.Mode == SegmentMode.Active)
            {
                CopyActive(segment, &_data->ElementSegments[i]);
            }
        }

        CopyDataSegments();
    }

    /// <summary>Copies the active data segments.</summary>
    internal void CopyDataSegments()
    {
        for (int i = 0; i < Module.DataSegments.Length; i++)
        {
            ref readonly DataSegmentInfo segment = ref Module.DataSegments[i];
            if (segment.Mode == SegmentMode.Active)
            {
                CopyActive(segment, &_data->DataSegments[i]);
            }
        }
    }

    /// <summary>Runs the start function, if there is one.</summary>
    internal void Start()
    {
        if (Module.StartFunc is uint start)
        {
            Store.Invoke(_data->Funcs[start], [], []);
        }
    }

    private static InstanceData* Allocate(ModuleInfo module)
    {
        // One block for everything whose size is known now; the parts that need 16-byte alignment come first.
        int definedGlobals = module.Globals.Length - module.ImportedGlobalCount;
        int definedFuncs = module.Bodies.Length;
        ulong size = ((ulong)sizeof(InstanceData) + 15) & ~15UL;
        ulong cells = Take(definedGlobals, 16);
        ulong funcs = Take(definedFuncs, sizeof(FuncData));
        ulong tags = Take(module.Tags.Length - module.ImportedTagCount, sizeof(TagData));
        ulong dataSegments = Take(module.DataSegments.Length, sizeof(DataSegmentData));
        ulong elementSegments = Take(module.ElementSegments.Length, sizeof(ElementSegmentData));
        ulong globalPointers = Take(module.Globals.Length, sizeof(nint));
        ulong funcPointers = Take(module.FuncTypeIndices.Length, sizeof(nint));
        ulong tagPointers = Take(module.Tags.Length, sizeof(nint));
        ulong tablePointers = Take(module.Tables.Length, sizeof(nint));
        ulong memoryPointers = Take(module.Memories.Length, sizeof(nint));
        ulong typeIds = Take(module.Types.Length, sizeof(uint));

        var block = (byte*)NativeBlock.Allocate(size);
        FreshPages.Supply(block, size);
        var data = (InstanceData*)block;
        data->DataSegments = (DataSegmentData*)(block + dataSegments);
        data->ElementSegments = (ElementSegmentData*)(block + elementSegments);
        data->Globals = (ulong**)(block + globalPointers);
        data->Funcs = (FuncData**)(block + funcPointers);
        data->Tags = (TagData**)(block + tagPointers);
        data->Tables = (TableData**)(block + tablePointers);
        data->Memories = (MemoryData**)(block + memoryPointers);
        data->TypeIds = (uint*)(block + typeIds);
        data->MemoryCount = module.Memories.Length;
        for (int i = 0; i < definedGlobals; i++)
        {
            data->Globals[module.ImportedGlobalCount + i] = (ulong*)(block + cells) + (2 * i);
        }

        for (int i = 0; i < definedFuncs; i++)
        {
            data->Funcs[module.ImportedFuncCount + i] = (FuncData*)(block + funcs) + i;
        }

        for (int i = module.ImportedTagCount; i < module.Tags.Length; i++)
        {
            data->Tags[i] = (TagData*)(block + tags) + (i - module.ImportedTagCount);
        }

        return data;

        ulong Take(int count, int itemSize)
        {
            ulong at = size;
            size += (((ulong)count * (ulong)itemSize) + 15) & ~15UL;
            return at;
        }
    }

    private void Bind(ReadOnlySpan<Extern> imports)
    {
        for (int i = 0; i < imports.Length; i++)
        {
            uint index = Module.Imports[i].Index;
            switch (imports[i])
            {
                case Function function:
                    _data->Funcs[index] = function.Data;
                    break;
                case Table table:
                    _tables[index] = table;
                    _data->Tables[index] = table.Data;
                    break;
                case LinearMemory memory:
                    _memories[index] = memory;
                    _data->Memories[index] = memory.Data;
                    break;
                case Global global:
                    _globals[index] = global;
                    _data->Globals[index] = global.Cell;
                    break;
                case Tag tag:
                    _data->Tags[index] = tag.Data;
                    break;
            }
        }
    }

    private void BuildFuncs()
    {
        uint[] typeIndices = Module.FuncTypeIndices;
        SubType[] types = Module.Types;
        nint machineEntry = Store.HasMachineCode ? MachineCode.InterpretEntry : 0;
        nint indirectEntry = Store.HasMachineCode && Store.HasManyInstances ? MachineCode.AnyInstanceEntry : machineEntry;
        for (int i = Module.ImportedFuncCount; i < typeIndices.Length; i++)
        {
            uint typeIndex = typeIndices[i];
            var type = (FuncType)types[typeIndex].Composite;
            FuncData* func = _data->Funcs[i];
            func->Instance = _data;
            func->TypeId = _typeIds[typeIndex];
            func->ParameterSlots = type.ParameterSlotCount;
            func->ResultSlots = type.ResultSlotCount;
            func->FuncIndex = i;
            func->Entry = &CompiledCalls.Interpret;
            func->MachineEntry = machineEntry;
            func->IndirectEntry = indirectEntry;
        }
    }

    /// <summary>Another instance comes: from now on, machine code that calls its functions may be that one's.</summary>
    internal void HaveNeighbors()
    {
        for (int i = Module.ImportedFuncCount; i < Module.FuncTypeIndices.Length; i++)
        {
            _data->Funcs[i]->IndirectEntry = MachineCode.AnyInstanceEntry;
        }
    }

    private void BuildTags()
    {
        for (int i = Module.ImportedTagCount; i < Module.Tags.Length; i++)
        {
            uint typeIndex = Module.Tags[i].TypeIndex;
            _data->Tags[i]->TypeId = _typeIds[typeIndex];
            _data->Tags[i]->ParameterSlots = ((FuncType)Module.Types[typeIndex].Composite).ParameterSlotCount;
        }
    }

    private void BuildGlobals()
    {
        for (int i = Module.ImportedGlobalCount; i < Module.Globals.Length; i++)
        {
            ulong* cell = _data->Globals[i];
            ConstExpression.Evaluate(this, Module.Globals[i].Init, out cell[0], out cell[1]);
        }
    }

    private void BuildTables()
    {
        for (int i = Module.ImportedTableCount; i < _tables.Length; i++)
        {
            ref readonly TableInfo table = ref Module.Tables[i];
            ulong init = 0;
            if (table.Init.Length != 0)
            {
                ConstExpression.Evaluate(this, table.Init, out init, out _);
            }

            _tables[i] = new Table(Store, Canonical(table.Type), init);
            _data->Tables[i] = _tables[i].Data;
        }
    }

    private void BuildMemories()
    {
        for (int i = Module.ImportedMemoryCount; i < _memories.Length; i++)
        {
            _memories[i] = new LinearMemory(Store, Module.Memories[i].Type);
            _data->Memories[i] = _memories[i].Data;
        }
    }

    private void BuildSegments()
    {
        for (int i = 0; i < Module.DataSegments.Length; i++)
        {
            ByteRange bytes = Module.DataSegments[i].Data;
            _data->DataSegments[i] = new DataSegmentData { Bytes = _data->ModuleBytes + bytes.Offset, ByteLength = (ulong)bytes.Length };
        }

        // Active segments are evaluated straight into their tables, declarative ones never.
        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            ref readonly ElementSegmentInfo segment = ref Module.ElementSegments[i];
            if (segment.Mode == SegmentMode.Passive)
            {
                ulong* elements = NativeBlock.Allocate<ulong>(segment.Count);
                _data->ElementSegments[i] = new ElementSegmentData { Elements = elements, Length = (ulong)segment.Count };
                Evaluate(segment, elements);
            }
        }
    }

    private void Evaluate(in ElementSegmentInfo segment, ulong* elements)
    {
        var reader = new WasmReader(Module.Bytes.Span.Slice(segment.Items.Offset, segment.Items.Length), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++)
        {
            if (segment.HasExpressions)
            {
                ConstExpression.Evaluate(this, ref reader, out elements[i], out _);
            }
            else
            {
                elements[i] = (ulong)_data->Funcs[reader.ReadU32()];
            }
        }
    }

    private void CopyActive(in ElementSegmentInfo segment, ElementSegmentData* data)
    {
        ConstExpression.Evaluate(this, segment.OffsetExpr, out ulong offset, out _);
        TableData* table = _data->Tables[segment.TableIndex];
        if ((ulong)segment.Count > table->Length || offset > table->Length - (ulong)segment.Count)
        {
            throw new WasmTrapException(TrapKind.TableOutOfBounds);
        }

        Evaluate(segment, table->Elements + offset);
        data->Length = 0;
    }

    private void CopyActive(in DataSegmentInfo segment, DataSegmentData* data)
    {
        ConstExpression.Evaluate(this, segment.OffsetExpr, out ulong address, out _);
        MemoryData* memory = _data->Memories[segment.MemoryIndex];
        if (data->ByteLength > memory->ByteLength || address > memory->ByteLength - data->ByteLength)
        {
            throw new WasmTrapException(TrapKind.MemoryOutOfBounds);
        }

        FreshPages.Supply(memory->Base + address, data->ByteLength);
        NativeMemory.Copy(data->Bytes, memory->Base + address, (nuint)data->ByteLength);
        data->ByteLength = 0;
    }
}
