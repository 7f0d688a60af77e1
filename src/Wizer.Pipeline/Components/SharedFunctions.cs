using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>Which function of a component a reference refers to.</summary>
internal sealed unsafe class SharedFunctions
{
    private readonly CompiledComponent _compiled;
    private readonly Dictionary<nint, int> _instances = [];
    private readonly Dictionary<ulong, int> _canonical = [];
    private readonly Function[] _canonicalFunctions;

    internal SharedFunctions(ComponentContext context, ComponentInstance instance)
    {
        _compiled = context.Compiled;
        for (int i = 0; i < instance.CoreInstances.Length; i++)
        {
            _instances.Add((nint)instance.CoreInstances[i].Data, i);
        }

        _canonicalFunctions = instance.CoreFunctions;
        for (int i = 0; i < _canonicalFunctions.Length; i++)
        {
            _canonical.Add(_canonicalFunctions[i].Handle, i);
        }
    }

    /// <summary>Whether a function belongs to an instance of a component: those of others never get there.</summary>
    internal bool IsKnown(ulong handle, int state) => TryFind(handle, out int instance, out _)
        ? _compiled.CoreInstances[instance].State == state
        : _canonical.TryGetValue(handle, out int slot) && _compiled.CoreFunctions[slot].State == state;

    /// <summary>Finds the core instance that defines it, and its index there.</summary>
    internal bool TryFind(ulong handle, out int instance, out uint index)
    {
        var func = (FuncData*)handle;
        index = (uint)func->FuncIndex;
        instance = 0;
        return func->Instance != null && _instances.TryGetValue((nint)func->Instance, out instance);
    }

    /// <summary>The function that a canonical definition makes, which it must be, and where that is.</summary>
    internal Function GetCanonical(ulong handle, out CoreFunctionOrigin origin)
    {
        int slot = _canonical[handle];
        origin = _compiled.CoreFunctions[slot];
        return _canonicalFunctions[slot];
    }
}
