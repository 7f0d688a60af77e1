namespace Wizer.Cli;

/// <summary>What becomes of the standard streams of a guest that may use them.</summary>
internal sealed class GuestStreams
{
    /// <summary>Whether those that are not given are the process's.</summary>
    public bool IsInherited { get; init; } = true;

    /// <summary>Standard input instead of the process's; or null.</summary>
    public Stream? Input { get; init; }

    /// <summary>Standard output instead of the process's; or null.</summary>
    public Stream? Output { get; init; }

    /// <summary>Standard error instead of the process's; or null.</summary>
    public Stream? Errors { get; init; }

    /// <summary>Called before the guest uses a stream of the process; may be null.</summary>
    public Action? BeforeUse { get; init; }
}
