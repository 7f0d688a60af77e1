using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>A global instance. Core 3.0, Execution: Global Instances.</summary>
public sealed unsafe class Global : Extern
{
    private readonly ulong* _cell;

    /// <summary>Creates a global; the store disposes it.</summary>
    /// <param name="store">Where it lives.</param>
    /// <param name="type">Its type; a concrete heap type in it is a type id of the store.</param>
    /// <param name="value">i32 zero-extended, floats as their bits, references as handles, the low half of a v128.</param>
    /// <param name="high">The high half of a v128.</param>
    public Global(Store store, GlobalType type, ulong value, ulong high = 0)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        Type = type;
        _cell = (ulong*)store.AllocateBlock(2 * sizeof(ulong));
        _cell[0] = value;
        _cell[1] = high;
    }

    internal Global(Store store, GlobalType type, ulong* cell)
        : base(store)
    {
        Type = type;
        _cell = cell;
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Global;

    /// <summary>Its type; a concrete heap type in it is a type id of the store.</summary>
    public GlobalType Type { get; }

    /// <summary>The value: i32 zero-extended, floats as their bits, references as handles, the low half of a v128.</summary>
    public ulong Value
    {
        get => Cell[0];
        set => Cell[0] = value;
    }

    /// <summary>The high half of a v128.</summary>
    public ulong High
    {
        get => Cell[1];
        set => Cell[1] = value;
    }

    internal ulong* Cell
    {
        get
        {
            ObjectDisposedException.ThrowIf(Store.IsDisposed, this);
            return _cell;
        }
    }
}
