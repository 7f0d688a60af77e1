using System.Buffers.Binary;
using Wizer.Binary;
using ValueBox = Wasmtime.ValueBox;
using ValueKind = Wasmtime.ValueKind;

namespace Wizer.Wasmtime;

/// <summary>What an imported function does; it leaves its results where the arguments were.</summary>
/// <param name="caller">Who calls.</param>
/// <param name="slots">64 bits each, two for a v128. References are not in them.</param>
internal delegate void HostBody(WasmtimeCaller caller, Span<ulong> slots);

/// <summary>A function of ours that a module imports, and how often it was called.</summary>
/// <param name="module">The module name of the import.</param>
/// <param name="name">Its own name.</param>
/// <param name="type">With which it is imported.</param>
/// <param name="body">What it does.</param>
internal sealed class HostImport(string module, string name, FuncType type, HostBody body) : ICountedImport
{
    private const int MaxSlotsOnStack = 64;

    private readonly int _slotCount = Math.Max(type.ParameterSlotCount, type.ResultSlotCount);

    public string Module { get; } = module;

    public string Name { get; } = name;

    public long CallCount { get; private set; }

    /// <summary>The function as Wasmtime knows it.</summary>
    internal WasmtimeFunction In(WasmtimeStore store) =>
        WasmtimeFunction.FromCallback(store, Call, KindsOf(type.Parameters), KindsOf(type.Results));

    /// <summary>The types of a function as Wasmtime's library names them.</summary>
    internal static ValueKind[] KindsOf(ReadOnlySpan<ValType> types)
    {
        var kinds = new ValueKind[types.Length];
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i] = types[i].Code switch
            {
                ValTypeCode.I32 => ValueKind.Int32,
                ValTypeCode.I64 => ValueKind.Int64,
                ValTypeCode.F32 => ValueKind.Float32,
                ValTypeCode.F64 => ValueKind.Float64,
                ValTypeCode.V128 => ValueKind.V128,
                _ => types[i] == ValType.FuncRef ? ValueKind.FuncRef : ValueKind.ExternRef,
            };
        }

        return kinds;
    }

    private void Call(WasmtimeCaller caller, ReadOnlySpan<ValueBox> arguments, Span<ValueBox> results)
    {
        CallCount++;
        Span<ulong> slots = _slotCount <= MaxSlotsOnStack ? stackalloc ulong[_slotCount] : new ulong[_slotCount];
        slots.Clear();
        ReadOnlySpan<ValType> parameters = type.Parameters;
        int next = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            next += Read(arguments[i], parameters[i], slots[next..]);
        }

        body(caller, slots);
        ReadOnlySpan<ValType> types = type.Results;
        next = 0;
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Write(types[i], slots[next..]);
            next += types[i].SlotCount;
        }
    }

    private static int Read(in ValueBox value, ValType type, Span<ulong> slots)
    {
        switch (type.Code)
        {
            case ValTypeCode.I32:
                slots[0] = (uint)value.AsInt32();
                break;
            case ValTypeCode.I64:
                slots[0] = (ulong)value.AsInt64();
                break;
            case ValTypeCode.F32:
                slots[0] = BitConverter.SingleToUInt32Bits(value.AsSingle());
                break;
            case ValTypeCode.F64:
                slots[0] = BitConverter.DoubleToUInt64Bits(value.AsDouble());
                break;
            case ValTypeCode.V128:
                Span<byte> bytes = stackalloc byte[16];
                value.AsV128().CopyTo(bytes);
                slots[0] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                slots[1] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
                return 2;
        }

        return 1;
    }

    // Nothing of ours returns a reference that is not null.
    private static ValueBox Write(ValType type, ReadOnlySpan<ulong> slots)
    {
        switch (type.Code)
        {
            case ValTypeCode.I32:
                return (int)slots[0];
            case ValTypeCode.I64:
                return (long)slots[0];
            case ValTypeCode.F32:
                return BitConverter.UInt32BitsToSingle((uint)slots[0]);
            case ValTypeCode.F64:
                return BitConverter.UInt64BitsToDouble(slots[0]);
            case ValTypeCode.V128:
                Span<byte> bytes = stackalloc byte[16];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, slots[0]);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], slots[1]);
                return new WasmtimeV128(bytes);
            default:
                return type == ValType.FuncRef ? WasmtimeFunction.Null : (string)null!;
        }
    }
}
