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
        // Addresses are the integers for which the framework has precompiled code.
        var owners = new Dictionary<long, int>();
        for (int i = 0; i < instances.Length; i++)
        {
            foreach (ulong address in AddressesOf(instances[i], isImported: false))
            {
                owners[(long)address] = i;
            }
        }

        bool[] isShared = new bool[instances.Length];
        for (int i = 0; i < instances.Length; i++)
        {
            foreach (ulong address in AddressesOf(instances[i], isImported: true))
            {
                isShared[i] = true;
                if (owners.TryGetValue((long)address, out int owner))
                {
                    isShared[owner] = true;
                }
            }
        }

        return isShared;
    }

    /// <summary>What can hold or pass references, of what an instance imports or of what is its own.</summary>
    private static List<ulong> AddressesOf(Instance instance, bool isImported)
    {
        ModuleInfo module = instance.Module;
        var addresses = new List<ulong>();
        (int from, int to) = Range(module.ImportedTableCount, module.Tables.Length, isImported);
        for (int i = from; i < to; i++)
        {
            addresses.Add((ulong)instance.Data->Tables[i]);
        }

        (from, to) = Range(module.ImportedGlobalCount, module.Globals.Length, isImported);
        for (int i = from; i < to; i++)
        {
            if (module.Globals[i].Type.Value.IsRef)
            {
                addresses.Add((ulong)instance.Data->Globals[i]);
            }
        }

        (from, to) = Range(module.ImportedFuncCount, module.FuncTypeIndices.Length, isImported);
        for (int i = from; i < to; i++)
        {
            if (HasReferences(module.FuncTypeOf((uint)i)))
            {
                addresses.Add((ulong)instance.Data->Funcs[i]);
            }
        }

        (from, to) = Range(module.ImportedTagCount, module.Tags.Length, isImported);
        for (int i = from; i < to; i++)
        {
            if (HasReferences((FuncType)module.Types[module.Tags[i].TypeIndex].Composite))
            {
                addresses.Add((ulong)instance.Data->Tags[i]);
            }
        }

        return addresses;
    }

    private static (int From, int To) Range(int importedCount, int count, bool isImported) =>
        isImported ? (0, importedCount) : (importedCount, count);

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
