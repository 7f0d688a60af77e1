using System.Text;
using System.Text.Unicode;

namespace Wizer.Binary.Components;

// Values and start. Component Model, Binary Format: Value Definitions; Start Definitions.
internal sealed partial class ComponentChecker
{
    private void CheckStart(StartDefinition start)
    {
        if (_scope.HasStart)
        {
            Invalid("component cannot have more than one start function");
        }

        _scope.HasStart = true;
        ResolvedFuncType type = FuncAt(start.FuncIndex);
        if (type.Parameters.Length != start.Arguments.Length)
        {
            Invalid($"component start function requires {type.Parameters.Length} arguments but was given {start.Arguments.Length}");
        }

        uint resultCount = type.Result is null ? 0u : 1u;
        if (resultCount != start.ResultCount)
        {
            Invalid($"component start function has a result count of {start.ResultCount} but the function type has a result count of "
                + $"{resultCount}");
        }

        var matching = new Matching(_factory, _coreTypes, _offset);
        for (int i = 0; i < start.Arguments.Length; i++)
        {
            var given = new Entity(Sort.Value, UseValue(start.Arguments[i]));
            if (matching.Compare(given, new Entity(Sort.Value, type.Parameters[i])) is string wrong)
            {
                Invalid($"value type mismatch for component start function argument {i}: {wrong}");
            }
        }

        if (type.Result is not null)
        {
            AddValue(type.Result);
        }
    }

    private void CheckValue(ValueDefinition value)
    {
        ResolvedValType type = ValTypeAt(value.Type);
        var reader = new WasmReader(value.Value.Of(file.Span), value.Value.Offset);
        CheckValue(ref reader, type);
        if (!reader.IsAtEnd)
        {
            Throw.Malformed("value size mismatch: unexpected data at the end of the value", reader.Offset);
        }

        AddValue(type);
    }

    // Values take at least a byte but for those without content, which the type's size limits; types nest only so deep.
    private void CheckValue(ref WasmReader reader, ResolvedValType type)
    {
        switch (type.Kind)
        {
            case ValTypeKind.Primitive:
                CheckValue(ref reader, type.Primitive);
                break;
            case ValTypeKind.Record or ValTypeKind.Tuple:
                foreach (ResolvedValType? element in type.Elements)
                {
                    CheckValue(ref reader, element!);
                }

                break;
            case ValTypeKind.List or ValTypeKind.FixedList:
                uint count = type.Kind == ValTypeKind.FixedList ? type.Length : (uint)reader.ReadCount();
                for (uint i = 0; i < count; i++)
                {
                    CheckValue(ref reader, type.Elements[0]!);
                }

                break;
            case ValTypeKind.Map:
                count = (uint)reader.ReadCount();
                for (uint i = 0; i < count; i++)
                {
                    CheckValue(ref reader, type.Elements[0]!);
                    CheckValue(ref reader, type.Elements[1]!);
                }

                break;
            case ValTypeKind.Variant:
                CheckCase(ref reader, type, (uint)type.Elements.Length);
                break;
            case ValTypeKind.Enum:
                ReadCase(ref reader, (uint)type.Labels.Length);
                break;
            case ValTypeKind.Flags:
                CheckFlags(ref reader, type.Labels.Length);
                break;
            case ValTypeKind.Option:
                if (ReadCase(ref reader, 2) == 1)
                {
                    CheckValue(ref reader, type.Elements[0]!);
                }

                break;
            case ValTypeKind.Result:
                CheckCase(ref reader, type, 2);
                break;
            default:
                Throw.Invalid($"there are no values of type `{type.Description}` in a component", reader.Offset);
                break;
        }
    }

    private void CheckCase(ref WasmReader reader, ResolvedValType type, uint count)
    {
        if (type.Elements[ReadCase(ref reader, count)] is { } payload)
        {
            CheckValue(ref reader, payload);
        }
    }

    private static uint ReadCase(ref WasmReader reader, uint count)
    {
        long at = reader.Offset;
        uint index = reader.ReadU32();
        if (index >= count)
        {
            Throw.Malformed($"unknown case {index} in a value: the type has {count}", at);
        }

        return index;
    }

    private static void CheckFlags(ref WasmReader reader, int count)
    {
        long at = reader.Offset;
        ReadOnlySpan<byte> bits = reader.ReadBytes((count + 7) / 8);
        if (count % 8 != 0 && bits[^1] >> (count % 8) != 0)
        {
            Throw.Malformed("flags in a value that the type does not have", at);
        }
    }

    private static void CheckValue(ref WasmReader reader, PrimitiveValType type)
    {
        long at = reader.Offset;
        bool isGood = true;
        switch (type)
        {
            case PrimitiveValType.Bool:
                isGood = reader.ReadByte() <= 1;
                break;
            case PrimitiveValType.S8 or PrimitiveValType.U8:
                reader.ReadByte();
                break;
            case PrimitiveValType.S16:
                isGood = reader.ReadS32() is >= short.MinValue and <= short.MaxValue;
                break;
            case PrimitiveValType.U16:
                isGood = reader.ReadU32() <= ushort.MaxValue;
                break;
            case PrimitiveValType.S32:
                reader.ReadS32();
                break;
            case PrimitiveValType.U32:
                reader.ReadU32();
                break;
            case PrimitiveValType.S64:
                reader.ReadS64();
                break;
            case PrimitiveValType.U64:
                reader.ReadU64();
                break;
            case PrimitiveValType.F32:
                // There is one NaN.
                uint single = reader.ReadFixed32();
                isGood = !float.IsNaN(BitConverter.UInt32BitsToSingle(single)) || single == 0x7fc0_0000;
                break;
            case PrimitiveValType.F64:
                ulong @double = reader.ReadFixed64();
                isGood = !double.IsNaN(BitConverter.UInt64BitsToDouble(@double)) || @double == 0x7ff8_0000_0000_0000;
                break;
            case PrimitiveValType.Char:
                isGood = Rune.DecodeFromUtf8(reader.Bytes[reader.Position..], out _, out int length)
                    == System.Buffers.OperationStatus.Done;
                reader.ReadBytes(Math.Max(length, 1));
                break;
            case PrimitiveValType.String:
                reader.ReadName();
                break;
            default:
                isGood = false;
                break;
        }

        if (!isGood)
        {
            Throw.Malformed($"no value of type `{ComponentValType.NameOf(type)}`", at);
        }
    }
}
