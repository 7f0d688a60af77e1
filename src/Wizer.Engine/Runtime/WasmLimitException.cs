using Wizer.Engine.Layout;

namespace Wizer.Engine;

/// <summary>
/// A guest needs more than the <see cref="EngineOptions"/> of its store allow: what it starts with is too large; or, as the cause
/// of a <see cref="WasmTrapException"/>, what it made as it ran.
/// </summary>
public sealed class WasmLimitException : Exception
{
    internal WasmLimitException(EngineLimit limit, string message)
        : base(message) => Limit = limit;

    /// <summary>Which limit.</summary>
    public EngineLimit Limit { get; }

    internal static unsafe WasmLimitException Memory(ulong pageCount, ulong byteLength, Budget* budget) => new(
        EngineLimit.MemoryByteLength,
        $"memory minimum size of {pageCount} pages exceeds the memory limit: {byteLength} bytes, "
            + $"when {budget->Remaining} of {budget->Limit} are left");

    internal static unsafe WasmLimitException Table(ulong elementCount, Budget* budget) => new(
        EngineLimit.TableElementCount,
        $"table minimum size of {elementCount} elements exceeds the table limit: {budget->Remaining} of {budget->Limit} are left");

    internal static unsafe WasmLimitException Allocation(Budget* budget) => Allocation(budget->Limit);

    internal static WasmLimitException Allocation(ulong byteLength) =>
        new(EngineLimit.MemoryByteLength, $"the memory limit is {byteLength} bytes, for memories, objects and exceptions together");

    internal static WasmLimitException Stack(ulong byteLength) =>
        new(EngineLimit.StackByteLength, $"the stack limit is {byteLength} bytes");
}

/// <summary>The limits of <see cref="EngineOptions"/>.</summary>
public enum EngineLimit
{
    /// <summary><see cref="EngineOptions.MaxMemoryByteLength"/>.</summary>
    MemoryByteLength,

    /// <summary><see cref="EngineOptions.MaxTableElementCount"/>.</summary>
    TableElementCount,

    /// <summary><see cref="EngineOptions.StackByteLength"/>.</summary>
    StackByteLength,
}
