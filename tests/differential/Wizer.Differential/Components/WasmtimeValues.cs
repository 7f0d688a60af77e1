using Wizer.Engine.Components;
using WasmtimeKind = Wasmtime.Components.ComponentValueKind;
using WasmtimeValue = Wasmtime.Components.ComponentValue;

namespace Wizer.Differential.Components;

/// <summary>Values of Wasmtime's binding as ours, and the other way round.</summary>
internal static class WasmtimeValues
{
    internal static WasmtimeValue FromOurs(ComponentValue value) => value.Kind switch
    {
        ComponentValueKind.Bool => WasmtimeValue.Bool(value.AsBoolean),
        ComponentValueKind.S8 => WasmtimeValue.S8((sbyte)value.AsInt64),
        ComponentValueKind.U8 => WasmtimeValue.U8((byte)value.AsInt64),
        ComponentValueKind.S16 => WasmtimeValue.S16((short)value.AsInt64),
        ComponentValueKind.U16 => WasmtimeValue.U16((ushort)value.AsInt64),
        ComponentValueKind.S32 => WasmtimeValue.S32((int)value.AsInt64),
        ComponentValueKind.U32 => WasmtimeValue.U32((uint)value.AsInt64),
        ComponentValueKind.S64 => WasmtimeValue.S64(value.AsInt64),
        ComponentValueKind.U64 => WasmtimeValue.U64(value.AsUInt64),
        ComponentValueKind.F32 => WasmtimeValue.F32(value.AsSingle),
        ComponentValueKind.F64 => WasmtimeValue.F64(value.AsDouble),
        ComponentValueKind.Char => WasmtimeValue.Char(value.AsRune),
        ComponentValueKind.String => WasmtimeValue.String(value.AsString),
        ComponentValueKind.List => WasmtimeValue.List([.. value.Items.Select(FromOurs)]),
        ComponentValueKind.Tuple => WasmtimeValue.Tuple([.. value.Items.Select(FromOurs)]),
        ComponentValueKind.Record => WasmtimeValue.Record(
            [.. value.Labels.Zip(value.Items, static (label, item) => KeyValuePair.Create(label, FromOurs(item)))]),
        ComponentValueKind.Variant => WasmtimeValue.Variant(value.Label, Payload(value)!),
        ComponentValueKind.Enum => WasmtimeValue.Enum(value.Label),
        ComponentValueKind.Option => value.Payload is null ? WasmtimeValue.None() : WasmtimeValue.Some(Payload(value)!),
        ComponentValueKind.Result => value.Label == "ok" ? WasmtimeValue.Ok(Payload(value)!) : WasmtimeValue.Err(Payload(value)!),
        ComponentValueKind.Flags => WasmtimeValue.Flags([.. value.Labels]),
        _ => throw new NotSupportedException(value.Kind.ToString()),
    };

    internal static ComponentValue ToOurs(WasmtimeValue value) => value.Kind switch
    {
        WasmtimeKind.Bool => ComponentValue.Of(value.AsBool()),
        WasmtimeKind.S8 => ComponentValue.Of(value.AsS8()),
        WasmtimeKind.U8 => ComponentValue.Of(value.AsU8()),
        WasmtimeKind.S16 => ComponentValue.Of(value.AsS16()),
        WasmtimeKind.U16 => ComponentValue.Of(value.AsU16()),
        WasmtimeKind.S32 => ComponentValue.Of(value.AsS32()),
        WasmtimeKind.U32 => ComponentValue.Of(value.AsU32()),
        WasmtimeKind.S64 => ComponentValue.Of(value.AsS64()),
        WasmtimeKind.U64 => ComponentValue.Of(value.AsU64()),
        WasmtimeKind.F32 => ComponentValue.Of(value.AsF32()),
        WasmtimeKind.F64 => ComponentValue.Of(value.AsF64()),
        WasmtimeKind.Char => ComponentValue.Of(value.AsRune()),
        WasmtimeKind.String => ComponentValue.Of(value.AsString()),
        WasmtimeKind.List => ComponentValue.List([.. value.AsList().Select(ToOurs)]),
        WasmtimeKind.Tuple => ComponentValue.Tuple([.. value.AsTuple().Select(ToOurs)]),
        WasmtimeKind.Record => ComponentValue.Record([.. value.AsRecord().Select(static field => (field.Key, ToOurs(field.Value)))]),
        WasmtimeKind.Variant => ComponentValue.Variant(value.AsVariant(), Payload(value)),
        WasmtimeKind.Enum => ComponentValue.Enum(value.AsEnum()),
        WasmtimeKind.Option => value.IsSome ? ComponentValue.Some(ToOurs(value.Payload!)) : ComponentValue.None,
        WasmtimeKind.Result => value.IsOk ? ComponentValue.Ok(Payload(value)) : ComponentValue.Error(Payload(value)),
        WasmtimeKind.Flags => ComponentValue.Flags([.. value.AsFlags()]),
        _ => throw new NotSupportedException(value.Kind.ToString()),
    };

    private static WasmtimeValue? Payload(ComponentValue value) => value.Payload is { } payload ? FromOurs(payload) : null;

    private static ComponentValue? Payload(WasmtimeValue value) => value.Payload is { } payload ? ToOurs(payload) : null;
}
