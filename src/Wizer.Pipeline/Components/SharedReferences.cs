using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Which core instances of a component may have references of one another: they share a table, a global or a tag that holds some, or
/// one calls a function of the other that takes or returns some. All others are as good as alone in what tables, references and objects
/// are concerned.
/// </summary>
internal static unsafe class SharedReferences
{
    /// <summary>Finds them.</summary>
    /// <param name="instances">All instances of the component.</param>
    /// <returns>For each of them, whether it is one.</returns>
    internal static bool[] Find(Instance[] instances)
    {
        var owners = new Dictionary<nint, int>();
        for (int i = 0; i < instances.Length; i++)
        {
            foreach (nint address in AddressesOf(instances[i], isImported: false))
            {
                owners[address] = i;
            }
        }

        bool[] isShared = new bool[instances.Length];
        for (int i = 0; i < instances.Length; i++)
        {
            foreach (nint address in AddressesOf(instances[i], isImported: true))
            {
                isShared[i] = true;
                if (owners.TryGetValue(address, out int owner))
                {
                    isShared[owner] = true;
                }
            }
        }

        return isShared;
    }

    /// <summary>What can hold or pass references, of what an instance imports or of what is its own.</summary>
    private static List<nint> AddressesOf(Instance instance, bool isImported)
    {
        ModuleInfo module = instance.Module;
        var addresses = new List<nint>();
        foreach (int i in Range(module.ImportedTableCount, module.Tables.Length, isImported))
        {
            addresses.Add((nint)instance.Data->Tables[i]);
        }

        foreach (int i in Range(module.ImportedGlobalCount, module.Globals.Length, isImported))
        {
            if (module.Globals[i].Type.Value.IsRef)
            {
                addresses.Add((nint)instance.Data->Globals[i]);
            }
        }

        foreach (int i in Range(module.ImportedFuncCount, module.FuncTypeIndices.Length, isImported))
        {
            if (HasReferences(module.FuncTypeOf((uint)i)))
            {
                addresses.Add((nint)instance.Data->Funcs[i]);
            }
        }

        foreach (int i in Range(module.ImportedTagCount, module.Tags.Length, isImported))
        {
            if (HasReferences((FuncType)module.Types[module.Tags[i].TypeIndex].Composite))
            {
                addresses.Add((nint)instance.Data->Tags[i]);
            }
        }

        return addresses;
    }

    private static IEnumerable<int> Range(int importedCount, int count, bool isImported) =>
        isImported ? Enumerable.Range(0, importedCount) : Enumerable.Range(importedCount, count - importedCount);

    private static bool HasReferences(FuncType type)
    {
        bool found = false;
        foreach (ValType parameter in type.Parameters)
        {
            found |= parameter.IsRef;
        }

        foreach (ValType result in type.Results)
        {
            found |= result.IsRef;
        }

        return found;
    }
}
