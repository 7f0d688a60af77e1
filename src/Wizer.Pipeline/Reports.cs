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

/// <summary>What a run came to, and where its time went.</summary>
public sealed record RunReport
{
    /// <summary>Sizes and counts.</summary>
    public required SnapshotReport Snapshot { get; init; }

    /// <summary>Parsing, validating and checking the module and those to preload.</summary>
    public required TimeSpan ValidationTime { get; init; }

    /// <summary>Instantiating all of them, start functions included.</summary>
    public required TimeSpan InstantiationTime { get; init; }

    /// <summary><c>_initialize</c> and the initialization function.</summary>
    public required TimeSpan InitializationTime { get; init; }

    /// <summary>Reading the state, rewriting the module and handing it to the sink.</summary>
    public required TimeSpan SnapshotTime { get; init; }
}
