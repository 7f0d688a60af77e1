namespace Wizer.Differential.Generation;

/// <summary>A module and what to do with it.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Bytes">In the binary format.</param>
/// <param name="Calls">In this order.</param>
internal sealed record GeneratedModule(ulong Seed, byte[] Bytes, IReadOnlyList<Call> Calls);

/// <summary>A call of an export, whose parameters and results are integers: a JavaScript engine would change the bits of others.</summary>
/// <param name="Export">The name.</param>
/// <param name="Arguments">One for each parameter.</param>
internal sealed record Call(string Export, ulong[] Arguments);
