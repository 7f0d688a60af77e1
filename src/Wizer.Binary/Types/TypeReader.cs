namespace Wizer.Binary;

/// <summary>Reads types. Core 3.0, Binary Format: Types.</summary>
public static class TypeReader
{
    // A heap type shares 32 bits with a kind; no module within the limits comes near this index.
    private const long MaxTypeIndex = (1 << 23) - 1;

    /// <summary>Reads a value type.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static ValType ReadValType(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        switch (code)
        {
            case >= 0x7b and <= 0x7f:
                return ValType.FromCode(code);
            case 0x63:
                return ValType.Ref(ReadHeapType(ref reader), nullable: true);
            case 0x64:
                return ValType.Ref(ReadHeapType(ref reader), nullable: false);
            default:
                if (!HeapType.IsAbstract(code))
                {
                    Throw.Malformed("malformed value type", at);
                }

                return ValType.Ref(new HeapType(code - 0x80), nullable: true);
        }
    }

    /// <summary>Reads a reference type.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static ValType ReadRefType(ref WasmReader reader)
    {
        long at = reader.Offset;
        if (reader.TryPeek(out byte code) && code is not (0x63 or 0x64) && !HeapType.IsAbstract(code))
        {
            Throw.Malformed("malformed reference type", at);
        }

        return ReadValType(ref reader);
    }

    /// <summary>Reads a heap type.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static HeapType ReadHeapType(ref WasmReader reader)
    {
        long at = reader.Offset;
        long code = reader.ReadS33();
        if (code < 0 && (code < -0x40 || !HeapType.IsAbstract((byte)(code + 0x80))))
        {
            Throw.Malformed("malformed heap type", at);
        }

        if (code > MaxTypeIndex)
        {
            Throw.Invalid($"unknown type: {code}", at);
        }

        return new HeapType((int)code);
    }

    /// <summary>Reads a storage type: a value type, <c>i8</c> or <c>i16</c>, then its mutability.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static FieldType ReadFieldType(ref WasmReader reader)
    {
        ValType storage;
        if (reader.TryPeek(out byte code) && code is 0x78 or 0x77)
        {
            reader.ReadByte();
            storage = ValType.FromCode(code);
        }
        else
        {
            storage = ReadValType(ref reader);
        }

        return new FieldType(storage, ReadMutability(ref reader));
    }

    /// <summary>Reads the type of a global.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static GlobalType ReadGlobalType(ref WasmReader reader)
    {
        ValType value = ReadValType(ref reader);
        return new GlobalType(value, ReadMutability(ref reader));
    }

    /// <summary>Reads the type of a table.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static TableType ReadTableType(ref WasmReader reader)
    {
        ValType element = ReadRefType(ref reader);
        long at = reader.Offset;
        byte flags = reader.ReadByte();
        if ((flags & ~(LimitFlags.HasMaximum | LimitFlags.Is64)) != 0)
        {
            Throw.Malformed("malformed limits flags", at);
        }

        return new TableType(element, ReadLimits(ref reader, flags));
    }

    /// <summary>Reads the type of a memory.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static MemoryType ReadMemoryType(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte flags = reader.ReadByte();
        if ((flags & ~LimitFlags.All) != 0)
        {
            Throw.Malformed("malformed limits flags", at);
        }

        if ((flags & LimitFlags.HasPageSize) != 0 && reader.IsAtEnd)
        {
            // The scripts from before custom page sizes stop at the flag.
            Throw.Malformed("malformed limits flags", at);
        }

        Limits limits = ReadLimits(ref reader, flags);
        if ((flags & LimitFlags.HasPageSize) == 0)
        {
            return new MemoryType(limits);
        }

        at = reader.Offset;
        uint pageSizeLog2 = reader.ReadU32();
        if (pageSizeLog2 >= 64)
        {
            Throw.Malformed("invalid custom page size", at);
        }

        return new MemoryType(limits, (byte)pageSizeLog2);
    }

    /// <summary>Reads the type of a tag: an attribute, which is zero, and the index of a function type.</summary>
    /// <exception cref="WasmFormatException">The bytes are none.</exception>
    public static uint ReadTagType(ref WasmReader reader)
    {
        long at = reader.Offset;
        if (reader.ReadByte() != 0)
        {
            Throw.Malformed("malformed attribute", at);
        }

        return reader.ReadU32();
    }

    private static bool ReadMutability(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        if (code > 1)
        {
            Throw.Malformed("malformed mutability", at);
        }

        return code == 1;
    }

    private static Limits ReadLimits(ref WasmReader reader, byte flags)
    {
        bool is64 = (flags & LimitFlags.Is64) != 0;
        // 64 bits wide whatever the address type: a size that is too large is well-formed, but invalid.
        ulong minimum = reader.ReadU64();
        ulong? maximum = null;
        if ((flags & LimitFlags.HasMaximum) != 0)
        {
            maximum = reader.ReadU64();
        }

        return new Limits(minimum, maximum, is64, (flags & LimitFlags.IsShared) != 0);
    }

    /// <summary>The bits of the byte before limits. Core 3.0, Binary Format: Limits; threads; custom page sizes.</summary>
    private static class LimitFlags
    {
        internal const byte HasMaximum = 0x01;
        internal const byte IsShared = 0x02;
        internal const byte Is64 = 0x04;
        internal const byte HasPageSize = 0x08;
        internal const byte All = HasMaximum | IsShared | Is64 | HasPageSize;
    }
}
