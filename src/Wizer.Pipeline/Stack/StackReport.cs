namespace Wizer.Pipeline;

/// <summary>The dead stack: what lies below the stack pointer of a program that LLVM made, in its first memory.</summary>
public sealed record StackReport
{
    /// <summary>The address where it begins.</summary>
    public required ulong Start { get; init; }

    /// <summary>The stack pointer, where it ends; equal to <see cref="Start"/> when there is none.</summary>
    public required ulong End { get; init; }

    /// <summary>How many of its bytes were not zero, and are so in the initialized module.</summary>
    public required long ClearedByteLength { get; init; }

    /// <summary>Why nothing could be cleared; null when the stack was found.</summary>
    public required string? Problem { get; init; }
}
