namespace Wizer.Pipeline;

/// <summary>The functions that finish what constant expressions cannot make. They come behind all others.</summary>
internal sealed record RestoreCode
{
    /// <summary>Their bodies, without sizes.</summary>
    internal required List<byte[]> Bodies { get; init; }

    /// <summary>The indices of their types.</summary>
    internal required List<uint> TypeIndices { get; init; }

    /// <summary>The one that starts, or null if the others are there to be referred to only.</summary>
    internal uint? StartFunc { get; init; }

    /// <summary>What arrays of numbers are made from: the first of the new data segments; empty for none.</summary>
    internal byte[] Image { get; init; } = [];

    /// <summary>How many bytes the bodies take.</summary>
    internal long ByteLength
    {
        get
        {
            long length = 0;
            foreach (byte[] body in Bodies)
            {
                length += body.Length;
            }

            return length;
        }
    }
}
