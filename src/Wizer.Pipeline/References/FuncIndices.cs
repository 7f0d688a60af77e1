using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>Finds the index of a function by what the engine refers to it with.</summary>
internal sealed unsafe class FuncIndices
{
    private readonly Dictionary<ulong, uint> _indices = [];

    // Functions that are imported under several names: which of them is meant, nobody can tell.
    private readonly HashSet<ulong> _ambiguous = [];

    internal FuncIndices(Instance instance)
    {
        ModuleInfo module = instance.Module;
        FindAmbiguousImports(instance);
        for (uint i = 0; i < module.FuncTypeIndices.Length; i++)
        {
            _indices.TryAdd((ulong)instance.Data->Funcs[i], i);
        }
    }

    /// <summary>Finds a function in the module's index space.</summary>
    internal bool TryFind(ulong handle, out uint index) => _indices.TryGetValue(handle, out index);

    /// <summary>Whether it is imported under several names, and may be several functions elsewhere.</summary>
    internal bool IsAmbiguous(ulong handle) => _ambiguous.Contains(handle);

    private void FindAmbiguousImports(Instance instance)
    {
        ModuleInfo module = instance.Module;
        var first = new Dictionary<ulong, ImportInfo>();
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        foreach (ImportInfo import in module.Imports)
        {
            if (import.Kind == ExternKind.Func)
            {
                ulong handle = (ulong)instance.Data->Funcs[import.Index];
                if (!first.TryAdd(handle, import)
                    && !(first[handle].Module.Of(bytes).SequenceEqual(import.Module.Of(bytes))
                        && first[handle].Name.Of(bytes).SequenceEqual(import.Name.Of(bytes))))
                {
                    _ambiguous.Add(handle);
                }
            }
        }
    }
}
