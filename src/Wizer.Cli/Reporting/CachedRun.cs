using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>A run that was found in a cache: what there would be to say if it had run here.</summary>
internal sealed class CachedRun
{
    /// <summary>The size of the new module.</summary>
    public required long OutputByteLength { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required byte[] OutputHash { get; init; }

    /// <summary>What there was to say about it, but for times.</summary>
    public required CachedText Text { get; init; }

    /// <summary>What it looked at, with the paths of this machine.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }
}

/// <summary>What a cache was good for.</summary>
/// <param name="Result"><c>hit</c>, <c>miss</c>, or <c>failed</c> when it cannot be used.</param>
/// <param name="Key">The key of the run, where it is known.</param>
/// <param name="Reason">Why the run is not in the cache now; null when it is.</param>
internal sealed record CacheOutcome(string Result, string? Key, string? Reason);
