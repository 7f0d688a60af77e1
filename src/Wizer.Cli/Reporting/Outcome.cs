using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What is known about a run when it ends, however it ends; whatever it did not come to is null.</summary>
internal sealed class Outcome
{
    /// <summary>The input as it was read, before its text became a module.</summary>
    public ReadOnlyMemory<byte>? Input { get; set; }

    /// <summary>The input in the binary format; null when it has none.</summary>
    public ReadOnlyMemory<byte>? Module { get; set; }

    /// <summary>The sections of the new module, when they have been asked for.</summary>
    public IReadOnlyList<SectionSize> SectionsAfter { get; set; } = [];

    /// <summary>The SHA-256 of the new module, when it has been asked for.</summary>
    public byte[]? OutputHash { get; set; }

    public RunReport? Run { get; set; }

    /// <summary>The run that took its place; null when it ran itself.</summary>
    public CachedRun? Cached { get; set; }

    /// <summary>What the cache was good for; null without one.</summary>
    public CacheOutcome? Cache { get; set; }

    /// <summary>Files that the command line names beside the input, with their contents.</summary>
    public List<NamedInput> NamedInputs { get; } = [];

    /// <summary>Whether the new module is there.</summary>
    public bool HasModule => Run is not null || Cached is not null;

    /// <summary>What the guest looked at.</summary>
    public IReadOnlyList<RunInput> Inputs => Cached?.Inputs ?? Run?.Inputs ?? [];

    /// <summary>Why it failed.</summary>
    public Exception? Error { get; set; }

    public int ExitCode { get; set; }
}

/// <summary>A file that the command line names.</summary>
/// <param name="Kind"><c>preload</c> or <c>profile</c>.</param>
/// <param name="Path">As it is named; <c>-</c> is stdin.</param>
/// <param name="Bytes">What the run used of it: of a text, the module that it says.</param>
internal sealed record NamedInput(string Kind, string Path, ReadOnlyMemory<byte> Bytes);
