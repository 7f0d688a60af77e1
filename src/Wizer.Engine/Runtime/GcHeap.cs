using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Runtime;

/// <summary>
/// The structs and arrays of a store. Objects are never collected: a pre-initializer lives for one call, most of what its guest
/// makes it keeps, and the limit of the store bounds the rest. Nothing ever moves.
/// </summary>
internal sealed unsafe class GcHeap : INativeOwner
{
    // Blocks double from the first to the last of these; what needs more than a quarter of one gets a block of its own.
    private const ulong MinBlockLength = 64 << 10;
    private const ulong MaxBlockLength = 4 << 20;

    private readonly TypeRegistry _types;
    private readonly List<Block> _blocks = [];
    private uint _layoutCapacity;
    private readonly Budget* _budget;
    private ulong _blockLength = MinBlockLength;

    /// <param name="store">Owns it.</param>
    internal GcHeap(Store store)
    {
        _types = store.Types;
        _budget = store.MemoryBudget;
        store.Own(this);
        Data = NativeBlock.Allocate<GcHeapData>(1);
    }

    internal GcHeapData* Data { get; private set; }

    /// <summary>
    /// Makes room for an object, all zero, when the block has none; null when the limit of the heap, or of the system, is reached.
    /// </summary>
    internal GcObject* AllocateSlow(ulong byteLength)
    {
        if (byteLength > _blockLength / 4)
        {
            return (GcObject*)TakeBlock(byteLength);
        }

        ulong length = Math.Min(_blockLength, _budget->Remaining & ~7UL);
        byte* block = byteLength <= length ? TakeBlock(length) : null;
        if (block == null)
        {
            return null;
        }

        _blockLength = Math.Min(_blockLength * 2, MaxBlockLength);
        Data->Next = block + byteLength;
        Data->End = block + length;
        return (GcObject*)block;
    }

    /// <summary>How a struct or array type lies in memory.</summary>
    internal GcLayout* LayoutOf(uint typeId)
    {
        if (typeId >= _layoutCapacity)
        {
            GrowLayouts(typeId);
        }

        ref GcLayout* known = ref Data->Layouts[typeId];
        if (known == null)
        {
            known = CreateLayout(typeId);
        }

        return known;
    }

    /// <summary>What there is now, for <see cref="Refill"/>; the blocks stay the heap's.</summary>
    internal SavedHeap Save()
    {
        var blocks = new SavedBytes[_blocks.Count];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new SavedBytes(_blocks[i].Start, _blocks[i].ByteLength);
        }

        return new SavedHeap(blocks, _blockLength, Data->Next, Data->End);
    }

    /// <summary>Frees all blocks but the first, and has no room in them.</summary>
    internal void Empty(int keptCount)
    {
        for (int i = keptCount; i < _blocks.Count; i++)
        {
            NativeBlock.Free(_blocks[i].Start);
        }

        _blocks.RemoveRange(keptCount, _blocks.Count - keptCount);
        Data->Next = Data->End = null;
    }

    /// <summary>Has the objects again that were saved, where they were; nothing is taken from the budget.</summary>
    /// <param name="saved">Null when there were none.</param>
    internal void Refill(SavedHeap? saved)
    {
        _blockLength = saved?.BlockLength ?? MinBlockLength;
        for (int i = 0; i < saved?.Blocks.Length; i++)
        {
            NativeMemory.Clear(_blocks[i].Start, (nuint)_blocks[i].ByteLength);
            saved.Blocks[i].CopyTo(_blocks[i].Start);
        }

        Data->Next = saved == null ? null : saved.Next;
        Data->End = saved == null ? null : saved.End;
    }

    void INativeOwner.Free()
    {
        if (Data == null)
        {
            return;
        }

        Empty(0);
        for (uint i = 0; i < _layoutCapacity; i++)
        {
            NativeBlock.Free(Data->Layouts[i]);
        }

        NativeBlock.Free(Data->Layouts);
        NativeBlock.Free(Data);
        Data = null;
    }

    private static uint SizeLog2(ValType storage) => storage.Code switch
    {
        ValTypeCode.I8 => 0,
        ValTypeCode.I16 => 1,
        ValTypeCode.I32 or ValTypeCode.F32 => 2,
        ValTypeCode.V128 => 4,
        _ => 3,
    };

    private byte* TakeBlock(ulong byteLength)
    {
        if (byteLength > _budget->Remaining)
        {
            return null;
        }

        void* block = NativeBlock.TryAllocate(byteLength);
        if (block == null)
        {
            return null;
        }

        _blocks.Add(new Block((byte*)block, byteLength));
        _budget->Remaining -= byteLength;
        return (byte*)block;
    }

    private void GrowLayouts(uint typeId)
    {
        // Those of one module come at once, and instances may be many.
        uint capacity = Math.Max(Math.Max(typeId + 1, (uint)_types.Count), _layoutCapacity * 2);
        var larger = (GcLayout**)NativeBlock.Allocate((ulong)capacity * (ulong)sizeof(GcLayout*));
        for (uint i = 0; i < _layoutCapacity; i++)
        {
            larger[i] = Data->Layouts[i];
        }

        NativeBlock.Free(Data->Layouts);
        Data->Layouts = larger;
        _layoutCapacity = capacity;
    }

    // One block: the layout, its fields, its supertypes.
    private GcLayout* CreateLayout(uint typeId)
    {
        CompositeType type = _types.CompositeOf(typeId);
        var array = type as ArrayType;
        ReadOnlySpan<FieldType> fields = array is null ? ((StructType)type).Fields : [array.Element];
        int[] supertypes = _types.SupertypesOf(typeId);
        ulong size = (ulong)sizeof(GcLayout) + ((ulong)fields.Length * (ulong)sizeof(GcField)) + ((ulong)supertypes.Length * sizeof(uint));
        var layout = (GcLayout*)NativeBlock.Allocate(size);
        layout->TypeId = typeId;
        layout->IsArray = array is null ? 0 : 1;
        layout->FieldCount = fields.Length;
        layout->Fields = (GcField*)(layout + 1);
        layout->Supertypes = (uint*)(layout->Fields + fields.Length);
        layout->Depth = (uint)supertypes.Length - 1;
        for (int i = 0; i < supertypes.Length; i++)
        {
            layout->Supertypes[i] = (uint)supertypes[i];
        }

        uint at = GcObject.ByteLength;
        for (int i = 0; i < fields.Length; i++)
        {
            uint sizeLog2 = SizeLog2(fields[i].Storage);
            uint alignment = Math.Min(1u << (int)sizeLog2, 8);
            at = (at + alignment - 1) & ~(alignment - 1);
            layout->Fields[i] = new GcField { Offset = at, SizeLog2 = sizeLog2 };
            at += 1u << (int)sizeLog2;
        }

        layout->ByteLength = (at + 7) & ~7u;
        return layout;
    }

    private sealed class Block(byte* start, ulong byteLength)
    {
        internal byte* Start { get; } = start;

        internal ulong ByteLength { get; } = byteLength;
    }
}
