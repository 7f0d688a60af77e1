namespace Wizer.Pipeline;

/// <summary>
/// Who wrote the bytes that the initialization has left otherwise than the input's segments make them: for each stack of functions, how
/// many it wrote last.
/// </summary>
public sealed record Attribution
{
    /// <summary>The functions that wrote, and their callers, by name.</summary>
    public required IReadOnlyList<string> Functions { get; init; }

    /// <summary>The stacks, those first that wrote most.</summary>
    public required IReadOnlyList<AttributedStack> Stacks { get; init; }

    /// <summary>How many bytes no function of the guest wrote, but the host: what WASI read into the memory, say.</summary>
    public required long HostByteLength { get; init; }
}

/// <summary>A stack of functions that wrote bytes.</summary>
/// <param name="Functions">By index in <see cref="Attribution.Functions"/>, outermost first; the last one wrote.</param>
/// <param name="ByteLength">How many bytes it wrote last.</param>
public sealed record AttributedStack(IReadOnlyList<int> Functions, long ByteLength);
