using System.Buffers.Binary;
using System.Text;
using Wizer.Differential.Generation;
using Wizer.Engine.Components;

namespace Wizer.Differential.Components;

/// <summary>Values as they lie in the memory of a guest, some of them broken. Component Model, Canonical ABI: Storing.</summary>
/// <param name="random">Where values and faults come from.</param>
/// <param name="values">Makes values.</param>
/// <param name="encoding">How strings are encoded.</param>
/// <param name="start">The address of the first byte.</param>
internal sealed class MemoryImage(Prng random, ComponentTypeGenerator values, string encoding, int start)
{
    private const uint Utf16Tag = 1u << 31;

    private readonly List<byte> _bytes = [];

    /// <summary>The bytes as a string of the text format.</summary>
    internal string Text => string.Concat(_bytes.Select(static value => $"\\{value:x2}"));

    /// <summary>Adds a value.</summary>
    /// <returns>Its address.</returns>
    internal int Add(ComponentType type)
    {
        int at = Allocate(type.Size, type.Align);
        Write(at, type, values.Value(type));
        if (random.Chance(25))
        {
            _bytes[at - start + random.Below(type.Size)] = (byte)random.Next();
        }

        return at + (random.Chance(3) ? 1 : 0);
    }

    private int Allocate(int size, int align)
    {
        int at = ComponentType.AlignTo(start + _bytes.Count, align);
        while (start + _bytes.Count < at + size)
        {
            _bytes.Add(0);
        }

        return at;
    }

    private void Write(int at, ComponentType type, ComponentValue value)
    {
        switch (value.Kind)
        {
            case ComponentValueKind.Bool:
                Write(at, 1, value.AsBoolean ? 1UL : 0);
                break;
            case >= ComponentValueKind.S8 and <= ComponentValueKind.U64:
                Write(at, type.Size, value.AsUInt64);
                break;
            case ComponentValueKind.F32:
                Write(at, type.Size, BitConverter.SingleToUInt32Bits(value.AsSingle));
                break;
            case ComponentValueKind.F64:
                Write(at, type.Size, BitConverter.DoubleToUInt64Bits(value.AsDouble));
                break;
            case ComponentValueKind.Char:
                Write(at, type.Size, (ulong)value.AsRune.Value);
                break;
            case ComponentValueKind.String:
                WriteString(at, value.AsString);
                break;
            case ComponentValueKind.List:
                ComponentType element = type.Elements[0]!;
                int items = Allocate(element.Size * value.Items.Count, element.Align);
                Write(at, 4, (ulong)items);
                Write(at + 4, 4, (ulong)value.Items.Count);
                for (int i = 0; i < value.Items.Count; i++)
                {
                    Write(items + (i * element.Size), element, value.Items[i]);
                }

                break;
            case ComponentValueKind.Record or ComponentValueKind.Tuple:
                foreach (((ComponentType field, int offset), ComponentValue item) in type.Fields().Zip(value.Items))
                {
                    Write(at + offset, field, item);
                }

                break;
            case ComponentValueKind.Flags:
                ulong bits = value.Labels.Aggregate(0UL, (bits, label) => bits | 1UL << Array.IndexOf(type.Labels, label));
                Write(at, type.Size, bits);
                break;
            default:
                int index = Array.IndexOf(type.Labels, value.Label);
                Write(at, 1, (ulong)index);
                if (value.Payload is { } payload)
                {
                    Write(at + type.PayloadOffset, type.Elements[index]!, payload);
                }

                break;
        }
    }

    private void WriteString(int at, string text)
    {
        bool isLatin1 = text.All(static character => character < 0x100);
        (byte[] bytes, int count) = encoding switch
        {
            "utf8" => (Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetByteCount(text)),
            "utf16" => (Encoding.Unicode.GetBytes(text), text.Length),
            _ => (isLatin1 ? Encoding.Latin1.GetBytes(text) : Encoding.Unicode.GetBytes(text), text.Length),
        };
        bool isTagged = encoding == "latin1+utf16" && !isLatin1;
        int address = Allocate(bytes.Length, encoding == "utf8" ? 1 : 2);
        for (int i = 0; i < bytes.Length; i++)
        {
            // Rarely, what no encoding has.
            _bytes[address - start + i] = random.Chance(1) ? (byte)random.Next() : bytes[i];
        }

        Write(at, 4, (ulong)address);
        Write(at + 4, 4, isTagged ? (uint)count | Utf16Tag : (ulong)count);
    }

    private void Write(int at, int size, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        for (int i = 0; i < size; i++)
        {
            _bytes[at - start + i] = bytes[i];
        }
    }
}
