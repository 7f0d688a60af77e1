using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine;

/// <summary>
/// An exception of the guest on its way through the host: one that no handler of the guest's caught; or one that a host function
/// throws, for the guest to catch. A host function that lets it pass, or throws it again, throws the same exception.
/// </summary>
/// <remarks>Core 3.0, Execution: Exception Handling. The message is the official scripts' text.</remarks>
public sealed unsafe class WasmGuestException : WasmTrapException
{
    private readonly ulong[] _values;

    /// <summary>Creates an exception for a host function to throw.</summary>
    /// <param name="tag">Its kind; a guest of another store than the tag's cannot catch it, and is ended by it.</param>
    /// <param name="values">One 64-bit slot each (i32 zero-extended, floats as their bits, v128 in two).</param>
    /// <exception cref="ArgumentException">Not as many slots as the tag's parameters take.</exception>
    /// <exception cref="InvalidOperationException">The store has no room for another exception.</exception>
    public WasmGuestException(Tag tag, params ReadOnlySpan<ulong> values)
        : base(TrapKind.UncaughtException)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (values.Length != tag.Data->ParameterSlots)
        {
            throw new ArgumentException($"the tag takes {tag.Data->ParameterSlots} slots, not {values.Length}", nameof(values));
        }

        Tag = tag;
        _values = values.ToArray();
        Storage = Calls.HostOf(tag.Store.Context).Exceptions;
        fixed (ulong* first = _values)
        {
            Exception = Storage.TryCreate(tag.Data, first);
        }

        if (Exception == null)
        {
            throw new InvalidOperationException("the store has no room for another exception");
        }
    }

    internal WasmGuestException(Store store, ExceptionData* data)
        : base(TrapKind.UncaughtException)
    {
        Tag = new Tag(store, data->Tag);
        _values = new ReadOnlySpan<ulong>(ExceptionData.ValuesOf(data), data->Tag->ParameterSlots).ToArray();
        Storage = Calls.HostOf(store.Context).Exceptions;
        Exception = data;
    }

    /// <summary>What kind of exception it is.</summary>
    public Tag Tag { get; }

    /// <summary>The values it carries, one 64-bit slot each (i32 zero-extended, floats as their bits, v128 in two).</summary>
    public ReadOnlySpan<ulong> Values => _values;

    /// <summary>The reference to it (<c>exnref</c>), as it stands in slots, tables and globals.</summary>
    public ulong Handle => (ulong)Exception;

    internal ExceptionData* Exception { get; }

    /// <summary>Tells the exceptions of one store from those of another.</summary>
    internal ExceptionStorage Storage { get; }
}
