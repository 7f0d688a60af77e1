namespace Wizer.Pipeline;

/// <summary>What the functions return by which an instrumented component shows its memories.</summary>
public enum MemoryAccess
{
    /// <summary><c>list&lt;u8&gt;</c>, as the original has it.</summary>
    List,

    /// <summary>
    /// <c>string</c>, a character for each byte: where strings cost much less than lists, as they do in Wasmtime's library for .NET.
    /// </summary>
    String,
}
