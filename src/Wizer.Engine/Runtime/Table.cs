using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

/// <summary>A table instance: reference handles, 0 for null. Core 3.0, Execution: Table Instances.</summary>
public sealed unsafe class Table : Extern, INativeOwner
{
    private TableData* _data;

    /// <summary>Creates a table of its type's minimum size; the store disposes it.</summary>
    /// <param name="store">Where it lives.</param>
    /// <param name="type">Its type; a concrete heap type in it is a type id of the store.</param>
    /// <param name="init">The handle every element starts as.</param>
    /// <exception cref="WasmLimitException">The minimum is beyond what the store's limit leaves.</exception>
    public Table(Store store, TableType type, ulong init = 0)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        Type = type;
        store.Own(this);
        Budget* budget = store.TableBudget;
        if (!Budget.TryTake(budget, type.Limits.Minimum))
        {
            throw WasmLimitException.Table(type.Limits.Minimum, budget);
        }

        _data = NativeBlock.Allocate<TableData>(1);
        _data->Budget = budget;
        _data->MaxLength = type.Limits.Maximum ?? ulong.MaxValue;
        _data->Elements = (ulong*)NativeBlock.Allocate(type.Limits.Minimum * sizeof(ulong));
        _data->Capacity = _data->Length = type.Limits.Minimum;
        if (init != 0)
        {
            new Span<ulong>(_data->Elements, (int)_data->Length).Fill(init);
        }
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Table;

    /// <summary>The type it was created with; a concrete heap type in it is a type id of the store.</summary>
    public TableType Type { get; }

    /// <summary>The current size in elements.</summary>
    public ulong Length => Data->Length;

    /// <summary>The handle of an element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the table.</exception>
    public ulong this[ulong index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Data->Length);
            return _data->Elements[index];
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Data->Length);
            _data->Elements[index] = value;
        }
    }

    /// <summary>The type with the current size as its minimum: what an importer sees.</summary>
    internal TableType CurrentType => Type with { Limits = Type.Limits with { Minimum = Length } };

    internal TableData* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return _data;
        }
    }

    /// <summary>Grows by so many elements. Core 3.0, Execution: Growing Tables.</summary>
    /// <returns>The size before, or -1 when it cannot grow that far.</returns>
    public long Grow(ulong elementCount, ulong init = 0) => Grow(Data, elementCount, init);

    /// <summary>The same, for translated code.</summary>
    internal static long Grow(TableData* data, ulong elementCount, ulong init)
    {
        ulong before = data->Length;
        if (elementCount > data->MaxLength - before)
        {
            return -1;
        }

        if (elementCount > data->Budget->Remaining)
        {
            data->Budget->RefusedGrowths++;
            return -1;
        }

        ulong after = before + elementCount;
        if (after > data->Capacity)
        {
            ulong capacity = Math.Max(after, Math.Min(data->MaxLength, data->Capacity * 2));
            var moved = (ulong*)NativeBlock.TryAllocate(capacity * sizeof(ulong));
            if (moved == null)
            {
                return -1;
            }

            NativeMemory.Copy(data->Elements, moved, (nuint)(before * sizeof(ulong)));
            NativeBlock.Free(data->Elements);
            data->Elements = moved;
            data->Capacity = capacity;
        }

        new Span<ulong>(data->Elements + before, (int)elementCount).Fill(init);
        data->Length = after;
        data->Budget->Remaining -= elementCount;
        return (long)before;
    }

    /// <summary>Gives all its elements back, for <see cref="Refill"/> to make it what it was.</summary>
    internal void Empty()
    {
        NativeBlock.Free(_data->Elements);
        _data->Elements = null;
        _data->Capacity = _data->Length = 0;
    }

    /// <summary>Has its minimum size again, with the elements that were saved; they are not taken from the budget.</summary>
    internal void Refill(SavedBytes elements)
    {
        _data->Elements = (ulong*)NativeBlock.Allocate(Type.Limits.Minimum * sizeof(ulong));
        _data->Capacity = _data->Length = Type.Limits.Minimum;
        elements.CopyTo(_data->Elements);
    }

    void INativeOwner.Free()
    {
        if (_data != null)
        {
            NativeBlock.Free(_data->Elements);
            NativeBlock.Free(_data);
            _data = null;
        }
    }
}
