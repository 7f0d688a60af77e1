using System.Text;
using Wizer.Engine.Components;
using static Wizer.Wasmtime.NativeLibraryCalls;

namespace Wizer.Wasmtime;

/// <summary>
/// Values of components in the C library's terms, and in ours, resources of the host included, which its library for .NET does not pass.
/// </summary>
/// <param name="types">The resource types of the host; the C library knows each by its index.</param>
internal sealed unsafe class NativeValues(IReadOnlyList<ComponentResourceType> types)
{
    /// <summary>Reads a value. It stays the caller's.</summary>
    /// <param name="context">The store's <c>wasmtime_context_t</c>.</param>
    /// <param name="value">The value.</param>
    internal ComponentValue Read(nint context, in NativeValue value)
    {
        switch (value.Kind)
        {
            case WasmtimeComponentValueKind.Bool:
                return ComponentValue.Of((byte)value.Bits != 0);
            case WasmtimeComponentValueKind.S8:
                return ComponentValue.Of((sbyte)value.Bits);
            case WasmtimeComponentValueKind.U8:
                return ComponentValue.Of((byte)value.Bits);
            case WasmtimeComponentValueKind.S16:
                return ComponentValue.Of((short)value.Bits);
            case WasmtimeComponentValueKind.U16:
                return ComponentValue.Of((ushort)value.Bits);
            case WasmtimeComponentValueKind.S32:
                return ComponentValue.Of((int)value.Bits);
            case WasmtimeComponentValueKind.U32:
                return ComponentValue.Of((uint)value.Bits);
            case WasmtimeComponentValueKind.S64:
                return ComponentValue.Of((long)value.Bits);
            case WasmtimeComponentValueKind.U64:
                return ComponentValue.Of(value.Bits);
            case WasmtimeComponentValueKind.F32:
                return ComponentValue.Of(BitConverter.UInt32BitsToSingle((uint)value.Bits));
            case WasmtimeComponentValueKind.F64:
                return ComponentValue.Of(BitConverter.UInt64BitsToDouble(value.Bits));
            case WasmtimeComponentValueKind.Char:
                return ComponentValue.Of(new Rune((uint)value.Bits));
            case WasmtimeComponentValueKind.String:
                return ComponentValue.Of(Text(value.Vector));
            case WasmtimeComponentValueKind.List:
                return ReadList(context, value.Vector.As<NativeValue>());
            case WasmtimeComponentValueKind.Tuple:
                return ComponentValue.Tuple(ReadAll(context, value.Vector.As<NativeValue>()));
            case WasmtimeComponentValueKind.Record:
                ReadOnlySpan<NativeField> fields = value.Vector.As<NativeField>();
                var read = new (string, ComponentValue)[fields.Length];
                for (int i = 0; i < read.Length; i++)
                {
                    read[i] = (Text(fields[i].Name), Read(context, fields[i].Value));
                }

                return ComponentValue.Record(read);
            case WasmtimeComponentValueKind.Variant:
                return ComponentValue.Variant(Text(value.Vector), ReadPayload(context, value.VariantPayload));
            case WasmtimeComponentValueKind.Enum:
                return ComponentValue.Enum(Text(value.Vector));
            case WasmtimeComponentValueKind.Option:
                return ReadPayload(context, value.Some) is { } some ? ComponentValue.Some(some) : ComponentValue.None;
            case WasmtimeComponentValueKind.Result:
                ComponentValue? payload = ReadPayload(context, value.ResultPayload);
                return (byte)value.Bits != 0 ? ComponentValue.Ok(payload) : ComponentValue.Error(payload);
            case WasmtimeComponentValueKind.Flags:
                ReadOnlySpan<NativeVector> names = value.Vector.As<NativeVector>();
                var labels = new string[names.Length];
                for (int i = 0; i < labels.Length; i++)
                {
                    labels[i] = Text(names[i]);
                }

                return ComponentValue.Flags(labels);
            case WasmtimeComponentValueKind.Resource:
                return ReadResource(context, value.Resource);
            default:
                throw new ArgumentException($"a value of kind {value.Kind} is not taken from Wasmtime", nameof(value));
        }
    }

    /// <summary>All of some values.</summary>
    internal ComponentValue[] ReadAll(nint context, ReadOnlySpan<NativeValue> values)
    {
        var items = new ComponentValue[values.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Read(context, values[i]);
        }

        return items;
    }

    /// <summary>Makes a value that belongs to whoever takes it.</summary>
    internal NativeValue Write(nint context, ComponentValue value)
    {
        var native = new NativeValue();
        switch (value.Kind)
        {
            case ComponentValueKind.String:
                native.Kind = WasmtimeComponentValueKind.String;
                native.Vector = Name(value.AsString);
                break;
            case ComponentValueKind.List:
                native.Kind = WasmtimeComponentValueKind.List;
                WriteList(context, value, ref native.Vector);
                break;
            case ComponentValueKind.Tuple:
                native.Kind = WasmtimeComponentValueKind.Tuple;
                wasmtime_component_valtuple_new_uninit(out native.Vector, (nuint)value.Items.Count);
                WriteAll(context, value.Items, (NativeValue*)native.Vector.Items);
                break;
            case ComponentValueKind.Record:
                native.Kind = WasmtimeComponentValueKind.Record;
                wasmtime_component_valrecord_new_uninit(out native.Vector, (nuint)value.Items.Count);
                var fields = (NativeField*)native.Vector.Items;
                for (int i = 0; i < value.Items.Count; i++)
                {
                    fields[i] = new NativeField { Name = Name(value.Labels[i]), Value = Write(context, value.Items[i]) };
                }

                break;
            case ComponentValueKind.Variant:
                native.Kind = WasmtimeComponentValueKind.Variant;
                native.Vector = Name(value.Label);
                native.VariantPayload = WritePayload(context, value);
                break;
            case ComponentValueKind.Enum:
                native.Kind = WasmtimeComponentValueKind.Enum;
                native.Vector = Name(value.Label);
                break;
            case ComponentValueKind.Option:
                native.Kind = WasmtimeComponentValueKind.Option;
                native.Some = WritePayload(context, value);
                break;
            case ComponentValueKind.Result:
                native.Kind = WasmtimeComponentValueKind.Result;
                native.Bits = value.Label == "ok" ? 1u : 0;
                native.ResultPayload = WritePayload(context, value);
                break;
            case ComponentValueKind.Flags:
                native.Kind = WasmtimeComponentValueKind.Flags;
                wasmtime_component_valflags_new_uninit(out native.Vector, (nuint)value.Labels.Count);
                var names = (NativeVector*)native.Vector.Items;
                for (int i = 0; i < value.Labels.Count; i++)
                {
                    names[i] = Name(value.Labels[i]);
                }

                break;
            case ComponentValueKind.Own or ComponentValueKind.Borrow:
                native.Kind = WasmtimeComponentValueKind.Resource;
                native.Resource = WriteResource(context, value.AsResource, value.Kind == ComponentValueKind.Own);
                break;
            default:
                native.Kind = KindOf(value.Kind);
                native.Bits = value.Bits;
                break;
        }

        return native;
    }

    /// <summary>The text of a name or message.</summary>
    internal static string Text(NativeVector text) => Encoding.UTF8.GetString(text.As<byte>());

    private static NativeVector Name(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* items = bytes)
        {
            wasm_byte_vec_new(out NativeVector name, (nuint)bytes.Length, items);
            return name;
        }
    }

    private static WasmtimeComponentValueKind KindOf(ComponentValueKind kind) => kind switch
    {
        ComponentValueKind.Bool => WasmtimeComponentValueKind.Bool,
        ComponentValueKind.S8 => WasmtimeComponentValueKind.S8,
        ComponentValueKind.U8 => WasmtimeComponentValueKind.U8,
        ComponentValueKind.S16 => WasmtimeComponentValueKind.S16,
        ComponentValueKind.U16 => WasmtimeComponentValueKind.U16,
        ComponentValueKind.S32 => WasmtimeComponentValueKind.S32,
        ComponentValueKind.U32 => WasmtimeComponentValueKind.U32,
        ComponentValueKind.S64 => WasmtimeComponentValueKind.S64,
        ComponentValueKind.U64 => WasmtimeComponentValueKind.U64,
        ComponentValueKind.F32 => WasmtimeComponentValueKind.F32,
        ComponentValueKind.F64 => WasmtimeComponentValueKind.F64,
        ComponentValueKind.Char => WasmtimeComponentValueKind.Char,
        _ => throw new ArgumentException($"a value of kind {kind} cannot be handed to Wasmtime", nameof(kind)),
    };

    private ComponentValue ReadList(nint context, ReadOnlySpan<NativeValue> items)
    {
        // What is in an empty list cannot be seen, so it is what both ways of looking at a list can take.
        if (!items.IsEmpty && items[0].Kind != WasmtimeComponentValueKind.U8)
        {
            return ComponentValue.List(ReadAll(context, items));
        }

        var bytes = new byte[items.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)items[i].Bits;
        }

        return ComponentValue.Bytes(bytes);
    }

    private ComponentValue? ReadPayload(nint context, NativeValue* payload) => payload is null ? null : Read(context, *payload);

    private ComponentValue ReadResource(nint context, nint resource)
    {
        Check(wasmtime_component_resource_any_to_host(context, resource, out nint host));
        try
        {
            ComponentResourceType type = types[(int)wasmtime_component_resource_host_type(host)];
            bool isOwned = wasmtime_component_resource_host_owned(host);
            var read = new ComponentResource(type, wasmtime_component_resource_host_rep(host), isOwned);
            return isOwned ? ComponentValue.Own(read) : ComponentValue.Borrow(read);
        }
        finally
        {
            wasmtime_component_resource_host_delete(host);
        }
    }

    private void WriteList(nint context, ComponentValue value, ref NativeVector list)
    {
        wasmtime_component_vallist_new_uninit(out list, (nuint)value.Items.Count);
        WriteAll(context, value.Items, (NativeValue*)list.Items);
    }

    private void WriteAll(nint context, IReadOnlyList<ComponentValue> items, NativeValue* place)
    {
        for (int i = 0; i < items.Count; i++)
        {
            place[i] = Write(context, items[i]);
        }
    }

    private NativeValue* WritePayload(nint context, ComponentValue value)
    {
        if (value.Payload is not { } payload)
        {
            return null;
        }

        NativeValue written = Write(context, payload);
        return wasmtime_component_val_new(&written);
    }

    private nint WriteResource(nint context, ComponentResource resource, bool isOwned)
    {
        int type = 0;
        while (type < types.Count && types[type] != resource.Type)
        {
            type++;
        }

        if (type == types.Count)
        {
            throw new InvalidOperationException($"nobody has defined the resource type `{resource.Type.Name}` that a function returns");
        }

        if (isOwned)
        {
            resource.Take();
        }

        nint host = wasmtime_component_resource_host_new(isOwned, resource.Representation, (uint)type);
        try
        {
            Check(wasmtime_component_resource_host_to_any(context, host, out nint any));
            return any;
        }
        finally
        {
            wasmtime_component_resource_host_delete(host);
        }
    }

    /// <summary>Throws an error of the C library, and frees it.</summary>
    internal static void Check(nint error)
    {
        if (error == 0)
        {
            return;
        }

        wasmtime_error_message(error, out NativeVector message);
        string text = Text(message);
        wasm_byte_vec_delete(ref message);
        wasmtime_error_delete(error);
        throw new WasmtimeException(text);
    }
}
