using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>A module and what to do with it.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="IsNewer">Whether newer proposals were allowed.</param>
/// <param name="Bytes">In the binary format.</param>
/// <param name="Calls">In this order.</param>
/// <param name="Features">What an engine has to know.</param>
/// <param name="MemoryCount">How many memories it exports, as <c>memory0</c> and so on.</param>
/// <param name="PartCount">How many parts of it could be left out.</param>
internal sealed record GeneratedModule(
    ulong Seed, bool IsNewer, byte[] Bytes, IReadOnlyList<Call> Calls, WasmFeatures Features, int MemoryCount, int PartCount);

/// <summary>A call of an export, whose parameters and results are integers: a JavaScript engine would change the bits of others.</summary>
/// <param name="Export">The name.</param>
/// <param name="Type">What it takes and returns.</param>
/// <param name="Arguments">One for each parameter.</param>
internal sealed record Call(string Export, FuncType Type, ulong[] Arguments);
