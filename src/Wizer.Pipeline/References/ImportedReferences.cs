using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// The references that a module imports in immutable globals. What they refer to is the host's, and has a handle of its own for each:
/// wherever that has gone, a new module can have it again by its import.
/// </summary>
internal sealed unsafe class ImportedReferences
{
    private readonly Dictionary<ulong, uint> _globals = [];

    internal ImportedReferences(Instance instance)
    {
        ModuleInfo module = instance.Module;
        for (uint i = 0; i < module.ImportedGlobalCount; i++)
        {
            if (ImportedState.IsSymbol(module, module.Globals[i].Type))
            {
                _globals.TryAdd(instance.Data->Globals[i][0], i);
            }
        }
    }

    /// <summary>Finds the global that a reference is from.</summary>
    internal bool TryFind(ulong handle, out uint globalIndex) => _globals.TryGetValue(handle, out globalIndex);
}
