using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>Which function of a component a reference refers to.</summary>
internal sealed unsafe class SharedFunctions
{
    private readonly CompiledComponent _compiled;

    // By the address of its data, as the integer for which the framework has precompiled code.
    private readonly Dictionary<long, int> _instances = [];

    // What canonical definitions make is no instance's. References of it come from one that imports it, which can export it.
    private readonly Dictionary<ulong, ImportedFunction> _imported = [];

    /// <param name="context">The component.</param>
    /// <param name="instances">Its core instances.</param>
    /// <param name="isShared">Those that may have references of one another.</param>
    internal SharedFunctions(ComponentContext context, Instance[] instances, bool[] isShared)
    {
        _compiled = context.Compiled;
        for (int i = 0; i < instances.Length; i++)
        {
            _instances.Add((long)instances[i].Data, i);
        }

        for (int i = 0; i < instances.Length; i++)
        {
            ModuleInfo module = instances[i].Module;
            for (int index = 0; isShared[i] && index < module.ImportedFuncCount; index++)
            {
                FuncData* func = instances[i].Data->Funcs[index];
                if (func->Instance == null || !_instances.ContainsKey((long)func->Instance))
                {
                    _imported.TryAdd((ulong)func, new ImportedFunction(i, (uint)index));
                }
            }
        }
    }

    /// <summary>Whether a function belongs to an instance of a component: those of others never get there.</summary>
    internal bool IsKnown(ulong handle, int state) =>
        TryFind(handle, out int instance, out _) && _compiled.CoreInstances[instance].State == state;

    /// <summary>Finds the core instance that defines it, or one that imports it, and its index there.</summary>
    internal bool TryFind(ulong handle, out int instance, out uint index)
    {
        var func = (FuncData*)handle;
        index = (uint)func->FuncIndex;
        instance = 0;
        if (func->Instance != null && _instances.TryGetValue((long)func->Instance, out instance))
        {
            return true;
        }

        if (!_imported.TryGetValue(handle, out ImportedFunction? found))
        {
            return false;
        }

        (instance, index) = found;
        return true;
    }

    private sealed record ImportedFunction(int Instance, uint Index);
}
