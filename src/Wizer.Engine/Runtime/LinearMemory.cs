using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;

namespace Wizer.Engine;

/// <summary>A memory instance. Core 3.0, Execution: Memory Instances.</summary>
/// <remarks>
/// The address space it may grow into is reserved when it is created and committed as it grows, so that growth never moves the
/// bytes; when the system refuses the reservation, the bytes are an ordinary block and growth copies them.
/// </remarks>
public sealed unsafe class LinearMemory : Extern, INativeOwner
{
    private const int WasmPageSizeLog2 = 16;

    // What growth is taken for: bytes.
    private const ulong MaxPiece = 256 << 10;
    private const ulong MinObject = 4 << 20;
    private const ulong MaxObject = 16 << 20;

    private MemoryData* _data;

    /// <summary>Creates a memory of its type's minimum size, all zeros; the store disposes it.</summary>
    /// <exception cref="WasmLimitException">The minimum is beyond what the store's limit leaves.</exception>
    /// <exception cref="UnsupportedModuleException">The minimum is beyond what the system has.</exception>
    public LinearMemory(Store store, MemoryType type)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        Type = type;
        store.Own(this);
        Budget* budget = store.MemoryBudget;
        ulong byteLength = type.Limits.Minimum << type.PageSizeLog2;
        if (type.Limits.Minimum > budget->Remaining >> type.PageSizeLog2)
        {
            throw WasmLimitException.Memory(
                type.Limits.Minimum, byteLength >> type.PageSizeLog2 == type.Limits.Minimum ? byteLength : ulong.MaxValue, budget);
        }

        // i32 addresses reach 4 GiB; but an i32 cannot say that there are 2^32 pages.
        ulong reach = type.Limits.Is64 ? ulong.MaxValue : type.PageSizeLog2 == 0 ? uint.MaxValue : 1UL << 32;
        ulong maxPages = reach >> type.PageSizeLog2;
        maxPages = Math.Min(type.Limits.Maximum ?? maxPages, maxPages);

        _data = NativeBlock.Allocate<MemoryData>(1);
        _data->PageSizeLog2 = type.PageSizeLog2;
        _data->IsShared = type.Limits.IsShared ? 1 : 0;
        _data->MaxByteLength = maxPages << type.PageSizeLog2;
        _data->Budget = budget;
        budget->Remaining -= byteLength;
        if (store.Options.ReserveAddressSpace)
        {
            Reserve(store, byteLength);
        }

        Refill();
        _data->Previous = store.Context->LastMemory;
        store.Context->LastMemory = _data;
    }

    private void Reserve(Store store, ulong byteLength)
    {
        // What is left now can only become less.
        ulong reserve = (Math.Min(_data->MaxByteLength, byteLength + _data->Budget->Remaining) + 0xffff) & ~0xffffUL;

        // Guards are pages of the system's: a memory that ends within one has none.
        if (store.HasMachineCode && store.Options.GuardsMemories && MachineCode.HandlesFaults && Type.PageSizeLog2 == WasmPageSizeLog2)
        {
            // An i32 may be any address. Whole large pages are what newer systems place so that the memory can be on such.
            ulong addressed = Type.Limits.Is64 ? reserve : 1UL << 32;
            ulong guarded = (addressed + MemoryData.GuardByteLength + LargePages.ByteLength - 1) & ~(LargePages.ByteLength - 1UL);
            _data->Base = addressed <= long.MaxValue && AddressSpace.HasRoomFor(guarded) ? AddressSpace.TryReserve(guarded) : null;
            if (_data->Base != null)
            {
                _data->ReservedByteLength = guarded;
                _data->UncheckedByteLength = addressed;
                return;
            }
        }

        _data->Base = AddressSpace.TryReserve(reserve);
        _data->ReservedByteLength = _data->Base == null ? 0 : reserve;
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Memory;

    /// <summary>The type it was created with.</summary>
    public MemoryType Type { get; }

    /// <summary>The current size in bytes.</summary>
    public ulong ByteLength => Data->ByteLength;

    /// <summary>The current size in pages.</summary>
    public ulong PageCount => Data->ByteLength >> Data->PageSizeLog2;

    /// <summary>The type with the current size as its minimum: what an importer sees.</summary>
    internal MemoryType CurrentType => Type with { Limits = Type.Limits with { Minimum = PageCount } };

    internal MemoryData* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return _data;
        }
    }

    /// <summary>Looks at a part of the memory; the span is good until the memory grows or is disposed.</summary>
    /// <returns>False when the part reaches beyond the memory.</returns>
    public bool TryGetSpan(ulong address, int byteCount, out Span<byte> span)
    {
        MemoryData* data = Data;
        if (byteCount < 0 || (uint)byteCount > data->ByteLength || address > data->ByteLength - (uint)byteCount)
        {
            span = default;
            return false;
        }

        // Safe: the range was just checked against the committed bytes.
        span = new Span<byte>(data->Base + address, byteCount);
        return true;
    }

    /// <summary>Grows by so many pages of zeros. Core 3.0, Execution: Growing Memories.</summary>
    /// <returns>The size before, in pages, or -1 when it cannot grow that far.</returns>
    public long Grow(ulong pageCount) => Grow(Data, pageCount);

    /// <summary>The same, for translated code.</summary>
    internal static long Grow(MemoryData* data, ulong pageCount)
    {
        ulong before = data->ByteLength;
        ulong free = (data->MaxByteLength - before) >> data->PageSizeLog2;
        if (pageCount > free)
        {
            return -1;
        }

        ulong delta = pageCount << data->PageSizeLog2;
        if (delta > data->Budget->Remaining)
        {
            data->Budget->RefusedGrowths++;
            return -1;
        }

        ulong after = before + delta;
        if (data->ReservedByteLength != 0)
        {
            if (!AddressSpace.TryCommit(data->Base, before, after))
            {
                return -1;
            }

            Supply(data->Base + before, before, delta);
        }
        else if (after != before && !TryMove(data, before, after))
        {
            return -1;
        }

        data->ByteLength = after;
        data->Budget->Remaining -= delta;
        return (long)(before >> data->PageSizeLog2);
    }

    // Libraries for C take what they need in small pieces, and most use all of one before they ask for the next. A large piece is for
    // one object, or as much again as there was, and is filled, too; but an engine fills its chunks of a mebibyte or two by and by, if
    // ever, and what is larger than all there was may be taken for later.
    private static void Supply(byte* start, ulong before, ulong delta)
    {
        if (delta <= MaxPiece)
        {
            FreshPages.SupplyIfNext(start, delta);
        }
        else if (delta >= MinObject && delta <= Math.Min(before, MaxObject))
        {
            FreshPages.Supply(start, delta);
        }
    }

    /// <summary>Gives all its bytes back, for <see cref="Refill"/> to make it what it was; the address of a reservation stays.</summary>
    internal void Empty()
    {
        if (_data->ReservedByteLength != 0)
        {
            ulong page = (ulong)Environment.SystemPageSize;
            AddressSpace.Decommit(_data->Base, (_data->ByteLength + page - 1) & ~(page - 1));
        }
        else
        {
            NativeBlock.Free(_data->Base);
            _data->Base = null;
        }

        _data->ByteLength = 0;
    }

    /// <summary>Has its minimum size again, all zeros; its bytes are not taken from the budget.</summary>
    /// <exception cref="UnsupportedModuleException">The system has no more.</exception>
    internal void Refill()
    {
        ulong byteLength = Type.Limits.Minimum << Type.PageSizeLog2;
        if (_data->ReservedByteLength == 0)
        {
            _data->Base = (byte*)NativeBlock.Allocate(byteLength);
        }
        else if (!AddressSpace.TryCommit(_data->Base, 0, byteLength))
        {
            throw new UnsupportedModuleException($"the system has no {byteLength} bytes for a memory");
        }

        _data->ByteLength = byteLength;
    }

    void INativeOwner.Free()
    {
        if (_data == null)
        {
            return;
        }

        if (_data->ReservedByteLength != 0)
        {
            AddressSpace.Release(_data->Base, _data->ReservedByteLength);
        }
        else
        {
            NativeBlock.Free(_data->Base);
        }

        NativeBlock.Free(_data);
        _data = null;
    }

    private static bool TryMove(MemoryData* data, ulong before, ulong after)
    {
        var moved = (byte*)NativeBlock.TryAllocate(after);
        if (moved == null)
        {
            return false;
        }

        NativeMemory.Copy(data->Base, moved, (nuint)before);
        NativeBlock.Free(data->Base);
        data->Base = moved;
        return true;
    }
}
