using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The data segment that arrays of numbers are made from.</summary>
/// <param name="segmentIndex">What index it will have.</param>
internal sealed class DataImage(uint segmentIndex) : IDisposable
{
    private readonly PooledBuffer _bytes = new();

    internal uint SegmentIndex { get; } = segmentIndex;

    /// <summary>Adds bytes.</summary>
    /// <returns>Where they are.</returns>
    internal uint Add(ReadOnlySpan<byte> bytes)
    {
        var offset = (uint)_bytes.Length;
        new WasmWriter(_bytes).WriteBytes(bytes);
        return offset;
    }

    /// <summary>All of it.</summary>
    internal byte[] ToArray() => _bytes.ToArray();

    public void Dispose() => _bytes.Dispose();
}
