namespace Wizer.Binary;

public readonly ref partial struct WasmWriter
{
    /// <summary>
    /// Writes a value or storage type, references in their short form where there is one. Core 3.0, Binary Format: Types.
    /// </summary>
    public void WriteValType(ValType type)
    {
        if (!type.IsRef)
        {
            WriteByte(type.Kind);
        }
        else if (type.IsNullable && !type.HeapType.IsConcrete)
        {
            WriteHeapType(type.HeapType);
        }
        else
        {
            WriteByte(type.Kind);
            WriteHeapType(type.HeapType);
        }
    }

    /// <summary>Writes a heap type. Core 3.0, Binary Format: Types, Heap Types.</summary>
    public void WriteHeapType(HeapType type) => WriteS33(type.Code);

    /// <summary>Writes a vector of value types. Core 3.0, Binary Format: Types, Result Types.</summary>
    public void WriteResultType(ReadOnlySpan<ValType> types)
    {
        WriteU32((uint)types.Length);
        foreach (ValType type in types)
        {
            WriteValType(type);
        }
    }

    /// <summary>Writes a function type, its form byte included. Core 3.0, Binary Format: Types, Composite Types.</summary>
    public void WriteFuncType(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        WriteByte(0x60);
        WriteResultType(parameters);
        WriteResultType(results);
    }

    /// <summary>Writes a table type. Core 3.0, Binary Format: Types, Table Types.</summary>
    public void WriteTableType(TableType type)
    {
        WriteValType(type.Element);
        WriteLimits(type.Limits, pageSizeLog2: null);
    }

    /// <summary>Writes a memory type. Core 3.0, Binary Format: Types, Memory Types; custom page sizes proposal.</summary>
    public void WriteMemoryType(MemoryType type) =>
        WriteLimits(type.Limits, type.PageSizeLog2 == 16 ? null : type.PageSizeLog2);

    /// <summary>Writes a global type. Core 3.0, Binary Format: Types, Global Types.</summary>
    public void WriteGlobalType(GlobalType type)
    {
        WriteValType(type.Value);
        WriteByte(type.IsMutable ? (byte)1 : (byte)0);
    }

    private void WriteLimits(Limits limits, byte? pageSizeLog2)
    {
        int flags = (limits.Maximum is null ? 0 : 1)
            | (limits.IsShared ? 2 : 0)
            | (limits.Is64 ? 4 : 0)
            | (pageSizeLog2 is null ? 0 : 8);
        WriteByte((byte)flags);
        WriteU64(limits.Minimum);
        if (limits.Maximum is { } maximum)
        {
            WriteU64(maximum);
        }

        if (pageSizeLog2 is { } log2)
        {
            WriteU32(log2);
        }
    }
}
