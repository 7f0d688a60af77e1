namespace Wizer.Pipeline;

/// <summary>Takes a module piece by piece, in order: what is written into its room, and what lies elsewhere.</summary>
internal interface IPieceOutput
{
    /// <summary>By how much may be asked for more room than is used then, with a piece that is copied.</summary>
    internal const int MaxExcess = 32;

    /// <summary>Up to here bytes are better copied into the room than added: another piece costs about as much.</summary>
    int MaxCopied { get; }

    /// <summary>Room for what comes next; all there is, so that much can be written before <see cref="Advance"/> is called.</summary>
    /// <param name="minByteLength">At most as much as <see cref="MaxCopied"/> and <see cref="MaxExcess"/>.</param>
    Span<byte> GetSpan(int minByteLength);

    /// <summary>Goes on with what was put into <see cref="GetSpan"/>.</summary>
    void Advance(int byteLength);

    /// <summary>Goes on with bytes that stay where they are until the module has been written out.</summary>
    void AddBytes(ReadOnlyMemory<byte> bytes);
}
