using Wizer.Engine.Components;

namespace Wizer.Wasmtime;

/// <summary>Values of components in Wasmtime's terms, and in ours.</summary>
internal static class ComponentValues
{
    internal static WasmtimeComponentValue ToWasmtime(ComponentValue value) => value.Kind switch
    {
        ComponentValueKind.Bool => WasmtimeComponentValue.Bool(value.AsBoolean),
        ComponentValueKind.S8 => WasmtimeComponentValue.S8((sbyte)value.AsInt64),
        ComponentValueKind.U8 => WasmtimeComponentValue.U8((byte)value.AsInt64),
        ComponentValueKind.S16 => WasmtimeComponentValue.S16((short)value.AsInt64),
        ComponentValueKind.U16 => WasmtimeComponentValue.U16((ushort)value.AsInt64),
        ComponentValueKind.S32 => WasmtimeComponentValue.S32((int)value.AsInt64),
        ComponentValueKind.U32 => WasmtimeComponentValue.U32((uint)value.AsInt64),
        ComponentValueKind.S64 => WasmtimeComponentValue.S64(value.AsInt64),
        ComponentValueKind.U64 => WasmtimeComponentValue.U64(value.AsUInt64),
        ComponentValueKind.F32 => WasmtimeComponentValue.F32(value.AsSingle),
        ComponentValueKind.F64 => WasmtimeComponentValue.F64(value.AsDouble),
        ComponentValueKind.Char => WasmtimeComponentValue.Char(value.AsRune),
        ComponentValueKind.String => WasmtimeComponentValue.String(value.AsString),
        ComponentValueKind.List => WasmtimeComponentValue.List([.. value.Items.Select(ToWasmtime)]),
        ComponentValueKind.Tuple => WasmtimeComponentValue.Tuple([.. value.Items.Select(ToWasmtime)]),
        ComponentValueKind.Record => WasmtimeComponentValue.Record(
            [.. value.Labels.Zip(value.Items, static (label, item) => KeyValuePair.Create(label, ToWasmtime(item)))]),
        ComponentValueKind.Variant => WasmtimeComponentValue.Variant(value.Label, Payload(value)!),
        ComponentValueKind.Enum => WasmtimeComponentValue.Enum(value.Label),
        ComponentValueKind.Option => value.Payload is null ? WasmtimeComponentValue.None() : WasmtimeComponentValue.Some(Payload(value)!),
        ComponentValueKind.Result =>
            value.Label == "ok" ? WasmtimeComponentValue.Ok(Payload(value)!) : WasmtimeComponentValue.Err(Payload(value)!),
        ComponentValueKind.Flags => WasmtimeComponentValue.Flags([.. value.Labels]),
        _ => throw new ArgumentException($"a value of kind {value.Kind} cannot be handed to Wasmtime", nameof(value)),
    };

    internal static ComponentValue FromWasmtime(WasmtimeComponentValue value) => value.Kind switch
    {
        WasmtimeComponentValueKind.Bool => ComponentValue.Of(value.AsBool()),
        WasmtimeComponentValueKind.S8 => ComponentValue.Of(value.AsS8()),
        WasmtimeComponentValueKind.U8 => ComponentValue.Of(value.AsU8()),
        WasmtimeComponentValueKind.S16 => ComponentValue.Of(value.AsS16()),
        WasmtimeComponentValueKind.U16 => ComponentValue.Of(value.AsU16()),
        WasmtimeComponentValueKind.S32 => ComponentValue.Of(value.AsS32()),
        WasmtimeComponentValueKind.U32 => ComponentValue.Of(value.AsU32()),
        WasmtimeComponentValueKind.S64 => ComponentValue.Of(value.AsS64()),
        WasmtimeComponentValueKind.U64 => ComponentValue.Of(value.AsU64()),
        WasmtimeComponentValueKind.F32 => ComponentValue.Of(value.AsF32()),
        WasmtimeComponentValueKind.F64 => ComponentValue.Of(value.AsF64()),
        WasmtimeComponentValueKind.Char => ComponentValue.Of(value.AsRune()),
        WasmtimeComponentValueKind.String => ComponentValue.Of(value.AsString()),
        WasmtimeComponentValueKind.List => ComponentValue.List([.. value.AsList().Select(FromWasmtime)]),
        WasmtimeComponentValueKind.Tuple => ComponentValue.Tuple([.. value.AsTuple().Select(FromWasmtime)]),
        WasmtimeComponentValueKind.Record => ComponentValue.Record(
            [.. value.AsRecord().Select(static field => (field.Key, FromWasmtime(field.Value)))]),
        WasmtimeComponentValueKind.Variant => ComponentValue.Variant(value.AsVariant(), Payload(value)),
        WasmtimeComponentValueKind.Enum => ComponentValue.Enum(value.AsEnum()),
        WasmtimeComponentValueKind.Option => value.IsSome ? ComponentValue.Some(FromWasmtime(value.Payload!)) : ComponentValue.None,
        WasmtimeComponentValueKind.Result => value.IsOk ? ComponentValue.Ok(Payload(value)) : ComponentValue.Error(Payload(value)),
        WasmtimeComponentValueKind.Flags => ComponentValue.Flags([.. value.AsFlags()]),
        _ => throw new ArgumentException($"a value of kind {value.Kind} is not taken from Wasmtime", nameof(value)),
    };

    private static WasmtimeComponentValue? Payload(ComponentValue value) => value.Payload is { } payload ? ToWasmtime(payload) : null;

    private static ComponentValue? Payload(WasmtimeComponentValue value) => value.Payload is { } payload ? FromWasmtime(payload) : null;
}
