using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>Finds the index of a function by what the engine refers to it with.</summary>
internal sealed unsafe class FuncIndices
{
    private readonly Instance _instance;

    // By handle; built when first asked for, since most runs leave nothing to be written.
    private Dictionary<ulong, uint>? _indices;

    // Functions that are imported under several names: which of them is meant, nobody can tell.
    private readonly HashSet<ulong> _ambiguous = [];

    /// <param name="instance">An instance of the module.</param>
    /// <param name="isInComponent">
    /// Whether a component instantiates it: what is the same function to one of its instances is so to all.
    /// </param>
    internal FuncIndices(Instance instance, bool isInComponent)
    {
        _instance = instance;
        if (!isInComponent)
        {
            FindAmbiguousImports();
        }
    }

    /// <summary>Finds a function in the module's index space.</summary>
    internal bool TryFind(ulong handle, out uint index)
    {
        _indices ??= FindIndices();
        return _indices.TryGetValue(handle, out index);
    }

    /// <summary>Whether it is imported under several names, and may be several functions elsewhere.</summary>
    internal bool IsAmbiguous(ulong handle) => _ambiguous.Contains(handle);

    private Dictionary<ulong, uint> FindIndices()
    {
        var indices = new Dictionary<ulong, uint>();
        for (uint i = 0; i < _instance.Module.FuncTypeIndices.Length; i++)
        {
            indices.TryAdd((ulong)_instance.Data->Funcs[i], i);
        }

        return indices;
    }

    private void FindAmbiguousImports()
    {
        ModuleInfo module = _instance.Module;
        var first = new Dictionary<ulong, ImportInfo>();
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        foreach (ImportInfo import in module.Imports)
        {
            if (import.Kind == ExternKind.Func)
            {
                ulong handle = (ulong)_instance.Data->Funcs[import.Index];
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
