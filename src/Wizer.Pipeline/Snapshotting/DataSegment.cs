using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>A part of a memory that the initialized module starts with.</summary>
/// <param name="MemoryIndex">In the memory index space.</param>
/// <param name="Is64">Whether the memory's addresses are i64.</param>
/// <param name="Address">Of the first byte.</param>
/// <param name="Contents">The bytes; good as long as the <see cref="SnapshotData"/> is.</param>
internal readonly record struct DataSegment(uint MemoryIndex, bool Is64, ulong Address, ReadOnlySequence<byte> Contents)
{
    internal ulong ByteLength => (ulong)Contents.Length;

    /// <summary>The bytes of the whole segment in the module.</summary>
    internal ulong EncodedLength => new SegmentCost(MemoryIndex, Is64).ByteLength(new MemoryRange(Address, Address + ByteLength));
}
