using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wizer.Binary;

/// <summary>
/// Writes the binary format's values to a pooled buffer, the mirror of <see cref="WasmReader"/>. Integers always take the
/// fewest bytes, so that equal modules are equal bytes. Core 3.0, Binary Format.
/// </summary>
/// <param name="output">Owned by the caller.</param>
public readonly ref partial struct WasmWriter(PooledBuffer output)
{
    private const int MaximalLeb128Length = 10;

    private readonly PooledBuffer _output = output;

    /// <summary>The buffer that is written to.</summary>
    public PooledBuffer Output => _output;

    /// <summary>How many bytes the buffer holds.</summary>
    public int Length => _output.Length;

    /// <summary>How many bytes <see cref="WriteU32"/> takes for a value.</summary>
    public static int SizeOfU32(uint value) => ((BitOperations.Log2(value | 1) * 37) >> 8) + 1;

    /// <summary>The most bytes that a 32-bit integer may take.</summary>
    internal const int MaxU32Length = 5;

    /// <summary>How many bytes <see cref="WriteU64"/> takes for a value.</summary>
    public static int SizeOfU64(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>
    /// How many bytes <see cref="WriteS64"/> takes for a value, and <see cref="WriteS32"/> and <see cref="WriteS33"/> too.
    /// </summary>
    public static int SizeOfS64(long value) =>
        ((BitOperations.Log2((ulong)(value ^ (value >> 63)) | 1) + (value is 0 or -1 ? 0 : 1)) / 7) + 1;

    /// <summary>Writes the magic number and the version of a core module.</summary>
    public void WritePreamble() => WriteBytes("\0asm\x01\0\0\0"u8);

    /// <summary>Writes one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            bytes.CopyTo(_output.GetSpan(bytes.Length));
            _output.Advance(bytes.Length);
        }
    }

    /// <summary>Writes an unsigned 32-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    public void WriteU32(uint value) => WriteU64(value);

    /// <summary>Writes an unsigned 64-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    public void WriteU64(ulong value)
    {
        Span<byte> span = _output.GetSpan(MaximalLeb128Length);
        _output.Advance(EncodeUnsigned(span, value));
    }

    /// <summary>Writes a signed 32-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    public void WriteS32(int value) => WriteS64(value);

    /// <summary>Writes a signed 33-bit LEB128 integer: block types and heap types. Core 3.0, Binary Format: Values, Integers.</summary>
    public void WriteS33(long value) => WriteS64(value);

    /// <summary>Writes a signed 64-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    public void WriteS64(long value)
    {
        Span<byte> span = _output.GetSpan(MaximalLeb128Length);
        int count = 0;
        while (value is < -64 or >= 64)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[count++] = (byte)(value & 0x7f);
        _output.Advance(count);
    }

    /// <summary>Writes four bytes, little-endian: the bits of an f32. Core 3.0, Binary Format: Values, Floating-Point.</summary>
    public void WriteFixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_output.GetSpan(4), value);
        _output.Advance(4);
    }

    /// <summary>Writes eight bytes, little-endian: the bits of an f64. Core 3.0, Binary Format: Values, Floating-Point.</summary>
    public void WriteFixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    /// <summary>Writes a length and bytes: a name, a data segment's contents. Core 3.0, Binary Format: Values, Byte Vectors.</summary>
    public void WriteByteVector(ReadOnlySpan<byte> bytes)
    {
        WriteU32((uint)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>Writes a name. Core 3.0, Binary Format: Values, Names.</summary>
    public void WriteName(string name)
    {
        int byteCount = Encoding.UTF8.GetByteCount(name);
        WriteU32((uint)byteCount);
        _output.Advance(Encoding.UTF8.GetBytes(name, _output.GetSpan(byteCount)));
    }

    /// <summary>Writes the bytes of an opcode, its prefix included. Core 3.0, Binary Format: Instructions.</summary>
    public void WriteOpcode(Opcode opcode)
    {
        uint code = (uint)opcode;
        if (code < 0x100)
        {
            WriteByte((byte)code);
            return;
        }

        (byte prefix, uint first) = code switch
        {
            < 0x200 => ((byte)0xfb, 0x100u),
            < 0x300 => ((byte)0xfc, 0x200u),
            < 0x500 => ((byte)0xfd, 0x300u),
            _ => ((byte)0xfe, 0x500u),
        };
        WriteByte(prefix);
        WriteU32(code - first);
    }

    /// <summary>Starts something that its size precedes: a section's contents, a function body, a subsection.</summary>
    /// <returns>What <see cref="EndSized"/> needs.</returns>
    public int BeginSized()
    {
        // Most sizes fit one byte; a longer one moves the contents once, at the end.
        WriteByte(0);
        return Length;
    }

    /// <summary>Ends what <see cref="BeginSized"/> started and puts the size before it.</summary>
    /// <param name="mark">What <see cref="BeginSized"/> returned.</param>
    public void EndSized(int mark) => EndLonger(mark, extraLength: 0);

    /// <summary>The same with a size that takes more bytes than it needs, up to five in all.</summary>
    internal void EndLonger(int mark, int extraLength)
    {
        uint size = (uint)(Length - mark);
        int sizeLength = SizeOfU32(size) + extraLength;
        _output.Insert(mark, sizeLength - 1);
        Span<byte> bytes = _output.Patch(mark - 1, sizeLength);
        for (int i = EncodeUnsigned(bytes, size); i < sizeLength; i++)
        {
            bytes[i - 1] |= 0x80;
            bytes[i] = 0;
        }
    }

    /// <summary>Starts a section: its id and room for its size.</summary>
    /// <returns>What <see cref="EndSized"/> needs.</returns>
    public int BeginSection(SectionId id)
    {
        WriteByte((byte)id);
        return BeginSized();
    }

    /// <summary>Starts a custom section: its id, room for its size, and its name.</summary>
    /// <returns>What <see cref="EndSized"/> needs.</returns>
    public int BeginCustomSection(ReadOnlySpan<byte> nameUtf8)
    {
        int mark = BeginSection(SectionId.Custom);
        WriteByteVector(nameUtf8);
        return mark;
    }

    private static int EncodeUnsigned(Span<byte> destination, ulong value)
    {
        int count = 0;
        while (value >= 0x80)
        {
            destination[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[count++] = (byte)value;
        return count;
    }
}
