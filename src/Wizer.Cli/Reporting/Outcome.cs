using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What is known about a run when it ends, however it ends; whatever it did not come to is null.</summary>
internal sealed class Outcome
{
    /// <summary>The input as it was read, before its text became a module.</summary>
    public ReadOnlyMemory<byte>? Input { get; set; }

    /// <summary>The SHA-256 of the new module, when it has been asked for.</summary>
    public byte[]? OutputHash { get; set; }

    public RunReport? Run { get; set; }

    /// <summary>Why it failed.</summary>
    public Exception? Error { get; set; }

    public int ExitCode { get; set; }
}
