using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// What a memory begins with: zeros, and over them the active segments in their order. Where a segment goes may depend on an imported
/// global; segments whose offset is the same expression make an image of their own then, with addresses from that offset on.
/// </summary>
/// <param name="module">The module.</param>
/// <param name="memory">The index of the memory.</param>
/// <param name="offset">The expression that addresses count from; empty when they count from 0.</param>
internal sealed class MemoryImage(ComparedModule module, uint memory, string offset)
{
    private readonly ExtentList _extents = new();

    public uint Memory => memory;

    public string Offset => offset;

    public Extent[] Extents => _extents.Extents;

    /// <summary>All images of a module, by memory and then by offset.</summary>
    public static SortedDictionary<(uint Memory, string Offset), MemoryImage> ReadAll(ComparedModule module)
    {
        var images = new SortedDictionary<(uint, string), MemoryImage>(Comparer<(uint Memory, string Offset)>.Create(
            static (left, right) => left.Memory != right.Memory
                ? left.Memory.CompareTo(right.Memory)
                : string.CompareOrdinal(left.Offset, right.Offset)));
        DataSegmentInfo[] segments = module.Info.DataSegments;
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode != SegmentMode.Active)
            {
                continue;
            }

            ulong? address = module.Summary.AddressOf(segments[i]);
            string offset = address is null ? module.ConstText(segments[i].OffsetExpr) : "";
            if (!images.TryGetValue((segments[i].MemoryIndex, offset), out MemoryImage? image))
            {
                image = new MemoryImage(module, segments[i].MemoryIndex, offset);
                images.Add((segments[i].MemoryIndex, offset), image);
            }

            image._extents.Add(address ?? 0, segments[i].Data.Length, i);
        }

        return images;
    }

    /// <summary>The bytes of a part of an extent.</summary>
    public ReadOnlySpan<byte> BytesOf(in Extent extent, ulong address, int length)
    {
        ByteRange data = module.Info.DataSegments[extent.Segment].Data;
        int start = (int)extent.Start + (int)(address - extent.Address);
        return new ByteRange(data.Offset + start, length).Of(module.Info.Bytes.Span);
    }

    /// <summary>Copies what stands from an address on.</summary>
    public void CopyTo(Span<byte> bytes, ulong address)
    {
        bytes.Clear();
        Extent[] extents = Extents;
        for (int i = _extents.FindIndex(address); i < extents.Length; i++)
        {
            ulong start = Math.Max(address, extents[i].Address);
            if (start - address >= (ulong)bytes.Length)
            {
                return;
            }

            Span<byte> rest = bytes[(int)(start - address)..];
            int length = (int)Math.Min((ulong)rest.Length, extents[i].End - start);
            BytesOf(extents[i], start, length).CopyTo(rest);
        }
    }

    /// <summary>What is known about an address: the segment that fills it, and the symbol before it. Null when nothing is.</summary>
    public string? OwnerOf(ulong address)
    {
        string? segment = _extents.Find(address) is { } extent ? module.SegmentName(extent.Segment) : null;
        string? symbol = memory == 0 && offset.Length == 0 ? module.Symbols.Find(address) : null;
        return segment is null || symbol is null ? segment ?? symbol : $"{segment}, {symbol}";
    }
}
