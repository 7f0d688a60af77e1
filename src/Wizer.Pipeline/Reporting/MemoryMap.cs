namespace Wizer.Pipeline;

/// <summary>
/// What a memory of the new module looks like from afar: cells of one size, and what fills them. Its size is bounded, however large the
/// memory is.
/// </summary>
public sealed record MemoryMap
{
    /// <summary>The size of a cell in bytes: a power of two, 4,096 or more. The last one may end behind the memory.</summary>
    public required long CellByteLength { get; init; }

    /// <summary>The cells by address; equal ones beside each other are one run.</summary>
    public required IReadOnlyList<MemoryCells> Runs { get; init; }

    /// <summary>What some of the cells hold, by address: the first bytes of each that are not zero, as far as there is room.</summary>
    public required IReadOnlyList<MemoryContents> Contents { get; init; }
}

/// <summary>Cells of a memory with equal numbers.</summary>
/// <param name="CellCount">How many cells.</param>
/// <param name="InputByteLength">How many bytes of each are not zero and are what a data segment of the input makes them.</param>
/// <param name="ChangedByteLength">How many bytes of each are not what the input makes them, zeros among them.</param>
public sealed record MemoryCells(long CellCount, int InputByteLength, int ChangedByteLength);

/// <summary>Bytes of a memory.</summary>
/// <param name="Address">Of the first.</param>
/// <param name="Bytes">The bytes; a copy.</param>
public sealed record MemoryContents(ulong Address, ReadOnlyMemory<byte> Bytes);
