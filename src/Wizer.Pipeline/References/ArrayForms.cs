using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Chooses how arrays are made, and remembers those that segments are written for.</summary>
internal sealed class ArrayForms(ObjectGraph graph)
{
    // From here on, a data segment is shorter than constants.
    private const uint MinImageLength = 24;

    private readonly Dictionary<int, uint> _segments = [];

    /// <summary>How an array is made.</summary>
    /// <param name="node">The array.</param>
    /// <param name="isConstant">Whether a constant expression makes it.</param>
    internal ArrayForm FormOf(int node, bool isConstant)
    {
        ObjectShape shape = graph.ShapeOf(node);
        int count = graph.ItemCount(node);
        if (count != 0 && IsEqual(node, out bool isZero))
        {
            if (isZero)
            {
                return ArrayForm.Default;
            }

            if (count > 1)
            {
                return ArrayForm.Equal;
            }
        }

        if (shape.ReferenceCount == 0)
        {
            if (!isConstant && (ulong)count * shape.Stride >= MinImageLength)
            {
                return ArrayForm.Image;
            }
        }
        else if (!isConstant && _segments.ContainsKey(node))
        {
            return ArrayForm.Segment;
        }

        return count <= WasmLimits.MaxArrayNewFixed ? ArrayForm.Fixed : ArrayForm.Filled;
    }

    /// <summary>Says which element segment has the elements of an array.</summary>
    internal void UseSegment(int node, uint segment) => _segments.Add(node, segment);

    /// <summary>The element segment of an array.</summary>
    internal uint SegmentOf(int node) => _segments[node];

    private unsafe bool IsEqual(int node, out bool isZero)
    {
        ReadOnlySpan<byte> bytes = graph.BytesOf(node);
        var stride = (int)graph.ShapeOf(node).Stride;
        isZero = bytes[..stride].IndexOfAnyExcept((byte)0) < 0;
        return bytes[stride..].SequenceEqual(bytes[..^stride]);
    }
}
