using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Gives each import of a module a function of its own. Where preloaded modules or the host define one function under several names, a
/// reference to it could not say by which import the new module is to have it again; there, they may well be several functions.
/// </summary>
internal static class DistinctImports
{
    /// <summary>Puts functions that call the others into their places.</summary>
    internal static void Separate(Store store, ModuleInfo module, Extern[] imports)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        var first = new Dictionary<Function, ImportInfo>();
        for (int i = 0; i < imports.Length; i++)
        {
            ImportInfo import = module.Imports[i];
            if (imports[i] is not Function function || first.TryAdd(function, import))
            {
                continue;
            }

            ImportInfo earlier = first[function];
            bool isSame = earlier.Module.Of(bytes).SequenceEqual(import.Module.Of(bytes))
                && earlier.Name.Of(bytes).SequenceEqual(import.Name.Of(bytes));
            if (!isSame)
            {
                imports[i] = new Function(store, function.Type, (_, slots) => Call(function, slots));
            }
        }
    }

    // Arguments and results share their slots.
    private static void Call(Function function, Span<ulong> slots)
    {
        FuncType type = function.Type;
        function.InvokeInto(slots[..type.ParameterSlotCount].ToArray(), slots[..type.ResultSlotCount]);
    }
}
