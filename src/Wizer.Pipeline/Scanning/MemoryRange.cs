namespace Wizer.Pipeline;

/// <summary>A part of a memory that holds something.</summary>
/// <param name="Start">The address of the first byte, which is not zero.</param>
/// <param name="End">The address after the last byte, which is not zero either.</param>
internal readonly record struct MemoryRange(ulong Start, ulong End)
{
    internal ulong ByteLength => End - Start;
}
