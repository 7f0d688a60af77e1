namespace Wizer.Pipeline;

/// <summary>What a snapshot came to.</summary>
public sealed record SnapshotReport
{
    /// <summary>The size of the input module in bytes.</summary>
    public required long InputByteLength { get; init; }

    /// <summary>The size of the initialized module in bytes.</summary>
    public required long OutputByteLength { get; init; }

    /// <summary>How many data segments were added.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>The bytes in those segments.</summary>
    public required long SegmentByteLength { get; init; }

    /// <summary>How many mutable globals got the values they had.</summary>
    public required int GlobalCount { get; init; }
}
