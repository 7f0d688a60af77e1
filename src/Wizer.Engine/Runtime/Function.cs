using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine;

/// <summary>A function instance, of a module or of the host. Core 3.0, Execution: Function Instances.</summary>
/// <remarks>Made on demand: two objects may stand for one function, and are equal then.</remarks>
public sealed unsafe class Function : Extern, IEquatable<Function>
{
    private readonly FuncData* _data;

    internal Function(Store store, FuncData* data)
        : base(store) => _data = data;

    /// <summary>Creates a function of the host.</summary>
    /// <param name="store">Where it lives.</param>
    /// <param name="type">Its type; a concrete heap type in it is a type id of the store.</param>
    /// <param name="body">What it does.</param>
    public Function(Store store, FuncType type, HostFunction body)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(body);
        _data = store.AddHostFunction(type, body);
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Func;

    /// <summary>Its type; a concrete heap type in it is a type id of the store.</summary>
    public FuncType Type => Store.Types.FuncTypeOf(Data->TypeId);

    /// <summary>The reference to it, as it stands in slots, tables and globals.</summary>
    public ulong Handle => (ulong)Data;

    /// <summary>How often it was called: all calls of a host function; otherwise those from outside of its instance.</summary>
    internal long CallCount => (long)Data->CallCount;

    internal FuncData* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(Store.IsDisposed, this);
            return _data;
        }
    }

    /// <summary>Calls it.</summary>
    /// <param name="arguments">One 64-bit slot each (i32 zero-extended, floats as their bits, v128 in two).</param>
    /// <returns>The results, in the same form.</returns>
    /// <exception cref="ArgumentException">Not as many slots as the type's parameters take.</exception>
    /// <exception cref="WasmTrapException">The guest trapped, with the backtrace.</exception>
    /// <exception cref="OperationCanceledException">The store was interrupted.</exception>
    public ulong[] Invoke(params ReadOnlySpan<ulong> arguments)
    {
        FuncData* data = Data;
        if (arguments.Length != data->ParameterSlots)
        {
            throw new ArgumentException($"the function takes {data->ParameterSlots} slots, not {arguments.Length}", nameof(arguments));
        }

        var results = new ulong[data->ResultSlots];
        Store.Invoke(data, arguments, results);
        return results;
    }

    /// <summary>Calls it, with as many slots as its type says.</summary>
    internal void InvokeInto(ReadOnlySpan<ulong> arguments, Span<ulong> results) => Store.Invoke(Data, arguments, results);

    /// <inheritdoc/>
    public bool Equals(Function? other) => other is not null && other._data == _data;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Function);

    /// <inheritdoc/>
    public override int GetHashCode() => ((nint)_data).GetHashCode();
}
