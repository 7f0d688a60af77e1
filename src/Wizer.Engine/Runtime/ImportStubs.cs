using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>Functions that stand in for those of a module that is not there.</summary>
internal static class ImportStubs
{
    /// <summary>The body of one.</summary>
    internal static HostFunction Create(string module, string name, FuncType type, bool returnsZeros)
    {
        if (!returnsZeros)
        {
            return (_, _) => throw new WasmTrapException($"the import `{module}::{name}` is a stub, which traps when it is called")
            {
                ImportModule = module,
            };
        }

        // Whether anybody calls it is not known yet: the others of its module are of use all the same.
        foreach (ValType result in type.Results)
        {
            if (result.IsRef && !result.IsNullable)
            {
                return (_, _) => throw new WasmTrapException(
                    $"the import `{module}::{name}` is a stub, and there is no zero for the reference it returns, which cannot be null");
            }
        }

        return static (_, slots) => slots.Clear();
    }
}
